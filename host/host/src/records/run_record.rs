//! Everything that the ledger has about one run.

use tollgate_govern::answers::{self, RunAnswers};
use tollgate_ledger::{AttachmentKind, LedgerError, LedgerReader, RunSummary, StoredEvent};
use tollgate_model::{Digest, Event, EventKind, Release, RunEvent};

use super::{MissingContent, find_missing_content};
use crate::gate::ReleaseReadError;
use crate::host::Host;
use crate::lookup;

/// Everything that the ledger has about a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RunRecord {
    pub summary: RunSummary,
    /// Event of the latest decision.
    pub event: StoredEvent,
    /// Latest decision.
    pub decided: RunEvent,
    /// Answers to the eight questions that an audit asks.
    pub answers: RunAnswers,
    /// Release of the latest decision. `None` if the ledger no longer has it.
    pub release: Option<Release>,
    /// The reason why the reasons and reports of the latest decision are absent. `None` if they are stored.
    pub missing_details: Option<MissingContent>,
    /// All events that concern the run, oldest first.
    pub history: Vec<StoredEvent>,
    /// History of the run that a reviewer edited to this one; empty if there is none.
    pub origin: Vec<StoredEvent>,
}

/// The reason why a run cannot be shown.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunRecordError {
    #[error("the ledger lists run {run} but has no event that judged it")]
    NotJudged { run: Digest },
    #[error(transparent)]
    Release(#[from] ReleaseReadError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl Host {
    /// Returns everything that the ledger has about a run that [`Host::find_run`] found. It blocks while it reads.
    ///
    /// ```no_run
    /// # fn example(host: &tollgate::Host) -> Result<(), Box<dyn std::error::Error>> {
    /// let record = host.run_record(host.find_run("3fe52a7f50bd")?)?;
    /// println!("{}: {:?}", record.decided.decision.ruling, record.answers.owner);
    /// # Ok(()) }
    /// ```
    pub fn run_record(&self, summary: RunSummary) -> Result<RunRecord, RunRecordError> {
        self.shared.read(|reader| RunRecord::load(reader, summary))
    }
}

impl RunRecord {
    /// Loads everything that the ledger has about a run.
    pub fn load(view: &dyn LedgerReader, summary: RunSummary) -> Result<Self, RunRecordError> {
        let run = summary.run;
        let history = view.history(run)?;
        let latest = lookup::latest_decision(&history, run);
        let (event, decided) = latest.ok_or(RunRecordError::NotJudged { run })?;
        let (event, decided) = (event.clone(), decided.clone());
        let origin = match decided.edited_from {
            Some(origin) => view.history(origin)?,
            None => Vec::new(),
        };
        let events: Vec<Event> =
            origin.iter().chain(&history).map(|stored| stored.event.clone()).collect();
        let answers = answers::answer_questions(run, &events);
        let answers = answers.ok_or(RunRecordError::NotJudged { run })?;
        let release = lookup::load_release(view, summary.release)?;
        let is_details = |kind| kind == AttachmentKind::Details;
        let missing_details = find_missing_content(view, &event, is_details)?;
        Ok(Self { summary, event, decided, answers, release, missing_details, history, origin })
    }

    /// Returns the latest event with reports. An approval that reused the recorded checks has none, so the latest event
    /// of the run is only the fallback.
    pub fn event_with_checks(&self) -> (&StoredEvent, &RunEvent) {
        let with_checks = self.history.iter().rev().find_map(|event| match &event.event.kind {
            EventKind::Run(run) if run.run == self.summary.run && !run.checks.is_empty() => {
                Some((event, &**run))
            }
            _ => None,
        });
        with_checks.unwrap_or((&self.event, &self.decided))
    }

    /// Returns the events of the run, after those of the run that it was edited from.
    pub fn all_events(&self) -> impl Iterator<Item = &StoredEvent> {
        self.origin.iter().chain(&self.history)
    }
}
