//! Reasons of a decision as JSON: their members, and the sentence for people.

use serde::Serialize;
use tollgate_model::Reason;

/// A reason as JSON, with its sentence.
#[derive(Serialize)]
pub(super) struct ReasonJson<'r> {
    #[serde(flatten)]
    reason: &'r Reason,
    sentence: String,
}

/// Returns all reasons, in their order.
pub(super) fn reasons_json(reasons: &[Reason]) -> Vec<ReasonJson<'_>> {
    reasons.iter().map(|reason| ReasonJson { reason, sentence: reason.to_string() }).collect()
}
