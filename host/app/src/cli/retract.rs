//! `tollgate retract`: records that an output was retracted.

use clap::Args;
use tollgate_ledger::{LedgerEntry, LedgerReader};
use tollgate_model::{Event, EventKind, NonBlankString, Person, RollbackEvent, Ruling};

use super::queue::print_rollback_plan;
use super::{clock, gate_state};
use crate::console::{self, BAD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::timestamps;
use tollgate::lookup::{find_run, latest_decision, short_digest};

/// Records that an output was retracted, and shows how to retract it and who is responsible.
///
/// The gate is demoted by one level at once. The tool itself retracts nothing and notifies nobody. Exit code 1 if the
/// output did not go out or is already retracted.
///
/// Example: tollgate retract 3fe52a7f50bd --by "Kim Osei" --reason "the offer had ended"
#[derive(Args)]
pub(super) struct RetractCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(value_name = "RUN")]
    run: String,
    /// Person who retracts the output.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason, recorded with the retraction.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl RetractCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let view = self.ledger.view(&project)?;
        let row = find_run(&view, &self.run)?;
        let gate = project.read_gate(row.gate.as_str())?;
        let (at_ms, name) = (clock::now_ms()?, short_digest(&row.run));
        let history = view.history(row.run)?;
        let before = history.iter().find_map(|event| match &event.event.kind {
            EventKind::Rollback(before) => Some(format!("already retracted by {}", before.by)),
            _ => None,
        });
        let stayed = (row.ruling != Ruling::Allow)
            .then(|| format!("it did not go out: the decision was `{}`", row.ruling));
        if let Some(why) = before.or(stayed) {
            let why = console::sanitize(&why);
            console::print(format!("{}  run {name}: {why}", paint(BAD, "refused")));
            return Ok(Exit::Fail);
        }
        let (by, reason) = (self.by, self.reason);
        let what =
            EventKind::Rollback(RollbackEvent { run: Some(row.run), release: None, by, reason });
        let ledger = self.ledger.open(&project)?;
        let event = Event { at_ms, gate: gate.name.clone(), kind: what };
        let recorded = ledger.append_blocking(LedgerEntry::new(event).into());
        ledger.close();
        recorded?;
        console::print(format!("{}  run {name}: recorded", paint(BAD, "retracted")));
        print_rollback_plan(&gate);
        let undo =
            latest_decision(&history, row.run).and_then(|(_, run)| run.decision.undo_until_ms);
        if let Some(until_ms) = undo.filter(|until_ms| *until_ms < at_ms) {
            let until = timestamps::format_time(until_ms);
            console::warn(format!(
                "the undo window ended at {until}: check whether the output can still be retracted"
            ));
        }
        gate_state::load_gate_state(&project, &self.ledger, &gate, at_ms)?;
        Ok(Exit::Pass)
    }
}
