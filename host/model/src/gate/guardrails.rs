//! Guardrails of a task: channels, topics, brand voice, confidence and performance.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, Figure, NonBlankString, Share};

/// Limits on every output. An output outside them is held or blocked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Guardrails {
    /// Channels that outputs may go to. Outputs for any other channel are blocked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<String>,
    /// Topics that outputs may not be about. Write `[]` to state that no topic is blocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_topics: Option<BTreeSet<String>>,
    /// Contract of this gate that detects topics. Without one the context of the subject has to name
    /// its `topics`, or the output is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics_judged_by: Option<NonBlankString>,
    /// Brand voice document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_voice: Option<BrandVoice>,
    /// Minimum confidence of the model. Outputs below it are held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Share>,
}

/// The agreed version of the brand voice document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BrandVoice {
    /// File with the document, relative to the project folder.
    pub document: NonBlankString,
    /// Digest of the agreed version.
    #[schemars(with = "String")]
    pub digest: Digest,
}

/// Limit of a KPI. A value beyond it costs the gate a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KpiThreshold {
    /// Name of the KPI, such as `open-rate`.
    pub kpi: NonBlankString,
    /// Lower limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Figure>,
    /// Upper limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Figure>,
}
