//! The errors of the writer, and the translation of SQLite's errors.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use tollgate_ledger::LedgerError;

use crate::head::HeadError;
use crate::tables::TABLES;

/// The reason why a ledger cannot be written, or not any more. Each caller of a group gets it as an error of the ledger.
#[derive(Debug)]
pub(crate) enum WriterError {
    Database(rusqlite::Error),
    Head(HeadError),
    /// The file at this path was deleted, moved or replaced while it was open.
    Replaced(PathBuf),
    /// The file has another name by a hard link.
    Linked(PathBuf),
    /// A newer version has upgraded the tables to this version.
    NewerTables(i64),
}

impl WriterError {
    /// Translates the error into one of the ledger.
    pub fn to_ledger_error(&self, path: &Path) -> LedgerError {
        match self {
            Self::Database(error) => database_error(path, error),
            Self::Head(error) => error.to_ledger_error(path),
            Self::Replaced(file) => LedgerError::Replaced(file.clone()),
            Self::Linked(file) => LedgerError::Linked(file.clone()),
            Self::NewerTables(found) => {
                LedgerError::NewerFormat { path: path.into(), found: *found, known: TABLES }
            }
        }
    }
}

impl From<rusqlite::Error> for WriterError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

impl From<HeadError> for WriterError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

/// Translates an error of a file that is not read through the database.
pub(crate) fn file_error(path: &Path, error: &io::Error) -> LedgerError {
    let path = path.to_owned();
    match error.kind() {
        ErrorKind::PermissionDenied | ErrorKind::NotFound | ErrorKind::NotADirectory => {
            LedgerError::CannotOpen(path)
        }
        ErrorKind::ReadOnlyFilesystem => LedgerError::ReadOnly(path),
        ErrorKind::StorageFull => LedgerError::DiskFull(path),
        _ => LedgerError::DiskFailure { path, reason: error.to_string() },
    }
}

/// Translates an error of the database into one of the ledger.
pub(crate) fn database_error(path: &Path, error: &rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    let reason = error_reason(error);
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Locked(path),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => LedgerError::ReadOnly(path),
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull(path),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::OperationInterrupted) => {
            LedgerError::Corrupt { path, reason }
        }
        Some(ErrorCode::NotADatabase) => LedgerError::NotALedger(path),
        Some(ErrorCode::CannotOpen) => LedgerError::CannotOpen(path),
        Some(ErrorCode::SystemIoFailure) => LedgerError::DiskFailure { path, reason },
        _ => LedgerError::Database { path, reason },
    }
}

/// Returns the reason of an error as a clause.
pub(crate) fn error_reason(error: &rusqlite::Error) -> String {
    if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) {
        // Only the bound on examining a file interrupts.
        return "reading it takes longer than a file of its size can need, so its pages lead back to each other".into();
    }
    match error {
        rusqlite::Error::FromSqlConversionFailure(_, _, cause) => {
            format!("a row is not in the form that this version writes ({cause})")
        }
        other => other.to_string(),
    }
}
