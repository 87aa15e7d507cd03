//! `tollgate queue claim`: reserves a review for one person for a limited time.

use clap::Args;

use super::{ReviewerArgs, outcome};
use crate::cli::{block_on_runtime, gate_state};
use crate::console::{self, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, timestamps};
use tollgate::Host;
use tollgate::lookup::short_digest;
use tollgate::review::{ClaimedReview, ConductReviewError};

/// Claims a review, so that nobody else starts on it. A claim ends with a review or expires.
#[derive(Args)]
#[command(after_long_help = r#"Example:
  tollgate queue claim 3fe52a7f50bd --reviewer "Kim Osei""#)]
pub(super) struct ClaimCommand {
    /// Run digest, or an unambiguous prefix of it.
    #[arg(value_name = "RUN")]
    run: String,
    #[command(flatten)]
    reviewer: ReviewerArgs,
    #[command(flatten)]
    ledger: LedgerArgs,
}

impl ClaimCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let project = require_project()?;
        self.ledger.require_present(&project)?;
        let ledger = self.ledger.clone();
        host_access::with_ledger_host(project, &ledger, |host| self.claim(host))
    }

    fn claim(&self, host: &Host) -> anyhow::Result<Exit> {
        let pending = host.find_review(&self.run)?;
        let gate = host.active_gate(&pending.queued.gate)?;
        // A demotion that is due counts from now on, and is printed.
        gate_state::read_status(host, &gate.name)?;
        let reviewer = self.reviewer.to_reviewer();
        let claimed =
            block_on_runtime(async { Ok(host.claim_review(&self.run, &reviewer).await) })?;
        let until_ms = match claimed {
            Ok(ClaimedReview { outcome: Ok(until_ms), .. }) => until_ms,
            Ok(ClaimedReview { pending, gate, outcome: Err(errors), .. }) => {
                return Ok(outcome::print_refusal(&pending, &gate, &errors));
            }
            Err(ConductReviewError::Conflict { run, conflict }) => {
                return Ok(outcome::print_conflict(run, &conflict));
            }
            Err(error) => return Err(error.into()),
        };
        let (name, by) = (short_digest(&pending.queued.run), &self.reviewer.name);
        let until = timestamps::format_time(until_ms);
        console::print(format!("{}  run {name} by {by} until {until}", paint(GOOD, "claimed")));
        Ok(Exit::Pass)
    }
}
