//! The delegation score: what the sum of six values says of delegating a task.

use std::fmt;

use tollgate_model::{Cause, Dimension, HighScore, Points, Posture, Score, SignOffOf};

use crate::access::signed_off;
use crate::{Case, Reasons};

/// How many values there are.
pub const VALUES: usize = Dimension::ALL.len();
/// The largest sum.
pub const SUM_MAX: u8 = 5 * VALUES as u8;
/// What a value and its inversion add up to.
const INVERTED_FROM: u8 = 6;

/// What an organisation makes of sums.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// Up to this a task can be delegated.
    pub delegate_max: u8,
    /// Up to this with a human in the loop; above it, not.
    pub human_max: u8,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { delegate_max: 12, human_max: 18 }
    }
}

/// What six values come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    /// The sum of the values as they are.
    pub raw: u8,
    /// The sum that counts, some dimensions inverted.
    pub counted: u8,
    /// What it says.
    pub posture: Posture,
}

/// What should be told beside a score.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// Somebody wrote a label that the sum contradicts.
    Label {
        /// What they wrote.
        label: Posture,
        /// The sum that counts.
        sum: u8,
        /// What it says.
        posture: Posture,
    },
    /// Inverting makes another sum.
    SumsDiffer {
        /// Without.
        raw: u8,
        /// With.
        counted: u8,
    },
}

/// Weighs six values, in the order of [`Dimension::ALL`].
pub fn weigh(
    values: [Points; VALUES],
    inverted: impl Fn(Dimension) -> bool,
    thresholds: Thresholds,
) -> Weighed {
    let raw = values.iter().map(|value| value.number()).sum();
    let each = Dimension::ALL.into_iter().zip(values);
    let counted =
        each.map(
            |(dimension, value)| {
                if inverted(dimension) { INVERTED_FROM - value.number() } else { value.number() }
            },
        );
    let counted = counted.sum();
    Weighed { raw, counted, posture: posture(counted, thresholds) }
}

/// What a sum says.
pub fn posture(sum: u8, thresholds: Thresholds) -> Posture {
    if sum <= thresholds.delegate_max {
        Posture::Delegate
    } else if sum <= thresholds.human_max {
        Posture::HumanInTheLoop
    } else {
        Posture::Block
    }
}

/// Weighs the score of a record; nothing, as long as a value is missing.
pub fn of(score: &Score, thresholds: Thresholds) -> Option<Weighed> {
    let value = |dimension| score.get(dimension).map(|scored| scored.value);
    let [first, second, third, fourth, fifth, sixth] = Dimension::ALL;
    let values = [
        value(first)?,
        value(second)?,
        value(third)?,
        value(fourth)?,
        value(fifth)?,
        value(sixth)?,
    ];
    Some(weigh(values, |dimension| score.invert.contains(&dimension), thresholds))
}

/// What should be told beside a score.
pub fn warnings(weighed: &Weighed, label: Option<Posture>) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let (raw, sum, posture) = (weighed.raw, weighed.counted, weighed.posture);
    if let Some(label) = label.filter(|label| *label != posture) {
        warnings.push(Warning::Label { label, sum, posture });
    }
    if raw != sum {
        warnings.push(Warning::SumsDiffer { raw, counted: sum });
    }
    warnings
}

/// A high score blocks, or takes an executive's sign-off.
pub(crate) fn rule(case: &Case<'_>, weighed: Option<&Weighed>, reasons: &mut Reasons) {
    let Some(weighed) = weighed.filter(|weighed| weighed.posture == Posture::Block) else { return };
    let would_do = case.gate.score.when_high == Some(HighScore::ExecutiveSignOff);
    if !(would_do && signed_off(case.gate, SignOffOf::Score, case.now_ms)) {
        reasons.add(Cause::ScoreHigh { sum: weighed.counted, sign_off_would_do: would_do });
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Label { label, sum, posture } => write!(
                f,
                "the label says `{label}`, and the sum of {sum} says `{posture}`: the sum counts"
            ),
            Self::SumsDiffer { raw, counted } => {
                write!(f, "the values add up to {raw}, and to {counted} with what is inverted")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use Posture::{Block, Delegate, HumanInTheLoop};

    /// The six examples: values, sum, what we say, what the article says.
    const EXAMPLES: [(&str, [i64; VALUES], u8, Posture, Posture); 6] = [
        ("ad creative variants", [2, 1, 1, 3, 2, 4], 13, HumanInTheLoop, HumanInTheLoop),
        ("daily bid optimisation", [2, 1, 1, 4, 1, 5], 14, HumanInTheLoop, HumanInTheLoop),
        ("brand positioning or naming", [5, 5, 3, 2, 5, 1], 21, Block, Block),
        ("hyperparameter tuning", [1, 1, 1, 4, 1, 5], 13, HumanInTheLoop, Delegate),
        ("promotion of a model to production", [5, 4, 4, 3, 4, 2], 22, Block, Block),
        ("data validation, drift alerts", [2, 2, 3, 4, 2, 4], 17, HumanInTheLoop, HumanInTheLoop),
    ];

    fn points(values: [i64; VALUES]) -> [Points; VALUES] {
        values.map(|value| Points::of(value).unwrap())
    }

    #[test]
    fn the_examples_of_the_article_come_out_as_printed() {
        for (task, values, sum, posture, label) in EXAMPLES {
            let weighed = weigh(points(values), |_| false, Thresholds::default());
            assert_eq!(weighed, Weighed { raw: sum, counted: sum, posture }, "{task}");
            let warnings = warnings(&weighed, Some(label));
            assert_eq!(warnings.is_empty(), label == posture, "{task}");
        }
    }

    #[test]
    fn the_label_that_contradicts_its_sum_is_told_with_both() {
        let weighed = weigh(points([1, 1, 1, 4, 1, 5]), |_| false, Thresholds::default());
        let [warning] = &warnings(&weighed, Some(Delegate))[..] else { panic!("one warning") };
        assert_eq!(
            warning.to_string(),
            "the label says `delegate`, and the sum of 13 says `human in the loop`: the sum counts"
        );
    }

    #[test]
    fn a_dimension_can_be_inverted_and_both_sums_are_told() {
        let invert = |dimension| dimension == Dimension::CostEfficiency;
        let weighed = weigh(points([1, 1, 1, 4, 1, 5]), invert, Thresholds::default());
        assert_eq!(weighed, Weighed { raw: 13, counted: 9, posture: Delegate });
        assert_eq!(warnings(&weighed, None), [Warning::SumsDiffer { raw: 13, counted: 9 }]);
    }

    #[test]
    fn thresholds_are_where_they_are() {
        let says = |sum| posture(sum, Thresholds::default());
        assert_eq!([says(6), says(12), says(13)], [Delegate, Delegate, HumanInTheLoop]);
        assert_eq!([says(18), says(19), says(30)], [HumanInTheLoop, Block, Block]);
        let careful = Thresholds { delegate_max: 8, human_max: 12 };
        assert_eq!([posture(9, careful), posture(13, careful)], [HumanInTheLoop, Block]);
    }
}
