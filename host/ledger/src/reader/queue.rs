//! Runs that wait for a human, and queries for them.

use tollgate_model::{ClaimEvent, Digest, GateName, Person};

/// The kind of review that a run waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QueueKind {
    /// The output is held until it is reviewed.
    Review,
    /// The output has gone out and is reviewed afterwards.
    Audit,
}

/// A run in the queue, or one that has left it.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedRun {
    /// Number of the event with which it entered the queue. Pages continue from it.
    pub seq: u64,
    pub run: Digest,
    pub gate: GateName,
    pub kind: QueueKind,
    /// Time at which it entered the queue, in milliseconds since 1970.
    pub since_ms: u64,
    /// Digest of the output.
    pub subject: Digest,
    /// Person who requested or wrote the output.
    pub author: Option<Person>,
    /// Run that a reviewer edited to produce this one.
    pub edited_from: Option<Digest>,
    /// The latest claim. It may have expired.
    pub claim: Option<ClaimEvent>,
    /// People who have approved it so far.
    pub approved_by: Vec<Person>,
    /// Number of escalations.
    pub escalations: u32,
    /// Number of the event that changed it last. An append can be made conditional on it.
    pub last_event: u64,
    /// Number of the event that closed it. `None` while it waits.
    pub closed_by: Option<u64>,
}

/// The runs that wait at a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueLength {
    /// Number of runs. Never zero.
    pub waiting: u64,
    /// Time since which the oldest waits, in milliseconds since 1970.
    pub oldest_ms: u64,
}

/// A query for waiting runs, oldest first.
#[derive(Clone, Debug)]
pub struct QueueQuery {
    /// The gate, or `None` for all gates.
    pub gate: Option<GateName>,
    pub kind: QueueKind,
    /// Number of the event to continue after. 0 starts at the oldest run.
    pub after: u64,
    /// Maximum number of runs returned.
    pub limit: u32,
}
