//! The configuration, as an operator writes it, and its checks.

use tollgate_sdk::prelude::*;

use crate::Unit;

/// Limits on the length of an output. At least one unit is required.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Config {
    /// Bytes of UTF-8.
    pub bytes: Option<Bounds>,
    /// Unicode scalar values. `é` is one or two, depending on its spelling.
    pub characters: Option<Bounds>,
    /// Characters as a reader perceives them (UAX #29): `é`, a flag, a family emoji. Texts only.
    pub graphemes: Option<Bounds>,
    /// Words (UAX #29) with at least one letter or digit. Texts only.
    pub words: Option<Bounds>,
    /// Sentences (UAX #29) with at least one letter or digit. A line break ends a sentence. Texts only.
    pub sentences: Option<Bounds>,
    /// Lines. A line break at the very end of the output begins no new line.
    pub lines: Option<Bounds>,
    /// Blocks of lines, separated by blank lines. Texts only.
    pub paragraphs: Option<Bounds>,
}

/// Limits of a unit: `min`, `max` or both. Both values are inclusive.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Bounds {
    /// Minimum number.
    pub min: Option<u64>,
    /// Maximum number. Must not be below `min`.
    pub max: Option<u64>,
}

impl Config {
    pub(crate) fn bounds(&self, unit: Unit) -> Option<Bounds> {
        match unit {
            Unit::Bytes => self.bytes,
            Unit::Characters => self.characters,
            Unit::Graphemes => self.graphemes,
            Unit::Words => self.words,
            Unit::Sentences => self.sentences,
            Unit::Lines => self.lines,
            Unit::Paragraphs => self.paragraphs,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let mut units = 0;
        for unit in Unit::ALL {
            if let Some(bounds) = self.bounds(unit) {
                units += 1;
                bounds.check(&Pointer::root().key(unit.name()))?;
            }
        }
        match units {
            0 => Err(Refusal::bad_config(&Pointer::root(), describe_missing_units())),
            _ => Ok(()),
        }
    }
}

fn describe_missing_units() -> String {
    let names = Unit::ALL.map(|unit| format!("`{}`", unit.name())).join(", ");
    format!("no unit is configured: set at least one of {names}")
}

impl Bounds {
    fn check(&self, pointer: &Pointer) -> Result<(), Refusal> {
        match (self.min, self.max) {
            (None, None) => Err(Refusal::bad_config(pointer, "set `min`, `max` or both")),
            (Some(min), Some(max)) if min > max => {
                let reason =
                    format!("`min` is {min} and `max` is {max}, so no output can satisfy both");
                Err(Refusal::bad_config(&pointer.clone().key("min"), reason))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn finding(&self, unit: Unit, count: u64) -> Option<Finding> {
        let count_text = || format!("the output has {}", unit.describe_count(count));
        match (self.min, self.max) {
            (Some(min), _) if count < min => Some(Finding::error(
                "too-short",
                format!("{}, and the minimum is {min}", count_text()),
            )),
            (_, Some(max)) if count > max => Some(Finding::error(
                "too-long",
                format!("{}, and the maximum is {max}", count_text()),
            )),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(min: Option<u64>, max: Option<u64>) -> Option<Bounds> {
        Some(Bounds { min, max })
    }

    fn refused(config: Config, pointer: &str, reason: &str) {
        let here = tollgate_sdk::BadConfig { pointer: pointer.into(), reason: reason.into() };
        assert_eq!(config.check(), Err(Refusal::BadConfig(here)));
    }

    #[test]
    fn refuses_empty_or_contradictory_bounds_at_their_place() {
        let words = bounds(Some(5), Some(4));
        let reason = "`min` is 5 and `max` is 4, so no output can satisfy both";
        refused(Config { words, ..Config::default() }, "/words/min", reason);
        let lines = bounds(None, None);
        refused(Config { lines, ..Config::default() }, "/lines", "set `min`, `max` or both");
        let nothing = "no unit is configured: set at least one of `bytes`, `characters`, `graphemes`, \
                       `words`, `sentences`, `lines`, `paragraphs`";
        refused(Config::default(), "", nothing);
        let bytes = bounds(Some(4), Some(4));
        assert_eq!(Config { bytes, ..Config::default() }.check(), Ok(()));
    }

    #[test]
    fn treats_both_bounds_as_inclusive() {
        let bounds = Bounds { min: Some(2), max: Some(3) };
        let rule = |count| bounds.finding(Unit::Words, count).map(|finding| finding.rule);
        assert_eq!(rule(1).as_deref(), Some("too-short"));
        assert_eq!((rule(2), rule(3)), (None, None));
        assert_eq!(rule(4).as_deref(), Some("too-long"));
    }

    #[test]
    fn uses_the_singular_for_one() {
        let bounds = Bounds { min: None, max: Some(0) };
        let message = bounds.finding(Unit::Sentences, 1).map(|finding| finding.message);
        assert_eq!(message.as_deref(), Some("the output has 1 sentence, and the maximum is 0"));
    }
}
