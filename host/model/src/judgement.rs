//! Judgement of one subject by one contract, with everything that is needed to repeat it.

use crate::{Failure, HostAnswer, Report, RunLog};

/// Result of judging one subject with one contract.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    pub verdict: Result<Report, Failure>,
    /// Units of fuel that the contract used. The same on every machine with the same engine.
    pub fuel_used: u64,
    /// Time in microseconds, from requesting the sandbox to its teardown.
    pub time_us: u64,
    /// Recorded answers of the host, in the order in which the contract asked.
    pub answers: Vec<HostAnswer>,
    pub log: RunLog,
}
