//! What an operator writes, and whether a text can keep to it.

use serde::Serialize;
use tollgate_sdk::prelude::*;

/// What the easiest text reaches: sentences of one word of one syllable.
const FLESCH_MAX: f64 = 121.22;

/// How hard to read an output may be. Without limits it is measured and passes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The language of the outputs. The formulas are made for it.
    #[serde(default)]
    pub language: Language,
    /// The fewest words that are enough.
    pub min_words: Option<u64>,
    /// The most words that are allowed. Not below `min_words`.
    pub max_words: Option<u64>,
    /// The most words that a sentence may have on average.
    #[schemars(range(min = 0))]
    pub max_words_per_sentence: Option<f64>,
    /// The most words that any sentence may have.
    pub max_sentence_words: Option<u64>,
    /// The least Flesch reading ease: 60 is plain English, 30 is for graduates.
    #[schemars(range(max = 121.22))]
    pub min_flesch: Option<f64>,
    /// The highest Flesch–Kincaid grade: years of school.
    #[schemars(range(min = 0))]
    pub max_flesch_kincaid_grade: Option<f64>,
    /// The highest SMOG index: years of school. Meant for texts of 30 sentences or more.
    #[schemars(range(min = 0))]
    pub max_smog: Option<f64>,
    /// The highest Gunning fog index: years of school.
    #[schemars(range(min = 0))]
    pub max_gunning_fog: Option<f64>,
    /// The highest Coleman–Liau index: years of school, from the length of words alone.
    #[schemars(range(min = 0))]
    pub max_coleman_liau: Option<f64>,
    /// The highest automated readability index: years of school, from the length of words alone.
    #[schemars(range(min = 0))]
    pub max_automated_readability: Option<f64>,
}

/// A language whose syllables are known.
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
            return refuse(name, "it is below zero".into());
        }
        if let (Some(min), Some(max)) = (self.min_words, self.max_words)
            && min > max
        {
            return refuse(
                "min_words",
                format!("no text has at least {min} and at most {max} words"),
            );
        }
        match self.min_flesch {
            Some(min) if min > FLESCH_MAX => {
                refuse("min_flesch", format!("no text reaches {min}: the easiest has {FLESCH_MAX}"))
            }
            _ => Ok(()),
        }
    }
}

fn refuse(name: &str, reason: String) -> Result<(), Refusal> {
    Err(Refusal::bad_config(&Pointer::root().key(name), reason))
}
