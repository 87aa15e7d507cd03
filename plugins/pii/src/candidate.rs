//! A candidate: a part of the text that may be personal data, with its kind and confidence.

use std::cmp::Ordering;
use std::ops::Range;

use crate::kind::Kind;

/// Context words never make a number more certain than a form that needs none.
const SHIFTED_CONFIDENCE_MAX: f64 = 0.8;
/// From this confidence on, context words are ignored.
const CERTAIN_MIN: f64 = 0.85;
/// A candidate always keeps some confidence.
const CONFIDENCE_MIN: f64 = 0.05;

/// More precision than this has no meaning, and rounded values are easier to compare.
const HUNDREDTHS: f64 = 100.0;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) kind: Kind,
    /// Byte range of the text, on character boundaries.
    pub(crate) span: Range<usize>,
    pub(crate) confidence: f64,
}

impl Candidate {
    pub(crate) fn new(kind: Kind, span: Range<usize>, confidence: f64) -> Self {
        Self { kind, span, confidence }
    }

    /// Changes the confidence by `by`, because of the words around the candidate.
    pub(crate) fn with_confidence_shifted(mut self, by: f64) -> Self {
        let shifted = (self.confidence + by).clamp(CONFIDENCE_MIN, SHIFTED_CONFIDENCE_MAX);
        self.confidence = (shifted * HUNDREDTHS).round() / HUNDREDTHS;
        self
    }

    /// Returns whether this is so certain that nothing else can be meant.
    pub(crate) fn is_certain(&self) -> bool {
        self.confidence >= CERTAIN_MIN
    }

    /// Compares two candidates for the same text: the more certain one is greater, then the
    /// longer one.
    pub(crate) fn compare_certainty(&self, other: &Self) -> Ordering {
        let by_confidence = self.confidence.total_cmp(&other.confidence);
        by_confidence.then(self.span.len().cmp(&other.span.len()))
    }
}
