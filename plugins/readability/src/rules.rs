//! The rules: each compares one number of a text with one limit of the configuration.

use tollgate_sdk::prelude::*;

use crate::{config::Config, counts::Counts};

/// A number of the text that has a limit.
struct Rule {
    /// Name of the rule, which is also the limit's configuration key.
    name: &'static str,
    /// The number's name at the beginning of a message.
    quantity: &'static str,
    limit_kind: LimitKind,
    /// Whether the number comes from a formula for English.
    is_formula: bool,
}

/// Kind of limit. The limit itself is an allowed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LimitKind {
    Minimum,
    Maximum,
}

/// All rules but `max_sentence_words`, in the order of findings. That one comes last.
const RULES: [Rule; 9] = [
    minimum("min_words", "the number of words", false),
    maximum("max_words", "the number of words", false),
    maximum("max_words_per_sentence", "the average number of words in a sentence", false),
    minimum("min_flesch", "the Flesch reading ease", true),
    maximum("max_flesch_kincaid_grade", "the Flesch–Kincaid grade", true),
    maximum("max_smog", "the SMOG index", true),
    maximum("max_gunning_fog", "the Gunning fog index", true),
    maximum("max_coleman_liau", "the Coleman–Liau index", true),
    maximum("max_automated_readability", "the automated readability index", true),
];

const fn minimum(name: &'static str, quantity: &'static str, is_formula: bool) -> Rule {
    Rule { name, quantity, limit_kind: LimitKind::Minimum, is_formula }
}

const fn maximum(name: &'static str, quantity: &'static str, is_formula: bool) -> Rule {
    Rule { name, quantity, limit_kind: LimitKind::Maximum, is_formula }
}

/// Returns the limits in the order of [`RULES`]. A table of functions would be shorter, but
/// every function that is called through a pointer costs a fresh sandbox time.
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

/// Returns a finding for every limit that is violated or cannot be checked.
pub(crate) fn check_limits(config: &Config, counts: &Counts) -> Vec<Finding> {
    let limits_and_values = limits(config).into_iter().zip(values(counts));
    let rules = RULES.iter().zip(limits_and_values);
    let finding = |(rule, (limit, value)): (&Rule, (Option<f64>, f64))| {
        rule.check(limit?, value, counts.have_grades())
    };
    rules.filter_map(finding).chain(check_longest_sentence(config, counts)).collect()
}

impl Rule {
    fn check(&self, limit: f64, value: f64, has_grades: bool) -> Option<Finding> {
        if self.is_formula && !has_grades {
            let message = format!(
                "{} cannot be determined: the text has too few English words",
                self.quantity
            );
            return Some(Finding::warning(self.name, message));
        }
        let (is_violated, limit_name) = match self.limit_kind {
            LimitKind::Minimum => (value < limit, "minimum"),
            LimitKind::Maximum => (value > limit, "maximum"),
        };
        // At most two decimals, without trailing zeros: `26.4`, `400`.
        let shown = (value * 100.0).round() / 100.0;
        let message = || format!("{} is {shown}, and the {limit_name} is {limit}", self.quantity);
        is_violated.then(|| Finding::error(self.name, message()))
    }
}

/// Returns a finding with the longest sentence, if that is too long.
fn check_longest_sentence(config: &Config, counts: &Counts) -> Option<Finding> {
    let limit = config.max_sentence_words?;
    if u64::from(counts.longest_sentence_words) <= limit {
        return None;
    }
    let other_sentences = match counts.too_long_sentences {
        0 | 1 => String::new(),
        2 => "; 1 other sentence is too long".into(),
        sentences => format!("; {} other sentences are too long", sentences - 1),
    };
    let words = counts.longest_sentence_words;
    let message = format!(
        "the longest sentence has {words} words, and the maximum is {limit}{other_sentences}"
    );
    Some(Finding::error("max_sentence_words", message).at(counts.longest_sentence_span.clone()))
}
