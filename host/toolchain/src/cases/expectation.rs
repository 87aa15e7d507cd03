//! The expected result of a case, and its comparison with an actual result.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::{Measure, Outcome, Report};

/// Expected result of a case. Members that are absent are not compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseExpectation {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Expected findings, in order. Of each finding only the members given here are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<Map<String, Value>>>,
    /// Measures that the report must contain; others may be there too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measures: Option<Vec<Measure>>,
    /// Kind of failure, when a failure is expected instead of a report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

impl CaseExpectation {
    /// Creates the expectation of a failure.
    pub(super) fn from_failure(kind: &str) -> Self {
        Self { failure: Some(kind.into()), ..Self::default() }
    }

    /// Creates the expectation of exactly this report.
    pub(super) fn from_report(report: Report) -> serde_json::Result<Self> {
        let members = |finding| match serde_json::to_value(finding)? {
            Value::Object(members) => Ok(members),
            _ => Ok(Map::new()),
        };
        let findings: serde_json::Result<_> = report.findings.iter().map(members).collect();
        Ok(Self {
            outcome: Some(report.outcome),
            findings: Some(findings?),
            measures: Some(report.measures).filter(|measures| !measures.is_empty()),
            failure: None,
        })
    }

    /// Compares this expectation with an actual result. Returns a line of text for each mismatch.
    pub fn mismatches(&self, actual: &Self) -> Vec<String> {
        let mut mismatches = Vec::new();
        if self.failure != actual.failure {
            let word = |failure: &Option<String>| failure.clone().unwrap_or("no failure".into());
            let (expected, actual) = (word(&self.failure), word(&actual.failure));
            mismatches.push(format!("expected {expected}, got {actual}"));
        }
        if let (Some(expected), actual) = (self.outcome, actual.outcome)
            && Some(expected) != actual
        {
            let actual = actual.map_or("none".into(), |outcome| outcome.to_string());
            mismatches.push(format!("expected outcome `{expected}`, got `{actual}`"));
        }
        if let Some(expected) = &self.findings {
            let actual = actual.findings.as_deref().unwrap_or_default();
            compare_findings(expected, actual, &mut mismatches);
        }
        for measure in self.measures.iter().flatten() {
            if !actual.measures.iter().flatten().any(|other| other == measure) {
                let Measure { name, value, .. } = measure;
                mismatches.push(format!("expected measure `{name}` to be {value}"));
            }
        }
        mismatches
    }
}

fn compare_findings(
    expected: &[Map<String, Value>],
    actual: &[Map<String, Value>],
    mismatches: &mut Vec<String>,
) {
    if expected.len() != actual.len() {
        let actual = Value::from_iter(actual.iter().cloned().map(Value::Object));
        mismatches.push(format!("expected {} findings, got {actual:#}", expected.len()));
        return;
    }
    for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        for (key, value) in expected {
            let found = actual.get(key).unwrap_or(&Value::Null);
            if found != value {
                mismatches
                    .push(format!("finding {index}: expected `{key}` to be {value}, got {found}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn expectation(value: Value) -> CaseExpectation {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn compares_only_what_is_expected() {
        let finding = json!({"rule": "calm", "message": "too loud", "severity": "error"});
        let measure = json!([{"name": "marks", "value": 3}]);
        let actual =
            expectation(json!({"outcome": "fail", "findings": [finding], "measures": measure}));
        assert!(expectation(json!({})).mismatches(&actual).is_empty());
        let part = json!({"findings": [{"rule": "calm"}]});
        assert!(expectation(part).mismatches(&actual).is_empty());
        assert!(actual.mismatches(&actual).is_empty());
    }

    #[test]
    fn describes_each_mismatch() {
        let expected = expectation(json!({
            "outcome": "pass",
            "findings": [{"rule": "calm", "fix": "."}],
            "measures": [{"name": "marks", "value": 2}],
        }));
        let actual = expectation(json!({"outcome": "fail", "findings": [{"rule": "calm"}]}));
        let lines = [
            "expected outcome `pass`, got `fail`",
            "finding 0: expected `fix` to be \".\", got null",
            "expected measure `marks` to be 2",
        ];
        assert_eq!(expected.mismatches(&actual), lines);
        let failed = CaseExpectation::from_failure("refused");
        let lines = expectation(json!({"findings": []})).mismatches(&failed);
        assert_eq!(lines, ["expected no failure, got refused"]);
        let lines = expectation(json!({"findings": []})).mismatches(&actual);
        assert!(lines[0].starts_with("expected 0 findings, got ["), "{lines:?}");
    }
}
