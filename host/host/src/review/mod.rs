//! Reviews: what a review leads to, and the entries that record it, all or none.
//!
//! The rules say who may review and what a reviewer has to answer. This module decides an output again once enough
//! people have approved it, and judges an output that was edited. If the gate has changed since the run was
//! judged, the output is judged again, because an approval only covers what the reviewer was shown.

mod approving;
mod claiming;
mod conduct;
mod editing;
mod error;
mod pending_review;
mod queue_page;

use std::fmt;

pub use tollgate_govern::review::Reviewer;
use tollgate_govern::review::{self, NextStep, ReviewRuleError};
use tollgate_ledger::{Append, AppendCondition, LedgerEntry};
use tollgate_model::{
    ChecklistAnswer, Decision, Event, EventKind, Gate, IncidentEvent, NonBlankString, ReviewAction,
    ReviewEvent, RoleHolder,
};

use claiming::claim;
pub use conduct::{ClaimedReview, ConductReviewError, ConductedReview, ReviewRequest, ShownRun};
pub use error::ReviewError;
pub use pending_review::{KnownOutput, PendingReview, ReviewLookupError};
pub use queue_page::{QueuePage, QueuePageQuery};

use crate::gate::decider::{DecidedRun, GateDecider};

/// The content of a review.
#[non_exhaustive]
pub struct ReviewSubmission {
    pub reviewer: Reviewer,
    pub answers: Vec<ChecklistAnswer>,
    /// Time that the reviewer spent.
    pub time_ms: Option<u64>,
}

impl ReviewSubmission {
    /// Creates a review without answers.
    pub fn new(reviewer: Reviewer) -> Self {
        Self { reviewer, answers: Vec::new(), time_ms: None }
    }

    /// Sets the answers to the checklist.
    #[must_use]
    pub fn with_answers(mut self, answers: Vec<ChecklistAnswer>) -> Self {
        self.answers = answers;
        self
    }

    /// Sets the time that the reviewer spent, in milliseconds.
    #[must_use]
    pub fn with_time_ms(mut self, time_ms: u64) -> Self {
        self.time_ms = Some(time_ms);
        self
    }
}

impl fmt::Display for ReviewOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(errors) => {
                let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
                write!(f, "refused: {}", errors.join("; "))
            }
            Self::Decided(run) => write!(f, "decided: {}", run.decision.ruling),
            Self::Rejudged(run) => write!(f, "judged again: {}", run.decision.ruling),
            Self::MoreApprovalsNeeded(count) => write!(f, "{count} more approvals are needed"),
            Self::Rejected => f.write_str("rejected"),
            Self::Escalated(Some(to)) => write!(f, "escalated to {to}"),
            Self::Escalated(None) => f.write_str("escalated"),
            Self::AuditConfirmed => f.write_str("audited: it was right to go out"),
            Self::AuditRejected => f.write_str("audited: it should not have gone out"),
        }
    }
}

/// The result of a review, with the entries to record.
pub(crate) struct ReviewResult {
    pub outcome: ReviewOutcome,
    /// Empty if the review was refused.
    pub append: Append,
}

/// The outcome of a review.
#[non_exhaustive]
pub enum ReviewOutcome {
    /// The review was refused, for all these reasons.
    Refused(Vec<ReviewError>),
    /// The run was decided again, or the edited output was decided.
    Decided(Box<DecidedRun>),
    /// The changed gate gave reasons that the reviewer had not been shown.
    Rejudged(Box<DecidedRun>),
    /// The approval counts, and this many more people have to approve.
    MoreApprovalsNeeded(u8),
    Rejected,
    /// Somebody else has to decide, named by the gate if it does so.
    Escalated(Option<RoleHolder>),
    /// An audit confirmed that the output was right to go out.
    AuditConfirmed,
    /// An audit found that the output should not have gone out.
    AuditRejected,
}

impl ReviewResult {
    fn refused(errors: Vec<ReviewError>) -> Self {
        Self { outcome: ReviewOutcome::Refused(errors), append: Append::default() }
    }

    /// Makes the result depend on what the decision depended on: money that is spent, the level, incidents.
    fn decided_by(mut self, decider: &GateDecider) -> Self {
        let gate = decider.loaded.gate.name.clone();
        let version = decider.version();
        self.append = self.append.on_condition(AppendCondition::GateVersion { gate, version });
        self
    }

    fn refused_by_rules(refusals: Vec<ReviewRuleError>) -> Self {
        Self::refused(refusals.into_iter().map(ReviewError::Rule).collect())
    }
}

/// A review of one run.
pub(crate) struct ReviewSession<'a> {
    pub pending: &'a PendingReview,
    pub submission: &'a ReviewSubmission,
    pub now_ms: u64,
}

