//! Events that change the course of a gate: levels, rollouts, rollbacks, incidents, KPIs, money.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::units::recorded_person;
use crate::{DemotionCause, Digest, Figure, LevelScheme, Money, NonBlankString, Person, Share};

/// The autonomy level of the gate changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LevelEvent {
    /// Scheme of both levels.
    pub scheme: LevelScheme,
    pub from: u8,
    pub to: u8,
    pub reason: LevelChangeReason,
}

/// Direction of a level change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelDirection {
    /// The AI may do more.
    Promotion,
    /// The AI may do less.
    Demotion,
}

/// Reason for a level change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum LevelChangeReason {
    /// The track record met the promotion criteria, and a person accepted the proposal.
    Promoted {
        #[serde(deserialize_with = "recorded_person::one")]
        accepted_by: Person,
        /// Number of reviewed outputs in the track record.
        reviewed: u32,
        /// Share of reviewed outputs that were approved unchanged.
        approval_rate: Share,
    },
    /// The host demoted the gate.
    Demoted { causes: Vec<DemotionCause> },
    /// A person lowered the level.
    Lowered {
        #[serde(deserialize_with = "recorded_person::one")]
        by: Person,
        reason: NonBlankString,
    },
}

/// A release moved to another stage of its rollout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RolloutEvent {
    pub release: Digest,
    pub stage: RolloutStage,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    /// Reason that the person gave; empty if they gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<NonBlankString>,
}

/// Stage of a rollout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum RolloutStage {
    /// The release judges beside the active one, without effect on outputs.
    Shadow,
    /// The release decides for a share of the outputs.
    Canary { share: Share },
    /// The release is the active one and decides for all outputs.
    Full,
    /// The rollout was stopped.
    Aborted,
}

/// An output was retracted, or a release rolled back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RollbackEvent {
    /// Run whose output was retracted; empty if a release was rolled back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
    /// Release that was rolled back; empty if an output was retracted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Digest>,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    pub reason: NonBlankString,
}

/// A person reported that something went wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IncidentEvent {
    pub description: NonBlankString,
    #[serde(deserialize_with = "recorded_person::one")]
    pub by: Person,
    /// Run that caused the incident; empty if unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
}

/// A KPI was measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KpiEvent {
    /// Name of the KPI, as in the gate's thresholds.
    pub kpi: NonBlankString,
    pub value: Figure,
    /// Person or program that reports the value.
    pub source: NonBlankString,
}

/// Money was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SpendEvent {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// Amount in the currency of the gate's budget.
    pub amount: Money,
}
