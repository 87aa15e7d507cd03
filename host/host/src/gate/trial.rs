//! Trials: what a gate would decide, by what the lock file pins or by a release. Nothing is recorded.

use tollgate_ledger::LedgerReader;
use tollgate_model::Subject;

use super::checked_run::CheckedRun;
use super::decider::{GateDecider, RunOrigin};
use super::error::TrialError;
use super::judging::JudgedOutput;
use super::loaded_gate::LoadedGate;

/// A gate on trial. It knows what is recorded, adds what it would record itself, and forgets that at the end.
pub struct TrialGate {
    decider: GateDecider,
}

impl TrialGate {
    /// Begins a trial. Without a reader the gate's history is empty.
    pub fn new(
        loaded: LoadedGate,
        reader: Option<Box<dyn LedgerReader>>,
        now_ms: u64,
    ) -> Result<Self, TrialError> {
        let loaded = loaded.without_recording();
        let decider = GateDecider::new::<TrialError>(loaded, reader, now_ms)?;
        Ok(Self { decider })
    }

    /// Returns the gate, which can judge many outputs at once.
    pub fn loaded(&self) -> &LoadedGate {
        &self.decider.loaded
    }

    /// Forgets what was decided since, and reads the ledger again.
    pub fn reset_to_ledger(&mut self, now_ms: u64) -> Result<(), TrialError> {
        Ok(self.decider.refresh(now_ms)?)
    }

    /// Sets the autonomy level, as if a person had just accepted it.
    pub fn set_level(&mut self, level: u8, now_ms: u64) -> Result<(), TrialError> {
        self.decider.override_level(level, now_ms)
    }

    /// Judges an output and decides, also if it lacks what no review can supply: a case says what the rules do with it.
    pub async fn check(&mut self, subject: Subject, now_ms: u64) -> Result<CheckedRun, TrialError> {
        let judged = self.decider.loaded.judge(subject, now_ms).await?;
        self.decide(judged, now_ms)
    }

    /// Decides on an output that [`LoadedGate::judge`] judged.
    pub fn decide(&mut self, judged: JudgedOutput, now_ms: u64) -> Result<CheckedRun, TrialError> {
        let decided = self.decider.decide(&judged, &RunOrigin::default(), now_ms)?;
        Ok(CheckedRun::new(self.decider.loaded.snapshot.digest, decided, judged))
    }
}
