//! Something that may be personal data: what, where, and how sure the rule is.

use std::cmp::Ordering;
use std::ops::Range;

use crate::kind::Kind;

/// Words never make a number surer than a form that needs none.
const LIFTED_MAX: f64 = 0.8;
/// What was found at all keeps a trace of confidence.
const CONFIDENCE_MIN: f64 = 0.05;

/// Nobody means more than that, and reports are easier to compare without the rest.
const HUNDREDTHS: f64 = 100.0;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    /// Bytes of the text, on character boundaries.
    pub(crate) span: Range<usize>,
    pub(crate) confidence: f64,
}

impl Candidate {
    pub(crate) fn new(kind: Kind, span: Range<usize>, confidence: f64) -> Self {
        Self { kind, span, confidence }
    }

    /// More sure, or less, because of the words around it.
    pub(crate) fn shifted(mut self, by: f64) -> Self {
        let shifted = (self.confidence + by).clamp(CONFIDENCE_MIN, LIFTED_MAX);
        self.confidence = (shifted * HUNDREDTHS).round() / HUNDREDTHS;
        self
    }

    /// Orders two explanations of the same text: the surer one is greater, then the
    /// longer one.
    pub(crate) fn rank(&self, other: &Self) -> Ordering {
        let by_confidence = self.confidence.total_cmp(&other.confidence);
        by_confidence.then(self.span.len().cmp(&other.span.len()))
    }
}
