//! Human oversight, retraction of outputs, and retention of records.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::RoleHolder;
use crate::{NonBlankString, Share, TimeSpan};

/// Oversight pattern: the point at which a human looks at outputs.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OversightPattern {
    /// Every output is held until a human approves it.
    InTheLoop,
    /// Outputs go out, and a human can retract them for a while.
    OnTheLoop,
    /// Outputs go out, and a human looks at a share of them afterwards.
    OverTheLoop,
    /// Outputs are judged and recorded, and never go out.
    Shadow,
}

/// Human oversight of the outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Oversight {
    /// Point at which a human looks at outputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<OversightPattern>,
    /// Share of outputs that a human looks at afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sample_share: Option<Share>,
    /// Time in which an output can be retracted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_window: Option<TimeSpan>,
    /// Plan for retracting an output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback: Option<RollbackPlan>,
}

/// Plan for retracting an output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RollbackPlan {
    /// Address of a service to call, or instructions for a person.
    pub handler: NonBlankString,
    /// Person responsible for the retraction.
    pub owner: RoleHolder,
}

/// Retention of records and contents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AuditPolicy {
    /// Part of each output that the ledger keeps.
    pub contents: ContentRetention,
    /// Time after which contents are erased. The events that prove the run stay.
    pub retention: TimeSpan,
}

/// Part of an output that the ledger keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContentRetention {
    /// The whole output.
    Full,
    /// The output without the parts that a contract found to be personal data.
    Masked,
    /// Only the digest.
    Digest,
}

impl fmt::Display for OversightPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InTheLoop => "in-the-loop",
            Self::OnTheLoop => "on-the-loop",
            Self::OverTheLoop => "over-the-loop",
            Self::Shadow => "shadow",
        })
    }
}
