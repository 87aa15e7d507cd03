//! The delegation score: the sum of six values, and the posture that it recommends.

use std::fmt;

pub use tollgate_model::ScoreThresholds;
use tollgate_model::{
    DelegationPosture, DelegationScore, HighScorePolicy, ReasonKind, ScoreDimension, ScoreValue,
    SignOffScope,
};

use crate::access::is_signed_off;
use crate::{DecisionInput, Reasons};

pub const DIMENSION_COUNT: usize = ScoreDimension::ALL.len();
pub const SUM_MAX: u8 = 5 * DIMENSION_COUNT as u8;
/// Sum of a value and its inversion: 1 becomes 5, 2 becomes 4, and so on.
const INVERSION_SUM: u8 = 6;

/// Sums of a complete score, and the posture that they recommend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeighedScore {
    /// Sum of the values as written.
    pub raw: u8,
    /// Sum that counts, with the inversions of the gate.
    pub counted: u8,
    pub posture: DelegationPosture,
}

/// Warning about a score that people should see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScoreWarning {
    /// Label of the record contradicts the sum.
    Label {
        label: DelegationPosture,
        /// Sum that counts.
        sum: u8,
        posture: DelegationPosture,
    },
    /// Inversions change the sum.
    SumsDiffer { raw: u8, counted: u8 },
}

/// Adds up six values in the order of [`Dimension::ALL`].
pub fn weigh_values(
    values: [ScoreValue; DIMENSION_COUNT],
    inverted: impl Fn(ScoreDimension) -> bool,
    thresholds: ScoreThresholds,
) -> WeighedScore {
    let raw = values.iter().map(|value| value.as_u8()).sum();
    let each = ScoreDimension::ALL.into_iter().zip(values);
    let counted =
        each.map(
            |(dimension, value)| {
                if inverted(dimension) { INVERSION_SUM - value.as_u8() } else { value.as_u8() }
            },
        );
    let counted = counted.sum();
    WeighedScore { raw, counted, posture: posture_for_sum(counted, thresholds) }
}

/// Returns the posture that a sum recommends.
pub fn posture_for_sum(sum: u8, thresholds: ScoreThresholds) -> DelegationPosture {
    if sum <= thresholds.delegate_max {
        DelegationPosture::Delegate
    } else if sum <= thresholds.human_max {
        DelegationPosture::HumanInTheLoop
    } else {
        DelegationPosture::Block
    }
}

/// Weighs the score of a gate record, or returns `None` while a value is missing.
pub fn weigh_score(score: &DelegationScore, thresholds: ScoreThresholds) -> Option<WeighedScore> {
    let value = |dimension| score.get(dimension).map(|scored| scored.value);
    let [first, second, third, fourth, fifth, sixth] = ScoreDimension::ALL;
    let values = [
        value(first)?,
        value(second)?,
        value(third)?,
        value(fourth)?,
        value(fifth)?,
        value(sixth)?,
    ];
    Some(weigh_values(values, |dimension| score.invert.contains(&dimension), thresholds))
}

/// Returns the warnings about a score. `label` is the label that the record gives it.
pub fn warnings(weighed: &WeighedScore, label: Option<DelegationPosture>) -> Vec<ScoreWarning> {
    let mut warnings = Vec::new();
    let (raw, sum, posture) = (weighed.raw, weighed.counted, weighed.posture);
    if let Some(label) = label.filter(|label| *label != posture) {
        warnings.push(ScoreWarning::Label { label, sum, posture });
    }
    if raw != sum {
        warnings.push(ScoreWarning::SumsDiffer { raw, counted: sum });
    }
    warnings
}

/// Blocks outputs of a task with a high score, unless the gate accepts a sign-off and has a valid
/// one.
pub(crate) fn add_reasons(
    input: &DecisionInput<'_>,
    weighed: Option<&WeighedScore>,
    reasons: &mut Reasons,
) {
    let Some(weighed) = weighed.filter(|weighed| weighed.posture == DelegationPosture::Block)
    else {
        return;
    };
    let accepts_sign_off = input.gate.score.when_high == Some(HighScorePolicy::ExecutiveSignOff);
    if !(accepts_sign_off && is_signed_off(input.gate, SignOffScope::Score, input.now_ms)) {
        reasons.add(ReasonKind::ScoreTooHigh {
            sum: weighed.counted,
            sign_off_would_do: accepts_sign_off,
        });
    }
}

