//! How a run stands now: its latest decision, and the act that took its output back.

use tollgate_ledger::{LedgerError, LedgerReader, StoredEvent};
use tollgate_model::{Digest, EventKind, Revocation, Ruling};

use crate::lookup;

/// The latest decision of a run. An output that was allowed may have been taken back since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunStanding {
    pub ruling: Ruling,
    /// `None` if the output is not allowed: there is nothing to take back then.
    pub revocation: Option<Revocation>,
}

impl RunStanding {
    /// Finds in the history of a run whether its decision was taken back.
    pub fn new(ruling: Ruling, history: &[StoredEvent], run: Digest) -> Self {
        let is_allowed = ruling == Ruling::Allow;
        let revocation = lookup::find_revocation(history, run).filter(|_| is_allowed);
        Self { ruling, revocation }
    }

    /// Returns how the run that an event judged stands now, or `None` if the event judged none.
    pub fn of_event(
        view: &dyn LedgerReader,
        event: &StoredEvent,
    ) -> Result<Option<Self>, LedgerError> {
        let EventKind::Run(run) = &event.event.kind else { return Ok(None) };
        let Some(row) = view.run(run.run)? else { return Ok(None) };
        // Only an allowed output can have been taken back, so the history of others need not be read.
        let history = match row.ruling {
            Ruling::Allow => view.history(run.run)?,
            Ruling::Hold | Ruling::Block | Ruling::Pass | Ruling::Fail => Vec::new(),
        };
        Ok(Some(Self::new(row.ruling, &history, run.run)))
    }
}
