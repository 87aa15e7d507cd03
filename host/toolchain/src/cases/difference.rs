//! Differences between the expected result of a case and the actual one.

use std::fmt;

use serde_json::{Map, Value, json};
use tollgate_model::Measure;

use super::CaseExpectation;

/// A finding, as its members. Of an expected one only the members that the author wrote are there.
type FindingMembers = Map<String, Value>;

/// One difference between the expected and the actual result of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseDifference {
    /// JSON Pointer into the member `expect` of the case, or into the result in the same form.
    pub pointer: String,
    /// Expected value; `None` if nothing is expected there.
    pub expected: Option<Value>,
    /// Actual value; `None` if nothing is there.
    pub actual: Option<Value>,
}

impl CaseDifference {
    fn new(pointer: impl Into<String>, expected: Option<Value>, actual: Option<Value>) -> Self {
        Self { pointer: pointer.into(), expected, actual }
    }
}

/// Writes the difference as one line.
impl fmt::Display for CaseDifference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, expected, actual } = self;
        match (expected, actual) {
            (Some(expected), Some(actual)) => {
                write!(f, "{pointer}: expected {expected}, got {actual}")
            }
            (Some(expected), None) => write!(f, "{pointer}: expected {expected}, got nothing"),
            (None, Some(actual)) => write!(f, "{pointer}: expected nothing, got {actual}"),
            (None, None) => write!(f, "{pointer}"),
        }
    }
}

impl CaseExpectation {
    /// Compares this expectation with an actual result in the same form.
    pub fn differences(&self, actual: &Self) -> Vec<CaseDifference> {
        let mut differences = Vec::new();
        let is_covered = match (self.failure, actual.failure) {
            (Some(expected), Some(actual)) => expected.covers(actual),
            (expected, actual) => expected == actual,
        };
        if !is_covered {
            let (expected, actual) = (self.failure, actual.failure);
            let value = |kind: super::FailureKind| json!(kind);
            differences.push(CaseDifference::new(
                "/failure",
                expected.map(value),
                actual.map(value),
            ));
        }
        if self.outcome.is_some() && self.outcome != actual.outcome {
            let (expected, actual) = (self.outcome, actual.outcome);
            differences.push(CaseDifference::new(
                "/outcome",
                expected.map(|outcome| json!(outcome)),
                actual.map(|outcome| json!(outcome)),
            ));
        }
        // A failure has neither findings nor measures, and saying so of each would hide why.
        if actual.failure.is_none() {
            if let Some(expected) = &self.findings {
                let actual = actual.findings.as_deref().unwrap_or_default();
                compare_findings(expected, actual, &mut differences);
            }
            let actual = actual.measures.as_deref().unwrap_or_default();
            compare_measures(
                self.measures.as_deref().unwrap_or_default(),
                actual,
                &mut differences,
            );
        }
        differences
    }
}

fn compare_findings(
    expected: &[FindingMembers],
    actual: &[FindingMembers],
    differences: &mut Vec<CaseDifference>,
) {
    if expected.len() != actual.len() {
        return align_findings(expected, actual, differences);
    }
    for (index, (expected, actual)) in expected.iter().zip(actual).enumerate() {
        for (key, value) in expected {
            let found = actual.get(key);
            if found.unwrap_or(&Value::Null) != value {
                let pointer = format!("/findings/{index}/{key}");
                let expected = Some(value.clone());
                differences.push(CaseDifference::new(pointer, expected, found.cloned()));
            }
        }
    }
}

/// Lists the findings that one side has more than the other, in the order of each side.
fn align_findings(
    expected: &[FindingMembers],
    actual: &[FindingMembers],
    differences: &mut Vec<CaseDifference>,
) {
    let value = |members: &FindingMembers| Some(Value::Object(members.clone()));
    let mut rest = actual.iter().enumerate();
    for (index, finding) in expected.iter().enumerate() {
        let matching = rest.clone().position(|(_, other)| is_covered_by(finding, other));
        let Some(matching) = matching else {
            let pointer = format!("/findings/{index}");
            differences.push(CaseDifference::new(pointer, value(finding), None));
            continue;
        };
        for (index, unexpected) in rest.by_ref().take(matching) {
            let pointer = format!("/findings/{index}");
            differences.push(CaseDifference::new(pointer, None, value(unexpected)));
        }
        rest.next();
    }
    for (index, unexpected) in rest {
        let pointer = format!("/findings/{index}");
        differences.push(CaseDifference::new(pointer, None, value(unexpected)));
    }
}

