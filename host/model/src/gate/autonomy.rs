//! Autonomy levels, risk and reversibility of a task. A level has a meaning only together with its
//! scheme, so both are always stored together.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Share, TimeSpan};

/// Scheme of autonomy levels. The same number means different things in each scheme.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum LevelScheme {
    /// Levels 0 to 5: 0 manual, 1 drafts on request, 2 runs as scheduled, 3 a human approves each
    /// output, 4 runs by itself and a human spot-checks, 5 a human sees exceptions only.
    #[serde(rename = "l0-l5")]
    L0ToL5,
    /// Levels 1 to 4: 1 assist, 2 recommend, 3 execute low-risk tasks, 4 optimise within guardrails.
    #[serde(rename = "tiers-1-4")]
    Tiers1To4,
}

/// Effect of a level on outputs, the strictest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum OversightEffect {
    /// No output goes out.
    Refuse,
    /// A human approves every output.
    EveryOutputHeld,
    /// Outputs go out, and a human looks at a share of them afterwards.
    Sampled,
    /// Outputs go out, and a human looks at exceptions.
    ExceptionsOnly,
}

/// Autonomy of the AI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Autonomy {
    /// Scheme of the levels.
    pub scheme: LevelScheme,
    /// Level that the gate aims at. The current level, with its promotions and demotions, is in the
    /// ledger.
    pub level: u8,
    /// Highest level that the gate may reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highest: Option<u8>,
    /// Criteria for a promotion by one level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub promotion: Option<PromotionCriteria>,
}

/// Criteria for a promotion by one level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PromotionCriteria {
    /// Number of reviewed outputs that is required, at least 30.
    #[schemars(range(min = 30))]
    pub reviewed_cycles: u32,
    /// Share of reviewed outputs that have to be approved unchanged.
    pub approval_rate: Share,
    /// Least time that an approval has to take to count; 5 seconds if it is not set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub least_review_time: Option<TimeSpan>,
}

/// Risk of a task.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Risk {
    /// Such as drafts and notes.
    Low,
    /// Such as content and analysis.
    Medium,
    /// Such as segmentation, consent, customer data, execution in systems.
    High,
}

/// Degree to which the outcome of a task can be undone.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Reversibility {
    /// At once and completely.
    Easily,
    /// With effort, or not all of it.
    Partially,
    Not,
}

/// Risk and nature of a task.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct TaskTags {
    /// Risk of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<Risk>,
    /// Degree to which the outcome can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reversibility: Option<Reversibility>,
    /// Category of the task, for grouping in reports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<crate::NonBlankString>,
}

impl OversightEffect {
    /// Returns whether no output goes out before a human approves it.
    pub fn holds_every_output(self) -> bool {
        self <= Self::EveryOutputHeld
    }
}

impl fmt::Display for LevelScheme {
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
            Self::Sampled => "a share is sampled",
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
