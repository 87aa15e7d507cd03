//! Lookups in the ledger by what people name: runs by a prefix of their name, events by their number.

use tollgate_ledger::{
    EventQuery, LedgerError, LedgerReader, PageCursor, RunSummary, StoredEvent as Event,
};
use tollgate_model::{
    Digest, EventKind, GateName, IncidentEvent, Release, ReviewAction, Revocation, RevocationAct,
    RunEvent,
};

use crate::gate::ReleaseReadError;
use crate::gate::release_record::find_release;
use crate::host::Host;

/// Digits of a digest that are shown to people. Enough to distinguish billions of runs.
const SHORT_DIGITS: usize = 12;
/// Maximum number of matching runs listed when a name is ambiguous.
const LISTED_RUNS_MAX: u32 = 4;
/// Digits with which a run has to be named if some runs are hidden. A shorter beginning would be that of so many runs that
/// not all can be looked at, and whether it is ambiguous would tell of those that are hidden.
pub const VISIBLE_RUN_DIGITS_MIN: usize = 8;
/// Maximum number of runs with one beginning that are looked at. So many runs with the same 8 digits are not expected among
/// fewer than trillions.
const CANDIDATE_RUNS_MAX: u32 = 1_000;
/// Maximum number of runs of a gate with one id that are returned. More than a few mean that the id is not one.
const RUNS_OF_ID_MAX: u32 = 1_000;

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

    /// Finds a run as [`Host::find_run`] does among those of the gates that `is_visible` names. It tells nothing of the
    /// others: not even whether a name is ambiguous among them. So it needs [`VISIBLE_RUN_DIGITS_MIN`] digits; fewer name no
    /// run. It blocks while it reads.
    pub fn find_visible_run(
        &self,
        prefix: &str,
        is_visible: impl Fn(&GateName) -> bool,
    ) -> Result<RunSummary, RunLookupError> {
        self.shared.read(|reader| find_visible_run(reader, prefix, &is_visible))
    }

    /// Returns whether events of a gate are recorded. A gate that was removed from the project has some. It blocks while it
    /// reads.
    pub fn has_events(&self, gate: &GateName) -> Result<bool, LedgerError> {
        let has_events = self.shared.read_if_recorded(|reader| has_events(reader, gate))?;
        Ok(has_events.unwrap_or(false))
    }

    /// Finds the runs of a gate by the id that the caller gave the output, the oldest first. An id may occur several
    /// times, and an edited output has that of its original. It blocks while it reads.
    pub fn runs_with_output_id(
        &self,
        gate: &GateName,
        id: &str,
    ) -> Result<Vec<RunSummary>, LedgerError> {
        self.shared.read(|reader| reader.runs_with_output_id(gate, id, RUNS_OF_ID_MAX))
    }
}

/// Finds a run by its name, or by enough leading digits of it to be unambiguous.
pub fn find_run(view: &dyn LedgerReader, prefix: &str) -> Result<RunSummary, RunLookupError> {
    only_run(view.runs_with_prefix(prefix, LISTED_RUNS_MAX)?, prefix)
}

fn find_visible_run(
    view: &dyn LedgerReader,
    prefix: &str,
    is_visible: &dyn Fn(&GateName) -> bool,
) -> Result<RunSummary, RunLookupError> {
    let to_length = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let digits = prefix.strip_prefix("sha256:").unwrap_or(prefix);
    let mut runs = match digits.len() < VISIBLE_RUN_DIGITS_MIN {
        true => Vec::new(),
        false => view.runs_with_prefix(prefix, CANDIDATE_RUNS_MAX)?,
    };
    if runs.len() >= to_length(CANDIDATE_RUNS_MAX) {
        // There may be more, so a run that seems to be the only visible one need not be.
        runs.clear();
    }
    runs.retain(|run| is_visible(&run.gate));
    runs.truncate(to_length(LISTED_RUNS_MAX));
    only_run(runs, prefix)
}

