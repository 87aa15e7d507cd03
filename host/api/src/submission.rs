//! Outputs as callers hand them in.

use schemars::JsonSchema;
use serde_json::{Map, Value};

/// Output that is handed in. Exactly one of `text`, `json`, `action` and `content` has it.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct OutputSubmission {
    /// Id by which the caller knows the output. Runs are found by it; it need not be unique.
    pub id: Option<SubmissionId>,
    /// Output that is a text.
    pub text: Option<String>,
    /// Output that is a JSON document.
    pub json: Option<Value>,
    /// Output that is an action of an agent.
    pub action: Option<SubmittedAction>,
    /// Output that is a text if it is a string, and a JSON document otherwise.
    pub content: Option<Value>,
    /// Prompt that the output was written with: `NAME@VERSION`, or an object with `name`, `version` and `digest`.
    pub prompt: Option<SubmittedPrompt>,
    /// Facts about the output that the gate or its contracts need, such as `model`, `channel` and `confidence`.
    pub context: Option<Map<String, Value>>,
}

/// Id by which the caller knows the output.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum SubmissionId {
    Text(String),
    Number(serde_json::Number),
}

/// Action that an agent wants to take.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct SubmittedAction {
    pub tool: String,
    pub arguments: Value,
}

/// Prompt that an output was written with.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum SubmittedPrompt {
    Named(String),
    Pinned { name: String, version: String, digest: String },
}
