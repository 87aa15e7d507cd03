//! Writing a report.

use std::ops::Range;

use crate::{
    BadConfig, Finding, Measure, Outcome, Place, Pointer, Refusal, Report, Severity, Span,
};

impl Report {
    /// Nothing to say.
    pub fn pass() -> Self {
        Self::of(Vec::new())
    }

    /// Fails when a finding is an `error` or worse, passes otherwise.
    ///
    /// ```
    /// use tollgate_sdk::{Finding, Outcome, Report};
    /// assert_eq!(Report::of(vec![Finding::warning("tone", "shouting")]).outcome, Outcome::Pass);
    /// assert_eq!(Report::of(vec![Finding::error("tone", "insult")]).outcome, Outcome::Fail);
    /// ```
    pub fn of(findings: Vec<Finding>) -> Self {
        let fails =
            |finding: &Finding| matches!(finding.severity, Severity::Error | Severity::Critical);
        let outcome = if findings.iter().any(fails) { Outcome::Fail } else { Outcome::Pass };
        Self { outcome, findings, measures: Vec::new() }
    }

    /// This contract cannot tell; a human looks.
    pub fn unsure(findings: Vec<Finding>) -> Self {
        Self { outcome: Outcome::Unsure, findings, measures: Vec::new() }
    }

    /// A number worth watching over time.
    pub fn measure(mut self, name: &str, value: f64) -> Self {
        self.measures.push(Measure { name: name.into(), value });
        self
    }
}

impl Finding {
    /// One reason. It applies to the whole subject until `at` says where.
    pub fn new(rule: &str, severity: Severity, message: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            severity,
            message: message.into(),
            place: Place::Whole,
            fix: None,
            confidence: None,
        }
    }

    /// Worth knowing; passes.
    pub fn info(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Info, message)
    }

    /// Worth changing; passes.
    pub fn warning(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// Must change; fails.
    pub fn error(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// Must never go out; fails.
    pub fn critical(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Critical, message)
    }

    /// Bytes of the subject's text, as `regex` and `str::find` count them.
    pub fn at(mut self, span: Range<usize>) -> Self {
        // The host takes no subject of 4 GiB, so every offset in one fits.
        let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        self.place = Place::Span(Span { start: offset(span.start), end: offset(span.end) });
        self
    }

    /// A place in the subject's JSON.
    pub fn at_pointer(mut self, pointer: &Pointer) -> Self {
        self.place = Place::Pointer(pointer.to_string());
        self
    }

    /// What could stand there instead.
    pub fn fix(mut self, replacement: impl Into<String>) -> Self {
        self.fix = Some(replacement.into());
        self
    }

    /// How sure the rule is, from 0 to 1.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

impl Refusal {
    /// The configuration does not fit: where, and why.
    pub fn bad_config(pointer: &Pointer, reason: impl Into<String>) -> Self {
        Self::BadConfig(BadConfig { pointer: pointer.to_string(), reason: reason.into() })
    }
}
