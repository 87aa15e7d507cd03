//! One contract's judgement of one subject, with all that is needed to repeat it.

use crate::{Failure, HostAnswer, Report, RunLog};

/// What came of judging a subject with a contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// What the contract says, or why it says nothing.
    pub verdict: Result<Report, Failure>,
    /// How much it computed. The same on every machine with the same engine.
    pub fuel_used: u64,
    /// How long it took, from asking for a sandbox until that was gone.
    pub time_us: u64,
    /// What the host answered meanwhile.
    pub answers: Vec<HostAnswer>,
    /// What the contract wrote meanwhile.
    pub log: RunLog,
}
