//! The read side of a ledger. Each question is answered from its own snapshot, and never blocks a writer.
//! Lists are paged by key, so the last page costs as much as the first.

mod events;
mod queue;
mod runs;
mod state;

use std::collections::BTreeMap;
use std::io::Write;

use tollgate_model::{BatchLine, Digest, GateName, Money};

pub use events::{EventQuery, PageCursor, StoredEvent};
pub use queue::{QueueKind, QueueLength, QueueQuery, QueuedRun};
pub use runs::{RunQuery, RunSummary};
pub use state::{
    ActivityCounts, CurrentLevel, KpiReading, LevelIncident, ReleaseState, ReviewCycle,
};

use crate::{Checkpoint, LedgerError, VerificationReport};

/// A row of a projection that does not match the events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionDifference {
    /// Name of the projection's table.
    pub table: &'static str,
    /// The row's columns in order, joined by ` | `.
    pub row: String,
    /// Whether the row is stored but should not be. If false, it should be stored and is not.
    pub is_stored: bool,
}

/// A ledger opened for reading. Its methods block, so async callers need a blocking thread.
pub trait LedgerReader: Send {
    /// Returns the random bytes that distinguish this ledger from every other.
    fn id(&self) -> &[u8; 16];

    /// Returns number and hash of the last event, or `None` if the ledger is empty.
    fn head(&self) -> Result<Option<(u64, Digest)>, LedgerError>;

    /// Fails with a [`HeadMismatch`](crate::HeadMismatch) if the ledger is not the one whose last event was recorded
    /// beside it. Such a ledger can be read, but what was taken back may be missing at its end.
    fn require_recorded_head(&self) -> Result<(), LedgerError>;

    fn events(&self, query: &EventQuery) -> Result<Vec<StoredEvent>, LedgerError>;

    /// Returns all events that concern a run, oldest first: its judgement, reviews, the outputs it was edited to,
    /// and changes made because of it.
    fn history(&self, run: Digest) -> Result<Vec<StoredEvent>, LedgerError>;

    /// Returns the number of the first event at or after a time.
    fn first_since(&self, at_ms: u64) -> Result<Option<u64>, LedgerError>;

    /// Returns the bytes of a content, or `None` if it was erased or never existed.
    fn content(&self, digest: Digest) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Returns the event that erased a content, or `None` if none did or it was appended again later.
    fn erasure_of(&self, digest: Digest) -> Result<Option<u64>, LedgerError>;

    /// Returns contents whose retention has ended, each with the gate of the event that referred to it last.
    fn expired_contents(
        &self,
        now_ms: u64,
        limit: u32,
    ) -> Result<Vec<(Digest, GateName)>, LedgerError>;

    fn runs(&self, query: &RunQuery) -> Result<Vec<RunSummary>, LedgerError>;

    fn run(&self, run: Digest) -> Result<Option<RunSummary>, LedgerError>;

    /// Returns the runs whose names begin with these hex digits, so that people need not type all 64. Several
    /// results mean that the prefix is ambiguous.
    fn runs_with_prefix(&self, digits: &str, limit: u32) -> Result<Vec<RunSummary>, LedgerError>;

    /// Returns the runs of a gate whose output has this id of the caller, the oldest first. Callers may use an id
    /// again, so there can be several.
    fn runs_with_output_id(
        &self,
        gate: &GateName,
        id: &str,
        limit: u32,
    ) -> Result<Vec<RunSummary>, LedgerError>;

    /// Returns the run of a line of a batch at a gate whose latest decision is by this release. A line that only other
    /// releases decided is not done. A resumed batch asks before each line instead of remembering what is done.
    fn batch_line(
        &self,
        gate: &GateName,
        line: &BatchLine,
        release: Digest,
    ) -> Result<Option<Digest>, LedgerError>;

    /// Returns a page of the runs that are waiting.
    fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError>;

    /// Returns a run as it is or was in the queue. `None` means that it never entered the queue.
    fn queued_run(&self, run: Digest) -> Result<Option<QueuedRun>, LedgerError>;

