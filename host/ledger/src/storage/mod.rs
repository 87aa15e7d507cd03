//! Parts that every database behind the ledger is built of, so that all store the same events, hashes and exports.
//!
//! The database keeps rows ([`EventRow`](crate::EventRow)) and the bytes of contents, applies events to its
//! projections, and answers the questions of [`LedgerReader`](crate::LedgerReader). Callers of a ledger need none of
//! this.

mod body;
mod gate_version;
mod prepare;
mod restore;
mod review_time;

pub use body::{EventBody, ReasonSummary};
pub use gate_version::changes_earliest_hold;
pub use prepare::{PreparedAppend, PreparedEntry, TIME_MS_MAX};
pub use restore::{RestoreError, restore_event};
pub use review_time::ReviewTimes;

pub use crate::chain::{event_hash, genesis_hash};
pub use crate::export::ExportWriter;
pub use crate::verify::ChainWalk;
