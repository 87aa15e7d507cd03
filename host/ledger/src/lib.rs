//! The ledger: an append-only, hash-chained record of everything that happens at gates.
//!
//! Events are appended and never changed; each event's hash covers the hash of the one before it. Contents
//! (outputs, details, releases, prompts) are stored apart, so they can be erased while the chain stays
//! whole. Projections (queue, track records, levels, budgets, figures) are updated in the same transaction
//! and can be rebuilt from the events.
//!
//! This crate says what a ledger is: the traits [`Ledger`] and [`LedgerReader`], the chain, checkpoints, exports
//! and their verification. It names no database; a crate that does builds on [`storage`] and has the behaviours in
//! `conformance`. It makes no decisions and reads no clock.

mod append;
mod chain;
mod checkpoint;
#[cfg(feature = "conformance")]
pub mod conformance;
mod entry;
mod error;
mod export;
mod hex;
mod ledger;
mod reader;
pub mod storage;
mod verify;

pub use append::{Append, AppendCondition, AppendedRange, ExpectedState};
pub use chain::EventRow;
pub use checkpoint::Checkpoint;
pub use entry::{Attachment, AttachmentKind, AttachmentRef, LedgerEntry};
pub use error::{ConflictError, LedgerError};
pub use export::{ExportError, verify_export};
pub use ledger::{BoxFuture, Ledger, PurgeResult};
pub use reader::{
    ActivityCounts, CurrentLevel, EventQuery, KpiReading, LedgerReader, LevelIncident, PageCursor,
    ProjectionDifference, QueueKind, QueueLength, QueueQuery, QueuedRun, ReleaseState, ReviewCycle,
    RunQuery, RunSummary, StoredEvent,
};
pub use verify::{
    CLOCK_SKEW_MS_MAX, ChangedField, HeadFault, HeadMismatch, LedgerFault, RecordedHead,
    VerificationReport,
};

/// Version of the format of events, in ledgers and in exports. An event of any other version is refused. How a database
/// keeps its projections has versions of its own, because projections are made anew from the events.
pub const FORMAT: u32 = 2;
