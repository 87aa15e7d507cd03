//! Errors of the ledger. Each message names the file, the reason and a remedy.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use tollgate_model::Digest;

use crate::schema::FORMAT;

/// The reason why the ledger could not do something. Nothing of the entry is recorded in that case.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    #[error("cannot open `{0}`: check that its folder exists and that this user may access it")]
    CannotOpen(PathBuf),
    #[error("`{0}` is not a Tollgate ledger: name another file, or move this one away")]
    NotALedger(PathBuf),
    #[error(
        "`{path}` has ledger format {found}, but this Tollgate knows {FORMAT}: use a newer Tollgate"
    )]
    NewerFormat { path: PathBuf, found: i64 },
    #[error("`{0}` is locked by another process: stop that process, or wait and try again")]
    Locked(PathBuf),
    #[error("`{0}` is read-only: make the file and its folder writable for this user")]
    ReadOnly(PathBuf),
    #[error("cannot write `{0}`: the disk is full; free some space and try again")]
    DiskFull(PathBuf),
    #[error("cannot read or write `{path}` ({reason}): check the disk before trying again")]
    DiskFailure { path: PathBuf, reason: String },
    /// SQLite found pages that contradict each other.
    #[error(
        "`{path}` is damaged ({reason}): keep a copy of it, run `tollgate log verify` to see what can \
         still be read, and restore the rest from a backup or an export"
    )]
    Corrupt { path: PathBuf, reason: String },
    /// A row of the database does not have the form that this crate writes.
    #[error("cannot read event {seq} of `{path}` ({reason}): run `tollgate log verify`")]
    Unreadable { path: PathBuf, seq: u64, reason: String },
    /// Any other failure of the database.
    #[error("cannot use `{path}`: {reason}")]
    Database { path: PathBuf, reason: String },
    #[error("the ledger is closed: nothing was recorded")]
    Closed,
    #[error("cannot write the entry as JSON: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// The entry would read back differently from how it was written.
    #[error(
        "the entry has a number that JSON cannot represent, such as an infinite one: correct it"
    )]
    LossyNumber,
    #[error("the entry has {bytes} bytes, but the maximum is {bytes_max}: split it")]
    TooLarge { bytes: usize, bytes_max: usize },
    /// Something was recorded meanwhile that the entry does not fit.
    #[error(transparent)]
    Conflict(#[from] ConflictError),
}

/// The reason why an entry does not fit what was recorded meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConflictError {
    /// The run in the queue has changed since the caller read it.
    #[error(
        "run {run} has changed since event {expected}: event {now} changed it last, so somebody else was \
         first; look at it again"
    )]
    Changed {
        run: Digest,
        /// Number of the last event that the caller had seen.
        expected: u64,
        /// Number of the event that changed the run last.
        now: u64,
    },
    #[error("run {run} is not waiting for a review: it was closed or never held")]
    NotQueued { run: Digest },
    #[error("line `{key}` of batch `{batch}` is already recorded as event {seq}")]
    AlreadyRecorded { batch: String, key: String, seq: u64 },
}

/// Translates an error of the database into one of this crate.
pub(crate) fn database_error(path: &Path, error: &rusqlite::Error) -> LedgerError {
    let path = path.to_owned();
    let reason = error.to_string();
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
