//! Kinds of the errors of testing gates on their cases.

use super::{ErrorKind, HostError};
use crate::gate::TrialError;
use crate::gate_cases::{GateCaseError, InvalidCaseError};

impl HostError for GateCaseError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Invalid { source, .. } => source.kind(),
            // Somebody has to write the file, or to correct it.
            Self::File(_) | Self::NoLines { .. } | Self::DuplicateId { .. } => ErrorKind::NotReady,
            Self::Judge { source, .. } => match **source {
                // What the case says is wrong, and not what the caller asked for.
                TrialError::NoSuchLevel { .. } | TrialError::Output(_) => ErrorKind::NotReady,
                _ => source.kind(),
            },
            Self::Trial { source, .. } => source.kind(),
        }
    }
}

impl HostError for InvalidCaseError {
    fn kind(&self) -> ErrorKind {
        // Somebody has to correct the file.
        ErrorKind::NotReady
    }
}
