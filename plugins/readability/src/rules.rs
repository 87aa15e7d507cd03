//! The rules: each holds one number of a text against one limit of the configuration.

use tollgate_sdk::prelude::*;

use crate::{config::Config, counts::Counts};

/// A number and its limit.
struct Rule {
    /// Called as the limit in the configuration.
    name: &'static str,
    /// The number, as a sentence begins with it.
    what: &'static str,
    bound: Bound,
    /// Whether it is a formula that is made for English.
    is_formula: bool,
}

/// Which side of its limit a number has to stay on. The limit itself is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bound {
    Least,
    Most,
}

/// In the order in which findings are reported. `max_sentence_words` comes behind them.
const RULES: [Rule; 9] = [
    least("min_words", "the number of words", false),
    most("max_words", "the number of words", false),
    most("max_words_per_sentence", "the average number of words in a sentence", false),
    least("min_flesch", "the Flesch reading ease", true),
    most("max_flesch_kincaid_grade", "the Flesch–Kincaid grade", true),
    most("max_smog", "the SMOG index", true),
    most("max_gunning_fog", "the Gunning fog index", true),
    most("max_coleman_liau", "the Coleman–Liau index", true),
    most("max_automated_readability", "the automated readability index", true),
];

const fn least(name: &'static str, what: &'static str, is_formula: bool) -> Rule {
    Rule { name, what, bound: Bound::Least, is_formula }
}

const fn most(name: &'static str, what: &'static str, is_formula: bool) -> Rule {
    Rule { name, what, bound: Bound::Most, is_formula }
}

/// In the order of the rules. A table of functions would be prettier: but a fresh sandbox
/// pays for every function that is called by its address, and these are called in each.
fn limits(config: &Config) -> [Option<f64>; RULES.len()] {
    let count = |limit: Option<u64>| limit.map(|limit| limit as f64);
    [
        count(config.min_words),
        count(config.max_words),
        config.max_words_per_sentence,
        config.min_flesch,
        config.max_flesch_kincaid_grade,
        config.max_smog,
        config.max_gunning_fog,
        config.max_coleman_liau,
        config.max_automated_readability,
    ]
}

fn values(counts: &Counts) -> [f64; RULES.len()] {
    [
        counts.words.into(),
        counts.words.into(),
        counts.words_per_sentence(),
        counts.flesch(),
        counts.flesch_kincaid_grade(),
        counts.smog(),
        counts.gunning_fog(),
        counts.coleman_liau(),
        counts.automated_readability(),
    ]
}

/// What is to say of the text: where a limit is set and broken, or cannot be told.
pub(crate) fn findings(config: &Config, counts: &Counts) -> Vec<Finding> {
    let limits_and_values = limits(config).into_iter().zip(values(counts));
    let rules = RULES.iter().zip(limits_and_values);
    let finding = |(rule, (limit, value)): (&Rule, (Option<f64>, f64))| {
        rule.finding(limit?, value, counts.are_telling())
    };
    rules.filter_map(finding).chain(long_sentence(config, counts)).collect()
}

impl Rule {
    fn finding(&self, limit: f64, value: f64, is_telling: bool) -> Option<Finding> {
        if self.is_formula && !is_telling {
            let why =
                format!("{} cannot be told: there are no English words to speak of", self.what);
            return Some(Finding::warning(self.name, why));
        }
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
fn long_sentence(config: &Config, counts: &Counts) -> Option<Finding> {
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
