//! The delegation score: six values from 1 to 5, with a reason each.

use std::{collections::BTreeSet, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::Words;

/// What is scored, in the order that people give the six values in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    /// What it costs the business when a decision is wrong.
    OutcomeCriticality,
    /// Tactical or strategic, at once or for years.
    ScopeAndTimeHorizon,
    /// Personal and regulated data, contracts.
    DataSensitivity,
    /// How mature the models are, and how well a decision can be explained.
    ModelReliability,
    /// What customers and the public would see.
    ReputationalRisk,
    /// What is gained, beside what watching it costs.
    CostEfficiency,
}

/// From 1 (low) to 5 (high).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Points(u8);

/// Why a number is no value of a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a score of `{0}` does not exist: values go from 1 (low) to 5 (high)")]
pub struct PointsError(i64);

/// A value, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Scored {
    /// From 1 to 5.
    pub value: Points,
    /// Why it is this.
    pub reason: Words,
}

/// What a score says of delegating a task.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Posture {
    /// It can be delegated, and is watched as usual.
    Delegate,
    /// A human signs off or audits.
    HumanInTheLoop,
    /// It is not for an AI, unless an executive takes it upon themselves.
    Block,
}

/// What the middle of the scale means for this gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MiddleScore {
    /// A human approves every output.
    SignOff,
    /// A human looks at a share of them afterwards.
    Audit,
}

/// What the top of the scale means for this gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HighScore {
    /// Nothing goes out.
    Block,
    /// Every output is held, once an executive has signed off.
    ExecutiveSignOff,
}

/// The six values, and what the gate makes of their sum.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Score {
    /// What it costs the business when a decision is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome_criticality: Option<Scored>,
    /// Tactical (1) or strategic (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_and_time_horizon: Option<Scored>,
    /// Personal and regulated data, contracts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_sensitivity: Option<Scored>,
    /// How mature the models are, and how well a decision can be explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_reliability: Option<Scored>,
    /// What customers and the public would see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reputational_risk: Option<Scored>,
    /// What is gained, beside what watching it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_efficiency: Option<Scored>,
    /// Dimensions of which a high value is good: they count as 6 less their value.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub invert: BTreeSet<Dimension>,
    /// What somebody says that the score means. Where the sum says something else, both are told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Posture>,
    /// What a sum in the middle (13 to 18) means here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_the_middle: Option<MiddleScore>,
    /// What a high sum (19 and more) means here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub when_high: Option<HighScore>,
}

impl Dimension {
    /// All six, in the order that people give their values in.
    pub const ALL: [Self; 6] = [
        Self::OutcomeCriticality,
        Self::ScopeAndTimeHorizon,
        Self::DataSensitivity,
        Self::ModelReliability,
        Self::ReputationalRisk,
        Self::CostEfficiency,
    ];

    /// Its key in a gate.
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

impl Points {
    /// A number that is a value.
    pub fn of(number: i64) -> Result<Self, PointsError> {
        let points = u8::try_from(number).ok().filter(|points| (1..=5).contains(points));
        points.map(Self).ok_or(PointsError(number))
    }

    /// The number.
    pub fn number(self) -> u8 {
        self.0
    }
}

impl Score {
    /// What was scored in a dimension.
    pub fn get(&self, dimension: Dimension) -> Option<&Scored> {
        match dimension {
            Dimension::OutcomeCriticality => self.outcome_criticality.as_ref(),
            Dimension::ScopeAndTimeHorizon => self.scope_and_time_horizon.as_ref(),
            Dimension::DataSensitivity => self.data_sensitivity.as_ref(),
            Dimension::ModelReliability => self.model_reliability.as_ref(),
            Dimension::ReputationalRisk => self.reputational_risk.as_ref(),
            Dimension::CostEfficiency => self.cost_efficiency.as_ref(),
        }
    }
}

impl<'de> Deserialize<'de> for Points {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::of(i64::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl JsonSchema for Points {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Points".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": 5 })
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Posture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Delegate => "delegate",
            Self::HumanInTheLoop => "human in the loop",
            Self::Block => "block or executive sign-off",
        })
    }
}
