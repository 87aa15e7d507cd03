//! Reviews: what a review leads to, and the entries that record it, all or none.
//!
//! The rules say who may review and what a reviewer has to answer. This module decides an output again once enough
//! people have approved it, and judges an output that was edited. If the gate has changed since the run was
//! judged, the output is judged again, because an approval only covers what the reviewer was shown.

mod approving;
mod claiming;
mod editing;
mod error;

use tollgate_govern::review::{self, NextStep, ReviewRuleError, Reviewer};
use tollgate_ledger::LedgerEntry;
use tollgate_model::{
    ChecklistAnswer, Decision, Event, EventKind, Gate, IncidentEvent, NonBlankString, ReviewAction,
    ReviewEvent, RoleHolder,
};

pub(crate) use claiming::claim;
pub(crate) use error::ReviewError;

use super::decider::{DecidedRun, GateDecider};
use super::pending_review::PendingReview;
use crate::local_user::local_user;
use crate::project::Project;

/// The content of a review.
pub(crate) struct ReviewSubmission {
    pub(crate) reviewer: Reviewer,
    pub(crate) answers: Vec<ChecklistAnswer>,
    /// Time that the reviewer spent.
    pub(crate) time_ms: Option<u64>,
}

/// The result of a review, with the entries to record.
pub(crate) struct ReviewResult {
    pub(crate) outcome: ReviewOutcome,
    pub(crate) entries: Vec<LedgerEntry>,
}

/// The outcome of a review.
pub(crate) enum ReviewOutcome {
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
        Self { outcome: ReviewOutcome::Refused(errors), entries: Vec::new() }
    }

    fn refused_by_rules(refusals: Vec<ReviewRuleError>) -> Self {
        Self::refused(refusals.into_iter().map(ReviewError::Rule).collect())
    }
}

/// A review of one run.
pub(crate) struct ReviewSession<'a> {
    pub(crate) project: &'a Project,
    pub(crate) pending: &'a PendingReview,
    pub(crate) submission: &'a ReviewSubmission,
    pub(crate) now_ms: u64,
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
    pub(crate) fn reject_or_escalate(&self, gate: &Gate, action: ReviewAction) -> ReviewResult {
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
        ReviewResult { outcome, entries: vec![self.review_entry(gate, action)] }
    }

    /// Audits an output that has gone out. A rejection is recorded as an incident, which costs the gate a level.
    pub(crate) fn audit(&self, gate: &Gate, action: ReviewAction) -> ReviewResult {
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
            return ReviewResult {
                outcome: ReviewOutcome::AuditConfirmed,
                entries: vec![self.review_entry(gate, action)],
            };
        };
        let (run, by) = (Some(self.pending.queued.run), reviewer.person.clone());
        let incident = EventKind::Incident(IncidentEvent { description: reason.clone(), by, run });
        let event = Event { at_ms: self.now_ms, gate: gate.name.clone(), kind: incident };
        let entries = vec![self.review_entry(gate, action), LedgerEntry::new(event)];
        ReviewResult { outcome: ReviewOutcome::AuditRejected, entries }
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
    ) -> anyhow::Result<ReviewResult> {
        let mut entries = vec![self.review_entry(&decider.loaded.gate, action)];
        entries.extend(decider.activate_release_entry(&local_user(), self.now_ms)?);
        entries.append(&mut decided.entries);
        Ok(ReviewResult { outcome: ReviewOutcome::Decided(Box::new(decided)), entries })
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
        LedgerEntry { expected: Some(self.pending.expected_state()), ..LedgerEntry::new(event) }
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
