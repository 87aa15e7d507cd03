//! `tollgate change`: what changed in which system because of a run.

use clap::Args;
use tollgate_ledger::Entry;
use tollgate_model::{Event, Gate, Ruling, SystemChange, What, Words};

use super::{clock, gate};
use crate::console::{self, GOOD, harmless, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::{Recorded, run_named, short};

/// Records what changed in a system because of a run, so that it can be answered for later.
///
/// What changed although it should not have is recorded too, and told.
///
/// Example: tollgate change 3fe52a7f50bd --system mailer --what "sent to subscriber 4711"
#[derive(Args)]
pub(super) struct Change {
    /// The run, or as much of its name as tells it from the others.
    #[arg(value_name = "RUN")]
    run: String,
    /// In which system.
    #[arg(long, value_name = "NAME")]
    system: Words,
    /// What changed.
    #[arg(long, value_name = "TEXT")]
    what: Words,
    #[command(flatten)]
    recorded: Recorded,
}

impl Change {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let row = run_named(&self.recorded.view(&project)?, &self.run)?;
        let gate = gates::named(&project, row.gate.as_str())?;
        let (name, system) = (short(&row.run), self.system.clone());
        let what = SystemChange { run: row.run, system: self.system, change: self.what };
        let event =
            Event { at_ms: clock::now_ms()?, gate: row.gate.clone(), what: What::Change(what) };
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(vec![Entry::of(event)]);
        ledger.close();
        recorded?;
        console::say(format!("{}  run {name}: what it changed", paint(GOOD, "recorded")));
        if row.ruling != Ruling::Allow {
            console::warn(format!(
                "run {name} was decided `{}`, and nothing should have come of it: `tollgate incident --gate {} --run {name}` says so",
                row.ruling, gate.name
            ));
        }
        if !may_change(&gate, &system) {
            console::warn(format!(
                "the gate names nothing that its AI may store, change or trigger in `{}` (`[[access]]`)",
                harmless(system.as_str())
            ));
        }
        Ok(Exit::Pass)
    }
}

/// Whether the record says that the AI may do something in a system, besides looking.
fn may_change(gate: &Gate, system: &Words) -> bool {
    let of_it = gate.access.iter().filter(|access| access.system == *system);
    let mut acts = of_it.flat_map(|access| [&access.store, &access.change, &access.trigger]);
    acts.any(|acts| acts.as_ref().is_some_and(|acts| !acts.is_empty()))
}
