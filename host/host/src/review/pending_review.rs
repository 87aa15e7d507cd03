//! A run in the queue, with everything that a review of it depends on.

use tollgate_govern::review::{self, HeldRun};
use tollgate_ledger::{
    AttachmentKind, ExpectedState, LedgerError, LedgerReader, QueueKind, QueuedRun, RunSummary,
    StoredEvent as Event,
};
use tollgate_model::{
    Digest, EventKind, Gate, Person, RetainedContent, ReviewAction, Ruling, RunEvent, Subject,
};

use super::ReviewError;
use crate::gate::OutputDigestError;
use crate::gate::judging::subject_digest;
use crate::lookup::{RunLookupError, find_run, latest_decision, short_digest};

/// Maximum length of a chain of edits. A longer chain than any reviewer makes means a damaged ledger.
const EDITS_MAX: usize = 64;

/// A run that waits for a review, or one that did.
#[non_exhaustive]
pub struct PendingReview {
    pub queued: QueuedRun,
    /// The run as it was last decided.
    pub run: RunEvent,
    /// All events that concern the run, oldest first.
    pub history: Vec<Event>,
    /// The person who requested the output, and everybody who edited it.
    pub authors: Vec<Person>,
    /// Number of the event with the latest decision.
    decided_seq: u64,
    /// Whether the reports and reasons of the run were erased.
    pub details_erased: bool,
}

/// The reason why a run that waits for a review is not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReviewLookupError {
    #[error(transparent)]
    Run(#[from] RunLookupError),
    #[error(
        "run {} was decided `{ruling}` immediately: it never waited for a review",
        short_digest(run)
    )]
    NeverQueued { run: Digest, ruling: Ruling },
    /// The queue has the run, and no event does.
    #[error("no event in the ledger judges run {}", short_digest(run))]
    NotJudged { run: Digest },
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// An output, as far as it is known.
pub enum KnownOutput {
    /// The complete output.
    Full(Subject),
    /// The output with personal data masked.
    Masked(Subject),
}

impl PendingReview {
    /// Finds the run that a person names.
    pub fn find(view: &dyn LedgerReader, prefix: &str) -> Result<Self, ReviewLookupError> {
        let RunSummary { run, ruling, .. } = find_run(view, prefix)?;
        let waiting = view.queued_run(run)?;
        Self::load(view, waiting.ok_or(ReviewLookupError::NeverQueued { run, ruling })?)
    }

    /// Loads the run of an item in the queue.
    pub fn load(view: &dyn LedgerReader, row: QueuedRun) -> Result<Self, ReviewLookupError> {
        let history = view.history(row.run)?;
        let decision = latest_decision(&history, row.run);
        let (event, run) = decision.ok_or(ReviewLookupError::NotJudged { run: row.run })?;
        let (decided_in, run) = (event.seq, run.clone());
        let is_details = |digest| {
            event
                .contents
                .iter()
                .any(|content| content.digest == digest && content.kind == AttachmentKind::Details)
        };
        let details_gone = event.erased.iter().any(|digest| is_details(*digest));
        let editors = find_editors(view, &run)?;
        let authors = run.author.iter().cloned().chain(editors).collect();
        Ok(Self {
            queued: row,
            run,
            history,
            authors,
            decided_seq: decided_in,
            details_erased: details_gone,
        })
    }

    /// Returns the people whose approvals count at a time. Without the record of an active release all of them do,
    /// because nothing says that the run is escalated.
    pub fn counting_approvals(&self, gate: Option<&Gate>, now_ms: u64) -> Vec<Person> {
        let held = self.to_held_run();
        match gate {
            Some(gate) => review::counting_approvals(gate, &held, now_ms),
            None => held.approved_by,
        }
    }

    /// Returns the number of the event with the latest decision, which is what a reviewer is shown.
    pub fn decision_event(&self) -> u64 {
        self.decided_seq
    }

    /// Returns whether the output was decided more than once, so that earlier readers were shown another decision.
    pub fn was_decided_again(&self) -> bool {
        let run = self.queued.run;
        let is_decision = |event: &&Event| match &event.event.kind {
            EventKind::Run(decided) => decided.run == run,
            _ => false,
        };
        self.history.iter().filter(is_decision).count() > 1
    }

    /// Converts the run to the form that the review rules take.
    pub fn to_held_run(&self) -> HeldRun {
        HeldRun {
            subject: self.run.subject,
            decision: self.run.decision.clone(),
            authors: self.authors.clone(),
            held_at_ms: self.queued.since_ms,
            claim: self.queued.claim.clone(),
            approved_by: self.approved_by(),
            escalations: self.queued.escalations,
        }
    }

    /// Returns who approved the latest decision. Approvals of earlier decisions do not count, because those were
    /// based on other judgements.
    pub fn approved_by(&self) -> Vec<Person> {
        let since = self.history.iter().filter(|event| event.seq > self.decided_seq);
        let approvals = since.filter_map(|event| match &event.event.kind {
            EventKind::Review(review) if matches!(review.action, ReviewAction::Approve) => {
                Some(review.by.clone())
            }
            _ => None,
        });
        approvals.collect()
    }

    /// Returns the condition that the run has not changed since it was read.
    pub fn expected_state(&self) -> ExpectedState {
        ExpectedState { run: self.queued.run, last_event: self.queued.last_event }
    }

    /// Returns whether the output has already gone out and is reviewed afterwards.
    pub fn is_audit(&self) -> bool {
        self.queued.kind == QueueKind::Audit
    }

    /// Returns the output that the reviewer provides, or else the one that was kept.
    pub fn resolve_output(
        &self,
        provided: Option<Subject>,
    ) -> Result<Result<KnownOutput, ReviewError>, OutputDigestError> {
        if let Some(subject) = provided {
            let digest = subject_digest(&subject)?;
            let expected = self.run.subject;
            let matches = digest == expected;
            return Ok(if matches {
                Ok(KnownOutput::Full(subject))
            } else {
                Err(ReviewError::SubjectMismatch { provided: digest, expected })
            });
        }
        Ok(match &self.run.content {
            RetainedContent::Full(subject) => Ok(KnownOutput::Full((**subject).clone())),
            RetainedContent::Masked(subject) => Ok(KnownOutput::Masked((**subject).clone())),
            RetainedContent::Digest | RetainedContent::Erased => Err(ReviewError::OutputNotKept),
        })
    }
}

impl KnownOutput {
    /// Returns the output, complete or masked.
    pub(crate) fn into_subject(self) -> Subject {
        match self {
            Self::Full(subject) | Self::Masked(subject) => subject,
        }
    }
}

/// Returns everybody who edited an output.
fn find_editors(view: &dyn LedgerReader, run: &RunEvent) -> Result<Vec<Person>, LedgerError> {
    let mut editors = Vec::new();
    let mut next = run.edited_from;
    // Follows the chain of edits back to the output that was judged first.
    for _ in 0..EDITS_MAX {
        let Some(from) = next.take() else { break };
        let history = view.history(from)?;
        for event in &history {
            match &event.event.kind {
                EventKind::Review(review) if matches!(review.action, ReviewAction::Edit { .. }) => {
                    editors.push(review.by.clone());
                }
                EventKind::Run(judged) if judged.run == from => next = judged.edited_from,
                _ => {}
            }
        }
    }
    Ok(editors)
}
