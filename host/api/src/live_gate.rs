//! Gates as a server runs them.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_model::{Digest, FormatVersion, GateName};

/// Gates of a server, in the order of their names.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LiveGatesDocument {
    pub format: FormatVersion<1>,
    /// Number of times that the server has read the project.
    pub generation: u64,
    /// Reason why the project cannot be read now. What was read before stays in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_error: Option<String>,
    pub gates: Vec<LiveGateEntry>,
}

/// Gate as a server runs it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LiveGateEntry {
    pub gate: GateName,
    pub state: LiveGateState,
    /// Release that checks outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Digest>,
    /// Reason why the gate checks nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the files of the project make of the gate, if that is not what it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<LiveCandidate>,
}

/// State of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LiveGateState {
    /// It checks nothing yet: it is being loaded, or it has no active release.
    Pending,
    /// It checks outputs.
    Ready,
    /// It cannot be loaded.
    Failed,
}

/// Release that the files of the project make, and that is not active.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LiveCandidate {
    pub state: LiveCandidateState,
    /// Number of the reading that found it.
    pub generation: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release: Option<Digest>,
    /// Reason why it cannot be published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// State of a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LiveCandidateState {
    /// It is being loaded and proven.
    Preparing,
    /// It is loaded and proven, and waits until somebody publishes it.
    Ready,
    /// It cannot be loaded, or the cases of its gate do not come out as they should.
    Failed,
}
