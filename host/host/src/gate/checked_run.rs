//! The result of checking an output.

use tollgate_govern::OutputFacts;
use tollgate_model::{ContractCheck, Decision, Digest, EarlyText, LevelEvent, Ruling, Subject};

use super::decider::DecidedRun;
use super::judging::JudgedOutput;

/// An output that was judged, and whose decision is recorded.
#[derive(Clone, Debug)]
#[non_exhaustive]
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
    /// Text that had gone out before the decision.
    pub early_text: Option<EarlyText>,
}

impl CheckedRun {
    pub(crate) fn new(release: Digest, decided: DecidedRun, judged: JudgedOutput) -> Self {
        let DecidedRun { run, facts, decision, demotion, early_text, .. } = decided;
        let JudgedOutput { subject, checks, time_us, .. } = judged;
        Self { run, release, facts, decision, subject, checks, time_us, demotion, early_text }
    }

    /// Returns the text that may go out now: all of it that has not gone out before the decision. `None` if the decision
    /// does not allow the output, or if it is not a text.
    pub fn text_to_send(&self) -> Option<&str> {
        let text = self.subject.content.text().filter(|_| self.decision.ruling == Ruling::Allow)?;
        let sent_bytes = self.early_text.map_or(0, |early| early.bytes);
        text.get(usize::try_from(sent_bytes).ok()?..)
    }
}
