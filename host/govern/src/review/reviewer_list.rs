//! Compares the number of people in `reviewers` with the approvals that an output can need.

use std::collections::BTreeSet;

use tollgate_model::Gate;

use super::escalation_path::most_required_approvals;

/// Fewer reviewers than an output can need approvals, where no role may review: such an output can only be approved by the
/// people that it is escalated to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`[[review.reviewers]]` names too few people ({named}) for outputs that need {required} approvals, and no role may review: add a \
     person, or such outputs wait until they are escalated"
)]
pub struct ShortReviewerList {
    /// Number of people in the list.
    pub named: usize,
    /// Most approvals that an output of the gate can need.
    pub required: u8,
}

/// Returns whether a gate names too few reviewers for the approvals that its outputs can need. How many people have a role
/// is not known here, so a gate with `roles` is never short. Without any reviewer the record is incomplete.
pub fn check_reviewer_list(gate: &Gate) -> Option<ShortReviewerList> {
    let review = &gate.review;
    let required = most_required_approvals(gate);
    let named = review.reviewers.iter().map(|holder| &holder.name).collect::<BTreeSet<_>>().len();
    let is_short = review.roles.is_empty() && named > 0 && named < usize::from(required);
    is_short.then_some(ShortReviewerList { named, required })
}
