//! The latest events of a kind, between two moments.

use tollgate_ledger::{EventsWanted, Page, Recorded, View};
use tollgate_model::GateName;

/// Events that are read together.
const PAGE: u32 = 500;

/// Which events.
pub(super) struct Latest<'a> {
    pub gate: &'a GateName,
    pub kind: &'a str,
    pub from_ms: u64,
    /// Not those from then on; all, where there is no end.
    pub before_ms: Option<u64>,
    /// At most so many.
    pub count: usize,
}

impl Latest<'_> {
    /// The newest first.
    pub(super) fn read(&self, view: &View) -> anyhow::Result<Vec<Recorded>> {
        let mut all = Vec::new();
        let Some(first) = view.first_since(self.from_ms)? else { return Ok(all) };
        let end = self.before_ms.map(|ms| view.first_since(ms)).transpose()?.flatten();
        let mut page = end.map_or(Page::Newest, Page::Before);
        while all.len() < self.count {
            let (gate, kind) = (Some(self.gate.clone()), Some(self.kind.to_owned()));
            let events = view.events(&EventsWanted { gate, kind, page, limit: PAGE })?;
            let Some(oldest) = events.last() else { break };
            page = Page::Before(oldest.seq);
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
