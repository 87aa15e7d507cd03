//! What an operator writes, and whether anything can satisfy it.

use tollgate_sdk::prelude::*;

use crate::Unit;

/// How long an output may be. At least one unit has bounds.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Config {
    /// Bytes of UTF-8.
    pub bytes: Option<Bounds>,
    /// Characters: Unicode scalar values. `é` is one or two, as it is written.
    pub characters: Option<Bounds>,
    /// What a reader takes for one character (UAX #29): `é`, a flag, a family emoji. Texts only.
    pub graphemes: Option<Bounds>,
    /// Words (UAX #29) that have a letter or a digit. Texts only.
    pub words: Option<Bounds>,
    /// Sentences (UAX #29) that have a letter or a digit. A line break ends one. Texts only.
    pub sentences: Option<Bounds>,
    /// Lines. A line break at the very end begins no further line.
    pub lines: Option<Bounds>,
    /// Blocks of lines between blank lines. Texts only.
    pub paragraphs: Option<Bounds>,
}

/// How many of a unit an output has: `min`, `max` or both, each of them allowed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("minProperties" = 1))]
pub struct Bounds {
    /// The fewest that are enough.
    pub min: Option<u64>,
    /// The most that are allowed. Not below `min`.
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
            0 => Err(Refusal::bad_config(&Pointer::root(), no_units())),
            _ => Ok(()),
        }
    }
}

fn no_units() -> String {
    let names = Unit::ALL.map(|unit| format!("`{}`", unit.name())).join(", ");
    format!("there is nothing to count: set one of {names}")
}

impl Bounds {
    fn check(&self, here: &Pointer) -> Result<(), Refusal> {
        match (self.min, self.max) {
            (None, None) => Err(Refusal::bad_config(here, "set `min`, `max` or both")),
            (Some(min), Some(max)) if min > max => {
                let reason = format!("no output has at least {min} and at most {max}");
                Err(Refusal::bad_config(&here.clone().key("min"), reason))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn finding(&self, unit: Unit, count: u64) -> Option<Finding> {
        let has = || format!("the output has {}", unit.times(count));
        match (self.min, self.max) {
            (Some(min), _) if count < min => {
                Some(Finding::error("too-short", format!("{}, and the least is {min}", has())))
            }
            (_, Some(max)) if count > max => {
                Some(Finding::error("too-long", format!("{}, and the most is {max}", has())))
            }
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
    fn bounds_that_say_nothing_or_cannot_be_kept_are_refused_where_they_stand() {
        let words = bounds(Some(5), Some(4));
        let reason = "no output has at least 5 and at most 4";
        refused(Config { words, ..Config::default() }, "/words/min", reason);
        let lines = bounds(None, None);
        refused(Config { lines, ..Config::default() }, "/lines", "set `min`, `max` or both");
        let nothing = "there is nothing to count: set one of `bytes`, `characters`, `graphemes`, \
                       `words`, `sentences`, `lines`, `paragraphs`";
        refused(Config::default(), "", nothing);
        let bytes = bounds(Some(4), Some(4));
        assert_eq!(Config { bytes, ..Config::default() }.check(), Ok(()));
    }

    #[test]
    fn both_ends_are_allowed() {
        let bounds = Bounds { min: Some(2), max: Some(3) };
        let rule = |count| bounds.finding(Unit::Words, count).map(|finding| finding.rule);
        assert_eq!(rule(1).as_deref(), Some("too-short"));
        assert_eq!((rule(2), rule(3)), (None, None));
        assert_eq!(rule(4).as_deref(), Some("too-long"));
    }

    #[test]
    fn one_of_a_unit_is_singular() {
        let bounds = Bounds { min: None, max: Some(0) };
        let message = bounds.finding(Unit::Sentences, 1).map(|finding| finding.message);
        assert_eq!(message.as_deref(), Some("the output has 1 sentence, and the most is 0"));
    }
}
