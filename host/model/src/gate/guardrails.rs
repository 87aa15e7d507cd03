//! The walls of a task: inside them anything, outside nothing.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Digest, Figure, Share, Words};

/// The walls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Guardrails {
    /// Where outputs may go. Anywhere else they are blocked.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub channels: BTreeSet<String>,
    /// What outputs may not be about; `[]` is nothing, and has been thought about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub blocked_topics: Option<BTreeSet<String>>,
    /// The contract of this gate that tells topics apart. Without one the subject says what it is
    /// about, and is held where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topics_judged_by: Option<Words>,
    /// How the brand speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_voice: Option<BrandVoice>,
    /// How sure a model has to be of an output. Less is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Share>,
}

/// The document that says how the brand speaks, as it was when this was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct BrandVoice {
    /// The file.
    pub document: Words,
    /// What identifies its bytes.
    #[schemars(with = "String")]
    pub digest: Digest,
}

/// A figure, and what it has to keep to. Broken, it costs the gate a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Threshold {
    /// What is watched, such as `open-rate`.
    pub kpi: Words,
    /// It has to be this or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Figure>,
    /// It has to be this or less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Figure>,
}
