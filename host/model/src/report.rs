//! What a contract says of a subject.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The judgement in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Nothing stands against it.
    Pass,
    /// Something does.
    Fail,
    /// The contract cannot tell; a human looks.
    Unsure,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Worth changing.
    Warning,
    /// Must change: a subject with such a finding does not pass.
    Error,
    /// Must never go out.
    Critical,
}

/// Bytes of the UTF-8 of a text, the end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// The byte behind the last.
    pub end: u32,
}

/// Where a finding applies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// To all of the subject.
    Whole,
    /// To a part of its text.
    Span(Span),
    /// To a place in its JSON (RFC 6901).
    Pointer(String),
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// Which of the contract's rules speaks.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, for a human.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What could stand there instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// From 0 to 1, how sure the rule is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// A number worth watching over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What is measured.
    pub name: String,
    /// How much of it there is; always finite.
    pub value: f64,
}

/// All that a contract says of one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// The judgement in a word.
    pub outcome: Outcome,
    /// The reasons.
    pub findings: Vec<Finding>,
    /// What was measured on the way.
    pub measures: Vec<Measure>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unsure => "unsure",
        })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        })
    }
}
