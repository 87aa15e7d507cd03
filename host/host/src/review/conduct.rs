//! Conducting a review from beginning to end: the run is found, the rules decide, and everything is recorded or nothing.

use tollgate_govern::review::Reviewer;
use tollgate_ledger::{ConflictError, LedgerError, QueueQuery, QueuedRun};
use tollgate_model::{Digest, Gate, NonBlankString, ReviewAction, Subject};

use super::{
    PendingReview, ReviewError, ReviewOutcome, ReviewResult, ReviewSession, ReviewSubmission, claim,
};
use crate::gate::{CheckError, GateDecider};
use crate::host::Host;

/// Attempts to record a review. Each failed one means that another process recorded something at the gate.
const ATTEMPTS_MAX: usize = 1_000;

/// Request of a reviewer about a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ReviewRequest {
    /// Let the output go out. `output` is the original, needed only if the ledger does not have it.
    Approve { output: Option<Subject> },
    /// Replace the text or JSON of the output, and let that go out.
    Edit { text: String, output: Option<Subject> },
    /// Keep the output from going out.
    Reject { reason: NonBlankString },
    /// Let somebody else decide.
    Escalate { reason: NonBlankString },
}

/// A review that was conducted.
pub struct ConductedReview {
    /// The run as it was before the review.
    pub pending: PendingReview,
    /// The gate record by whose rules the review was conducted.
    pub gate: Gate,
    pub outcome: ReviewOutcome,
}

/// A claim that was recorded.
pub struct ClaimedReview {
    pub pending: PendingReview,
    pub gate: Gate,
    /// Until when nobody else may review the run, or every reason why it was not claimed.
    pub outcome: Result<u64, Vec<ReviewError>>,
}

/// The reason why a review could not be conducted. Nothing is recorded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConductReviewError {
    /// Somebody else reviewed or claimed the run since it was read.
    #[error("{conflict}")]
    Conflict { run: Digest, conflict: ConflictError },
    #[error(transparent)]
    Check(#[from] CheckError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    Other(#[from] anyhow::Error),
}

impl Host {
    /// Returns runs that wait for a review or for an audit. It blocks while it reads.
    pub fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError> {
        self.shared.read(|reader| reader.queue(query))
    }

    /// Finds a run that waits for a review, or did, by its name or a prefix of it. It blocks while it reads.
    pub fn find_review(&self, run: &str) -> Result<PendingReview, ConductReviewError> {
        self.shared.read(|reader| Ok(PendingReview::find(reader, run)?))
    }

    /// Reviews a run by the rules of the active release. An output that went out is audited instead. A review that the
    /// rules do not accept is an outcome, not an error: it has the reasons.
    pub async fn review(
        &self,
        run: &str,
        submission: &ReviewSubmission,
        request: &ReviewRequest,
    ) -> Result<ConductedReview, ConductReviewError> {
        let pending = self.find_review(run)?;
        let gate = self.active_gate(&pending.queued.gate)?;
        for _ in 0..ATTEMPTS_MAX {
            let result = self.attempt_review(&pending, &gate, submission, request).await?;
            let ReviewResult { outcome, append } = result;
            if append.entries.is_empty() {
                return Ok(ConductedReview { pending, gate, outcome });
            }
            match self.shared.ledger()?.append(append).await {
                Ok(_) => return Ok(ConductedReview { pending, gate, outcome }),
                // Money was spent or the level changed meanwhile, so the output is decided again.
                Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => {}
                Err(LedgerError::Conflict(conflict)) => {
                    let run = pending.queued.run;
                    return Err(ConductReviewError::Conflict { run, conflict });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(CheckError::TooManyConflicts { gate: gate.name.clone() }.into())
    }

    /// Claims a run for a reviewer, so that nobody else reviews it for a while.
    pub async fn claim_review(
        &self,
        run: &str,
        reviewer: &Reviewer,
    ) -> Result<ClaimedReview, ConductReviewError> {
        let pending = self.find_review(run)?;
        let gate = self.active_gate(&pending.queued.gate)?;
        let (until_ms, append) = match claim(&gate, &pending, reviewer, self.shared.clock.now_ms())
        {
            Ok(claimed) => claimed,
            Err(errors) => return Ok(ClaimedReview { pending, gate, outcome: Err(errors) }),
        };
        match self.shared.ledger()?.append(append).await {
            Ok(_) => Ok(ClaimedReview { pending, gate, outcome: Ok(until_ms) }),
            Err(LedgerError::Conflict(conflict)) => {
                Err(ConductReviewError::Conflict { run: pending.queued.run, conflict })
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn attempt_review(
        &self,
        pending: &PendingReview,
        gate: &Gate,
        submission: &ReviewSubmission,
        request: &ReviewRequest,
    ) -> Result<ReviewResult, ConductReviewError> {
        let now_ms = self.shared.clock.now_ms();
        let session = ReviewSession { project: &self.shared.project, pending, submission, now_ms };
        if pending.is_audit() {
            return Ok(session.audit(gate, audit_action(request)));
        }
        match request {
            ReviewRequest::Reject { reason } => {
                let action = ReviewAction::Reject { reason: reason.clone() };
                Ok(session.reject_or_escalate(gate, action))
            }
            ReviewRequest::Escalate { reason } => {
                let action = ReviewAction::Escalate { reason: reason.clone() };
                Ok(session.reject_or_escalate(gate, action))
            }
            ReviewRequest::Approve { output } => {
                let mut decider = self.open_decider(&gate.name, now_ms).await?;
                Ok(session.approve(&mut decider, output.clone()).await?)
            }
            ReviewRequest::Edit { text, output } => {
                let mut decider = self.open_decider(&gate.name, now_ms).await?;
                Ok(session.edit(&mut decider, text.clone(), output.clone()).await?)
            }
        }
    }

    async fn open_decider(
        &self,
        gate: &tollgate_model::GateName,
        now_ms: u64,
    ) -> Result<GateDecider, ConductReviewError> {
        let loaded = self.load_active_gate(gate).await?;
        let reader = self.shared.ledger()?.open_reader()?;
        Ok(GateDecider::new(loaded, &self.shared.project, Some(reader), now_ms)?)
    }
}

/// Returns the action of an audit. An output that went out cannot be edited: the audit refuses that, so the digest of
/// the edit is never used.
fn audit_action(request: &ReviewRequest) -> ReviewAction {
    match request {
        ReviewRequest::Approve { .. } => ReviewAction::Approve,
        ReviewRequest::Edit { .. } => ReviewAction::Edit { edited: Digest::of("") },
        ReviewRequest::Reject { reason } => ReviewAction::Reject { reason: reason.clone() },
        ReviewRequest::Escalate { reason } => ReviewAction::Escalate { reason: reason.clone() },
    }
}