impl fmt::Display for ScoreWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label { label, sum, posture } => write!(
                f,
                "the label is `{label}`, but the sum of {sum} means `{posture}`: the sum counts"
            ),
            Self::SumsDiffer { raw, counted } => {
                write!(f, "the values add up to {raw}, or {counted} with the inverted dimensions")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use DelegationPosture::{Block, Delegate, HumanInTheLoop};

    /// Published examples: values, sum, our posture, published label.
    type Example = (&'static str, [i64; DIMENSION_COUNT], u8, DelegationPosture, DelegationPosture);

    const EXAMPLES: [Example; 6] = [
        ("ad creative variants", [2, 1, 1, 3, 2, 4], 13, HumanInTheLoop, HumanInTheLoop),
        ("daily bid optimisation", [2, 1, 1, 4, 1, 5], 14, HumanInTheLoop, HumanInTheLoop),
        ("brand positioning or naming", [5, 5, 3, 2, 5, 1], 21, Block, Block),
        ("hyperparameter tuning", [1, 1, 1, 4, 1, 5], 13, HumanInTheLoop, Delegate),
        ("promotion of a model to production", [5, 4, 4, 3, 4, 2], 22, Block, Block),
        ("data validation, drift alerts", [2, 2, 3, 4, 2, 4], 17, HumanInTheLoop, HumanInTheLoop),
    ];

    fn points(values: [i64; DIMENSION_COUNT]) -> [ScoreValue; DIMENSION_COUNT] {
        values.map(|value| ScoreValue::new(value).unwrap())
    }

    #[test]
    fn matches_the_published_examples() {
        for (task, values, sum, posture, label) in EXAMPLES {
            let weighed = weigh_values(points(values), |_| false, ScoreThresholds::default());
            assert_eq!(weighed, WeighedScore { raw: sum, counted: sum, posture }, "{task}");
            let warnings = warnings(&weighed, Some(label));
            assert_eq!(warnings.is_empty(), label == posture, "{task}");
        }
    }

    #[test]
    fn warns_about_a_contradicting_label() {
        let weighed =
            weigh_values(points([1, 1, 1, 4, 1, 5]), |_| false, ScoreThresholds::default());
        let [warning] = &warnings(&weighed, Some(Delegate))[..] else { panic!("one warning") };
        assert_eq!(
            warning.to_string(),
            "the label is `delegate`, but the sum of 13 means `human in the loop`: the sum counts"
        );
    }

    #[test]
    fn inverted_dimensions_change_the_sum() {
        let invert = |dimension| dimension == ScoreDimension::CostEfficiency;
        let weighed = weigh_values(points([1, 1, 1, 4, 1, 5]), invert, ScoreThresholds::default());
        assert_eq!(weighed, WeighedScore { raw: 13, counted: 9, posture: Delegate });
        assert_eq!(warnings(&weighed, None), [ScoreWarning::SumsDiffer { raw: 13, counted: 9 }]);
    }

    #[test]
    fn applies_default_and_custom_thresholds() {
        let posture_at = |sum| posture_for_sum(sum, ScoreThresholds::default());
        assert_eq!(
            [posture_at(6), posture_at(12), posture_at(13)],
            [Delegate, Delegate, HumanInTheLoop]
        );
        assert_eq!(
            [posture_at(18), posture_at(19), posture_at(30)],
            [HumanInTheLoop, Block, Block]
        );
        let careful = ScoreThresholds { delegate_max: 8, human_max: 12 };
        assert_eq!(
            [posture_for_sum(9, careful), posture_for_sum(13, careful)],
            [HumanInTheLoop, Block]
        );
    }
}
