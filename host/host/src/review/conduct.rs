//! Conducting a review from beginning to end: the run is found, the rules decide, and everything is recorded or nothing.

use tollgate_govern::review::Reviewer;
use tollgate_ledger::{ConflictError, LedgerError, QueueQuery, QueuedRun};
use tollgate_model::{Digest, Gate, GateName, NonBlankString, ReviewAction, Subject};

use super::{
    PendingReview, ReviewError, ReviewLookupError, ReviewOutcome, ReviewResult, ReviewSession,
    ReviewSubmission, claim,
};
use crate::gate::release_record::read_release_gate;
use crate::gate::releases::find_active_release;
use crate::gate::{GateDecider, GateOpenError, NoRandomnessError, OutputDigestError};
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

/// A run as it is shown to its reviewer, with what the gate asks about it.
#[non_exhaustive]
pub struct ShownRun {
    pub pending: PendingReview,
    /// The gate record of the release that was active.
    pub gate: Gate,
    /// The release that was active.
    pub release: Digest,
}

/// A review that was conducted.
#[non_exhaustive]
pub struct ConductedReview {
    /// The run as it was before the review.
    pub pending: PendingReview,
    /// The gate record by whose rules the review was conducted.
    pub gate: Gate,
    pub outcome: ReviewOutcome,
}

