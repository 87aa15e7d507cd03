//! `tollgate queue claim`: reserves a review for one person for a limited time.

use clap::Args;

use super::{ReviewerArgs, outcome};
use crate::cli::{block_on_runtime, clock, gate_state};
use crate::console::{self, GOOD, paint};
use crate::current_project::require_project;
use crate::exit::Exit;
use crate::ledger_access::LedgerArgs;
use crate::{host_access, timestamps};
use tollgate::lookup::short_digest;
use tollgate::review::{ClaimedReview, ConductReviewError, PendingReview};

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
        let view = self.ledger.view(&project)?;
        let now_ms = clock::now_ms()?;
        let host = host_access::open_host_of(project.clone(), &self.ledger, None)?;
        let pending = PendingReview::find(&view, &self.run)?;
        let gate =
            host.active_gate(&pending.queued.gate).map_err(host_access::explain_check_error)?;
        // A demotion that is due counts from now on, and is printed.
        gate_state::read_gate_state(&view, &project, &self.ledger, &gate, now_ms)?;
        let reviewer = self.reviewer.to_reviewer();
        let claim = host.claim_review(&self.run, &reviewer);
        let claimed = block_on_runtime(async { Ok(claim.await) })?;
        host.close();
        let until_ms = match claimed {
            Ok(ClaimedReview { outcome: Ok(until_ms), .. }) => until_ms,
            Ok(ClaimedReview { outcome: Err(errors), .. }) => {
                return Ok(outcome::print_refusal(&pending, &gate, &errors));
            }
            Err(ConductReviewError::Conflict { conflict, .. }) => {
                return Ok(outcome::print_conflict(&pending, &conflict));
            }
            Err(error) => return Err(error.into()),
        };
        let (name, by) = (short_digest(&pending.queued.run), &self.reviewer.name);
        let until = timestamps::format_time(until_ms);
        console::print(format!("{}  run {name} by {by} until {until}", paint(GOOD, "claimed")));
        Ok(Exit::Pass)
    }
}
