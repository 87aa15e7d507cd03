//! `tollgate rollback`: goes back to the release that was active before.

use clap::Args;
use tollgate::Actor;
use tollgate::lookup::short_digest;
use tollgate_model::{GateName, NonBlankString, Person};

use super::{block_on_runtime, gate_state};
use crate::console::{self, DOUBT, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Makes the release active again that was active before the present one.
///
/// Checks that begin afterwards run it, in every process. The release that is taken back stays in the ledger, and
/// `tollgate release` can publish it again. The gate is demoted by one level at once. To take back a single output, use
/// `tollgate retract`.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate rollback welcome-email --by "Sam Reed" --reason "the new terms block too much""#)]
pub(super) struct RollbackCommand {
    /// Name of the gate.
    #[arg(value_name = "GATE")]
    gate: GateName,
    /// Person who decides this.
    #[arg(long, value_name = "NAME")]
    by: Person,
    /// Reason, recorded with the rollback.
    #[arg(long, value_name = "TEXT")]
    reason: NonBlankString,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl RollbackCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let actor = Actor::new(self.by);
        host_access::with_ledger_host(require_project()?, &self.ledger, |host| {
            host.require_gate(&self.gate)?;
            self.ledger.require_present_if_named()?;
            let back = host.roll_back_release(&self.gate, &actor, self.reason);
            let change = block_on_runtime(async { Ok(back.await?) })?;
            let before = change.before.as_ref().map(short_digest).unwrap_or_default();
            console::print(format!(
                "{}  gate `{}`: release {} is active again, instead of {before}",
                paint(DOUBT, "rolled back"),
                self.gate,
                short_digest(&change.after)
            ));
            // Reading the status records the demotion that the rollback causes.
            gate_state::tell_lost_level(host, &self.gate)?;
            Ok(Exit::Pass)
        })
    }
}
