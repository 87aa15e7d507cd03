//! `tollgate incident`: records an incident that a person reports.

use anyhow::bail;
use clap::Args;
use tollgate_ledger::LedgerEntry;
use tollgate_model::{Event, EventKind, GateName, IncidentEvent, NonBlankString, Person};

use super::{clock, gate_state};
use crate::console::{self, BAD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use tollgate::lookup::{find_run, short_digest};

/// Records an incident at a gate. The gate is demoted by one level at once.
///
/// Example: tollgate incident --gate welcome-email --run 3fe52a7f50bd --by "Kim Osei" "it named another customer"
#[derive(Args)]
pub(super) struct IncidentCommand {
    /// Name of the gate.
    #[arg(long, value_name = "NAME")]
    gate: GateName,
    /// Run that caused the incident, if known; a unique prefix of its digest is enough.
    #[arg(long, value_name = "RUN")]
    run: Option<String>,
    /// Person who reports the incident.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Description of the incident.
    #[arg(value_name = "WHAT")]
    what: NonBlankString,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl IncidentCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let gate = project.read_gate(self.gate.as_str())?;
        let run = match &self.run {
            None => None,
            Some(named) => {
                let run = find_run(&self.ledger_args.view(&project)?, named)?;
                if run.gate != gate.name {
                    bail!(
                        "run {} belongs to gate `{}`, not to `{}`",
                        short_digest(&run.run),
                        run.gate,
                        gate.name
                    );
                }
                Some(run.run)
            }
        };
        let at_ms = clock::now_ms()?;
        let what = EventKind::Incident(IncidentEvent { description: self.what, by: self.by, run });
        let event = Event { at_ms, gate: gate.name.clone(), kind: what };
        let ledger = self.ledger_args.open(&project)?;
        let recorded = ledger.append_blocking(LedgerEntry::new(event).into());
        ledger.close();
        recorded?;
        console::print(format!("{}  recorded at gate `{}`", paint(BAD, "incident"), gate.name));
        // Reading the state again applies the demotion that the incident causes.
        gate_state::load_gate_state(&project, &self.ledger_args, &gate, at_ms)?;
        Ok(Exit::Pass)
    }
}
