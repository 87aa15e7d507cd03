//! Pages of runs and events, as a server lists them.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::records::{ListedEvent, RecordPage};
use tollgate_model::FormatVersion;

use crate::LedgerEventLine;

/// Page of runs, newest first, each as the event in which it was judged first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RunPageDocument {
    pub format: FormatVersion<1>,
    pub runs: Vec<LedgerEventLine>,
    /// Value of `before` for the next page; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// Page of events of the ledger, oldest first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct EventPageDocument {
    pub format: FormatVersion<1>,
    pub events: Vec<LedgerEventLine>,
    /// Value of `after` for the next page; absent if nothing more is recorded yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

impl From<&RecordPage> for RunPageDocument {
    fn from(page: &RecordPage) -> Self {
        let runs = page.events.iter().map(Into::into).collect();
        Self { format: FormatVersion, runs, next: page.next }
    }
}

impl From<&RecordPage> for EventPageDocument {
    fn from(page: &RecordPage) -> Self {
        let events = page.events.iter().map(Into::into).collect();
        Self { format: FormatVersion, events, next: page.next }
    }
}

impl From<&ListedEvent> for LedgerEventLine {
    fn from(listed: &ListedEvent) -> Self {
        Self::with_standing(&listed.event, listed.standing.as_ref())
    }
}
