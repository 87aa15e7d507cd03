//! Results of the test cases of gates.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_model::{FormatVersion, GateName, ReasonEffect, Ruling};

/// Results of the test cases of gates.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateTestDocument {
    pub format: FormatVersion<1>,
    /// Number of cases that were decided as expected.
    pub passed: usize,
    pub failed: usize,
    pub cases: Vec<GateCaseResult>,
}

/// Result of one case.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct GateCaseResult {
    pub gate: GateName,
    pub id: String,
    /// Path of the file with the case, relative to the project.
    pub file: String,
    /// Line in that file, counted from 1.
    pub line: u64,
    /// Expected ruling.
    pub expect: Ruling,
    pub decision: Ruling,
    /// Differences from the expected decision, for people; empty if the case passed.
    pub mismatches: Vec<String>,
    /// Reasons of the decision.
    pub reasons: Vec<LabelledReason>,
}

/// Reason with the label that cases expect it by.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LabelledReason {
    pub effect: ReasonEffect,
    /// Code of the reason, with contract and rule if it has them: `finding:tollgate/pii:email`.
    pub label: String,
    pub sentence: String,
}
