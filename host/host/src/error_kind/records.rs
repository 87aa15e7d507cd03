//! Kinds of the errors of reading and writing records.

use tollgate_ledger::{ConflictError, LedgerError};

use super::{ErrorKind, HostError};
use crate::gate::ReleaseReadError;
use crate::lookup::RunLookupError;
use crate::records::RunRecordError;

impl HostError for LedgerError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::Locked(_) | Self::Closed => ErrorKind::NotReady,
            Self::Corrupt { .. }
            | Self::HeadMismatch(_)
            | Self::Replaced(_)
            | Self::Linked(_)
            | Self::Unreadable { .. }
            | Self::ForeignTables { .. } => ErrorKind::BrokenRecord,
            Self::Unwritable(_)
            | Self::LossyNumber
            | Self::TooLarge { .. }
            | Self::NotAFilePath(_)
            | Self::CompanionName(_) => ErrorKind::InvalidInput,
            Self::Conflict(ConflictError::UncheckedCondition(_)) => ErrorKind::Internal,
            Self::Conflict(_) => ErrorKind::Conflict,
            _ => ErrorKind::Internal,
        }
    }
}

impl HostError for ReleaseReadError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. } | Self::Changed { .. } | Self::Unreadable { .. } => {
                ErrorKind::BrokenRecord
            }
            Self::OtherFormat { .. } => ErrorKind::NotReady,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for RunLookupError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } => ErrorKind::NotFound,
            Self::Ambiguous { .. } => ErrorKind::InvalidInput,
            Self::Ledger(error) => error.kind(),
        }
    }
}

impl HostError for RunRecordError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotJudged { .. } => ErrorKind::BrokenRecord,
            Self::Release(error) => error.kind(),
            Self::Ledger(error) => error.kind(),
        }
    }
}
