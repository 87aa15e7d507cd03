//! Pages of recorded runs and events. A page is bounded in number and in bytes, and says where the next one begins. Going
//! on from page to page gives each record once, whatever is recorded meanwhile.

use std::io::{self, Write};

use tollgate_ledger::{
    EventQuery, LedgerError, LedgerReader, PageCursor, RunQuery, RunSummary, StoredEvent,
};
use tollgate_model::Ruling;

use super::{GateScope, RunStanding};
use crate::host::Host;
use crate::lookup;

/// Size at which a page ends, as JSON. A record can have an output of several megabytes, and a page is held in memory.
pub const PAGE_BYTES_MAX: usize = 8 << 20;

/// Events that are read at once. Not more, because each can be large and only [`PAGE_BYTES_MAX`] are used.
const READ_EVENTS: u32 = 8;

/// What runs a page is about.
#[derive(Clone, Debug)]
pub struct RunFilter {
    pub scope: GateScope,
    /// Id that the caller gave the output. `None` means any.
    pub output_id: Option<String>,
    /// Latest ruling. `None` means any.
    pub ruling: Option<Ruling>,
}

/// An event in a list.
#[derive(Clone, Debug)]
pub struct ListedEvent {
    pub event: StoredEvent,
    /// How the run that the event judged stands now. `None` if the event judged none.
    pub standing: Option<RunStanding>,
}

/// A page of a list.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct RecordPage {
    pub events: Vec<ListedEvent>,
    /// Number of the last event, from which the next page goes on. `None` if there is nothing more.
    pub next: Option<u64>,
}

impl Host {
    /// Returns a page of runs, newest first, each as the event in which it was judged first. `before` is where the page
    /// before ended. It blocks while it reads.
    pub fn recorded_runs(
        &self,
        filter: &RunFilter,
        before: Option<u64>,
        limit: u32,
    ) -> Result<RecordPage, LedgerError> {
        let read = |reader: &dyn LedgerReader| read_runs(reader, filter, before, limit);
        Ok(self.shared.read_if_recorded(read)?.unwrap_or_default())
    }

    /// Returns a page of events, oldest first. `after` is where the page before ended, 0 for the first one. It blocks
    /// while it reads.
    pub fn recorded_events(
        &self,
        scope: &GateScope,
        after: u64,
        limit: u32,
    ) -> Result<RecordPage, LedgerError> {
        let read = |reader: &dyn LedgerReader| read_events(reader, scope, after, limit);
        Ok(self.shared.read_if_recorded(read)?.unwrap_or_default())
    }
}

fn read_runs(
    view: &dyn LedgerReader,
    filter: &RunFilter,
    before: Option<u64>,
    limit: u32,
) -> Result<RecordPage, LedgerError> {
    let Some((last, _)) = view.head()? else { return Ok(RecordPage::default()) };
    // Each gate is asked for itself. What is recorded between two questions belongs to no page of this list.
    let before = before.unwrap_or(u64::MAX).min(last.saturating_add(1));
    // One more than the page has shows whether there is another page.
    let rows = list_runs(view, filter, before, limit.saturating_add(1))?;
    let mut page = PageBuilder::new(limit);
    for row in rows {
        let Some(event) = lookup::event_by_number(view, row.seq)? else { continue };
        if !page.add(view, event)? {
            return Ok(page.with_more());
        }
    }
    Ok(page.complete())
}

/// Returns runs that began before an event, newest first.
fn list_runs(
    view: &dyn LedgerReader,
    filter: &RunFilter,
    before: u64,
    limit: u32,
) -> Result<Vec<RunSummary>, LedgerError> {
    let mut rows = Vec::new();
    for gate in filter.scope.queried_gates() {
        match &filter.output_id {
            Some(id) => rows.extend(lookup::newest_runs_with_output_id(view, gate.as_ref(), id)?),
            None => {
                let (ruling, page) = (filter.ruling, PageCursor::Before(before));
                rows.extend(view.runs(&RunQuery { gate, ruling, page, limit })?);
            }
        }
    }
    rows.retain(|run| run.seq < before && filter.ruling.is_none_or(|ruling| run.ruling == ruling));
    rows.sort_by_key(|run| std::cmp::Reverse(run.seq));
    rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(rows)
}

fn read_events(
    view: &dyn LedgerReader,
    scope: &GateScope,
    mut after: u64,
    limit: u32,
) -> Result<RecordPage, LedgerError> {
    let Some((last, _)) = view.head()? else { return Ok(RecordPage::default()) };
    let mut page = PageBuilder::new(limit);
    loop {
        let events = list_events(view, scope, after, last)?;
        let Some(end) = events.last() else { return Ok(page.complete()) };
        after = end.seq;
        for event in events {
            if !page.add(view, event)? {
                return Ok(page.with_more());
            }
        }
    }
}

/// Returns a few events after one number and up to another, oldest first.
fn list_events(
    view: &dyn LedgerReader,
    scope: &GateScope,
    after: u64,
    last: u64,
) -> Result<Vec<StoredEvent>, LedgerError> {
    let mut events = Vec::new();
    for gate in scope.queried_gates() {
        let (kind, page) = (None, PageCursor::After(after));
        events.extend(view.events(&EventQuery { gate, kind, page, limit: READ_EVENTS })?);
    }
    // What was recorded between two questions would otherwise hide events of a gate that was asked before.
    events.retain(|event| event.seq <= last);
    events.sort_by_key(|event| event.seq);
    events.truncate(usize::try_from(READ_EVENTS).unwrap_or(usize::MAX));
    Ok(events)
}

/// A page that is being filled.
struct PageBuilder {
    events: Vec<ListedEvent>,
    events_max: usize,
    bytes: usize,
}

impl PageBuilder {
    fn new(limit: u32) -> Self {
        let events_max = usize::try_from(limit).unwrap_or(usize::MAX);
        Self { events: Vec::new(), events_max, bytes: 0 }
    }

    /// Adds an event, or returns `false` if the page is full. A page has at least one event, however large it is.
    fn add(&mut self, view: &dyn LedgerReader, event: StoredEvent) -> Result<bool, LedgerError> {
        let is_full = self.events.len() >= self.events_max || self.bytes >= PAGE_BYTES_MAX;
        if is_full && !self.events.is_empty() {
            return Ok(false);
        }
        let mut size = ByteCount(0);
        serde_json::to_writer(&mut size, &event.event.kind)?;
        self.bytes = self.bytes.saturating_add(size.0);
        let standing = RunStanding::of_event(view, &event)?;
        self.events.push(ListedEvent { event, standing });
        Ok(true)
    }

    fn complete(self) -> RecordPage {
        RecordPage { events: self.events, next: None }
    }

    fn with_more(self) -> RecordPage {
        let next = self.events.last().map(|listed| listed.event.seq);
        RecordPage { events: self.events, next }
    }
}

/// Counts what is written, and keeps nothing of it.
struct ByteCount(usize);

impl Write for ByteCount {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.saturating_add(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
