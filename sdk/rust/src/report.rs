//! Constructors of reports, findings and refusals.

use std::ops::Range;

use crate::{
    BadConfig, Finding, Measure, Outcome, Place, Pointer, Refusal, Report, Severity, Span,
};

impl Report {
    /// Returns a pass without findings.
    pub fn pass() -> Self {
        Self::of(Vec::new())
    }

    /// Returns a report that fails if a finding is an `error` or worse, and passes if not.
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

    /// Returns a report of a contract that cannot decide, so that a human does.
    pub fn unsure(findings: Vec<Finding>) -> Self {
        Self { outcome: Outcome::Unsure, findings, measures: Vec::new() }
    }

    /// Adds a number that is worth watching over time.
    pub fn measure(mut self, name: &str, value: f64) -> Self {
        self.measures.push(Measure { name: name.into(), value });
        self
    }
}

impl Finding {
    /// Returns a finding about the whole subject. `at` or `at_pointer` give it a place.
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

    /// Returns a finding that is worth knowing and passes.
    pub fn info(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Info, message)
    }

    /// Returns a finding that is worth changing and passes.
    pub fn warning(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Warning, message)
    }

    /// Returns a finding that must be changed and fails.
    pub fn error(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Error, message)
    }

    /// Returns a finding that must never go out and fails.
    pub fn critical(rule: &str, message: impl Into<String>) -> Self {
        Self::new(rule, Severity::Critical, message)
    }

    /// Sets the place to bytes of the subject's text, as `regex` and `str::find` count them.
    pub fn at(mut self, span: Range<usize>) -> Self {
        // The host accepts no subject of 4 GiB, so every offset fits into 32 bits.
        let offset = |byte: usize| u32::try_from(byte).unwrap_or(u32::MAX);
        self.place = Place::Span(Span { start: offset(span.start), end: offset(span.end) });
        self
    }

    /// Sets the place in the subject's JSON.
    pub fn at_pointer(mut self, pointer: &Pointer) -> Self {
        self.place = Place::Pointer(pointer.to_string());
        self
    }

    /// Sets a replacement for the place. The caller decides whether to use it.
    pub fn fix(mut self, replacement: impl Into<String>) -> Self {
        self.fix = Some(replacement.into());
        self
    }

    /// Sets the confidence of the rule, from 0 to 1.
    pub fn confidence(mut self, confidence: f64) -> Self {
        self.confidence = Some(confidence);
        self
    }
}

impl Refusal {
    /// Returns the refusal of a configuration, with the place and the reason.
    pub fn bad_config(pointer: &Pointer, reason: impl Into<String>) -> Self {
        Self::BadConfig(BadConfig { pointer: pointer.to_string(), reason: reason.into() })
    }
}
