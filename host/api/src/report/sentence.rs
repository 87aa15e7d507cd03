//! Sentences about reasons, with the places of their findings in the output.

use tollgate_model::{Reason, ReasonKind, Span};

use super::CheckResult;
use crate::{ContractAnswer, LocatedFinding};

/// Place of a finding as people are told it.
#[derive(Debug, PartialEq, Eq)]
enum FindingPlace {
    /// JSON Pointer of a value, and bytes of its string.
    Value { pointer: String, span: Option<Span> },
    /// Line and column of a text.
    Text { line: u64, column: u64 },
}

impl CheckResult {
    /// Returns a reason as a sentence, with the place of its finding if it has one.
    pub fn describe_reason(&self, reason: &Reason) -> String {
        let ReasonKind::Finding { at, .. } = &reason.kind else { return reason.to_string() };
        let places = self.finding_places(&reason.kind);
        let Some((first, others)) = places.split_first() else { return reason.to_string() };
        let (sentence, place) = match (at, first, others) {
            (Some(_), ..) => (reason.to_string(), first.bytes()),
            // The pointer stands where it does for a part of the document.
            (None, FindingPlace::Value { pointer, .. }, []) => {
                (at_pointer(reason, pointer).to_string(), first.bytes())
            }
            (None, ..) => (reason.to_string(), first.describe()),
        };
        match others.len() {
            0 => format!("{sentence}{place}"),
            more => format!("{sentence}{place} and {more} more"),
        }
    }

    /// Returns the places of the findings that a reason is about, each once.
    fn finding_places(&self, kind: &ReasonKind) -> Vec<FindingPlace> {
        let ReasonKind::Finding { contract, at, rule, message, .. } = kind else {
            return Vec::new();
        };
        let checks = self.checks.iter().filter(|check| check.contract == *contract);
        let answers = checks.flat_map(|check| ContractAnswer::all_of(check, self.judged_text()));
        let is_same = |finding: &LocatedFinding| {
            let is_there = at.is_none() || finding.pointer == *at;
            finding.rule == *rule && finding.message == *message && is_there
        };
        let findings = answers.flat_map(|answer| answer.findings).filter(is_same);
        let mut places = Vec::new();
        for place in findings.filter_map(FindingPlace::new) {
            // The reason names its part already.
            let is_new = at.is_none() || !place.bytes().is_empty();
            if is_new && !places.contains(&place) {
                places.push(place);
            }
        }
        places
    }
}

impl FindingPlace {
    fn new(finding: LocatedFinding) -> Option<Self> {
        let LocatedFinding { pointer, span, line, column, .. } = finding;
        match (pointer, line, column) {
            // The whole document is no place in it.
            (Some(pointer), ..) if pointer.is_empty() && span.is_none() => None,
            (Some(pointer), ..) => Some(Self::Value { pointer, span }),
            (None, Some(line), Some(column)) => Some(Self::Text { line, column }),
            _ => None,
        }
    }

    fn describe(&self) -> String {
        match self {
            Self::Value { pointer, .. } => format!(" at `{pointer}`{}", self.bytes()),
            Self::Text { line, column } => format!(" at {line}:{column}"),
        }
    }

    fn bytes(&self) -> String {
        match self {
            Self::Value { span: Some(span), .. } => {
                format!(", bytes {} to {}", span.start, span.end)
            }
            _ => String::new(),
        }
    }
}

/// Returns the reason with a pointer in its sentence.
fn at_pointer(reason: &Reason, pointer: &str) -> Reason {
    let mut placed = reason.clone();
    if let ReasonKind::Finding { at, .. } = &mut placed.kind {
        *at = Some(pointer.to_owned());
    }
    placed
}