/// A claim that was recorded.
#[non_exhaustive]
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
    /// The reviewer was shown the checklist of a release that is not the active one any more.
    #[error("the gate changed since the run was shown: look at the run again")]
    AnotherRelease { run: Digest },
    #[error("other processes changed gate `{gate}` each time that the review was to be recorded")]
    TooManyConflicts { gate: GateName },
    #[error("the rules answered an approval with a step that does not belong to it")]
    UnexpectedStep,
    #[error(transparent)]
    Run(#[from] ReviewLookupError),
    #[error(transparent)]
    Gate(#[from] GateOpenError),
    #[error(transparent)]
    Output(#[from] OutputDigestError),
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error(transparent)]
    NoRandomness(#[from] NoRandomnessError),
}

impl Host {
    /// Returns runs that wait for a review or for an audit. It blocks while it reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// use tollgate::ledger::{QueueKind, QueueQuery};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let query = QueueQuery { gate: None, kind: QueueKind::Review, after: 0, limit: 50 };
    /// let waiting = host.queue(&query)?;
    /// assert!(waiting.is_empty());
    /// # Ok(()) }
    /// ```
    pub fn queue(&self, query: &QueueQuery) -> Result<Vec<QueuedRun>, LedgerError> {
        self.shared.read(|reader| reader.queue(query))
    }

    /// Finds a run that waits for a review, or did, by its name or a prefix of it. It blocks while it reads.
    pub fn find_review(&self, run: &str) -> Result<PendingReview, ReviewLookupError> {
        self.shared.read(|reader| PendingReview::find(reader, run))
    }

    /// Finds a run as [`Host::find_review`] does, with the active release of its gate, to show both to a reviewer. It blocks
    /// while it reads.
    pub fn show_review(&self, run: &str) -> Result<ShownRun, ConductReviewError> {
        let pending = self.find_review(run)?;
        let name = &pending.queued.gate;
        let (release, gate) = self.shared.read(|reader| {
            let active = find_active_release(reader, name)?;
            let active =
                active.ok_or_else(|| GateOpenError::NoActiveRelease { gate: name.clone() })?;
            let (_, gate) = read_release_gate(reader, active)?;
            Ok::<_, GateOpenError>((active, gate))
        })?;
        Ok(ShownRun { pending, gate, release })
    }

    /// Reviews a run by the rules of the active release. An output that went out is audited instead. A review that the
    /// rules do not accept is an outcome, not an error: it has the reasons.
    ///
    /// ```no_run
    /// # use tollgate::Host;
    /// use tollgate::model::ChecklistAnswer;
    /// use tollgate::review::{ReviewRequest, ReviewSubmission, Reviewer};
    ///
    /// # async fn example(host: Host, run: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let reviewer = Reviewer { person: "Kim Osei".parse()?, roles: Vec::new() };
    /// let (item, answer) = ("tone".parse()?, "yes".parse()?);
    /// let answers = vec![ChecklistAnswer { item, answer, evidence: None }];
    /// let submission = ReviewSubmission::new(reviewer).with_answers(answers);
    /// let approve = ReviewRequest::Approve { output: None };
    /// let review = host.review(run, &submission, &approve).await?;
    /// println!("{}", review.outcome);
    /// # Ok(()) }
    /// ```
    pub async fn review(
        &self,
        run: &str,
        submission: &ReviewSubmission,
        request: &ReviewRequest,
    ) -> Result<ConductedReview, ConductReviewError> {
        self.review_shown(self.show_review(run)?, submission, request).await
    }

    /// Reviews a run as [`Host::review`] does, as it was when [`Host::show_review`] read it to be shown to the reviewer.
    /// Fails with a conflict if somebody else reviewed or claimed the run since, if it was judged again, or if another
    /// release became active, which may ask something else: the reviewer has not seen that.
    pub async fn review_shown(
        &self,
        shown: ShownRun,
        submission: &ReviewSubmission,
        request: &ReviewRequest,
    ) -> Result<ConductedReview, ConductReviewError> {
        for _ in 0..ATTEMPTS_MAX {
            let result = self.attempt_review(&shown, submission, request).await?;
            let ReviewResult { outcome, append } = result;
            if append.entries.is_empty() {
                return Ok(shown.conducted(outcome));
            }
            match self.shared.ledger()?.append(append).await {
                Ok(_) => return Ok(shown.conducted(outcome)),
                // Money was spent or the level changed meanwhile, so the output is decided again.
                Err(LedgerError::Conflict(ConflictError::GateChanged { .. })) => {}
                Err(LedgerError::Conflict(conflict)) => {
                    let run = shown.pending.queued.run;
                    return Err(ConductReviewError::Conflict { run, conflict });
                }
                Err(error) => return Err(error.into()),
            }
        }
        Err(ConductReviewError::TooManyConflicts { gate: shown.gate.name })
    }

    /// Claims a run for a reviewer, so that nobody else reviews it for a while.
    ///
    /// ```no_run
    /// # use tollgate::{Host, review::Reviewer};
    /// # async fn example(host: Host, run: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// let reviewer = Reviewer { person: "Kim Osei".parse()?, roles: Vec::new() };
    /// match host.claim_review(run, &reviewer).await?.outcome {
    ///     Ok(until_ms) => println!("claimed until {until_ms}"),
    ///     Err(objections) => objections.iter().for_each(|objection| println!("{objection}")),
    /// }
    /// # Ok(()) }
    /// ```
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
        shown: &ShownRun,
        submission: &ReviewSubmission,
        request: &ReviewRequest,
    ) -> Result<ReviewResult, ConductReviewError> {
        let ShownRun { pending, gate, .. } = shown;
        self.require_shown_release(shown)?;
        let now_ms = self.shared.clock.now_ms();
        let session = ReviewSession { pending, submission, now_ms };
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
                let mut decider = self.open_decider(shown, now_ms).await?;
                Ok(session.approve(&mut decider, output.clone()).await?)
            }
            ReviewRequest::Edit { text, output } => {
                let mut decider = self.open_decider(shown, now_ms).await?;
                Ok(session.edit(&mut decider, text.clone(), output.clone()).await?)
            }
        }
    }

    async fn open_decider(
        &self,
        shown: &ShownRun,
        now_ms: u64,
    ) -> Result<GateDecider, ConductReviewError> {
        let loaded = self.load_active_gate(&shown.gate.name).await?;
        let is_shown = loaded.snapshot.digest == shown.release;
        let reader = self.shared.ledger()?.open_reader()?;
        let decider = GateDecider::new::<ConductReviewError>(loaded, Some(reader), now_ms)?;
        // A release after this is found when appending, because the decider has read the version of the gate.
        self.require_shown_release(shown)?;
        match is_shown {
            true => Ok(decider),
            false => Err(shown.release_error()),
        }
    }

    /// Fails if another release is active than the one whose checklist the reviewer was shown.
    fn require_shown_release(&self, shown: &ShownRun) -> Result<(), ConductReviewError> {
        match self.active_release(&shown.gate.name)? == Some(shown.release) {
            true => Ok(()),
            false => Err(shown.release_error()),
        }
    }
}

impl ShownRun {
    fn conducted(self, outcome: ReviewOutcome) -> ConductedReview {
        ConductedReview { pending: self.pending, gate: self.gate, outcome }
    }

    fn release_error(&self) -> ConductReviewError {
        ConductReviewError::AnotherRelease { run: self.pending.queued.run }
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
