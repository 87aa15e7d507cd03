//! SARIF locations: the file, lines and columns that a reason applies to.

use serde_json::{Value, json};
use tollgate::intake::InputOrigin;
use tollgate_model::{Content, ContractCheck, Finding, OutputPlace, ReasonKind, Span};

use super::object_of_present;
use crate::report::{CheckResult, STANDARD_INPUT};

/// Findings of one output whose locations have not been used yet.
pub(super) struct FindingLocations<'a> {
    item: &'a InputOrigin,
    text: Option<&'a str>,
    findings: Vec<CheckedFinding<'a>>,
}

/// Finding with the check that it belongs to.
struct CheckedFinding<'a> {
    check: &'a ContractCheck,
    finding: &'a Finding,
}

impl<'a> FindingLocations<'a> {
    pub(super) fn new(item: &'a InputOrigin, result: &'a CheckResult) -> Self {
        let mut findings = Vec::new();
        for check in &result.checks {
            let reports = check.verdicts.iter().filter_map(|verdict| verdict.result.report());
            let report_findings = reports.flat_map(|report| &report.findings);
            findings.extend(report_findings.map(|finding| CheckedFinding { check, finding }));
        }
        // A recorded subject may be masked, and then the spans of the findings do not fit its text.
        let whole = result.subject.as_ref().filter(|_| !result.was_recorded);
        let text = whole.and_then(|subject| match &subject.content {
            Content::Text(text) if item.line.is_none() => Some(text.as_str()),
            _ => None,
        });
        Self { item, text, findings }
    }

    /// Returns the location of a reason. Identical reasons get the locations of their findings in order.
    pub(super) fn take_location(&mut self, cause: &ReasonKind) -> Value {
        let index = self.findings.iter().position(|checked| checked.is_finding_of(cause));
        let Some(index) = index else { return self.location_without_finding(cause) };
        let CheckedFinding { check, finding } = self.findings.remove(index);
        let place = OutputPlace::new(&finding.place, check.part_pointer());
        match (place.pointer, place.span) {
            (Some(pointer), _) => location_json(self.item, None, Some(&pointer)),
            (None, Some(span)) => {
                location_json(self.item, self.text.and_then(|text| region(text, &span)), None)
            }
            (None, None) => line_location(self.item),
        }
    }

    /// Returns the place in the document that a reason names without a finding, or else the whole output.
    fn location_without_finding(&self, cause: &ReasonKind) -> Value {
        location_json(self.item, None, cause.pointer())
    }
}

/// Returns the location of a whole output.
pub(super) fn line_location(item: &InputOrigin) -> Value {
    location_json(item, None, None)
}

impl CheckedFinding<'_> {
    fn is_finding_of(&self, cause: &ReasonKind) -> bool {
        let Self { check, finding } = self;
        let part = check.part_pointer();
        let pointer = || part.and_then(|part| OutputPlace::new(&finding.place, Some(part)).pointer);
        matches!(cause, ReasonKind::Finding { contract, at, rule, severity, message, .. }
            if *contract == check.contract
                && *rule == finding.rule
                && *severity == finding.severity
                && *message == finding.message
                && *at == pointer())
    }
}

fn location_json(item: &InputOrigin, region: Option<Value>, pointer: Option<&str>) -> Value {
    let of_line = item.line.map(|number| json!({"startLine": number}));
    let logical = pointer.map(|pointer| json!([{"fullyQualifiedName": pointer, "kind": "value"}]));
    object_of_present([
        (
            "physicalLocation",
            Some(object_of_present([
                ("artifactLocation", Some(artifact_location(&item.file))),
                ("region", region.or(of_line)),
            ])),
        ),
        ("logicalLocations", logical),
    ])
}

/// Returns the file as a URI reference relative to the working directory.
fn artifact_location(file: &str) -> Value {
    if file == STANDARD_INPUT {
        return json!({"uri": "stdin", "description": {"text": STANDARD_INPUT}});
    }
    let root = if file.starts_with('/') { "file://" } else { "" };
    json!({"uri": format!("{root}{}", percent_encode(file.trim_start_matches("./")))})
}

/// Percent-encodes a path (RFC 3986). `:` is encoded too, because the text before it would be read as a
/// scheme.
fn percent_encode(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                encoded.push(byte.into());
            }
            byte => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Returns a span as lines and columns, counted from 1 in UTF-16 code units as the format requires, with
/// an exclusive end. Returns `None` if the span does not fit the text.
fn region(text: &str, span: &Span) -> Option<Value> {
    let (start_line, start_column) = line_and_column(text, span.start)?;
    let (end_line, end_column) = line_and_column(text, span.end)?;
    Some(json!({
        "startLine": start_line, "startColumn": start_column,
        "endLine": end_line, "endColumn": end_column,
    }))
}

fn line_and_column(text: &str, byte: u32) -> Option<(usize, usize)> {
    let before = text.get(..byte as usize)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
    Some((line, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_columns_in_utf16() {
        let text = "ä\n🎉🎉 act now";
        let start = text.find("act").unwrap() as u32;
        let found = region(text, &Span { start, end: start + 7 }).unwrap();
        assert_eq!(found, json!({"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 13}));
        assert_eq!(region(text, &Span { start: 1, end: 2 }), None, "within a character");
    }

    #[test]
    fn writes_files_as_uri_references() {
        assert_eq!(artifact_location("./a b/ä:1.jsonl")["uri"], "a%20b/%C3%A4%3A1.jsonl");
        assert_eq!(artifact_location("/tmp/a.txt")["uri"], "file:///tmp/a.txt");
        assert_eq!(artifact_location(STANDARD_INPUT)["uri"], "stdin");
    }
}
