//! `tollgate incident`: records an incident that a person reports.

use clap::Args;
use tollgate::Actor;
use tollgate::incidents::IncidentReport;
use tollgate_model::{GateName, NonBlankString, Person};

use super::{block_on_runtime, gate_state};
use crate::console::{self, BAD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Records an incident at a gate. The gate is demoted by one level at once.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate incident --gate welcome-email --run 3fe52a7f50bd --by "Kim Osei" "it named another customer""#)]
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
        if self.run.is_some() {
            self.ledger_args.require_present(&project)?;
        }
        let actor = Actor::new(self.by);
        host_access::with_ledger_host(project, &self.ledger_args, |host| {
            let mut report = IncidentReport::new(self.what);
            if let Some(prefix) = &self.run {
                report = report.caused_by(host.find_run(prefix)?.run);
            }
            let recorded = host.report_incident(&self.gate, report, &actor);
            block_on_runtime(async { Ok(recorded.await?) })?;
            console::print(format!("{}  recorded at gate `{}`", paint(BAD, "incident"), self.gate));
            // Reading the status records the demotion that the incident causes.
            gate_state::tell_lost_level(host, &self.gate)?;
            Ok(Exit::Pass)
        })
    }
}
