//! Where a human stands, how something is taken back, and what is kept of every run.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Holder;
use crate::{Share, TimeSpan, Words};

/// Where a human stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Pattern {
    /// Every output is held until a human approves it.
    InTheLoop,
    /// Outputs go out, and can be taken back within a while.
    OnTheLoop,
    /// A share of the outputs is looked at after the fact.
    OverTheLoop,
    /// Judged and recorded, never acted on.
    Shadow,
}

/// Where a human stands, and how something is taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Oversight {
    /// Where a human stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<Pattern>,
    /// Which share of the outputs is looked at after the fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_share: Option<Share>,
    /// How long an output that went out can be taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_window: Option<TimeSpan>,
    /// How something is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackPlan>,
}

/// How something is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RollbackPlan {
    /// What is called: the address of a service, or what a person does.
    pub handler: Words,
    /// Who sees to it.
    pub owner: Holder,
}

/// What is kept of every run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Audit {
    /// What is kept of the outputs themselves.
    pub contents: Contents,
    /// How long. The proof that there was a run stays.
    pub retention: TimeSpan,
}

/// What is kept of the outputs themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Contents {
    /// All of it.
    Full,
    /// All but what a contract found to be personal.
    Masked,
    /// The digest alone.
    Digest,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InTheLoop => "in-the-loop",
            Self::OnTheLoop => "on-the-loop",
            Self::OverTheLoop => "over-the-loop",
            Self::Shadow => "shadow",
        })
    }
}
