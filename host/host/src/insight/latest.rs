//! Reads the latest events of one kind within a period.

use tollgate_ledger::{EventQuery, LedgerError, LedgerReader, PageCursor, StoredEvent};
use tollgate_model::GateName;

/// Number of events read per query.
const PAGE_EVENTS: u32 = 500;

/// Query for the latest events of a gate.
pub(super) struct LatestEvents<'a> {
    pub gate: &'a GateName,
    pub kind: &'a str,
    pub from_ms: u64,
    /// Exclusive end of the period; `None` for no end.
    pub before_ms: Option<u64>,
    /// Maximum number of events.
    pub count: usize,
}

impl LatestEvents<'_> {
    /// Returns the matching events, newest first.
    pub(super) fn read(&self, view: &dyn LedgerReader) -> Result<Vec<StoredEvent>, LedgerError> {
        let mut all = Vec::new();
        let Some(first) = view.first_since(self.from_ms)? else { return Ok(all) };
        let end = self.before_ms.map(|ms| view.first_since(ms)).transpose()?.flatten();
        let mut page = end.map_or(PageCursor::Newest, PageCursor::Before);
        while all.len() < self.count {
            let (gate, kind) = (Some(self.gate.clone()), Some(self.kind.to_owned()));
            let events = view.events(&EventQuery { gate, kind, page, limit: PAGE_EVENTS })?;
            let Some(oldest) = events.last() else { break };
            page = PageCursor::Before(oldest.seq);
            let is_last = oldest.seq < first;
            all.extend(events.into_iter().filter(|event| event.seq >= first));
            if is_last {
                break;
            }
        }
        all.truncate(self.count);
        Ok(all)
    }
}
