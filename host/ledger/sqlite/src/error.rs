//! Translation of SQLite's errors.

use std::path::Path;

use rusqlite::ErrorCode;
use tollgate_ledger::LedgerError;

/// Translates an error of the database into one of the ledger.
pub(crate) fn database_error(path: &Path, error: &rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    let reason = match error {
        rusqlite::Error::FromSqlConversionFailure(_, _, cause) => {
            format!("a row is not in the form that this version writes ({cause})")
        }
        other => other.to_string(),
    };
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LedgerError::Locked(path),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => LedgerError::ReadOnly(path),
        Some(ErrorCode::DiskFull) => LedgerError::DiskFull(path),
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::Corrupt { path, reason },
        Some(ErrorCode::NotADatabase) => LedgerError::NotALedger(path),
        Some(ErrorCode::CannotOpen) => LedgerError::CannotOpen(path),
        Some(ErrorCode::SystemIoFailure) => LedgerError::DiskFailure { path, reason },
        _ => LedgerError::Database { path, reason },
    }
}
