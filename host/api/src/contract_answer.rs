//! Findings of a gate's contracts in an output, with their places in it.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_model::{
    CheckedPart, ContractCheck, Finding, Measure, Outcome, OutputPlace, Severity, Span, Verdict,
};

use crate::ExplainedFailure;

/// Answer of a contract about an output. A contract that was asked several times, or about several parts of a document, has
/// several.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ContractAnswer {
    /// Id of the contract in the gate.
    pub contract: String,
    /// Part of the document that it judged; absent if it judged all of the output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<CheckedPart>,
    /// `null` if the contract gave no outcome.
    pub outcome: Option<Outcome>,
    pub findings: Vec<LocatedFinding>,
    pub measures: Vec<Measure>,
    /// Cause for which there is no outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<ExplainedFailure>,
}

/// Finding with its place in the whole output. Without a place it is about all of it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LocatedFinding {
    pub rule: String,
    pub severity: Severity,
    /// Explanation for people.
    pub message: String,
    /// JSON Pointer (RFC 6901) of a value in a document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Bytes of the text, or of the string at the pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// Line of a text output that the span starts in, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Character of this line that the span starts with, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// Suggested replacement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
    /// Confidence of the rule, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

impl ContractAnswer {
    /// Returns the answers of a check. `text` is the output, if it is a text as it was judged.
    pub fn all_of(check: &ContractCheck, text: Option<&str>) -> Vec<Self> {
        let none = || Self {
            contract: check.contract.clone(),
            part: check.part.clone(),
            outcome: None,
            findings: Vec::new(),
            measures: Vec::new(),
            failure: None,
        };
        let part = check.part_pointer();
        let answer = |verdict: &Verdict| match verdict {
            Verdict::Report(report) => {
                let located = |finding| LocatedFinding::new(finding, part, text);
                Self {
                    outcome: Some(report.outcome),
                    findings: report.findings.iter().map(located).collect(),
                    measures: report.measures.clone(),
                    ..none()
                }
            }
            Verdict::Failure(failure) => Self { failure: Some(failure.clone().into()), ..none() },
        };
        match check.verdicts.as_slice() {
            [] => vec![none()],
            verdicts => verdicts.iter().map(|verdict| answer(&verdict.result)).collect(),
        }
    }
}

impl LocatedFinding {
    /// Locates a finding. `part` is the pointer of the part that was judged; `text` is the output, if it is a text.
    pub fn new(finding: &Finding, part: Option<&str>, text: Option<&str>) -> Self {
        let Finding { rule, severity, message, place, fix, confidence } = finding.clone();
        let OutputPlace { pointer, span } = OutputPlace::new(&place, part);
        let start = match (text, &pointer, span) {
            (Some(text), None, Some(span)) => line_and_column(text, span.start),
            _ => None,
        };
        let (line, column) = start.unzip();
        Self { rule, severity, message, pointer, span, line, column, fix, confidence }
    }
}

/// Returns the line of a byte and its character there, both counted from 1. `None` if it is no start of a character.
fn line_and_column(text: &str, byte: u32) -> Option<(u64, u64)> {
    let before = text.get(..byte as usize)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Some((line as u64, column as u64))
}

#[cfg(test)]
mod tests {
    use tollgate_model::Place;

    use super::*;

    fn located(place: Place, part: Option<&str>, text: Option<&str>) -> LocatedFinding {
        let (rule, message) = ("rule".into(), "message".into());
        let severity = Severity::Error;
        let finding = Finding { rule, severity, message, place, fix: None, confidence: None };
        LocatedFinding::new(&finding, part, text)
    }

    #[test]
    fn a_span_of_a_text_has_a_line_and_a_column() {
        let text = "ä\n🎉🎉 act now";
        let start = text.find("act").unwrap() as u32;
        let span = Span { start, end: start + 3 };
        let found = located(Place::Span(span), None, Some(text));
        assert_eq!((found.line, found.column), (Some(2), Some(4)));
        assert_eq!((found.pointer, found.span), (None, Some(span)));
        let unknown = located(Place::Span(span), None, None);
        assert_eq!((unknown.line, unknown.span), (None, Some(span)), "the text was masked");
        let inside = located(Place::Span(Span { start: 1, end: 2 }), None, Some(text));
        assert_eq!(inside.line, None, "inside a character");
    }

    #[test]
    fn a_place_in_a_part_is_one_in_the_document() {
        let found = located(Place::Pointer("/b".into()), Some("/a/0"), None);
        assert_eq!(found.pointer.as_deref(), Some("/a/0/b"));
        let whole = located(Place::Whole, None, Some("text"));
        assert_eq!((whole.pointer, whole.span, whole.line), (None, None, None));
    }
}
