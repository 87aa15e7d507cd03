//! The ledger: an append-only, hash-chained record of everything that happens at gates, kept in SQLite.
//!
//! Events are appended and never changed; each event's hash covers the hash of the one before it. Contents
//! (outputs, details, releases, prompts) are stored apart, so they can be erased while the chain stays
//! whole. Projections (queue, track records, levels, budgets, figures) are updated in the same transaction
//! and can be rebuilt from the events. This is the only crate that names a database. It makes no decisions
//! and reads no clock.

mod apply;
mod chain;
mod checkpoint;
mod entry;
mod error;
mod export;
mod hex;
mod ledger;
mod rebuild;
mod schema;
mod verify;
mod view;
mod writer;

pub use chain::EventRow;
pub use checkpoint::Checkpoint;
pub use entry::{Attachment, AttachmentKind, AttachmentRef, ExpectedState, LedgerEntry};
pub use error::{ConflictError, LedgerError};
pub use export::verify_export;
pub use ledger::{AppendedRange, SqliteLedger};
pub use rebuild::ProjectionDifference;
pub use schema::FORMAT;
pub use verify::{ChangedField, LedgerFault, VerificationReport};
pub use view::{
    ActivityCounts, CurrentLevel, EventQuery, KpiReading, LevelIncident, PageCursor, QueueKind,
    QueueQuery, QueuedRun, ReleaseState, RunQuery, RunSummary, SqliteReader, StoredEvent,
    TrackRecord,
};
