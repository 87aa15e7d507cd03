//! Events as they are read from the ledger, and queries for them.

use tollgate_model::{Digest, Event, GateName};

use crate::AttachmentRef;

/// A query for events. `None` means any.
#[derive(Clone, Debug)]
pub struct EventQuery {
    pub gate: Option<GateName>,
    /// Name of the event kind, as in [`EventKind::name`](tollgate_model::EventKind::name).
    pub kind: Option<String>,
    pub page: PageCursor,
    /// Maximum number of events returned.
    pub limit: u32,
}

/// The starting point and direction of a page. Numbers are exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageCursor {
    /// Oldest first, after this event number. 0 starts at the first event.
    After(u64),
    /// Newest first, before this event number.
    Before(u64),
    /// Newest first, starting at the end.
    Newest,
}

/// An event as read from the ledger.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// Event number, counted from 1.
    pub seq: u64,
    pub hash: Digest,
    /// The event. For a run whose contents were erased, checks and reasons are empty.
    pub event: Event,
    /// References to the contents that were appended with it.
    pub contents: Vec<AttachmentRef>,
    /// Digests of those contents that no longer exist.
    pub erased: Vec<Digest>,
}
