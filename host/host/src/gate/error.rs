//! Errors of checking outputs.

use std::sync::Arc;

use tollgate_ledger::LedgerError;
use tollgate_model::{Digest, GateName};

/// The reason why an output was not checked. Nothing of it is recorded. Cloning it is cheap: one error of the ledger
/// answers all outputs of a group.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    #[error("gate `{gate}` has no active release, so it checks nothing")]
    NoActiveRelease { gate: GateName },
    #[error("release {release} of gate `{gate}` cannot be loaded")]
    Load {
        gate: GateName,
        release: Digest,
        #[source]
        source: Arc<anyhow::Error>,
    },
    #[error("line `{key}` of batch `{batch}` is recorded with a different output")]
    DifferentOutput { batch: String, key: String },
    #[error("other processes changed gate `{gate}` each time that a decision was to be recorded")]
    TooManyConflicts { gate: GateName },
    #[error(transparent)]
    Ledger(#[from] Arc<LedgerError>),
    #[error("the thread that decides cannot be started")]
    NoThread(#[source] Arc<std::io::Error>),
    #[error("the gate was closed: nothing was recorded")]
    Closed,
    #[error("{0:#}")]
    Other(#[from] Arc<anyhow::Error>),
}

impl From<anyhow::Error> for CheckError {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(Arc::new(error))
    }
}

impl From<LedgerError> for CheckError {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(Arc::new(error))
    }
}
