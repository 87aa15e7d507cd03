//! The delegation score: six values from 1 to 5, each with a reason, and the thresholds for their sum, which are
//! applied in `govern`.

use std::{collections::BTreeSet, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::NonBlankString;

/// Dimension of the delegation score, in the order in which people give the six values.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ScoreDimension {
    /// Cost to the business of a wrong decision.
    OutcomeCriticality,
    /// From tactical and immediate to strategic and for years.
    ScopeAndTimeHorizon,
    /// Use of personal data, regulated data and contracts.
    DataSensitivity,
    /// Maturity of the models, and how well a decision can be explained.
    ModelReliability,
    /// Visibility to customers and the public.
    ReputationalRisk,
    /// Gain from delegating, compared with the cost of oversight.
    CostEfficiency,
}

/// Value of one dimension, from 1 (low) to 5 (high).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct ScoreValue(u8);

/// The number is not from 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a score value: write a number from 1 (low) to 5 (high)")]
pub struct ScoreValueError(i64);

/// A score value with its reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScoreEntry {
    /// Value from 1 (low) to 5 (high).
    pub value: ScoreValue,
    /// Reason for the value.
    pub reason: NonBlankString,
}

/// Thresholds of an organisation for the sum of a delegation score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ScoreThresholds {
    /// Highest sum of a task that can be delegated.
    pub delegate_max: u8,
    /// Highest sum of a task that needs a human in the loop; above it, it should not be delegated.
    pub human_max: u8,
}

/// Recommendation that follows from a delegation score.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum DelegationPosture {
    /// The task can be delegated, with the usual oversight.
    Delegate,
    /// A human signs off outputs or audits them.
    HumanInTheLoop,
    /// The task must not be delegated unless an executive signs off.
    Block,
}

/// Consequence of a score in the middle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MiddleScorePolicy {
    /// A human approves every output.
    SignOff,
    /// A human looks at a share of the outputs afterwards.
    Audit,
}

/// Consequence of a high score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HighScorePolicy {
    /// No output goes out.
    Block,
    /// Once an executive has signed off, every output is held; before that, no output goes out.
    ExecutiveSignOff,
}

/// The delegation score: six values and the consequences of their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct DelegationScore {
    /// Cost to the business of a wrong decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_criticality: Option<ScoreEntry>,
    /// From tactical (1) to strategic (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_and_time_horizon: Option<ScoreEntry>,
    /// Use of personal data, regulated data and contracts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_sensitivity: Option<ScoreEntry>,
    /// Maturity of the models, and how well a decision can be explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_reliability: Option<ScoreEntry>,
    /// Visibility to customers and the public.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reputational_risk: Option<ScoreEntry>,
    /// Gain from delegating, compared with the cost of oversight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_efficiency: Option<ScoreEntry>,
    /// Dimensions for which a high value is good. They count as 6 minus their value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub invert: BTreeSet<ScoreDimension>,
    /// Recommendation that a person gave beside the score. A warning is shown if the sum contradicts
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<DelegationPosture>,
    /// Consequence of a sum in the middle (13 to 18).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_the_middle: Option<MiddleScorePolicy>,
    /// Consequence of a high sum (19 or more).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_high: Option<HighScorePolicy>,
}

impl Default for ScoreThresholds {
    fn default() -> Self {
        Self { delegate_max: 12, human_max: 18 }
    }
}

impl ScoreDimension {
    /// All six dimensions, in the order in which people give the values.
    pub const ALL: [Self; 6] = [
        Self::OutcomeCriticality,
        Self::ScopeAndTimeHorizon,
        Self::DataSensitivity,
        Self::ModelReliability,
        Self::ReputationalRisk,
        Self::CostEfficiency,
    ];

    /// Returns its key in a gate file.
    pub fn name(self) -> &'static str {
        match self {
            Self::OutcomeCriticality => "outcome-criticality",
            Self::ScopeAndTimeHorizon => "scope-and-time-horizon",
            Self::DataSensitivity => "data-sensitivity",
            Self::ModelReliability => "model-reliability",
            Self::ReputationalRisk => "reputational-risk",
            Self::CostEfficiency => "cost-efficiency",
        }
    }
}

impl ScoreValue {
    pub fn new(number: i64) -> Result<Self, ScoreValueError> {
        let points = u8::try_from(number).ok().filter(|points| (1..=5).contains(points));
        points.map(Self).ok_or(ScoreValueError(number))
    }

    pub fn as_u8(self) -> u8 {
        self.0
    }
}

impl DelegationScore {
    pub fn get(&self, dimension: ScoreDimension) -> Option<&ScoreEntry> {
        match dimension {
            ScoreDimension::OutcomeCriticality => self.outcome_criticality.as_ref(),
            ScoreDimension::ScopeAndTimeHorizon => self.scope_and_time_horizon.as_ref(),
            ScoreDimension::DataSensitivity => self.data_sensitivity.as_ref(),
            ScoreDimension::ModelReliability => self.model_reliability.as_ref(),
            ScoreDimension::ReputationalRisk => self.reputational_risk.as_ref(),
            ScoreDimension::CostEfficiency => self.cost_efficiency.as_ref(),
        }
    }
}

impl<'de> Deserialize<'de> for ScoreValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for ScoreValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ScoreValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 5 })
    }
}

impl fmt::Display for ScoreDimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for DelegationPosture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delegate => "delegate",
            Self::HumanInTheLoop => "human in the loop",
            Self::Block => "block or executive sign-off",
        })
    }
}