/// Returns whether a finding has all members that are expected.
fn is_covered_by(expected: &FindingMembers, actual: &FindingMembers) -> bool {
    expected.iter().all(|(key, value)| actual.get(key).unwrap_or(&Value::Null) == value)
}

fn compare_measures(
    expected: &[Measure],
    actual: &[Measure],
    differences: &mut Vec<CaseDifference>,
) {
    for (index, measure) in expected.iter().enumerate() {
        let found = actual.iter().find(|other| other.name == measure.name);
        if found != Some(measure) {
            differences.push(CaseDifference::new(
                format!("/measures/{index}"),
                Some(json!(measure)),
                found.map(|found| json!(found)),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::FailureKind;

    fn expectation(value: Value) -> CaseExpectation {
        serde_json::from_value(value).unwrap()
    }

    fn lines(expected: &CaseExpectation, actual: &CaseExpectation) -> Vec<String> {
        expected.differences(actual).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn compares_only_what_is_expected() {
        let finding = json!({"rule": "calm", "message": "too loud", "severity": "error"});
        let measure = json!([{"name": "marks", "value": 3}]);
        let actual =
            expectation(json!({"outcome": "fail", "findings": [finding], "measures": measure}));
        assert!(expectation(json!({})).differences(&actual).is_empty());
        let part = json!({"findings": [{"rule": "calm", "fix": null}]});
        assert!(expectation(part).differences(&actual).is_empty());
        assert!(actual.differences(&actual).is_empty());
    }

    #[test]
    fn describes_each_difference() {
        let expected = expectation(json!({
            "outcome": "pass",
            "findings": [{"rule": "calm", "fix": "."}],
            "measures": [{"name": "marks", "value": 2}],
        }));
        let actual = expectation(json!({"outcome": "fail", "findings": [{"rule": "calm"}]}));
        let expected_lines = [
            "/outcome: expected \"pass\", got \"fail\"",
            "/findings/0/fix: expected \".\", got nothing",
            "/measures/0: expected {\"name\":\"marks\",\"value\":2.0}, got nothing",
        ];
        assert_eq!(lines(&expected, &actual), expected_lines);
    }

    #[test]
    fn lists_only_the_findings_that_one_side_lacks() {
        let findings = |rules: &[&str]| {
            let findings: Vec<_> = rules.iter().map(|rule| json!({"rule": rule})).collect();
            expectation(json!({ "findings": findings }))
        };
        let missing = findings(&["a", "b", "c"]);
        assert_eq!(
            lines(&missing, &findings(&["a", "c"])),
            ["/findings/1: expected {\"rule\":\"b\"}, got nothing"]
        );
        assert_eq!(
            lines(&findings(&["b"]), &missing),
            [
                "/findings/0: expected nothing, got {\"rule\":\"a\"}",
                "/findings/2: expected nothing, got {\"rule\":\"c\"}",
            ]
        );
        assert_eq!(lines(&findings(&[]), &findings(&["a"])).len(), 1);
    }

    #[test]
    fn says_of_a_failure_only_that_it_came() {
        let failed = CaseExpectation::from_failure(FailureKind::Trap);
        let expected = expectation(json!({
            "outcome": "pass", "findings": [{"rule": "a"}], "measures": [{"name": "a", "value": 1}],
        }));
        assert_eq!(
            lines(&expected, &failed),
            [
                "/failure: expected nothing, got \"trap\"",
                "/outcome: expected \"pass\", got nothing",
            ]
        );
        let refused = CaseExpectation::from_failure(FailureKind::Refused);
        assert!(
            lines(&refused, &CaseExpectation::from_failure(FailureKind::NotApplicable)).is_empty()
        );
        let unfit = CaseExpectation::from_failure(FailureKind::BadConfig);
        assert_eq!(lines(&refused, &unfit), ["/failure: expected \"refused\", got \"bad-config\""]);
    }
}
