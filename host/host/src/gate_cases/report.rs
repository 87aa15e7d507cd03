//! Results of testing a gate on its cases.

use std::path::PathBuf;

use tollgate_govern::change_control::TestEvidence;
use tollgate_model::{Decision, Digest, GateName};

use super::gate_case::GateCase;

/// The result of testing a gate.
#[derive(Clone, Debug)]
pub enum GateCaseOutcome {
    /// There is no file with cases for the gate. Nothing was tested, so nothing is proved.
    NoCases {
        /// Path at which cases are expected, relative to the project.
        file: PathBuf,
    },
    Tested(GateCaseReport),
}

/// Results of all cases of a gate. It has at least one.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GateCaseReport {
    pub gate: GateName,
    /// Path of the case file, relative to the project.
    pub file: PathBuf,
    /// Release that was tested. It need not be published.
    pub release: Digest,
    /// Time at which all cases were decided.
    pub at_ms: u64,
    /// The cases in the order of their file.
    pub cases: Vec<TestedCase>,
}

/// Result of a case.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TestedCase {
    pub case: GateCase,
    pub decision: Decision,
    /// Time that judging took.
    pub time_us: u64,
    /// Differences from what is expected, as sentences. Empty if the case passed.
    pub mismatches: Vec<String>,
}

impl TestedCase {
    /// Returns whether the decision is the expected one.
    pub fn is_passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl GateCaseReport {
    /// Returns the number of cases with an unexpected decision.
    pub fn failed_count(&self) -> usize {
        self.failed_cases().count()
    }

    /// Returns the cases with an unexpected decision.
    pub fn failed_cases(&self) -> impl Iterator<Item = &TestedCase> {
        self.cases.iter().filter(|case| !case.is_passed())
    }

    /// Returns the result as evidence for the change control of the gate.
    pub fn to_evidence(&self) -> TestEvidence {
        let count = |cases: usize| u64::try_from(cases).unwrap_or(u64::MAX);
        TestEvidence {
            tested: self.release,
            cases: count(self.cases.len()),
            failed: count(self.failed_count()),
            at_ms: self.at_ms,
        }
    }
}
