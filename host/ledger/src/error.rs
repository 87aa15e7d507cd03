//! Errors of the ledger. Each message names the place of the ledger, the reason and a remedy.

use std::path::PathBuf;

use tollgate_model::{BatchLine, Digest, GateName};

use crate::HeadMismatch;

/// The reason why the ledger could not do something. Nothing of the append is recorded in that case, or only in a file
/// that is not at its place any more.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    #[error("cannot open `{0}`: check that its folder exists and that this user may access it")]
    CannotOpen(PathBuf),
    /// A ledger that is only made when something is recorded, and nothing is yet.
    #[error("there is no ledger `{0}`: nothing is recorded yet")]
    NotFound(PathBuf),
    #[error(
        "`{0}` cannot be the path of a ledger, because SQLite would keep it in memory or in another file: name a file, \
         for example `./ledger.db`"
    )]
    NotAFilePath(PathBuf),
    #[error(
        "`{0}` cannot be the path of a ledger, because the name ends as that of a file beside another ledger does: \
         choose one that does not end in `-wal`, `-shm`, `-journal` or `-head`"
    )]
    CompanionName(PathBuf),
    #[error("`{0}` is not a Tollgate ledger: name another file, or move this one away")]
    NotALedger(PathBuf),
    #[error(
        "`{path}` has ledger format {found}, but this Tollgate knows {known}: use a newer Tollgate"
    )]
    NewerFormat { path: PathBuf, found: i64, known: i64 },
    #[error(
        "`{path}` has ledger format {found}, but this Tollgate knows {known}: export it with the version of Tollgate \
         that wrote it, and move it away to start a new ledger"
    )]
    FormerFormat { path: PathBuf, found: i64, known: i64 },
    /// The record is as it is today. Opening the ledger to write makes the other tables anew.
    #[error(
        "`{0}` has the tables of an earlier Tollgate: it can be read once they have been made anew from its events"
    )]
    FormerTables(PathBuf),
    /// The file defines something else than a ledger has, so whatever is read from it proves nothing.
    #[error(
        "`{path}` does not have the tables of a ledger: {difference}; keep a copy of it to find out who changed it, and \
         restore the ledger from a backup"
    )]
    ForeignTables { path: PathBuf, difference: String },
    #[error("`{0}` is locked by another process: stop that process, or wait and try again")]
    Locked(PathBuf),
    #[error("`{0}` is read-only: make the file and its folder writable for this user")]
    ReadOnly(PathBuf),
    #[error("cannot write `{0}`: the disk is full; free some space and try again")]
    DiskFull(PathBuf),
    #[error("cannot read or write `{path}` ({reason}): check the disk before trying again")]
    DiskFailure { path: PathBuf, reason: String },
    /// The database found that its files contradict each other.
    #[error(
        "`{path}` is damaged ({reason}): keep a copy of it, verify it to see what can still be read, and restore the \
         rest from a backup or an export"
    )]
    Corrupt { path: PathBuf, reason: String },
    /// The ledger is not the one whose last event was recorded beside it.
    #[error(transparent)]
    HeadMismatch(#[from] HeadMismatch),
    /// The file at this path is not the one that was opened.
    #[error(
        "`{0}` was deleted, moved or replaced while it was open: nothing can be recorded; put the file back, and start \
         again"
    )]
    Replaced(PathBuf),
    /// A file with two names has a write-ahead log beside each, so its names do not see each other's events.
    #[error(
        "`{0}` has another name (a hard link), and events that are recorded by one name are lost by the other: nothing \
         can be recorded; stop what uses the file, then delete its other names, or put a copy in its place, and copy a \
         ledger instead of linking it"
    )]
    Linked(PathBuf),
    /// A row of the database does not have the form that this crate writes.
    #[error("cannot read event {seq} of `{path}` ({reason}): verify the ledger")]
    Unreadable { path: PathBuf, seq: u64, reason: String },
    /// Any other failure of the database.
    #[error("cannot use `{path}`: {reason}")]
    Database { path: PathBuf, reason: String },
    #[error("the ledger is closed: nothing was recorded")]
    Closed,
    #[error("cannot write the entry as JSON")]
    Unwritable(#[from] serde_json::Error),
    /// The entry would read back differently from how it was written.
    #[error(
        "the entry has a number that JSON cannot represent, such as an infinite one: correct it"
    )]
    LossyNumber,
    #[error("the entry has {bytes} bytes, but the maximum is {bytes_max}: split it")]
    TooLarge { bytes: usize, bytes_max: usize },
    /// Something was recorded meanwhile that the append does not fit.
    #[error(transparent)]
    Conflict(#[from] ConflictError),
}

impl LedgerError {
    /// Returns whether one of the entries cannot be recorded, whatever is recorded already. Others still can.
    pub fn concerns_entry(&self) -> bool {
        matches!(self, Self::Unwritable(_) | Self::LossyNumber | Self::TooLarge { .. })
    }
}

/// The reason why an append does not fit what was recorded meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
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
    /// Something that decisions at the gate depend on was recorded since the caller read it.
    #[error(
        "gate `{gate}` has changed since event {expected}: event {found} changed it last; read its state and decide \
         again"
    )]
    GateChanged {
        gate: GateName,
        /// The version from which the caller decided.
        expected: u64,
        /// The version of the gate now.
        found: u64,
    },
    /// The line has a run whose latest decision is by the same release of the same gate.
    #[error("line `{}` of batch `{}` is already recorded as run {run}", line.key, line.batch)]
    AlreadyRecorded { line: BatchLine, run: Digest },
    #[error("this ledger cannot check the condition {0}: nothing was recorded")]
    UncheckedCondition(String),
}
