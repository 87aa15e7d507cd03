//! What can go wrong: each names the file, the reason and what to do.

use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;
use tollgate_model::Digest;

use crate::schema::FORMAT;

/// Why the ledger did not do what was asked of it. Nothing of the entry is recorded then.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such file, or no such folder to make it in.
    #[error("`{0}` cannot be opened: check that its folder exists and that this user may use it")]
    CannotOpen(PathBuf),
    /// It is something else.
    #[error("`{0}` is no ledger: name another file, or move this one away")]
    NotALedger(PathBuf),
    /// It was written by a newer Tollgate.
    #[error(
        "`{path}` has ledger format {found}, and this Tollgate knows {FORMAT}: use a newer one"
    )]
    NewerFormat {
        /// Which file.
        path: PathBuf,
        /// What it has.
        found: i64,
    },
    /// Another process has it.
    #[error("`{0}` is locked by another process: end it, or wait for it and try again")]
    Locked(PathBuf),
    /// It cannot be written.
    #[error("`{0}` is read-only: make the file and its folder writable for this user")]
    ReadOnly(PathBuf),
    /// There is no room.
    #[error("`{0}` cannot grow, because the disk is full: make room, and try again")]
    Full(PathBuf),
    /// The disk failed.
    #[error(
        "`{path}` cannot be read or written ({reason}): look after the disk before trying again"
    )]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// Its pages contradict themselves.
    #[error(
        "`{path}` is damaged ({reason}): keep a copy of it as it is, verify it to see what can be \
         read, and restore the rest from a backup or an export"
    )]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What the database says.
        reason: String,
    },
    /// A row is not what this crate writes.
    #[error("event {seq} of `{path}` cannot be read ({reason}): verify the ledger")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Which event.
        seq: u64,
        /// Why.
        reason: String,
    },
    /// The database says something that this crate has no words for.
    #[error("`{path}` cannot be used: {reason}")]
    Database {
        /// Which file.
        path: PathBuf,
        /// What it says.
        reason: String,
    },
    /// It has been closed.
    #[error("the ledger is closed: nothing was recorded")]
    Closed,
    /// Something cannot be written as JSON.
    #[error("the entry cannot be written: {0}")]
    Unwritable(#[from] serde_json::Error),
    /// Something would be another when it is read.
    #[error("the entry has a number that JSON does not keep, such as an infinite one: correct it")]
    ReadsOtherwise,
    /// More than fits.
    #[error("the entry has {bytes} bytes, and an entry has at most {bytes_max}: split it")]
    TooLarge {
        /// How much it is.
        bytes: usize,
        /// How much it may be.
        bytes_max: usize,
    },
    /// Somebody else was first.
    #[error(transparent)]
    Conflict(#[from] Conflict),
}

/// Why an entry does not fit what has happened meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The hold is not what it was when the caller looked.
    #[error(
        "somebody else was first: run {run} is not as it was at event {expected} (it was last \
         changed by event {now}): look at it again"
    )]
    Moved {
        /// Which run.
        run: Digest,
        /// What the caller had seen.
        expected: u64,
        /// The event that changed it last.
        now: u64,
    },
    /// It is not waiting any more.
    #[error("run {run} does not wait for a review: it was closed, or never held")]
    NotWaiting {
        /// Which run.
        run: Digest,
    },
    /// The line of the batch is recorded already.
    #[error("line `{key}` of batch `{batch}` is recorded already, as event {seq}")]
    AlreadyRecorded {
        /// Which batch.
        batch: String,
        /// Which line.
        key: String,
        /// Where.
        seq: u64,
    },
}

/// The database's own words, made ours.
pub(crate) fn told(path: &Path, error: &rusqlite::Error) -> Error {
    let path = path.to_owned();
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked(path),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Error::ReadOnly(path),
        Some(ErrorCode::DiskFull) => Error::Full(path),
        Some(ErrorCode::DatabaseCorrupt) => Error::Corrupt { path, reason },
        Some(ErrorCode::NotADatabase) => Error::NotALedger(path),
        Some(ErrorCode::CannotOpen) => Error::CannotOpen(path),
        Some(ErrorCode::SystemIoFailure) => Error::Disk { path, reason },
        _ => Error::Database { path, reason },
    }
}
