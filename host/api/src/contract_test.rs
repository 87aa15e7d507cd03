//! Tests of a contract: its own cases, and what came of them.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use serde_json::Value;
use tollgate_model::{ContractName, Digest, Finding, FormatVersion, Measure, Outcome, RunLog};

/// Results of the test cases of a contract.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ContractTestDocument {
    pub format: FormatVersion<1>,
    pub contract: TestedContract,
    pub passed: usize,
    pub failed: usize,
    pub cases: Vec<ContractCaseResult>,
}

/// Contract version that was tested.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TestedContract {
    pub name: ContractName,
    pub version: Version,
    /// Digest of the component.
    pub digest: Digest,
}

/// Result of a test case. A case passed if it has neither differences nor an error.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ContractCaseResult {
    /// Name of the case: its file without folder and extension.
    pub name: String,
    pub file: String,
    pub passed: bool,
    /// Differences between the expected and the actual result.
    pub differences: Vec<CaseDifferenceEntry>,
    /// Reason why the case has no result to compare: its configuration does not fit, or two ways of judging it gave
    /// different reports.
    pub error: Option<String>,
    /// `null` if the contract gave no outcome.
    pub outcome: Option<Outcome>,
    pub findings: Vec<Finding>,
    pub measures: Vec<Measure>,
    /// Cause for which there is no outcome.
    pub failure: Option<CaseFailure>,
    pub log: RunLog,
    /// Units of fuel that one judgement used; `null` if there was none.
    pub fuel_used: Option<u64>,
    /// Time of one judgement in microseconds; `null` if there was none.
    pub time_us: Option<u64>,
}

/// Difference between the expected and the actual result of a case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseDifferenceEntry {
    /// JSON Pointer into `expect` of the case, or into the actual result in the same form.
    pub pointer: String,
    /// `null` if nothing is expected there.
    pub expected: Option<Value>,
    /// `null` if nothing is there.
    pub actual: Option<Value>,
}

/// Failure of a case, by the name that cases expect it by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CaseFailure {
    pub kind: String,
    pub message: String,
}
