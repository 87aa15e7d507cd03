//! Runs in lists, and queries for them.

use tollgate_model::{Digest, GateName, Ruling};

use super::PageCursor;

/// A run in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunSummary {
    /// Number of the event in which it was first judged.
    pub seq: u64,
    pub run: Digest,
    pub gate: GateName,
    pub at_ms: u64,
    /// The latest ruling.
    pub ruling: Ruling,
    /// Digest of the output.
    pub subject: Digest,
    /// Release that judged it last.
    pub release: Digest,
}

/// A query for runs. `None` means any.
#[derive(Clone, Debug)]
pub struct RunQuery {
    pub gate: Option<GateName>,
    pub ruling: Option<Ruling>,
    pub page: PageCursor,
    /// Maximum number of runs returned.
    pub limit: u32,
}
