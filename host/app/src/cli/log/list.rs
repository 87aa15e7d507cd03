//! `tollgate log list`: what happened, the newest first.

use clap::Args;
use tollgate_ledger::{EventsWanted, Page, Recorded as Event, RunsWanted, View};
use tollgate_model::{GateName, Ruling, What};

use super::words::{Written, in_few_words};
use crate::cli::{clock, gate};
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::moments::{self, Since};
use crate::recorded::{self, Recorded};

/// What fits on a screen.
const LIMIT: u32 = 40;
const KINDS: [&str; 11] = [
    "run", "claim", "review", "level", "rollout", "rollback", "incident", "kpi", "spend", "change",
    "erasure",
];

/// Lists what happened, the newest first.
///
/// Examples: tollgate log list --gate welcome-email --since 7d
///           tollgate log list --decision block --json
#[derive(Args)]
pub(super) struct List {
    /// Only of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Only of this kind.
    #[arg(long, value_parser = KINDS, value_name = "KIND")]
    kind: Option<String>,
    /// Only runs that were decided so, the last time.
    #[arg(long, value_parser = ruling, value_name = "allow|hold|block", conflicts_with = "kind")]
    decision: Option<Ruling>,
    /// Only from then on: `7d`, a day, or a moment in UTC.
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = LIMIT)]
    limit: u32,
    /// Only what was recorded before this event: how a list goes on.
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
    /// Write JSON, a line for each event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

fn ruling(text: &str) -> Result<Ruling, String> {
    let all = [Ruling::Allow, Ruling::Hold, Ruling::Block];
    let found = all.into_iter().find(|ruling| ruling.to_string() == text);
    found.ok_or_else(|| format!("`{text}` is no decision: write `allow`, `hold` or `block`"))
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let view = self.recorded.view(&gate::project()?)?;
        let first = match self.since {
            Some(since) => view.first_since(since.at_ms(clock::now_ms()?))?,
            None => Some(0),
        };
        let mut events = match (first, self.decision) {
            (None, _) => Vec::new(),
            (Some(_), Some(ruling)) => self.runs(&view, ruling)?,
            (Some(_), None) => view.events(&self.wanted())?,
        };
        let is_full = events.len() >= usize::try_from(self.limit).unwrap_or(usize::MAX);
        let all = events.len();
        events.retain(|event| first.is_some_and(|first| event.seq >= first));
        let width = gates_width(&events);
        for event in &events {
            self.tell(&view, event, width)?;
        }
        if self.json {
            return Ok(Exit::Pass);
        }
        match events.last() {
            None => console::note("nothing of the kind is recorded"),
            Some(last) if is_full && events.len() == all => {
                console::note(format!("older ones: `--before {}`", last.seq));
            }
            Some(_) => {}
        }
        Ok(Exit::Pass)
    }

    fn wanted(&self) -> EventsWanted {
        let (gate, kind) = (self.gate.clone(), self.kind.clone());
        EventsWanted { gate, kind, page: self.page(), limit: self.limit }
    }

    fn page(&self) -> Page {
        self.before.map_or(Page::Newest, Page::Before)
    }

    /// The events in which these runs were judged first.
    fn runs(&self, view: &View, ruling: Ruling) -> anyhow::Result<Vec<Event>> {
        let (gate, ruling) = (self.gate.clone(), Some(ruling));
        let runs = view.runs(&RunsWanted { gate, ruling, page: self.page(), limit: self.limit })?;
        let events = runs.iter().map(|run| recorded::event_at(view, run.seq));
        Ok(events.collect::<anyhow::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    fn tell(&self, view: &View, event: &Event, width: usize) -> anyhow::Result<()> {
        let decided = decided(view, event)?;
        if self.json {
            console::say(serde_json::to_string(&Written::of(event, decided))?);
            return Ok(());
        }
        say(event, decided, width);
        Ok(())
    }
}

/// How the run that an event judged was decided the last time.
pub(in crate::cli) fn decided(view: &View, event: &Event) -> anyhow::Result<Option<Ruling>> {
    let What::Run(run) = &event.event.what else { return Ok(None) };
    Ok(view.run(run.run)?.map(|row| row.ruling))
}

/// How wide the names of the gates are.
pub(in crate::cli) fn gates_width(events: &[Event]) -> usize {
    events.iter().map(|event| event.event.gate.as_str().len()).max().unwrap_or_default()
}

/// An event in a line.
pub(in crate::cli) fn say(event: &Event, decided: Option<Ruling>, width: usize) {
    let style = match &event.event.what {
        What::Run(run) => style(run.decision.ruling),
        What::Incident(_) | What::Rollback(_) => BAD,
        _ => STRONG,
    };
    let run = event.event.what.run().map(|run| recorded::short(&run)).unwrap_or_default();
    console::say(format!(
        "{:>6}  {}  {:width$}  {}  {run:12}  {}",
        event.seq,
        paint(QUIET, moments::shown(event.event.at_ms)),
        event.event.gate.as_str(),
        paint(style, format!("{:8}", event.event.what.kind())),
        in_few_words(event, decided)
    ));
}

/// How a decision looks.
pub(in crate::cli) fn style(ruling: Ruling) -> anstyle::Style {
    match ruling {
        Ruling::Allow => GOOD,
        Ruling::Hold => DOUBT,
        Ruling::Block => BAD,
    }
}