    /// Returns how many runs wait at each gate. Gates at which none waits are left out.
    fn queue_lengths(
        &self,
        kind: QueueKind,
    ) -> Result<BTreeMap<GateName, QueueLength>, LedgerError>;

    /// Returns the earliest time since which an open hold of a gate waits, in milliseconds since 1970.
    fn oldest_hold_ms(&self, gate: &GateName) -> Result<Option<u64>, LedgerError>;

    /// Returns the version of a gate: the number of the last event that can change a later decision at it. 0 if
    /// there is none. An append can be made conditional on it.
    fn gate_version(&self, gate: &GateName) -> Result<u64, LedgerError>;

    /// Returns the level of a gate, or `None` if it has never changed.
    fn level(&self, gate: &GateName) -> Result<Option<CurrentLevel>, LedgerError>;

    /// Returns the reviews of the outputs that a gate has decided on since its last level change, in the order of the
    /// chain, which also decides what was before the change.
    fn review_cycles(&self, gate: &GateName) -> Result<Vec<ReviewCycle>, LedgerError>;

    /// Returns the incidents recorded at a gate after its last level change, in the order of the chain. Clocks of
    /// writers differ, so their times say nothing about that order.
    fn level_incidents(&self, gate: &GateName) -> Result<Vec<LevelIncident>, LedgerError>;

    /// Returns the value of each figure of a gate that was recorded last, whenever it was measured.
    fn figures(&self, gate: &GateName) -> Result<BTreeMap<String, KpiReading>, LedgerError>;

    /// Returns the counts of a gate from the day of one time to the day of another, both included (UTC). Budget
    /// periods begin with a day, so this also gives the spending in a period.
    fn counts(
        &self,
        gate: &GateName,
        from_ms: u64,
        to_ms: u64,
    ) -> Result<ActivityCounts, LedgerError>;

    /// Returns the gates that have counts, sorted by name.
    fn gates(&self) -> Result<Vec<GateName>, LedgerError>;

    /// Returns the spending for each campaign of a gate, sorted by campaign.
    fn campaigns(&self, gate: &GateName) -> Result<Vec<(String, Money)>, LedgerError>;

    fn spent_on_campaign(&self, gate: &GateName, campaign: &str) -> Result<Money, LedgerError>;

    /// Returns the releases of a gate, the most recently changed first. The active release is the first one whose
    /// stage is `full`.
    fn releases(&self, gate: &GateName) -> Result<Vec<ReleaseState>, LedgerError>;

    /// Returns the active release of a gate: the one whose stage became `full` last. A gate is asked for it before each
    /// decision, so it costs less than [`LedgerReader::releases`].
    fn active_release(&self, gate: &GateName) -> Result<Option<Digest>, LedgerError>;

    /// Returns the active release of every gate that has one.
    fn active_releases(&self) -> Result<BTreeMap<GateName, Digest>, LedgerError>;

    /// Returns the number of the last event that can have changed which releases are active, at any gate. 0 if there is
    /// none. It costs two lookups, however many releases there are, so a process that follows many gates asks this first.
    fn releases_version(&self) -> Result<u64, LedgerError>;

    /// Returns the checkpoints stored in the ledger, oldest first.
    fn checkpoints(&self) -> Result<Vec<Checkpoint>, LedgerError>;

    /// Verifies events, contents and checkpoints: the checkpoints stored in the ledger, and those that the caller has
    /// kept elsewhere. `trusts` decides whether a checkpoint's signature over a message counts.
    fn verify(
        &self,
        known_checkpoints: &[Checkpoint],
        trusts: &dyn Fn(&Checkpoint, &[u8]) -> bool,
    ) -> Result<VerificationReport, LedgerError>;

    /// Compares the projections with the events and returns the rows that differ.
    fn check_projections(&self) -> Result<Vec<ProjectionDifference>, LedgerError>;

    /// Examines the database below the events and returns its complaints. This finds damage outside of events.
    fn examine_storage(&self) -> Result<Vec<String>, LedgerError>;

    /// Writes all events after the given number (0 for all) as lines that [`verify_export`](crate::verify_export)
    /// reads, and returns how many were written.
    fn export(&self, after: u64, output: &mut dyn Write) -> Result<u64, LedgerError>;
}
