//! `tollgate change`: records a change in another system that a run caused.

use clap::Args;
use tollgate_ledger::LedgerEntry;
use tollgate_model::{ChangeEvent, Event, EventKind, Gate, NonBlankString, Ruling};

use super::clock;
use crate::console::{self, GOOD, paint, sanitize};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use tollgate::lookup::{find_run, short_digest};

/// Records a change that a run caused in another system, for later audits.
///
/// Changes of runs that were not allowed are recorded too, with a warning.
///
/// Example: tollgate change 3fe52a7f50bd --system mailer --what "sent to subscriber 4711"
#[derive(Args)]
pub(super) struct ChangeCommand {
    /// Run, or a unique prefix of its digest.
    #[arg(value_name = "RUN")]
    run: String,
    /// System that changed.
    #[arg(long, value_name = "NAME")]
    system: NonBlankString,
    /// Description of the change.
    #[arg(long, value_name = "TEXT")]
    what: NonBlankString,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl ChangeCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let row = find_run(&self.ledger_args.view(&project)?, &self.run)?;
        let gate = project.read_gate(row.gate.as_str())?;
        let (name, system) = (short_digest(&row.run), self.system.clone());
        let what = ChangeEvent { run: row.run, system: self.system, change: self.what };
        let event = Event {
            at_ms: clock::now_ms()?,
            gate: row.gate.clone(),
            kind: EventKind::Change(what),
        };
        let ledger = self.ledger_args.open(&project)?;
        let recorded = ledger.append_blocking(LedgerEntry::new(event).into());
        ledger.close();
        recorded?;
        console::print(format!("{}  change by run {name}", paint(GOOD, "recorded")));
        // The change has happened and is recorded either way; the warnings come after that.
        if row.ruling != Ruling::Allow {
            console::warn(format!(
                "run {name} was decided `{}` and should have changed nothing: report it with `tollgate incident --gate {} --run {name}`",
                row.ruling, gate.name
            ));
        }
        if !has_write_access(&gate, &system) {
            console::warn(format!(
                "the gate lets its AI store, change or trigger nothing in `{}` (`[[access]]`)",
                sanitize(system.as_str())
            ));
        }
        Ok(Exit::Pass)
    }
}

/// Returns whether the gate lets its AI store, change or trigger something in a system.
fn has_write_access(gate: &Gate, system: &NonBlankString) -> bool {
    let entries = gate.access.iter().filter(|access| access.system == *system);
    let mut permissions =
        entries.flat_map(|access| [&access.store, &access.change, &access.trigger]);
    permissions
        .any(|permissions| permissions.as_ref().is_some_and(|permissions| !permissions.is_empty()))
}
