//! The configuration, as an operator writes it, and its checks.

use serde::Serialize;
use tollgate_sdk::prelude::*;

/// The score of the easiest possible text: sentences of one word with one syllable.
const FLESCH_SCORE_MAX: f64 = 121.22;

/// Limits on how hard an output is to read. Without limits it is measured and passes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Language of the outputs. The formulas are specific to it.
    #[serde(default)]
    pub language: Language,
    /// Minimum number of words.
    pub min_words: Option<u64>,
    /// Maximum number of words. Must not be below `min_words`.
    pub max_words: Option<u64>,
    /// Maximum average number of words per sentence.
    #[schemars(range(min = 0))]
    pub max_words_per_sentence: Option<f64>,
    /// Maximum number of words in any sentence.
    pub max_sentence_words: Option<u64>,
    /// Minimum Flesch reading ease: 60 is plain English, 30 is for graduates.
    #[schemars(range(max = 121.22))]
    pub min_flesch: Option<f64>,
    /// Maximum Flesch–Kincaid grade, in years of school.
    #[schemars(range(min = 0))]
    pub max_flesch_kincaid_grade: Option<f64>,
    /// Maximum SMOG index, in years of school. Intended for texts of 30 sentences or more.
    #[schemars(range(min = 0))]
    pub max_smog: Option<f64>,
    /// Maximum Gunning fog index, in years of school.
    #[schemars(range(min = 0))]
    pub max_gunning_fog: Option<f64>,
    /// Maximum Coleman–Liau index, in years of school. Uses the length of words in letters, not syllables.
    #[schemars(range(min = 0))]
    pub max_coleman_liau: Option<f64>,
    /// Maximum automated readability index, in years of school. Uses the length of words in
    /// letters, not syllables.
    #[schemars(range(min = 0))]
    pub max_automated_readability: Option<f64>,
}

/// Supported languages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum Language {
    /// English.
    #[default]
    #[serde(rename = "en")]
    English,
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), Refusal> {
        let grades = [
            ("max_words_per_sentence", self.max_words_per_sentence),
            ("max_flesch_kincaid_grade", self.max_flesch_kincaid_grade),
            ("max_smog", self.max_smog),
            ("max_gunning_fog", self.max_gunning_fog),
            ("max_coleman_liau", self.max_coleman_liau),
            ("max_automated_readability", self.max_automated_readability),
        ];
        let is_negative = |grade: &Option<f64>| grade.is_some_and(|grade| grade < 0.0);
        if let Some((name, _)) = grades.iter().find(|(_, grade)| is_negative(grade)) {
            return refuse(name, "must not be negative".into());
        }
        if let (Some(min), Some(max)) = (self.min_words, self.max_words)
            && min > max
        {
            return refuse(
                "min_words",
                format!(
                    "`min_words` is {min} and `max_words` is {max}, so no text can satisfy both"
                ),
            );
        }
        match self.min_flesch {
            Some(min) if min > FLESCH_SCORE_MAX => refuse(
                "min_flesch",
                format!(
                    "no text can reach {min}: the highest possible score is {FLESCH_SCORE_MAX}"
                ),
            ),
            _ => Ok(()),
        }
    }
}

fn refuse(name: &str, reason: String) -> Result<(), Refusal> {
    Err(Refusal::bad_config(&Pointer::root().key(name), reason))
}
