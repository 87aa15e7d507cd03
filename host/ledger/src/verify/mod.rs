//! Verifying whether the ledger still is what was recorded, and finding where it is not.
//!
//! The hash chain detects edits unless the attacker recomputes all later hashes. Signed checkpoints detect that,
//! and also a tail that was cut off.

mod fault;
mod walk;

use tollgate_model::Digest;

pub use fault::{ChangedField, LedgerFault};
pub use walk::ChainWalk;

/// The result of verifying a ledger or an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerificationReport {
    /// Number of events read.
    pub events: u64,
    /// Number of contents whose bytes were checked.
    pub contents: u64,
    /// Number of checkpoints with a trusted signature.
    pub checkpoints: u64,
    /// Number and hash of the last event.
    pub head: Option<(u64, Digest)>,
    /// Everything that is wrong, up to a limit. Empty for a sound ledger.
    pub faults: Vec<LedgerFault>,
    /// Number of further faults beyond the limit.
    pub faults_omitted: u64,
}

impl VerificationReport {
    /// Returns whether no fault was found.
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}
