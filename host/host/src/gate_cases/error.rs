//! Errors of reading and running the cases of a gate.

use std::path::PathBuf;

use tollgate_model::{GateName, GatePurpose, Ruling};
use tollgate_project::FileError;

use crate::gate::TrialError;
use crate::intake::IntakeError;

/// The reason why the cases of a gate were not all run. Nothing is proved then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateCaseError {
    /// The file with the cases cannot be read. A pipe or a device is none.
    #[error(transparent)]
    File(#[from] FileError),
    #[error("`{}` has no cases: write one per line", .path.display())]
    NoLines { path: PathBuf },
    #[error("{}:{line} is not a valid case", .path.display())]
    Invalid { path: PathBuf, line: u64, source: Box<InvalidCaseError> },
    #[error(
        "{}:{line}: id `{id}` is already used on line {earlier_line}: rename one of them", .path.display()
    )]
    DuplicateId { path: PathBuf, line: u64, id: String, earlier_line: u64 },
    #[error("cannot judge {}:{line}", .path.display())]
    Judge { path: PathBuf, line: u64, source: Box<TrialError> },
    #[error("gate `{gate}` cannot be tried")]
    Trial { gate: GateName, source: Box<TrialError> },
}

/// The reason why a line is not a case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCaseError {
    #[error("`expect` is missing: use {}", rulings_of(*purpose))]
    ExpectMissing { purpose: GatePurpose },
    /// The case expects what no gate of this purpose decides.
    #[error(
        "`expect` is `{expect}`, and the purpose of the gate is `{purpose}`: use {}", rulings_of(*purpose)
    )]
    OtherPurpose { expect: Ruling, purpose: GatePurpose },
    #[error(transparent)]
    Intake(#[from] IntakeError),
}

/// Returns what a gate can decide, for messages.
fn rulings_of(purpose: GatePurpose) -> &'static str {
    match purpose {
        GatePurpose::Quality => "`pass` or `fail`",
        GatePurpose::Delegation => "`allow`, `hold` or `block`",
    }
}
