//! `tollgate gate show`: a record, what has happened, and what both mean today.

use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::oversight::{Standing, standing};
use tollgate_govern::track::{self, NotYet, Proposal, TrackRecord};
use tollgate_govern::{autonomy, checklist, score};
use tollgate_model::{Gate, Mode, Period};

use super::promote;
use crate::cli::log::words;
use crate::cli::{clock, gate, looking};
use crate::console::{self, DOUBT, GOOD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::recorded::Recorded;
use crate::run::{self, State};
use crate::{gates, moments};

/// Shows a gate's record, what has happened at it, and what a human does with its outputs today, and why.
///
/// Example: tollgate gate show welcome-email
#[derive(Args)]
pub(super) struct Show {
    /// Which gate.
    name: String,
    /// Write the whole record as JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// A gate as it stands today.
struct Today<'a> {
    gate: &'a Gate,
    state: &'a State,
    standing: Standing,
    /// The reviews since the level moved; nothing, where nothing is recorded.
    record: Option<TrackRecord>,
    points: Vec<checklist::Item>,
    proposal: Option<Result<Proposal, Vec<NotYet>>>,
    score: Option<score::Weighed>,
}

impl Show {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let shown = gates::named(&project, &self.name)?;
        let now_ms = clock::now_ms()?;
        let (state, view) = looking::state(&project, &self.recorded, &shown, now_ms)?;
        let record = view.map(|view| run::track(&view, &shown)).transpose()?;
        let weighed = score::of(&shown.score, project.thresholds());
        let today = Today {
            gate: &shown,
            state: &state,
            standing: standing(&shown, &state.now, weighed.as_ref(), &[], now_ms),
            record,
            points: checklist::ready_to_delegate(&shown, &state.now, now_ms),
            proposal: record.map(|record| track::propose(&shown, &state.now, record, now_ms)),
            score: weighed,
        };
        if self.json {
            console::say(format!("{:#}", today.json()?));
        } else {
            today.tell()?;
        }
        Ok(Exit::Pass)
    }
}

impl Today<'_> {
    fn tell(&self) -> anyhow::Result<()> {
        console::say(paint(STRONG, &self.gate.name));
        rows(self.gate)?.iter().for_each(|(key, value)| row(key, value));
        row("today", &self.standing.effect.to_string());
        self.standing.because.iter().for_each(|because| row("", &because.to_string()));
        self.tell_level();
        self.spent().iter().for_each(|line| row("spent", line));
        if let Some(record) = &self.record {
            promote::rows(self.gate, record).iter().for_each(|(key, value)| row(key, value));
        }
        self.tell_points();
        self.tell_proposal();
        Ok(())
    }

    /// The level that counts, since when, and why it is that.
    fn tell_level(&self) {
        let Some(held) = &self.standing.held else { return };
        let name = autonomy::name(held.scheme, held.level).unwrap_or("no level of it");
        row("level", &format!("{} {}: {name}", held.scheme, held.level));
        match &self.state.now.level {
            Some(level) => {
                let since = moments::shown(level.since_ms);
                row("since", &format!("{since}: {}", words::level(&level.reason)));
            }
            None => row("since", "it was begun: nobody has moved it"),
        }
        held.causes.iter().for_each(|why| row("", &why.to_string()));
    }

    /// What is spent, against what may be.
    fn spent(&self) -> Vec<String> {
        let Some(budget) = &self.gate.budget else { return Vec::new() };
        let spent = |period| self.state.now.spent.of(period);
        let periods = [Period::Day, Period::Week, Period::Month].into_iter();
        let capped = periods.filter_map(|period| Some((period, budget.cap(period)?)));
        let line = |(period, cap)| format!("{} of {cap} this {period}", spent(period));
        capped.map(line).collect()
    }

    fn tell_points(&self) {
        row("ready", "to delegate:");
        for item in &self.points {
            let (style, mark) = if item.is_met() { (GOOD, "✓") } else { (DOUBT, "✗") };
            console::say(format!("  {:16} {} {}", "", paint(style, mark), point(item)));
        }
    }

    fn tell_proposal(&self) {
        match &self.proposal {
            None => {}
            Some(Ok(proposal)) => {
                let how = format!("`tollgate gate promote {}`", self.gate.name);
                row("promotion", &format!("to level {}: {how}", proposal.to));
            }
            Some(Err(against)) => {
                row("promotion", "not yet:");
                against.iter().for_each(|one| row("", &one.to_string()));
            }
        }
    }

    fn json(&self) -> anyhow::Result<Value> {
        let held = self.standing.held.as_ref();
        let level = self.state.now.level.as_ref();
        let spent = &self.state.now.spent;
        let texts = |all: &[NotYet]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
        let because: Vec<_> = self.standing.because.iter().map(ToString::to_string).collect();
        let points = self.points.iter().map(|item| {
            json!({"point": item.point.sentence(), "met": item.is_met(), "lacks": item.lacks})
        });
        Ok(json!({
            "record": self.gate,
            "digest": self.gate.digest()?,
            "score": self.score.as_ref().map(|one| one.counted),
            "oversight": self.standing.effect,
            "because": because,
            "level": held.map(|held| json!({
                "scheme": held.scheme,
                "level": held.level,
                "name": autonomy::name(held.scheme, held.level),
                "since": level.map(|level| moments::rfc3339(level.since_ms)),
                "reason": level.map(|level| &level.reason),
                "demoted-from": held.demoted_from,
                "causes": held.causes,
            })),
            "track": self.record.map(|record| json!({
                "reviewed": record.reviewed(),
                "approved": record.approved,
                "edited": record.edited,
                "rejected": record.rejected,
                "approval-rate": record.approval_rate(),
            })),
            "promotion": self.proposal.as_ref().map(|proposal| json!({
                "to": proposal.as_ref().ok().map(|one| one.to),
                "against": proposal.as_ref().err().map(|all| texts(all)),
            })),
            "checklist": points.collect::<Vec<_>>(),
            "spent": {"day": spent.day, "week": spent.week, "month": spent.month},
        }))
    }
}

fn point(item: &checklist::Item) -> String {
    let lacks = match item.lacks.as_slice() {
        [] => String::new(),
        lacks => format!(": {}", lacks.join("; ")),
    };
    harmless(&format!("{}{lacks}", item.point.sentence()))
}

fn row(key: &str, value: &str) {
    let value = harmless(value).replace('\n', " ");
    console::say(format!("  {} {value}", paint(QUIET, format!("{key:16}"))));
}

/// What people read of a record first.
fn rows(gate: &Gate) -> anyhow::Result<Vec<(&'static str, String)>> {
    let mut rows = Vec::new();
    let mut add = |key, value: Option<String>| rows.extend(value.map(|value| (key, value)));
    add("task", gate.task.as_ref().map(ToString::to_string));
    add("objective", gate.objective.as_ref().map(ToString::to_string));
    let owner = gate.owner.as_ref();
    add("owner", owner.map(|owner| format!("{}, {}", owner.name, owner.role)));
    add("prompt", gate.prompt.as_ref().map(ToString::to_string));
    for binding in &gate.contracts {
        let mode = match binding.mode {
            Mode::Enforce => "",
            Mode::Advise => ", as advice",
            Mode::Shadow => ", in its shadow",
        };
        add("contract", Some(format!("{}{mode}", binding.contract)));
    }
    add("review by", gate.review_by.map(|day| day.to_string()));
    add("digest", Some(gate.digest()?.to_string()));
    Ok(rows)
}
