//! `tollgate retract`: records that an output was retracted.

use clap::Args;
use tollgate::Actor;
use tollgate::incidents::RetractionError;
use tollgate::lookup::short_digest;
use tollgate_model::{NonBlankString, Person};

use super::queue::print_rollback_plan;
use super::{block_on_runtime, gate_state};
use crate::console::{self, BAD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, timestamps};

/// Records that an output was retracted, and shows how to retract it and who is responsible.
///
/// The gate is demoted by one level at once. The tool itself retracts nothing and notifies nobody. Exit code 1 if the
/// output did not go out or is already retracted.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate retract 3fe52a7f50bd --by "Kim Osei" --reason "the offer had ended""#)]
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
        self.ledger.require_present(&project)?;
        let actor = Actor::new(self.by);
        host_access::with_ledger_host(project, &self.ledger, |host| {
            let run = host.find_run(&self.run)?.run;
            let name = short_digest(&run);
            let retracted = host.retract(run, &actor, self.reason);
            let retraction = match block_on_runtime(async { Ok(retracted.await) })? {
                Err(
                    error @ (RetractionError::AlreadyRetracted { .. }
                    | RetractionError::NotAllowed { .. }),
                ) => {
                    console::print(format!("{}  run {name}: {error}", paint(BAD, "refused")));
                    return Ok(Exit::Fail);
                }
                retracted => retracted?,
            };
            console::print(format!("{}  run {name}", paint(BAD, "retracted")));
            print_rollback_plan(&retraction.gate);
            if let Some(until_ms) = retraction.undo_ended_ms {
                let until = timestamps::format_time(until_ms);
                console::warn(format!(
                    "the undo window ended at {until}: check whether the output can still be retracted"
                ));
            }
            gate_state::tell_lost_level(host, &retraction.gate.name)?;
            Ok(Exit::Pass)
        })
    }
}
