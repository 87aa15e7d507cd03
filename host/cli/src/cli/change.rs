//! `tollgate change`: records a change in another system that a run caused.

use clap::Args;
use tollgate::lookup::short_digest;
use tollgate_model::{NonBlankString, Ruling};

use super::block_on_runtime;
use crate::console::{self, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::host_access;
use crate::ledger_access::LedgerArgs;

/// Records a change that a run caused in another system, for later audits.
///
/// Changes of runs that were not allowed are recorded too, with a warning.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate change 3fe52a7f50bd --system mailer --what "sent to subscriber 4711""#)]
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
        self.ledger_args.require_present(&project)?;
        let system = self.system.clone();
        let recorded = host_access::with_ledger_host(project, &self.ledger_args, |host| {
            let run = host.find_run(&self.run)?.run;
            let change = host.record_change(run, self.system, self.what);
            block_on_runtime(async { Ok(change.await?) })
        })?;
        let (name, ruling) = (short_digest(&recorded.run), recorded.ruling);
        console::print(format!("{}  change by run {name}", paint(GOOD, "recorded")));
        // The change has happened and is recorded either way; the warnings come after that.
        if ruling != Ruling::Allow {
            console::warn(format!(
                "run {name} was decided `{ruling}` and should have changed nothing: report it with `tollgate incident --gate {} --run {name}`",
                recorded.gate
            ));
        }
        if !recorded.has_write_access {
            console::warn(format!(
                "`[[access]]` of the gate lists nothing that its AI may store, change or trigger in `{system}`"
            ));
        }
        Ok(Exit::Pass)
    }
}
