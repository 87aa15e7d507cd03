//! Errors of gates: opening one, checking outputs at it, and trying it.

use std::sync::Arc;

use tollgate_govern::MissingContext;
use tollgate_ledger::LedgerError;
use tollgate_model::{Digest, GateName};

use super::load_error::GateLoadError;
use super::release_record::ReleaseReadError;

/// The reason why a gate cannot be opened, or the record of its active release cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GateOpenError {
    #[error("gate `{gate}` has no active release, so it checks nothing")]
    NoActiveRelease { gate: GateName },
    #[error("release {release} of gate `{gate}` cannot be loaded")]
    Load { gate: GateName, release: Digest, source: Box<GateLoadError> },
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomnessError),
    #[error("the thread that decides cannot be started")]
    NoThread(#[source] std::io::Error),
    /// The runtime in which the release was loaded has ended.
    #[error("the active release was not loaded, because the program is ending")]
    Interrupted,
}

/// The reason why an output was not checked. Nothing of it is recorded. Cloning it is cheap: one error of the ledger
/// answers all outputs of a group.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    #[error("`{key}` of batch `{batch}` is recorded with a different output, as run {run}")]
    DifferentOutput { batch: String, key: String, run: Digest },
    /// The output does not state what the gate has to know about it, and what no review can supply. It is not judged, so
    /// that nothing waits in the queue that nobody can approve.
    #[error("not judged: {missing}; gate `{gate}` has to know that, and no review can supply it")]
    ContextMissing { gate: GateName, missing: Box<MissingContext> },
    #[error("other processes changed gate `{gate}` each time that a decision was to be recorded")]
    TooManyConflicts { gate: GateName },
    /// The ledger's index names a run for a line of a batch that has no decision.
    #[error("the ledger has no decision of run {run}")]
    NotARun { run: Digest },
    #[error("the gate was closed: nothing was recorded")]
    Closed,
    #[error(transparent)]
    Output(#[from] OutputDigestError),
    /// Another release became active, and the gate cannot follow it.
    #[error(transparent)]
    Gate(#[from] Arc<GateOpenError>),
    #[error(transparent)]
    Ledger(#[from] Arc<LedgerError>),
}

impl CheckError {
    /// Returns whether other outputs can still be checked. Any other error concerns the gate.
    pub fn concerns_one_output(&self) -> bool {
        match self {
            Self::DifferentOutput { .. }
            | Self::ContextMissing { .. }
            | Self::NotARun { .. }
            | Self::Output(_) => true,
            Self::Ledger(error) => error.concerns_entry(),
            Self::TooManyConflicts { .. } | Self::Closed | Self::Gate(_) => false,
        }
    }
}

/// The reason why a trial of a gate stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrialError {
    #[error("gate `{gate}` has no autonomy level {level}")]
    NoSuchLevel { gate: GateName, level: u8 },
    #[error(transparent)]
    Output(#[from] OutputDigestError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomnessError),
}

/// An output cannot be written as JSON, so it has no digest.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the output cannot be written as JSON")]
pub struct OutputDigestError(#[source] Arc<serde_json::Error>);

/// The machine gives no random numbers, so names of runs could be predicted.
#[derive(Debug, thiserror::Error)]
#[error("this machine gives no random numbers")]
pub struct NoRandomnessError(#[from] getrandom::Error);

impl From<serde_json::Error> for OutputDigestError {
    fn from(error: serde_json::Error) -> Self {
        Self(Arc::new(error))
    }
}

impl From<GateOpenError> for CheckError {
    fn from(error: GateOpenError) -> Self {
        Self::Gate(Arc::new(error))
    }
}

impl From<LedgerError> for CheckError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(Arc::new(error))
    }
}
