//! What changes a gate's course: levels, releases, incidents, figures and money.

use serde::{Deserialize, Serialize};

use crate::{Digest, Figure, Money, Person, Scheme, Share, Why, Words};

/// The gate is at another level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LevelChange {
    /// Which levels these are.
    pub scheme: Scheme,
    /// Where it was.
    pub from: u8,
    /// Where it is.
    pub to: u8,
    /// Why.
    pub reason: LevelReason,
}

/// Which way a level moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelMove {
    /// The AI may do more.
    Promotion,
    /// The AI may do less.
    Demotion,
}

/// Why a level is another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "kind")]
pub enum LevelReason {
    /// The record of reviews was good enough, and a person accepted what was proposed.
    Promoted {
        /// Who.
        accepted_by: Person,
        /// How many outputs had been reviewed.
        reviewed: u32,
        /// Which share of them was approved as it was.
        approval_rate: Share,
    },
    /// Something happened.
    Demoted {
        /// What.
        causes: Vec<Why>,
    },
    /// A person thought it right to go down.
    Lowered {
        /// Who.
        by: Person,
        /// Why.
        because: Words,
    },
}

/// How far a release has taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rollout {
    /// Which release.
    pub release: Digest,
    /// How far.
    pub stage: RolloutStage,
    /// Who decided it.
    pub by: Person,
}

/// The steps of taking over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "kebab-case", tag = "stage")]
pub enum RolloutStage {
    /// It judges beside the other, and nothing comes of it.
    Shadow,
    /// It decides for a share.
    Canary {
        /// Which.
        share: Share,
    },
    /// It decides for all.
    Full,
    /// It does not take over.
    Aborted,
}

/// Something was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rollback {
    /// The run whose output was, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
    /// The release that was, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Digest>,
    /// Who.
    pub by: Person,
    /// Why.
    pub reason: Words,
}

/// Something went wrong, and a person says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Incident {
    /// What.
    pub what: Words,
    /// Who says so.
    pub by: Person,
    /// The run that it came of, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
}

/// A figure came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct KpiFigure {
    /// Which.
    pub kpi: Words,
    /// What it is.
    pub value: Figure,
    /// Who says so: a person or a program.
    pub source: Words,
}

/// Money was spent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Spend {
    /// For which run, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Digest>,
    /// For which campaign, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// How much.
    pub amount: Money,
}
