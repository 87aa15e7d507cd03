//! Delegation scores.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_govern::score::{DIMENSION_COUNT, ScoreWarning, WeighedScore};
use tollgate_model::{
    DelegationPosture, FormatVersion, Gate, GateName, HighScorePolicy, MiddleScorePolicy,
    ScoreDimension, ScoreEntry, ScoreValue,
};

/// Delegation score of six values.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScoreDocument {
    pub format: FormatVersion<1>,
    /// Values as given.
    pub values: BTreeMap<ScoreDimension, ScoreValue>,
    /// Dimensions for which a high value is good.
    pub inverted: Vec<ScoreDimension>,
    /// Sum of the values as given.
    pub raw: u8,
    /// Sum that counts, with the inversions.
    pub counted: u8,
    pub posture: DelegationPosture,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

/// Delegation score of a gate, with its reasons.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateScoreDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// Values as in the record; `null` where one is missing.
    pub values: BTreeMap<ScoreDimension, Option<ScoreEntry>>,
    /// Dimensions for which a high value is good.
    pub inverted: BTreeSet<ScoreDimension>,
    /// Sum of the values as written; `null` while a value is missing.
    pub raw: Option<u8>,
    /// Sum that counts, with the inversions; `null` while a value is missing.
    pub counted: Option<u8>,
    /// `null` while a value is missing.
    pub posture: Option<DelegationPosture>,
    /// Consequence of a sum in the middle, if the record states one.
    pub in_the_middle: Option<MiddleScorePolicy>,
    /// Consequence of a high sum, if the record states one.
    pub when_high: Option<HighScorePolicy>,
    /// Recommendation that a person gave beside the score.
    pub label: Option<DelegationPosture>,
    /// Sentences for people.
    pub warnings: Vec<String>,
}

impl ScoreDocument {
    pub fn new(
        values: [ScoreValue; DIMENSION_COUNT],
        inverted: &[ScoreDimension],
        weighed: &WeighedScore,
        warnings: &[ScoreWarning],
    ) -> Self {
        Self {
            format: FormatVersion,
            values: ScoreDimension::ALL.into_iter().zip(values).collect(),
            inverted: inverted.to_vec(),
            raw: weighed.raw,
            counted: weighed.counted,
            posture: weighed.posture,
            warnings: warnings.iter().map(ToString::to_string).collect(),
        }
    }
}

impl GateScoreDocument {
    pub fn new(gate: &Gate, weighed: Option<&WeighedScore>, warnings: Vec<String>) -> Self {
        let score = &gate.score;
        let entry = |dimension| (dimension, score.get(dimension).cloned());
        Self {
            format: FormatVersion,
            gate: gate.name.clone(),
            values: ScoreDimension::ALL.into_iter().map(entry).collect(),
            inverted: score.invert.clone(),
            raw: weighed.map(|weighed| weighed.raw),
            counted: weighed.map(|weighed| weighed.counted),
            posture: weighed.map(|weighed| weighed.posture),
            in_the_middle: score.in_the_middle,
            when_high: score.when_high,
            label: score.label,
            warnings,
        }
    }
}
