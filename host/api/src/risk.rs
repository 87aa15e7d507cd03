//! Risks of all gates of a project.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_govern::due_dates::DueDate;
use tollgate_govern::risk::{AccessEntry, DataUse, GateRisk, RiskFix, RiskMap};
use tollgate_model::{AccessKind, Date, FormatVersion, GateName, GatePart, OversightEffect, Risk};

/// Access, data and open risks of all gates of a project.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RiskDocument {
    pub format: FormatVersion<1>,
    /// Abilities by system and verb.
    pub access: BTreeMap<String, BTreeMap<AccessKind, Vec<SystemAbility>>>,
    /// Uses by data class.
    pub data: BTreeMap<String, Vec<DataClassUse>>,
    /// Gates, the riskiest first.
    pub gates: Vec<GateRiskEntry>,
    /// Gates of the purpose `quality`, which delegate nothing to an AI.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub judging_only: Vec<GateName>,
    /// Open problems, the most urgent first.
    pub to_fix: Vec<OpenProblem>,
}

/// Ability of one gate in a system.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SystemAbility {
    pub gate: GateName,
    pub ability: String,
}

/// Use of a data class by one gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DataClassUse {
    pub gate: GateName,
    /// Flags without an answer.
    pub unanswered: Vec<String>,
    /// Flags whose answer is a risk: use for training, or consent not respected.
    pub exposed: Vec<String>,
}

/// Risk of one gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateRiskEntry {
    pub gate: GateName,
    /// Risk tag of the record; `null` counts as high.
    pub risk: Option<Risk>,
    /// Delegation score that counts; `null` while a value is missing.
    pub score: Option<u8>,
    /// Oversight in effect.
    pub oversight: OversightEffect,
    /// Parts that the record lacks.
    pub missing: Vec<GatePart>,
    /// Day by which the record had to be reviewed, if it has passed.
    pub overdue_since: Option<Date>,
    /// Day by which the oldest open review was due, if it has passed.
    pub review_overdue_since: Option<Date>,
    /// Days of the record that have passed, or that come within 30 days.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub due: Vec<DueDay>,
    /// Whether the brand voice document is missing or differs from the agreed one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub brand_voice_changed: bool,
}

/// Day on which something of a gate record ends or is due.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DueDay {
    pub day: Date,
    /// Whether the day has passed.
    pub passed: bool,
    /// Sentence about the part that ends or is due.
    pub problem: String,
}

/// Open problem of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OpenProblem {
    /// Urgency; higher numbers come first.
    pub urgency: u32,
    pub gate: GateName,
    pub problem: String,
}

impl From<RiskMap> for RiskDocument {
    fn from(map: RiskMap) -> Self {
        let verbs = |verbs: BTreeMap<AccessKind, Vec<AccessEntry>>| {
            verbs.into_iter().map(|(verb, reached)| (verb, convert_all(reached))).collect()
        };
        let access = map.access.into_iter().map(|(system, reached)| (system, verbs(reached)));
        let data = map.data.into_iter().map(|(class, uses)| (class, convert_all(uses)));
        Self {
            format: FormatVersion,
            access: access.collect(),
            data: data.collect(),
            gates: convert_all(map.gates),
            judging_only: map.judging_only,
            to_fix: convert_all(map.to_fix),
        }
    }
}

fn convert_all<T, W: From<T>>(all: Vec<T>) -> Vec<W> {
    all.into_iter().map(Into::into).collect()
}

impl From<AccessEntry> for SystemAbility {
    fn from(AccessEntry { gate, ability }: AccessEntry) -> Self {
        Self { gate, ability }
    }
}

impl From<DataUse> for DataClassUse {
    fn from(DataUse { gate, unanswered, exposed }: DataUse) -> Self {
        Self { gate, unanswered, exposed }
    }
}

impl From<GateRisk> for GateRiskEntry {
    fn from(risk: GateRisk) -> Self {
        Self {
            gate: risk.gate,
            risk: risk.risk,
            score: risk.score,
            oversight: risk.oversight,
            missing: risk.missing,
            overdue_since: risk.overdue_since,
            review_overdue_since: risk.review_overdue_since,
            due: risk.due.iter().map(Into::into).collect(),
            brand_voice_changed: risk.brand_voice_changed,
        }
    }
}

impl From<&DueDate> for DueDay {
    fn from(due: &DueDate) -> Self {
        Self { day: due.day, passed: due.has_passed(), problem: due.to_string() }
    }
}

impl From<RiskFix> for OpenProblem {
    fn from(RiskFix { urgency, gate, problem }: RiskFix) -> Self {
        Self { urgency, gate, problem }
    }
}
