//! `tollgate log list`: prints recorded events, newest first.

use clap::Args;
use tollgate::{lookup, records};
use tollgate_api::LedgerEventLine;
use tollgate_ledger::{EventQuery, LedgerReader, PageCursor, RunQuery, RunSummary, StoredEvent};
use tollgate_model::{EventKind, GateName, Ruling};

use super::event_summary::summarize_event;
use super::run_standing::RunStanding;
use crate::cli::clock;
use crate::cli::known_gate::require_known_gate;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::json_output;
use crate::ledger_access::LedgerArgs;
use crate::timestamps::{self, Since};

/// Default number of events: about one screen.
const DEFAULT_LIMIT: u32 = 40;
const KINDS: [&str; 11] = [
    "run", "claim", "review", "level", "rollout", "rollback", "incident", "kpi", "spend", "change",
    "erasure",
];

/// Lists recorded events, newest first.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate log list --gate welcome-email --since 7d
  tollgate log list --id order-4711
  tollgate log list --decision block --json")]
pub(super) struct LogListCommand {
    /// Only this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// Only events of this kind.
    #[arg(long, value_parser = KINDS, value_name = "KIND")]
    kind: Option<String>,
    /// Only runs whose latest decision is this.
    #[arg(long, value_parser = parse_ruling, value_name = "allow|hold|block", conflicts_with = "kind")]
    decision: Option<Ruling>,
    /// Only runs whose output was handed in with this `id`; not with `--kind`.
    #[arg(long, value_name = "ID", conflicts_with = "kind")]
    id: Option<String>,
    /// Only events since then: a span (`7d`), a date, or a time in UTC.
    #[arg(long, value_name = "SPAN|DATE")]
    since: Option<Since>,
    /// Maximum number of events.
    #[arg(long, value_name = "N", default_value_t = DEFAULT_LIMIT)]
    limit: u32,
    /// Only events before this one, to continue a list.
    #[arg(long, value_name = "SEQ")]
    before: Option<u64>,
    /// Write JSON, one line per event.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    ledger: LedgerArgs,
}

fn parse_ruling(text: &str) -> Result<Ruling, String> {
    let all = [Ruling::Allow, Ruling::Hold, Ruling::Block];
    let found = all.into_iter().find(|ruling| ruling.to_string() == text);
    found.ok_or_else(|| format!("`{text}` is not a decision: use `allow`, `hold` or `block`"))
}

impl LogListCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let view = self.ledger.view(&project)?;
        require_known_gate(&project, &view, self.gate.as_ref())?;
        let first = match self.since {
            Some(since) => view.first_since(since.at_ms(clock::now_ms()?))?,
            None => Some(0),
        };
        let mut events = match (first, &self.id, self.decision) {
            (None, ..) => Vec::new(),
            (Some(_), Some(id), _) => self.events_with_output_id(&view, id)?,
            (Some(_), None, Some(ruling)) => self.events_with_ruling(&view, ruling)?,
            (Some(_), None, None) => view.events(&self.events_query())?,
        };
        let is_full = events.len() >= usize::try_from(self.limit).unwrap_or(usize::MAX);
        let page_length = events.len();
        events.retain(|event| first.is_some_and(|first| event.seq >= first));
        let width = gate_column_width(&events);
        for event in &events {
            self.print(&view, event, width)?;
        }
        if self.json {
            return Ok(Exit::Pass);
        }
        match events.last() {
            None => console::note("no matching events are recorded"),
            Some(last) if is_full && events.len() == page_length => {
                console::note(format!("for older events use `--before {}`", last.seq));
            }
            Some(_) => {}
        }
        Ok(Exit::Pass)
    }

    fn events_query(&self) -> EventQuery {
        let (gate, kind) = (self.gate.clone(), self.kind.clone());
        EventQuery { gate, kind, page: self.page(), limit: self.limit }
    }

    fn page(&self) -> PageCursor {
        self.before.map_or(PageCursor::Newest, PageCursor::Before)
    }

    /// Returns the events in which the runs with this latest decision were judged first.
    fn events_with_ruling(
        &self,
        view: &dyn LedgerReader,
        ruling: Ruling,
    ) -> anyhow::Result<Vec<StoredEvent>> {
        let (gate, ruling) = (self.gate.clone(), Some(ruling));
        let runs = view.runs(&RunQuery { gate, ruling, page: self.page(), limit: self.limit })?;
        first_judgements(view, &runs)
    }

    /// Returns the events in which the runs whose output has this id were judged first.
    fn events_with_output_id(
        &self,
        view: &dyn LedgerReader,
        id: &str,
    ) -> anyhow::Result<Vec<StoredEvent>> {
        let mut runs = lookup::newest_runs_with_output_id(view, self.gate.as_ref(), id)?;
        runs.retain(|run| {
            self.decision.is_none_or(|ruling| run.ruling == ruling)
                && self.before.is_none_or(|before| run.seq < before)
        });
        runs.truncate(usize::try_from(self.limit).unwrap_or(usize::MAX));
        first_judgements(view, &runs)
    }

    fn print(
        &self,
        view: &dyn LedgerReader,
        event: &StoredEvent,
        width: usize,
    ) -> anyhow::Result<()> {
        let standing = run_standing(view, event)?;
        if self.json {
            return json_output::print_line(&event_line(event, standing));
        }
        print_event(event, standing.as_ref(), width);
        Ok(())
    }
}

/// Returns the events in which runs were judged first.
fn first_judgements(
    view: &dyn LedgerReader,
    runs: &[RunSummary],
) -> anyhow::Result<Vec<StoredEvent>> {
    let events = runs.iter().map(|run| lookup::event_by_number(view, run.seq));
    Ok(events.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// Returns the JSON of an event, with how its run stands now.
pub(in crate::cli) fn event_line(
    event: &StoredEvent,
    standing: Option<RunStanding>,
) -> LedgerEventLine {
    LedgerEventLine::with_standing(event, standing.map(Into::into).as_ref())
}

/// Returns how the run that the event judged stands now, or `None` if the event judged none.
pub(in crate::cli) fn run_standing(
    view: &dyn LedgerReader,
    event: &StoredEvent,
) -> anyhow::Result<Option<RunStanding>> {
    Ok(records::RunStanding::of_event(view, event)?.map(Into::into))
}

/// Returns the width of the longest gate name.
pub(in crate::cli) fn gate_column_width(events: &[StoredEvent]) -> usize {
    events.iter().map(|event| event.event.gate.as_str().len()).max().unwrap_or_default()
}

/// Prints an event on one line.
pub(in crate::cli) fn print_event(
    event: &StoredEvent,
    standing: Option<&RunStanding>,
    width: usize,
) {
    let style = match &event.event.kind {
        EventKind::Run(run) => ruling_style(run.decision.ruling),
        EventKind::Incident(_) | EventKind::Rollback(_) => BAD,
        _ => STRONG,
    };
    let run = event.event.kind.run().map(|run| lookup::short_digest(&run)).unwrap_or_default();
    console::print(format!(
        "{:>6}  {}  {:width$}  {}  {run:12}  {}",
        event.seq,
        paint(QUIET, timestamps::format_time(event.event.at_ms)),
        event.event.gate.as_str(),
        paint(style, format!("{:8}", event.event.kind.name())),
        summarize_event(event, standing)
    ));
}

/// Returns the terminal style of a ruling.
pub(in crate::cli) fn ruling_style(ruling: Ruling) -> anstyle::Style {
    match ruling {
        Ruling::Allow | Ruling::Pass => GOOD,
        Ruling::Hold => DOUBT,
        Ruling::Block | Ruling::Fail => BAD,
    }
}
