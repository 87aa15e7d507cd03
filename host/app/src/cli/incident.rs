//! `tollgate incident`: something went wrong, and a person says so.

use anyhow::bail;
use clap::Args;
use tollgate_ledger::Entry;
use tollgate_model::{Event, GateName, Incident as Happened, Person, What, Words};

use super::{clock, gate, looking};
use crate::console::{self, BAD, paint};
use crate::exit::Exit;
use crate::gates;
use crate::recorded::{Recorded, run_named, short};

/// Records that something went wrong at a gate. It costs the gate a level at once.
///
/// Example: tollgate incident --gate welcome-email --run 3fe52a7f50bd --by "Kim Osei" "it named another customer"
#[derive(Args)]
pub(super) struct Incident {
    /// At which gate.
    #[arg(long, value_name = "NAME")]
    gate: GateName,
    /// The run that it came of, where that is known.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Who says so.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// What went wrong.
    #[arg(value_name = "WHAT")]
    what: Words,
    #[command(flatten)]
    recorded: Recorded,
}

impl Incident {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = gate::project()?;
        let gate = gates::named(&project, self.gate.as_str())?;
        let run = match &self.run {
            None => None,
            Some(named) => {
                let run = run_named(&self.recorded.view(&project)?, named)?;
                if run.gate != gate.name {
                    bail!(
                        "run {} is of gate `{}`, not of `{}`",
                        short(&run.run),
                        run.gate,
                        gate.name
                    );
                }
                Some(run.run)
            }
        };
        let at_ms = clock::now_ms()?;
        let what = What::Incident(Happened { what: self.what, by: self.by, run });
        let event = Event { at_ms, gate: gate.name.clone(), what };
        let ledger = self.recorded.open(&project)?;
        let recorded = ledger.append_blocking(vec![Entry::of(event)]);
        ledger.close();
        recorded?;
        console::say(format!("{}  at gate `{}`: recorded", paint(BAD, "incident"), gate.name));
        looking::state(&project, &self.recorded, &gate, at_ms)?;
        Ok(Exit::Pass)
    }
}
