//! Ids that callers give their outputs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Digest;

/// Id by which the caller knows an output. The ledger keeps the text with the contents of the run, so
/// that it can be erased; the event has only the digest, by which the run is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OutputId {
    /// Digest of the text.
    pub digest: Digest,
    /// Empty if it was erased, or if the gate does not keep it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl OutputId {
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { digest: Digest::of(&text), text: Some(text) }
    }

    /// Returns the id without its text.
    #[must_use]
    pub fn without_text(self) -> Self {
        Self { text: None, ..self }
    }
}
