//! Verifying whether the ledger still is what was recorded, and finding where it is not.
//!
//! The hash chain detects edits unless the attacker recomputes all later hashes. Signed checkpoints detect that,
//! and also a tail that was cut off.

mod fault;
mod head;
mod walk;

use tollgate_model::Digest;

pub use fault::{ChangedField, LedgerFault};
pub use head::{HeadFault, HeadMismatch, RecordedHead};
pub use walk::ChainWalk;

/// Difference between the times of two events in a row that needs no mention. Writers take the time before they wait for
/// the disk, and clocks that are synchronised differ by less.
pub const CLOCK_SKEW_MS_MAX: u64 = 60_000;

/// The result of verifying a ledger or an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerificationReport {
    /// Number of events read.
    pub events: u64,
    /// Number of contents whose bytes were checked.
    pub contents: u64,
    /// Number of checkpoints with a trusted signature.
    pub checkpoints: u64,
    /// Number and hash of the last event.
    pub head: Option<(u64, Digest)>,
    /// The record of the last event that the ledger was compared with. `None` if there was none.
    pub recorded_head: Option<RecordedHead>,
    /// Everything that is wrong, up to a limit. Empty for a sound ledger.
    pub faults: Vec<LedgerFault>,
    /// Number of further faults beyond the limit.
    pub faults_omitted: u64,
    /// Number of events whose time lies before that of the event before them, by more than
    /// [`CLOCK_SKEW_MS_MAX`]. It is no fault, because clocks of writers differ, but budgets and
    /// due times of such events are counted by a clock that was wrong.
    pub clock_jumps: u64,
    /// Number of the first of these events.
    pub first_clock_jump: Option<u64>,
}

impl VerificationReport {
    /// Returns whether no fault was found.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}