fn only_run(mut runs: Vec<RunSummary>, prefix: &str) -> Result<RunSummary, RunLookupError> {
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

/// Finds runs by the id that the caller gave the output, the newest first, at one gate or at all of them. An id may
/// occur several times, and an edited output has that of its original.
pub fn newest_runs_with_output_id(
    view: &dyn LedgerReader,
    gate: Option<&GateName>,
    id: &str,
) -> Result<Vec<RunSummary>, LedgerError> {
    let gates = match gate {
        Some(gate) => vec![gate.clone()],
        None => view.gates()?,
    };
    let mut runs = Vec::new();
    for gate in &gates {
        runs.extend(view.runs_with_output_id(gate, id, RUNS_OF_ID_MAX)?);
    }
    runs.sort_by_key(|run| std::cmp::Reverse(run.seq));
    Ok(runs)
}

/// Returns whether events of a gate are recorded.
pub fn has_events(view: &dyn LedgerReader, gate: &GateName) -> Result<bool, LedgerError> {
    let (gate, page) = (Some(gate.clone()), PageCursor::Newest);
    Ok(!view.events(&EventQuery { gate, kind: None, page, limit: 1 })?.is_empty())
}

/// Returns an event by its number.
pub fn event_by_number(view: &dyn LedgerReader, seq: u64) -> Result<Option<Event>, LedgerError> {
    let Some(before) = seq.checked_sub(1) else { return Ok(None) };
    let query = EventQuery { gate: None, kind: None, page: PageCursor::After(before), limit: 1 };
    Ok(view.events(&query)?.into_iter().find(|event| event.seq == seq))
}

/// Loads the release that judged a run, or `None` if the ledger no longer has it.
pub fn load_release(
    view: &dyn LedgerReader,
    release: Digest,
) -> Result<Option<Release>, ReleaseReadError> {
    find_release(view, release)
}

/// Returns the latest decision of a run from its history.
pub fn latest_decision(history: &[Event], run: Digest) -> Option<(&Event, &RunEvent)> {
    history.iter().rev().find_map(|event| match &event.event.kind {
        EventKind::Run(decided) if decided.run == run => Some((event, &**decided)),
        _ => None,
    })
}

/// Returns a run as it was first judged, from its history. Later decisions of it can rest on recorded reports.
pub fn first_judgement(history: &[Event], run: Digest) -> Option<&RunEvent> {
    history.iter().find_map(|event| match &event.event.kind {
        EventKind::Run(judged) if judged.run == run => Some(&**judged),
        _ => None,
    })
}

/// Returns the act that took the latest decision of a run back, from its history. Only acts later in the chain than the
/// decision count: those before it were known when it was made.
pub fn find_revocation(history: &[Event], run: Digest) -> Option<Revocation> {
    let (decided, _) = latest_decision(history, run)?;
    let mut later = history.iter().filter(|event| event.seq > decided.seq);
    later.find_map(|event| to_revocation(event, run))
}

/// Returns the first incident that names a run, from its history, whenever it was recorded.
pub fn find_incident(history: &[Event], run: Digest) -> Option<&IncidentEvent> {
    history.iter().find_map(|event| match &event.event.kind {
        EventKind::Incident(incident) if incident.run == Some(run) => Some(incident),
        _ => None,
    })
}

fn to_revocation(stored: &Event, run: Digest) -> Option<Revocation> {
    let (act, by) = match &stored.event.kind {
        EventKind::Rollback(rollback) if rollback.run == Some(run) => {
            (RevocationAct::Retraction { reason: rollback.reason.clone() }, &rollback.by)
        }
        EventKind::Incident(incident) if incident.run == Some(run) => {
            let description = incident.description.clone();
            (RevocationAct::Incident { description }, &incident.by)
        }
        EventKind::Review(review) if review.run == run => {
            let act = match &review.action {
                ReviewAction::Reject { reason } => {
                    RevocationAct::Rejection { reason: reason.clone() }
                }
                ReviewAction::Edit { edited } => RevocationAct::Edit { edited: *edited },
                ReviewAction::Approve | ReviewAction::Escalate { .. } => return None,
            };
            (act, &review.by)
        }
        _ => return None,
    };
    Some(Revocation { act, by: by.clone(), at_ms: stored.event.at_ms })
}

/// Shortens a digest for people.
pub fn short_digest(digest: &Digest) -> String {
    digest.hex().chars().take(SHORT_DIGITS).collect()
}

#[cfg(test)]
mod tests;
