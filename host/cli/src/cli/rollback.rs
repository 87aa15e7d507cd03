//! `tollgate rollback`: goes back to the release that was active before.

use std::path::PathBuf;

use clap::Args;
use tollgate::Actor;
use tollgate::lookup::short_digest;
use tollgate_model::{NonBlankString, Person};

use super::block_on_runtime;
use crate::console::{self, DOUBT, paint};
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Makes the release active again that was active before the present one.
///
/// Checks that begin afterwards run it, in every process. The release that is taken back stays in the ledger, and
/// `tollgate release` can publish it again. To take back a single output, use `tollgate retract`.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate rollback welcome-email --by "Sam Reed" --reason "the new terms block too much""#)]
pub(super) struct RollbackCommand {
    /// Name of the gate.
    #[arg(value_name = "GATE")]
    gate: String,
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
    pub(super) fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        let host = host_access::open_host(&self.ledger, cache)?;
        let gate = host.project().read_gate(&self.gate)?;
        let actor = Actor::new(self.by);
        let back = host.roll_back_release(&gate.name, &actor, self.reason);
        let change = block_on_runtime(async { Ok(back.await?) });
        host.close();
        let change = change?;
        let before = change.before.as_ref().map(short_digest).unwrap_or_default();
        console::print(format!(
            "{}  gate `{}`: release {} is active again, instead of {before}",
            paint(DOUBT, "rolled back"),
            gate.name,
            short_digest(&change.after)
        ));
        Ok(Exit::Pass)
    }
}
