//! `tollgate queue list`: what waits, the oldest first.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};
use tollgate_govern::review;
use tollgate_ledger::{View, WaitingFor, WaitingWanted};
use tollgate_model::{Effect, Gate, GateName, Holder, Reason};

use crate::cli::log::words;
use crate::cli::{clock, gate, looking, reasons};
use crate::console::{self, BAD, QUIET, STRONG, harmless, paint};
use crate::exit::Exit;
use crate::gates;
use crate::moments;
use crate::recorded::{Recorded, short};
use crate::run::Open;

/// What fits on a screen.
const LIMIT: u32 = 40;
/// How many reasons are told in a list; `queue show` has all of them.
const REASONS_MAX: usize = 2;

/// Lists what waits for a human, the oldest first.
///
/// Examples: tollgate queue list --gate welcome-email
///           tollgate queue list --audit --json
///           tollgate queue show $(tollgate queue list --quiet --limit 1)
#[derive(Args)]
pub(super) struct List {
    /// Only of this gate.
    #[arg(long, value_name = "NAME")]
    gate: Option<GateName>,
    /// What has gone out and was drawn for a look afterwards, instead of what is held.
    #[arg(long)]
    audit: bool,
    /// How many at most.
    #[arg(long, value_name = "N", default_value_t = LIMIT)]
    limit: u32,
    /// Only those behind this number: how a list goes on.
    #[arg(long, value_name = "N", default_value_t = 0)]
    after: u64,
    /// Write JSON.
    #[arg(long)]
    json: bool,
    /// Only what names the runs, one on each line: for other commands.
    #[arg(long, short, conflicts_with = "json")]
    quiet: bool,
    #[command(flatten)]
    recorded: Recorded,
}

/// A run in the list, and its gate, where the project still has it.
pub(super) struct Item<'a> {
    pub(super) open: &'a Open,
    pub(super) gate: Option<&'a Gate>,
    pub(super) now_ms: u64,
}

impl List {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let view = self.recorded.view(&project)?;
        let now_ms = clock::now_ms()?;
        let known = gates::all(&project.folder)?;
        let wanted = |gate: &&Gate| self.gate.as_ref().is_none_or(|name| *name == gate.name);
        for gate in known.iter().filter(wanted) {
            looking::look(&view, &project, &self.recorded, gate, now_ms)?;
        }
        let gates: BTreeMap<_, _> = known.iter().map(|gate| (&gate.name, gate)).collect();
        let runs = self.runs(&view)?;
        let items: Vec<_> = runs
            .iter()
            .map(|open| Item { open, gate: gates.get(&open.row.gate).copied(), now_ms })
            .collect();
        if self.json {
            let all: Vec<_> = items.iter().map(Item::json).collect();
            console::say(format!("{:#}", json!(all)));
            return Ok(Exit::Pass);
        }
        match self.quiet {
            true => runs.iter().for_each(|open| console::say(short(&open.row.run))),
            false => items.iter().for_each(Item::tell),
        }
        match items.last() {
            None => console::note("nothing waits"),
            Some(last) if items.len() >= usize::try_from(self.limit).unwrap_or(usize::MAX) => {
                console::note(format!("what came later: `--after {}`", last.open.row.seq));
            }
            Some(_) => {}
        }
        Ok(Exit::Pass)
    }

    fn runs(&self, view: &View) -> anyhow::Result<Vec<Open>> {
        let waiting_for = if self.audit { WaitingFor::Audit } else { WaitingFor::Review };
        let (gate, after, limit) = (self.gate.clone(), self.after, self.limit);
        let rows = view.queue(&WaitingWanted { gate, waiting_for, after, limit })?;
        rows.into_iter().map(|row| Open::of(view, row)).collect()
    }
}

