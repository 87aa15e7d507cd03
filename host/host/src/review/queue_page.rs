//! Pages of the queue.

use tollgate_ledger::{LedgerReader, QueueKind, QueueQuery};

use super::{PendingReview, ReviewLookupError};
use crate::host::Host;
use crate::records::GateScope;

/// A query for a page of the runs that wait, oldest first.
#[derive(Clone, Debug)]
pub struct QueuePageQuery {
    /// Gates whose runs are wanted.
    pub gates: GateScope,
    pub kind: QueueKind,
    /// Number of the event to continue after. 0 starts at the oldest run.
    pub after: u64,
    /// Maximum number of runs in the page.
    pub limit: u32,
}

/// A page of the runs that wait, oldest first.
#[non_exhaustive]
pub struct QueuePage {
    pub reviews: Vec<PendingReview>,
    /// Number of the event to continue after. `None` if no more runs wait.
    pub next: Option<u64>,
}

impl Host {
    /// Returns a page of the runs that wait, each with all that its review depends on. It blocks while it reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::{ledger::QueueKind, records::GateScope, review::QueuePageQuery};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let gates = GateScope::Only(["welcome-email".parse()?].into());
    /// let query = QueuePageQuery { gates, kind: QueueKind::Review, after: 0, limit: 50 };
    /// let page = host.queue_page(&query)?;
    /// assert!(page.reviews.is_empty() && page.next.is_none());
    /// # Ok(()) }
    /// ```
    pub fn queue_page(&self, query: &QueuePageQuery) -> Result<QueuePage, ReviewLookupError> {
        let page = self.shared.read_if_recorded(|reader| QueuePage::read(reader, query))?;
        Ok(page.unwrap_or(QueuePage { reviews: Vec::new(), next: None }))
    }
}

impl QueuePage {
    /// Reads a page.
    pub fn read(
        view: &dyn LedgerReader,
        query: &QueuePageQuery,
    ) -> Result<Self, ReviewLookupError> {
        let QueuePageQuery { gates, kind, after, limit } = query;
        let mut rows = Vec::new();
        for gate in gates.queried_gates() {
            // One more than wanted tells whether there is another page.
            let limit = limit.saturating_add(1);
            rows.extend(view.queue(&QueueQuery { gate, kind: *kind, after: *after, limit })?);
        }
        rows.sort_by_key(|row| row.seq);
        let length = usize::try_from(*limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > length;
        rows.truncate(length);
        let next = rows.last().filter(|_| has_more).map(|row| row.seq);
        let reviews = rows.into_iter().map(|row| PendingReview::load(view, row));
        Ok(Self { reviews: reviews.collect::<Result<_, _>>()?, next })
    }
}

#[cfg(test)]
mod tests {
    use tollgate_ledger::{Ledger, LedgerEntry};
    use tollgate_model::{Digest, Event, EventKind, Ruling, RunEvent};

    use super::*;
    use crate::test_host::{START_MS, TestHost, run};

    /// Records a run of a gate that waits.
    async fn hold(test: &TestHost, gate: &str, output: &str) {
        let run = RunEvent { run: Digest::of(output), ..run(output, Ruling::Hold) };
        let (gate, kind) = (gate.parse().unwrap(), EventKind::Run(Box::new(run)));
        let event = Event { at_ms: START_MS, gate, kind };
        test.ledger.append(LedgerEntry::new(event).into()).await.unwrap();
    }

    /// Returns the outputs of all pages of this length.
    fn walk(test: &TestHost, gates: Option<&[&str]>, limit: u32) -> Vec<Vec<Digest>> {
        let gates = gates.map_or(GateScope::All, |gates| {
            GateScope::Only(gates.iter().map(|gate| gate.parse().unwrap()).collect())
        });
        let mut query = QueuePageQuery { gates, kind: QueueKind::Review, after: 0, limit };
        let mut pages = Vec::new();
        loop {
            let page = test.host.queue_page(&query).unwrap();
            pages.push(page.reviews.iter().map(|pending| pending.queued.run).collect());
            match page.next {
                Some(next) => query.after = next,
                None => return pages,
            }
        }
    }

    #[tokio::test]
    async fn walks_the_runs_of_the_named_gates_in_order() {
        let test = TestHost::new();
        for (gate, output) in [("b", "1"), ("a", "2"), ("c", "3"), ("a", "4"), ("b", "5")] {
            hold(&test, gate, output).await;
        }
        let pages = |pages: &[&[&str]]| -> Vec<Vec<Digest>> {
            pages.iter().map(|page| page.iter().map(Digest::of).collect()).collect()
        };
        assert_eq!(walk(&test, None, 2), pages(&[&["1", "2"], &["3", "4"], &["5"]]));
        assert_eq!(walk(&test, Some(&["a", "b"]), 2), pages(&[&["1", "2"], &["4", "5"]]));
        assert_eq!(walk(&test, Some(&["a", "b"]), 3), pages(&[&["1", "2", "4"], &["5"]]));
        assert_eq!(walk(&test, Some(&["c"]), 1), pages(&[&["3"]]));
        assert_eq!(walk(&test, Some(&[]), 2), pages(&[&[]]));
    }
}
