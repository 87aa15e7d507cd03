//! What an operator writes.

use serde::Serialize;
use tollgate_sdk::prelude::*;

/// More terms are a dictionary, and want a lookup table instead.
pub(crate) const TERMS_MAX: usize = 100_000;
/// A term is a word or a phrase. Looking for it costs its length at worst, at every
/// place of the text.
pub(crate) const TERM_CHARACTERS_MAX: usize = 200;
/// What is said of a term is repeated in every finding.
pub(crate) const MESSAGE_CHARACTERS_MAX: usize = 500;

/// Which words and phrases are banned.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The banned words and phrases. A space in one stands for any white space without a blank line.
    #[schemars(length(min = 1, max = 100_000))]
    pub terms: Vec<TermEntry>,
    /// Phrases in which a banned term is fine: with `free of charge`, `free` stays banned elsewhere.
    #[serde(default)]
    #[schemars(length(max = 100_000), inner(length(min = 1, max = 200)))]
    pub allow: Vec<String>,
    /// Whether a term has to stand alone: `cure` is then not found in `secure`.
    #[serde(default = "yes")]
    pub whole_words: bool,
    /// Whether `US` and `us` are two terms.
    #[serde(default)]
    pub case_sensitive: bool,
    /// How bad a term is that says nothing else.
    #[serde(default)]
    pub severity: SeverityLevel,
}

fn default_whole_words() -> bool {
    true
}

/// A banned term: the words alone, or with what to say of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a term is a string, or an object with `term` and, where wanted, `severity`, \
                 `message` and `fix`"
)]
pub enum TermEntry {
    /// The words alone.
    Words(#[schemars(length(min = 1, max = 200))] String),
    /// The words with what to say of them.
    Details(TermDetails),
}

/// A banned term with what to say of it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermDetails {
    /// The banned word or phrase.
    #[schemars(length(min = 1, max = 200))]
    pub term: String,
    /// How bad it is, where that differs from the rest.
    pub severity: Option<SeverityLevel>,
    /// What a finding says, in place of the usual sentence.
    #[schemars(length(min = 1, max = 500))]
    pub message: Option<String>,
    /// What could stand there instead.
    #[schemars(length(max = 500))]
    pub fix: Option<String>,
}

/// How bad a finding is. `error` and `critical` fail the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityLevel {
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// Must change.
    #[default]
    Error,
    /// Must never go out.
    Critical,
}

impl From<SeverityLevel> for Severity {
    fn from(level: SeverityLevel) -> Self {
        match level {
            SeverityLevel::Info => Self::Info,
            SeverityLevel::Warning => Self::Warning,
            SeverityLevel::Error => Self::Error,
            SeverityLevel::Critical => Self::Critical,
        }
    }
}

impl TermEntry {
    pub(crate) fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Details(details) => &details.term,
        }
    }

    pub(crate) fn details(&self) -> Option<&TermDetails> {
        match self {
            Self::Words(_) => None,
            Self::Details(details) => Some(details),
        }
    }
}
