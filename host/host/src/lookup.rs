//! Lookups in the ledger by what people name: runs by a prefix of their name, events by their number.

use anyhow::Context;
use tollgate_ledger::{
    EventQuery, LedgerError, LedgerReader, PageCursor, RunSummary, StoredEvent as Event,
};
use tollgate_model::{Digest, EventKind, Release, RunEvent};

use crate::host::Host;

/// Digits of a digest that are shown to people. Enough to distinguish billions of runs.
const SHORT_DIGITS: usize = 12;
/// Maximum number of matching runs listed when a name is ambiguous.
const LISTED_RUNS_MAX: u32 = 4;

/// The reason why a name does not lead to one run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunLookupError {
    #[error("there is no run `{prefix}` in the ledger")]
    NotFound { prefix: String },
    #[error("several runs begin with `{prefix}` ({} …): write more digits", examples.join(", "))]
    Ambiguous {
        prefix: String,
        /// Names of some of the runs, shortened.
        examples: Vec<String>,
    },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Finds a run by its name, or by enough leading digits of it to be unambiguous. It blocks while it reads.
    pub fn find_run(&self, prefix: &str) -> Result<RunSummary, RunLookupError> {
        self.shared.read(|reader| find_run(reader, prefix))
    }
}

/// Finds a run by its name, or by enough leading digits of it to be unambiguous.
pub fn find_run(view: &dyn LedgerReader, prefix: &str) -> Result<RunSummary, RunLookupError> {
    let mut runs = view.runs_with_prefix(prefix, LISTED_RUNS_MAX)?;
    let prefix = prefix.to_owned();
    match (runs.pop(), runs.as_slice()) {
        (None, _) => Err(RunLookupError::NotFound { prefix }),
        (Some(run), []) => Ok(run),
        (Some(last), others) => {
            let examples = others.iter().chain([&last]).map(|run| short_digest(&run.run)).collect();
            Err(RunLookupError::Ambiguous { prefix, examples })
        }
    }
}

/// Returns an event by its number.
pub fn event_by_number(view: &dyn LedgerReader, seq: u64) -> Result<Option<Event>, LedgerError> {
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    let query = EventQuery { gate: None, kind: None, page: PageCursor::After(before), limit: 1 };
    Ok(view.events(&query)?.into_iter().find(|event| event.seq == seq))
}

/// Loads the release that judged a run, or `None` if the ledger no longer has it.
pub fn load_release(view: &dyn LedgerReader, release: Digest) -> anyhow::Result<Option<Release>> {
    let Some(bytes) = view.content(release)? else { return Ok(None) };
    let parsed = serde_json::from_slice(&bytes);
    parsed.map(Some).with_context(|| format!("cannot read release {release} in the ledger"))
}

/// Returns the latest decision of a run from its history.
pub fn latest_decision(history: &[Event], run: Digest) -> Option<(&Event, &RunEvent)> {
    history.iter().rev().find_map(|event| match &event.event.kind {
        EventKind::Run(decided) if decided.run == run => Some((event, &**decided)),
        _ => None,
    })
}

/// Shortens a digest for people.
pub fn short_digest(digest: &Digest) -> String {
    digest.hex().chars().take(SHORT_DIGITS).collect()
}
