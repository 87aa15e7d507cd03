//! The expected result of a case.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tollgate_model::{Measure, Outcome, Report};

use super::FailureKind;

/// Expected result of a case. Members that are absent are not compared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
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
    pub failure: Option<FailureKind>,
}

impl CaseExpectation {
    /// Creates the expectation of a failure.
    pub(super) fn from_failure(kind: FailureKind) -> Self {
        Self { failure: Some(kind), ..Self::default() }
    }

    /// Creates the expectation of exactly this report.
    pub(super) fn from_report(report: &Report) -> serde_json::Result<Self> {
        let members = |finding| match serde_json::to_value(finding)? {
            Value::Object(members) => Ok(members),
            _ => Ok(Map::new()),
        };
        let findings: serde_json::Result<_> = report.findings.iter().map(members).collect();
        Ok(Self {
            outcome: Some(report.outcome),
            findings: Some(findings?),
            measures: Some(report.measures.clone()).filter(|measures| !measures.is_empty()),
            failure: None,
        })
    }
}
