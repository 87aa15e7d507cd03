//! Where a reason applies: in which file, on which line, from which column on.

use serde_json::{Value, json};
use tollgate_model::{Cause, Content, Finding, Place, Span};

use super::object;
use crate::cli::check::format::Shown;
use crate::cli::check::lines::{Line, STANDARD_INPUT};

/// The places of an output's findings, each to be told once.
pub(super) struct Places<'a> {
    line: &'a Line,
    text: Option<&'a str>,
    findings: Vec<(&'a str, &'a Finding)>,
}

impl<'a> Places<'a> {
    pub(super) fn of(line: &'a Line, shown: &'a Shown) -> Self {
        let mut findings = Vec::new();
        for check in &shown.checks {
            let reports = check.verdicts.iter().filter_map(|verdict| verdict.said.as_ref().ok());
            let all = reports.flat_map(|report| &report.findings);
            findings.extend(all.map(|finding| (check.contract.as_str(), finding)));
        }
        // What was recorded before may be kept without what is personal, and then spans are of
        // another text.
        let whole = shown.subject.as_ref().filter(|_| !shown.before);
        let text = whole.and_then(|subject| match &subject.content {
            Content::Text(text) if line.line.is_none() => Some(text.as_str()),
            _ => None,
        });
        Self { line, text, findings }
    }

    /// Where a reason applies. Reasons that are the same to the word have their places in turn.
    pub(super) fn next(&mut self, cause: &Cause) -> Value {
        let index =
            self.findings.iter().position(|(contract, finding)| is_it(cause, contract, finding));
        match index.map(|index| &self.findings.remove(index).1.place) {
            Some(Place::Span(span)) => {
                located(self.line, self.text.and_then(|text| region(text, span)), None)
            }
            Some(Place::Pointer(pointer)) => located(self.line, None, Some(pointer)),
            Some(Place::Whole) | None => of_line(self.line),
        }
    }
}

/// All of an output.
pub(super) fn of_line(line: &Line) -> Value {
    located(line, None, None)
}

fn is_it(cause: &Cause, by: &str, finding: &Finding) -> bool {
    matches!(cause, Cause::Finding { contract, rule, severity, message, .. }
        if contract == by
            && *rule == finding.rule
            && *severity == finding.severity
            && *message == finding.message)
}

fn located(line: &Line, region: Option<Value>, pointer: Option<&str>) -> Value {
    let of_line = line.line.map(|number| json!({"startLine": number}));
    let logical = pointer.map(|pointer| json!([{"fullyQualifiedName": pointer, "kind": "value"}]));
    object([
        (
            "physicalLocation",
            Some(object([
                ("artifactLocation", Some(artifact(&line.file))),
                ("region", region.or(of_line)),
            ])),
        ),
        ("logicalLocations", logical),
    ])
}

/// The file, as a reference from where the tool was started.
fn artifact(file: &str) -> Value {
    if file == STANDARD_INPUT {
        return json!({"uri": "stdin", "description": {"text": STANDARD_INPUT}});
    }
    let root = if file.starts_with('/') { "file://" } else { "" };
    json!({"uri": format!("{root}{}", encoded(file.trim_start_matches("./")))})
}

/// As RFC 3986 wants a path. A `:` would make what stands before it a scheme.
fn encoded(path: &str) -> String {
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

/// Lines and columns from 1 on, in UTF-16 as the format counts; the end is behind the last.
fn region(text: &str, span: &Span) -> Option<Value> {
    let (start_line, start_column) = position(text, span.start)?;
    let (end_line, end_column) = position(text, span.end)?;
    Some(json!({
        "startLine": start_line, "startColumn": start_column,
        "endLine": end_line, "endColumn": end_column,
    }))
}

fn position(text: &str, byte: u32) -> Option<(usize, usize)> {
    let before = text.get(..byte as usize)?;
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
    Some((line, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_in_utf16() {
        let text = "ä\n🎉🎉 act now";
        let start = text.find("act").unwrap() as u32;
        let found = region(text, &Span { start, end: start + 7 }).unwrap();
        assert_eq!(found, json!({"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 13}));
        assert_eq!(region(text, &Span { start: 1, end: 2 }), None, "within a character");
    }

    #[test]
    fn files_become_references() {
        assert_eq!(artifact("./a b/ä:1.jsonl")["uri"], "a%20b/%C3%A4%3A1.jsonl");
        assert_eq!(artifact("/tmp/a.txt")["uri"], "file:///tmp/a.txt");
        assert_eq!(artifact(STANDARD_INPUT)["uri"], "stdin");
    }
}
