//! Replaying one run of the host's ledger.

use tollgate_engine::EngineError;
use tollgate_ledger::LedgerError;
use tollgate_model::Digest;

use super::{ReplayError, ReplayedCheck, Replayer};
use crate::host::Host;
use crate::lookup::first_judgement;

/// The reason why a run of the ledger was not replayed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunReplayError {
    #[error("no event in the ledger judges run {run}")]
    NotJudged { run: Digest },
    #[error(transparent)]
    Replay(#[from] ReplayError),
    #[error("this machine cannot run contracts")]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Judges a recorded run again as it was judged first, with the recorded contracts and the recorded answers of the
    /// host. Nothing is recorded. The future reads from the ledger and from files, so it belongs on a thread that may
    /// block, and it cannot be moved to another thread.
    pub async fn replay_run(&self, run: Digest) -> Result<Vec<ReplayedCheck>, RunReplayError> {
        let reader = self.shared.ledger()?.open_reader()?;
        let history = reader.history(run)?;
        let recorded = first_judgement(&history, run).ok_or(RunReplayError::NotJudged { run })?;
        let mut replayer = Replayer::new(self.shared.engine()?, &self.shared.packages, &*reader);
        Ok(replayer.replay_run(recorded).await?)
    }
}