impl ReviewSession<'_> {
    /// Returns the errors that do not depend on the reviewer.
    fn general_errors(&self, gate: &Gate) -> Vec<ReviewError> {
        let mut errors: Vec<_> =
            self.pending.queued.closed_by.map(ReviewError::Closed).into_iter().collect();
        let items: Vec<_> = gate.review.checklist.iter().map(|item| &item.item).collect();
        let unknown =
            self.submission.answers.iter().filter(|answer| !items.contains(&&answer.item));
        let names: Vec<_> = items.iter().map(|item| format!("`{item}`")).collect();
        let names = if names.is_empty() { "no items".into() } else { names.join(", ") };
        errors.extend(
            unknown.map(|answer| {
                ReviewError::UnknownChecklistItem(answer.item.clone(), names.clone())
            }),
        );
        errors
    }

    /// Rejects or escalates the output. Neither needs a judgement.
    pub fn reject_or_escalate(&self, gate: &Gate, action: ReviewAction) -> ReviewResult {
        let errors = self.general_errors(gate);
        if !errors.is_empty() {
            return ReviewResult::refused(errors);
        }
        let next = match self.conclude(gate, &self.pending.run.decision, &action) {
            Ok(next) => next,
            Err(refusals) => return ReviewResult::refused_by_rules(refusals),
        };
        let outcome = match next {
            NextStep::Escalated { to } => ReviewOutcome::Escalated(to),
            _ => ReviewOutcome::Rejected,
        };
        self.result(outcome, vec![self.review_entry(gate, action)])
    }

    /// Audits an output that has gone out. A rejection is recorded as an incident, which costs the gate a level.
    pub fn audit(&self, gate: &Gate, action: ReviewAction) -> ReviewResult {
        let mut errors = self.general_errors(gate);
        if !matches!(action, ReviewAction::Approve | ReviewAction::Reject { .. }) {
            errors.push(ReviewError::NotAnAuditAction);
        }
        let ReviewSubmission { reviewer, answers, .. } = self.submission;
        let held = self.pending.to_held_run();
        let refusals =
            review::check_audit_review(gate, &held, reviewer, &action, answers, self.now_ms);
        errors.extend(refusals.into_iter().map(ReviewError::Rule));
        if !errors.is_empty() {
            return ReviewResult::refused(errors);
        }
        let ReviewAction::Reject { reason } = &action else {
            let entries = vec![self.review_entry(gate, action)];
            return self.result(ReviewOutcome::AuditConfirmed, entries);
        };
        let (run, by) = (Some(self.pending.queued.run), reviewer.person.clone());
        let incident = EventKind::Incident(IncidentEvent { description: reason.clone(), by, run });
        let event = Event { at_ms: self.now_ms, gate: gate.name.clone(), kind: incident };
        let entries = vec![self.review_entry(gate, action), LedgerEntry::new(event)];
        self.result(ReviewOutcome::AuditRejected, entries)
    }

    fn conclude(
        &self,
        gate: &Gate,
        decision: &Decision,
        action: &ReviewAction,
    ) -> Result<NextStep, Vec<ReviewRuleError>> {
        let held = review::HeldRun { decision: decision.clone(), ..self.pending.to_held_run() };
        let ReviewSubmission { reviewer, answers, .. } = self.submission;
        review::conclude_review(gate, &held, reviewer, action, answers, self.now_ms)
    }

    /// Returns the entries of a review and its consequences. The review comes first.
    fn decided_result(
        &self,
        decider: &GateDecider,
        action: ReviewAction,
        mut decided: DecidedRun,
    ) -> ReviewResult {
        let mut entries = vec![self.review_entry(&decider.loaded.gate, action)];
        entries.append(&mut decided.entries);
        self.result(ReviewOutcome::Decided(Box::new(decided)), entries).decided_by(decider)
    }

    /// Returns a result whose entries are only recorded while the run is as the reviewer saw it.
    fn result(&self, outcome: ReviewOutcome, entries: Vec<LedgerEntry>) -> ReviewResult {
        let append = Append::from(entries).on_condition(self.pending.expected_state());
        ReviewResult { outcome, append }
    }

    fn review_entry(&self, gate: &Gate, action: ReviewAction) -> LedgerEntry {
        let ReviewSubmission { reviewer, answers, time_ms } = self.submission;
        let review = ReviewEvent {
            run: self.pending.queued.run,
            subject: self.pending.run.subject,
            by: reviewer.person.clone(),
            role: reviewer_role(gate, reviewer),
            action,
            answers: answers.clone(),
            time_ms: *time_ms,
        };
        let kind = EventKind::Review(review);
        let event = Event { at_ms: self.now_ms, gate: gate.name.clone(), kind };
        LedgerEntry::new(event)
    }
}

/// Returns the role in which the reviewer acts, preferring one that the gate names.
fn reviewer_role(gate: &Gate, reviewer: &Reviewer) -> Option<NonBlankString> {
    let review = &gate.review;
    let by_role = reviewer.roles.iter().find(|role| review.roles.contains(*role));
    let named = review.reviewers.iter().chain(&review.escalate_to);
    let by_name = named.filter(|holder| holder.name == reviewer.person).map(|holder| &holder.role);
    by_role.or(by_name.into_iter().next()).or(reviewer.roles.first()).cloned()
}

#[cfg(test)]
mod tests;
