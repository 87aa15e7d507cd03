//! The result of checking an output.

use tollgate_govern::OutputFacts;
use tollgate_model::{ContractCheck, Decision, Digest, LevelEvent, Subject};

use super::decider::DecidedRun;
use super::judging::JudgedOutput;

/// An output that was judged, and whose decision is recorded.
#[derive(Clone, Debug)]
pub struct CheckedRun {
    /// Name of the run, by which it is found in the ledger.
    pub run: Digest,
    /// The release that judged it.
    pub release: Digest,
    pub facts: OutputFacts,
    /// The decision with its full reasons. The recorded one may be redacted.
    pub decision: Decision,
    pub subject: Subject,
    pub checks: Vec<ContractCheck>,
    /// Time that the contracts took, in microseconds.
    pub time_us: u64,
    /// The demotion of the gate that this run caused.
    pub demotion: Option<LevelEvent>,
}

impl CheckedRun {
    pub(crate) fn new(release: Digest, decided: DecidedRun, judged: JudgedOutput) -> Self {
        let DecidedRun { run, facts, decision, demotion, .. } = decided;
        let JudgedOutput { subject, checks, time_us, .. } = judged;
        Self { run, release, facts, decision, subject, checks, time_us, demotion }
    }
}
