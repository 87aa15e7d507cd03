//! How much an AI may do by itself: a level, always with its scheme.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Share;

/// Where levels come from. The same number means different things in each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Scheme {
    /// 0 manual, 1 drafts on request, 2 as it was set up, 3 a human approves each piece, 4 runs by
    /// itself and a human spot-checks, 5 exceptions only.
    #[serde(rename = "l0-l5")]
    L0ToL5,
    /// 1 assist, 2 recommend, 3 execute low-risk tasks, 4 optimise within guardrails.
    #[serde(rename = "tiers-1-4")]
    Tiers1To4,
}

/// What a level means for the outputs, the strictest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OversightEffect {
    /// The AI does nothing here.
    Refuse,
    /// A human approves every output.
    EveryOutputHeld,
    /// Outputs go out, and a share of them is looked at.
    Sampled,
    /// Outputs go out; a human sees the exceptions.
    ExceptionsOnly,
}

/// How much the AI may do by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Autonomy {
    /// Which levels these are.
    pub scheme: Scheme,
    /// The level that the gate starts at. Promotions and demotions stand in the ledger.
    pub level: u8,
    /// The level above which nothing is proposed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest: Option<u8>,
    /// What it takes to go one level up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<Promotion>,
}

/// What it takes to go one level up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Promotion {
    /// How many outputs have to have been reviewed: at least 30.
    #[schemars(range(min = 30))]
    pub reviewed_cycles: u32,
    /// Which share of them has to have been approved as it was.
    pub approval_rate: Share,
}

/// How bad it would be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Drafts and notes.
    Low,
    /// Content, analysis.
    Medium,
    /// Segmentation, consent, customer data, execution in systems.
    High,
}

/// Whether it can be undone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reversibility {
    /// At once and completely.
    Easily,
    /// With effort, or not all of it.
    Partially,
    /// What went out is out.
    Not,
}

/// What a task is like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Tags {
    /// How bad it would be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Whether it can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversibility: Option<Reversibility>,
    /// The family of tasks that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<crate::Words>,
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::L0ToL5 => "l0-l5",
            Self::Tiers1To4 => "tiers-1-4",
        })
    }
}

impl fmt::Display for OversightEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "nothing goes out",
            Self::EveryOutputHeld => "every output is held",
            Self::Sampled => "a share is looked at",
            Self::ExceptionsOnly => "exceptions only",
        })
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        })
    }
}

impl fmt::Display for Reversibility {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Easily => "easily reversible",
            Self::Partially => "partially reversible",
            Self::Not => "not reversible",
        })
    }
}
