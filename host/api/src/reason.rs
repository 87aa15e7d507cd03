//! Reasons of decisions.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_model::Reason;

/// Reason of a decision, with its sentence for people.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ExplainedReason {
    #[serde(flatten)]
    pub reason: Reason,
    pub sentence: String,
}

impl From<&Reason> for ExplainedReason {
    fn from(reason: &Reason) -> Self {
        Self { sentence: reason.to_string(), reason: reason.clone() }
    }
}