impl Item<'_> {
    /// By when it has to be reviewed.
    pub(super) fn due_ms(&self) -> Option<u64> {
        review::due_ms(self.gate?, self.open.row.since_ms)
    }

    /// Who has it, where it has gone up.
    pub(super) fn escalated_to(&self) -> Option<&Holder> {
        review::escalated_to(self.gate?, &self.open.held(), self.now_ms)
    }

    /// Since when it waits, and by when it is due.
    pub(super) fn told_time(&self) -> String {
        let waits = moments::lasted(self.now_ms.saturating_sub(self.open.row.since_ms));
        let waits = format!("waits {waits}");
        let with = self.escalated_to().map(|holder| format!(", with {holder}"));
        let with = harmless(&with.unwrap_or_default());
        match (self.gate, self.due_ms()) {
            (None, _) => format!("{waits}, and the project has no such gate any more"),
            (Some(_), None) => format!("{waits}, and nothing says by when it is due{with}"),
            (Some(_), Some(due_ms)) if due_ms <= self.now_ms => {
                let late = moments::lasted(self.now_ms - due_ms);
                paint(BAD, format!("{waits}, overdue by {late}{with}"))
            }
            (Some(_), Some(due_ms)) => {
                format!("{waits}, due in {}{with}", moments::lasted(due_ms - self.now_ms))
            }
        }
    }

    fn tell(&self) {
        let row = &self.open.row;
        let (name, gate) = (paint(STRONG, short(&row.run)), harmless(row.gate.as_str()));
        console::say(format!("{name}  {gate}  {}", self.told_time()));
        for line in self.people() {
            console::say(format!("    {}", harmless(&line)));
        }
        for reason in strictest(&self.open.run.decision.reasons).take(REASONS_MAX) {
            console::say(paint(QUIET, format!("    {}", words::line(&reason.to_string()))));
        }
    }

    /// Who has taken it, who has approved it.
    pub(super) fn people(&self) -> Vec<String> {
        let row = &self.open.row;
        let claim = row.claim.as_ref().filter(|claim| self.now_ms < claim.until_ms);
        let mut lines: Vec<_> = claim
            .map(|claim| format!("taken by {} until {}", claim.by, moments::shown(claim.until_ms)))
            .into_iter()
            .collect();
        let approved = self.open.approved_by();
        if !approved.is_empty() {
            let names: Vec<_> = approved.iter().map(ToString::to_string).collect();
            let wanted = self.people_wanted().unwrap_or(1);
            lines.push(format!("approved by {}; it takes {wanted}", names.join(", ")));
        }
        lines
    }

    /// How many people have to approve it.
    pub(super) fn people_wanted(&self) -> Option<u8> {
        Some(review::people_wanted(self.gate?, &self.open.run.decision.reasons))
    }

    pub(super) fn json(&self) -> Value {
        let (row, decision) = (&self.open.row, &self.open.run.decision);
        let due_ms = self.due_ms();
        let claim = row.claim.as_ref().filter(|claim| self.now_ms < claim.until_ms);
        json!({
            "run": row.run,
            "gate": row.gate,
            "number": row.seq,
            "waiting-for": if self.open.is_audit() { "audit" } else { "review" },
            "waits": row.closed.is_none(),
            "since": moments::rfc3339(row.since_ms),
            "due": due_ms.map(moments::rfc3339),
            "overdue": due_ms.is_some_and(|due_ms| due_ms <= self.now_ms),
            "escalated-to": self.escalated_to(),
            "claimed-by": claim.map(|claim| &claim.by),
            "claimed-until": claim.map(|claim| moments::rfc3339(claim.until_ms)),
            "approved-by": self.open.approved_by(),
            "people-wanted": self.people_wanted(),
            "authors": self.open.authors,
            "edited-from": row.edited_from,
            "decision": decision.ruling,
            "reasons": reasons::told(&decision.reasons),
        })
    }
}

/// The reasons that made it what it is.
fn strictest(reasons: &[Reason]) -> impl Iterator<Item = &Reason> {
    let most = reasons.iter().map(|reason| reason.effect).max().unwrap_or(Effect::Note);
    reasons.iter().filter(move |reason| reason.effect == most)
}
