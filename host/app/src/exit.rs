//! How the tool ends. "Did not pass" is not "could not tell".

use std::process::ExitCode;

use tollgate_model::Outcome;

/// What the caller of the tool learns without reading anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The contract says `pass`, or the command did what it was asked to.
    Pass = 0,
    /// The contract says `fail`, or a case does not hold.
    Fail = 1,
    /// No outcome was obtained: bad input, a failure of the contract, or of the host.
    CouldNotTell = 2,
    /// The contract says `unsure`.
    Unsure = 3,
}

impl From<Outcome> for Exit {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Pass => Self::Pass,
            Outcome::Fail => Self::Fail,
            Outcome::Unsure => Self::Unsure,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
