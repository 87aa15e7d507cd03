//! Claiming a run for a review.

use tollgate_govern::review::{self, Reviewer};
use tollgate_ledger::{Append, LedgerEntry};
use tollgate_model::{Event, EventKind, Gate};

use super::ReviewError;
use crate::review::pending_review::PendingReview;

/// Claims a run for a while. Returns the end of the claim and what to record, or every reason against it.
pub fn claim(
    gate: &Gate,
    pending: &PendingReview,
    reviewer: &Reviewer,
    now_ms: u64,
) -> Result<(u64, Append), Vec<ReviewError>> {
    let mut errors: Vec<_> =
        pending.queued.closed_by.map(ReviewError::Closed).into_iter().collect();
    let held_run = pending.to_held_run();
    let refusals = review::check_reviewer(gate, &held_run, reviewer, now_ms);
    errors.extend(refusals.into_iter().map(ReviewError::Rule));
    match review::claim_review(gate, pending.queued.run, &held_run, &reviewer.person, now_ms) {
        Ok(claim) if errors.is_empty() => {
            let until_ms = claim.until_ms;
            let event =
                Event { at_ms: now_ms, gate: gate.name.clone(), kind: EventKind::Claim(claim) };
            let append = Append::from(LedgerEntry::new(event));
            Ok((until_ms, append.on_condition(pending.expected_state())))
        }
        Ok(_) => Err(errors),
        Err(refusal) => {
            errors.push(ReviewError::Rule(refusal));
            Err(errors)
        }
    }
}
