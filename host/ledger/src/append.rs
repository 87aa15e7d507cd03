//! Requests to record entries that belong together, and the conditions that must hold.
//!
//! A decision is made from what was read earlier, and another writer may have recorded something since. Conditions
//! are checked in the transaction that would record the entries, so of two writers that read the same state only
//! one succeeds. The other one gets a conflict, reads again and decides again.

use tollgate_model::{Digest, GateName};

use crate::LedgerEntry;

/// Entries to record: all of them, or none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Append {
    pub entries: Vec<LedgerEntry>,
    /// All of them must hold before the first entry is recorded.
    pub conditions: Vec<AppendCondition>,
}

/// A condition on what is recorded already.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppendCondition {
    RunState(ExpectedState),
    /// The gate still has this version ([`LedgerReader::gate_version`](crate::LedgerReader::gate_version)), so
    /// nothing that its decisions depend on has changed. Read the version before everything else: a change in
    /// between is then found, too.
    GateVersion {
        gate: GateName,
        version: u64,
    },
}

/// The condition that a run is still waiting for a review and has not changed since the caller read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpectedState {
    pub run: Digest,
    /// Number of the event that changed the run last, as the queue reports it.
    pub last_event: u64,
}

/// The range of events that one append recorded. They are durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppendedRange {
    pub first: u64,
    /// One less than `first` if there were no entries.
    pub last: u64,
    /// Hash of the last event.
    pub hash: Digest,
}

impl Append {
    /// Adds a condition.
    #[must_use]
    pub fn on_condition(mut self, condition: impl Into<AppendCondition>) -> Self {
        self.conditions.push(condition.into());
        self
    }
}

impl From<Vec<LedgerEntry>> for Append {
    fn from(entries: Vec<LedgerEntry>) -> Self {
        Self { entries, conditions: Vec::new() }
    }
}

impl From<LedgerEntry> for Append {
    fn from(entry: LedgerEntry) -> Self {
        vec![entry].into()
    }
}

impl From<ExpectedState> for AppendCondition {
    fn from(state: ExpectedState) -> Self {
        Self::RunState(state)
    }
}
