//! Compares the number of people in `escalate-to` with the approvals that an escalated output can need.

use std::collections::BTreeSet;

use tollgate_model::{Gate, ReviewTrigger};

use super::SECOND_REVIEW_APPROVALS;

/// Escalation path with fewer people than an output can need approvals: once escalated, such an output can only be edited
/// or rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`[[review.escalate-to]]` names too few people ({named}) for outputs that need {required} approvals: once escalated, they can \
     only be edited or rejected"
)]
pub struct ShortEscalationPath {
    /// Number of people in the path.
    pub named: usize,
    /// Most approvals that an output of the gate can need.
    pub required: u8,
}

/// Returns whether the escalation path of a gate is too short for the approvals that its outputs can need. Without a path
/// the record is incomplete, and nothing can be approved anyway.
pub fn check_escalation_path(gate: &Gate) -> Option<ShortEscalationPath> {
    let required = most_required_approvals(gate);
    let names: BTreeSet<_> = gate.review.escalate_to.iter().map(|holder| &holder.name).collect();
    let named = names.len();
    (named > 0 && named < usize::from(required)).then_some(ShortEscalationPath { named, required })
}

/// Returns the most approvals that an output of the gate can need.
pub(super) fn most_required_approvals(gate: &Gate) -> u8 {
    let review = &gate.review;
    let count = review.count.unwrap_or(1);
    let asks_for_second =
        review.second_reviewer_when.as_ref().is_some_and(|when| *when != ReviewTrigger::default());
    if asks_for_second { count.max(SECOND_REVIEW_APPROVALS) } else { count }
}
