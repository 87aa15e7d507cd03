//! Exit codes of the tool. "Did not pass" and "no outcome was obtained" are different codes.

use std::process::ExitCode;

use tollgate_model::Outcome;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The outcome is `pass`, or the command did what it was asked to do.
    Pass = 0,
    /// The outcome is `fail`, or a test case does not hold.
    Fail = 1,
    /// No outcome was obtained because of bad input, or a failure of the contract or the host.
    NoOutcome = 2,
    /// The outcome is `unsure`.
    Unsure = 3,
    /// The user interrupted the command (Ctrl-C), as shells report it: 128 and the number of the signal.
    Interrupted = 130,
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
