//! Reasons for programs: their own members, and the sentence that people read.

use serde::Serialize;
use tollgate_model::Reason;

/// A reason for programs.
#[derive(Serialize)]
pub(super) struct ToldReason<'r> {
    #[serde(flatten)]
    reason: &'r Reason,
    sentence: String,
}

/// All of them, in their order.
pub(super) fn told(reasons: &[Reason]) -> Vec<ToldReason<'_>> {
    reasons.iter().map(|reason| ToldReason { reason, sentence: reason.to_string() }).collect()
}
