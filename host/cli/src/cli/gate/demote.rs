//! `tollgate gate demote`: lowers a gate by one level on a person's request.

use clap::Args;
use tollgate::Actor;
use tollgate_govern::autonomy;
use tollgate_model::{GateName, NonBlankString, Person};

use crate::cli::{block_on_runtime, gate_state};
use crate::console::{self, DOUBT, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Demotes a gate by one level: the AI may do less, and its track record starts again.
///
/// Anybody may demote a gate, for any reason. Incidents, broken thresholds and overdue reviews demote a gate
/// automatically.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate gate demote welcome-email --by "Sam Reed" --reason "the offers change next week""#)]
pub(super) struct GateDemoteCommand {
    /// Name of the gate.
    name: GateName,
    /// Person who demotes the gate.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason for the demotion.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    #[command(flatten)]
    ledger_args: LedgerArgs,
}

impl GateDemoteCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        let (actor, reason) = (Actor::new(self.by), self.reason);
        let change = host_access::with_ledger_host(project, &self.ledger_args, |host| {
            // A demotion that is already due is recorded and printed first.
            gate_state::read_status(host, &self.name)?;
            block_on_runtime(async { Ok(host.demote(&self.name, &actor, reason).await?) })
        })?;
        console::print(format!(
            "{}  gate `{}` from level {} to level {}: {}",
            paint(DOUBT, "demoted"),
            self.name,
            change.from,
            change.to,
            autonomy::level_name(change.scheme, change.to).unwrap_or_default()
        ));
        Ok(Exit::Pass)
    }
}
