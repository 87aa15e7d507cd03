//! The configuration, as an operator writes it.

use serde::Serialize;
use tollgate_sdk::prelude::*;

/// A longer list is a dictionary, which needs a lookup table and not this contract.
pub(crate) const TERMS_MAX: usize = 100_000;
/// A term is a word or a phrase. In the worst case, every position of the text costs as
/// much time as the term is long.
pub(crate) const TERM_CHARACTERS_MAX: usize = 200;
/// Every finding about the term repeats its message.
pub(crate) const MESSAGE_CHARACTERS_MAX: usize = 500;

/// The list of banned words and phrases.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Banned words and phrases. A space in a term matches any white space that contains no blank line.
    #[schemars(length(min = 1, max = 100_000))]
    pub terms: Vec<TermEntry>,
    /// Phrases in which a banned term is allowed: with `free of charge`, `free` stays banned elsewhere.
    #[serde(default)]
    #[schemars(length(max = 100_000), inner(length(min = 1, max = 200)))]
    pub allow: Vec<String>,
    /// Whether a term must stand alone: if so, `cure` is not found in `secure`.
    #[serde(default = "default_whole_words")]
    pub whole_words: bool,
    /// Whether `US` and `us` are different terms.
    #[serde(default)]
    pub case_sensitive: bool,
    /// Severity of the terms that set none of their own.
    #[serde(default)]
    pub severity: SeverityLevel,
}

fn default_whole_words() -> bool {
    true
}

/// A banned term: a string, or an object with details.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a term is a string, or an object with `term` and optionally `severity`, \
                 `message` and `fix`"
)]
pub enum TermEntry {
    /// The term alone.
    Words(#[schemars(length(min = 1, max = 200))] String),
    /// The term with its severity, message or fix.
    Details(TermDetails),
}

/// A banned term with its severity, message or fix.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TermDetails {
    /// Banned word or phrase.
    #[schemars(length(min = 1, max = 200))]
    pub term: String,
    /// Severity of this term. Defaults to the `severity` of the configuration.
    pub severity: Option<SeverityLevel>,
    /// Message of the findings about this term, in place of the default one.
    #[schemars(length(min = 1, max = 500))]
    pub message: Option<String>,
    /// Suggested replacement.
    #[schemars(length(max = 500))]
    pub fix: Option<String>,
}

/// Severity of a finding. `error` and `critical` fail the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SeverityLevel {
    /// Information only.
    Info,
    /// Should be changed, but does not fail the output.
    Warning,
    /// Must be changed: fails the output.
    #[default]
    Error,
    /// Must never be published: fails the output.
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
