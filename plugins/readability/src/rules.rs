//! The rules: each holds one number of a text against one limit of the configuration.

use tollgate_sdk::prelude::*;

use crate::{config::Config, counts::Counts};

/// A number and its limit.
pub(crate) struct Rule {
    /// Called as the limit in the configuration.
    pub(crate) name: &'static str,
    /// The number, as a sentence begins with it.
    pub(crate) what: &'static str,
    pub(crate) bound: Bound,
    /// Whether it is a formula that is made for English.
    pub(crate) is_formula: bool,
    pub(crate) limit: fn(&Config) -> Option<f64>,
    pub(crate) value: fn(&Counts) -> f64,
}

/// Which side of its limit a number has to stay on. The limit itself is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bound {
    Least,
    Most,
}

/// In the order in which findings are reported. `max_sentence_words` comes behind them.
pub(crate) const RULES: [Rule; 9] = [
    Rule {
        name: "min_words",
        what: "the number of words",
        bound: Bound::Least,
        is_formula: false,
        limit: |config| config.min_words.map(|limit| limit as f64),
        value: |counts| counts.words.into(),
    },
    Rule {
        name: "max_words",
        what: "the number of words",
        bound: Bound::Most,
        is_formula: false,
        limit: |config| config.max_words.map(|limit| limit as f64),
        value: |counts| counts.words.into(),
    },
    Rule {
        name: "max_words_per_sentence",
        what: "the average number of words in a sentence",
        bound: Bound::Most,
        is_formula: false,
        limit: |config| config.max_words_per_sentence,
        value: Counts::words_per_sentence,
    },
    Rule {
        name: "min_flesch",
        what: "the Flesch reading ease",
        bound: Bound::Least,
        is_formula: true,
        limit: |config| config.min_flesch,
        value: Counts::flesch,
    },
    Rule {
        name: "max_flesch_kincaid_grade",
        what: "the Flesch–Kincaid grade",
        bound: Bound::Most,
        is_formula: true,
        limit: |config| config.max_flesch_kincaid_grade,
        value: Counts::flesch_kincaid_grade,
    },
    Rule {
        name: "max_smog",
        what: "the SMOG index",
        bound: Bound::Most,
        is_formula: true,
        limit: |config| config.max_smog,
        value: Counts::smog,
    },
    Rule {
        name: "max_gunning_fog",
        what: "the Gunning fog index",
        bound: Bound::Most,
        is_formula: true,
        limit: |config| config.max_gunning_fog,
        value: Counts::gunning_fog,
    },
    Rule {
        name: "max_coleman_liau",
        what: "the Coleman–Liau index",
        bound: Bound::Most,
        is_formula: true,
        limit: |config| config.max_coleman_liau,
        value: Counts::coleman_liau,
    },
    Rule {
        name: "max_automated_readability",
        what: "the automated readability index",
        bound: Bound::Most,
        is_formula: true,
        limit: |config| config.max_automated_readability,
        value: Counts::automated_readability,
    },
];

impl Rule {
    /// What is to say of the text, if the limit is set and broken, or cannot be told.
    pub(crate) fn finding(&self, config: &Config, counts: &Counts) -> Option<Finding> {
        let limit = (self.limit)(config)?;
        if self.is_formula && !counts.are_telling() {
            let why =
                format!("{} cannot be told: there are no English words to speak of", self.what);
            return Some(Finding::warning(self.name, why));
        }
        let value = (self.value)(counts);
        let (broken, bound) = match self.bound {
            Bound::Least => (value < limit, "least"),
            Bound::Most => (value > limit, "most"),
        };
        // Two decimals at most, and none that say nothing: `26.4`, `400`.
        let shown = (value * 100.0).round() / 100.0;
        let message = || format!("{} is {shown}, and the {bound} is {limit}", self.what);
        broken.then(|| Finding::error(self.name, message()))
    }
}

/// The longest sentence, if it is too long.
pub(crate) fn long_sentence(config: &Config, counts: &Counts) -> Option<Finding> {
    let limit = config.max_sentence_words?;
    if u64::from(counts.longest_words) <= limit {
        return None;
    }
    let others = match counts.too_long {
        0 | 1 => String::new(),
        2 => "; another one is too long".into(),
        sentences => format!("; {} others are too long", sentences - 1),
    };
    let words = counts.longest_words;
    let message =
        format!("the longest sentence has {words} words, and the most is {limit}{others}");
    Some(Finding::error("max_sentence_words", message).at(counts.longest_span.clone()))
}
