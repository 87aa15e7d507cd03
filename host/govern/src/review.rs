//! Reviews of held runs: checks the reviewer, the checklist and the claim, and says what happens
//! next.
//!
//! Records nothing: the caller writes the review and its result to the ledger together.

mod approval;
mod audit;
mod error;
mod escalation_path;
mod reviewer_list;
mod start;
mod time;

use std::collections::BTreeSet;

use tollgate_model::{
    ChecklistAnswer, ChecklistItem, ClaimEvent, Decision, Digest, Gate, NonBlankString, Person,
    Reason, ReasonKind, ReviewAction, ReviewTrigger, RoleHolder, Ruling,
};

pub(crate) use approval::lift_approved_holds;
pub use audit::check_audit_review;
pub use error::ReviewRuleError;
pub use escalation_path::{ShortEscalationPath, check_escalation_path};
pub use reviewer_list::{ShortReviewerList, check_reviewer_list};
pub use start::{check_review_start, final_holds};
pub use time::{claim_review, escalation_holder, escalation_steps, review_due_ms};

use crate::OutputApproval;
use time::{check_claim, holder_at_step};

/// Approvals needed where the gate asks for a second reviewer.
const SECOND_REVIEW_APPROVALS: u8 = 2;

/// Run that waits for a review, as the ledger has it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldRun {
    /// Digest of the output.
    pub subject: Digest,
    pub decision: Decision,
    /// Authors of the output and of its prompt; they cannot review it.
    pub authors: Vec<Person>,
    pub held_at_ms: u64,
    /// Latest claim; it may have expired.
    pub claim: Option<ClaimEvent>,
    pub approved_by: Vec<Person>,
    /// Number of times that a reviewer escalated the run.
    pub escalations: u32,
}

/// Person who reviews, with the roles that the organisation gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    pub person: Person,
    pub roles: Vec<NonBlankString>,
}

/// Next step after a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Enough people approved: decide again with this approval.
    DecideAgain(OutputApproval),
    /// Reviewer edited the output: judge it, then decide with this approval.
    JudgeAgain(OutputApproval),
    /// More approvals are needed, each by another person.
    AnotherPerson {
        /// Number of approvals still needed.
        remaining: u8,
    },
    Rejected,
    /// Run goes to the next holder of the gate's escalation path.
    Escalated {
        /// Next holder; `None` if the gate's escalation path is empty.
        to: Option<RoleHolder>,
    },
}

/// Concludes a review of a held run. Returns all objections, not only the first.
pub fn conclude_review(
    gate: &Gate,
    held: &HeldRun,
    reviewer: &Reviewer,
    action: &ReviewAction,
    answers: &[ChecklistAnswer],
    now_ms: u64,
) -> Result<NextStep, Vec<ReviewRuleError>> {
    let mut errors = Vec::new();
    if held.decision.ruling != Ruling::Hold {
        errors.push(ReviewRuleError::NotHeld(held.decision.ruling));
    }
    errors.extend(check_reviewer(gate, held, reviewer, now_ms));
    errors.extend(check_repeated_approval(held, reviewer, action));
    errors.extend(check_claim(held, &reviewer.person, now_ms));
    // Rejecting and escalating let nothing out, so they need no checklist.
    if matches!(action, ReviewAction::Approve | ReviewAction::Edit { .. }) {
        errors.extend(check_approvable(held, action));
        errors.extend(gate.review.checklist.iter().filter_map(|item| check_answer(item, answers)));
    }
    if errors.is_empty() {
        Ok(next_step(gate, held, reviewer, action, now_ms))
    } else {
        Err(errors)
    }
}

fn next_step(
    gate: &Gate,
    held: &HeldRun,
    reviewer: &Reviewer,
    action: &ReviewAction,
    now_ms: u64,
) -> NextStep {
    match action {
        ReviewAction::Approve => {
            let required = required_approvals(gate, &held.decision.reasons);
            let mut by = counting_approvals(gate, held, now_ms);
            by.push(reviewer.person.clone());
            let so_far = u8::try_from(by.len()).unwrap_or(u8::MAX);
            match required.saturating_sub(so_far) {
                0 => NextStep::DecideAgain(OutputApproval {
                    subject: held.subject,
                    by,
                    edited: false,
                    required_approvals: required,
                }),
                remaining => NextStep::AnotherPerson { remaining },
            }
        }
        // Earlier approvals were of another text, so only the editor's counts. How many are required depends on what is
        // found in the new text, which the next decision knows.
        ReviewAction::Edit { edited } => NextStep::JudgeAgain(OutputApproval {
            subject: *edited,
            by: vec![reviewer.person.clone()],
            edited: true,
            required_approvals: required_approvals(gate, &[]),
        }),
        ReviewAction::Reject { .. } => NextStep::Rejected,
        ReviewAction::Escalate { .. } => {
            let step = escalation_steps(gate, held, now_ms);
            NextStep::Escalated { to: holder_at_step(gate, step).cloned() }
        }
    }
}

/// Returns all objections to a person as reviewer of a run, whatever they do; empty if they may review it.
pub fn check_reviewer(
    gate: &Gate,
    held: &HeldRun,
    reviewer: &Reviewer,
    now_ms: u64,
) -> Vec<ReviewRuleError> {
    let person = &reviewer.person;
    let mut errors = Vec::new();
    if held.authors.contains(person) || gate.author.as_ref() == Some(person) {
        errors.push(ReviewRuleError::Author(person.clone()));
    }
    if gate.review.may_not.contains(person) {
        errors.push(ReviewRuleError::Excluded(person.clone()));
    }
    if is_escalated(gate, held, now_ms) {
        if !is_in_escalation_path(gate, person) {
            errors.push(ReviewRuleError::NotEscalatedTo(person.clone()));
        }
    } else if !is_reviewer(gate, reviewer) {
        errors.push(ReviewRuleError::NotAReviewer(person.clone()));
    }
    errors
}

/// Returns an error if a person approves a run again. They may still take their approval back with another act.
fn check_repeated_approval(
    held: &HeldRun,
    reviewer: &Reviewer,
    action: &ReviewAction,
) -> Option<ReviewRuleError> {
    let person = &reviewer.person;
    (matches!(action, ReviewAction::Approve) && held.approved_by.contains(person))
        .then(|| ReviewRuleError::AlreadyApproved(person.clone()))
}

/// Returns the people named in the gate who may review a run: its reviewers, or once it is escalated those it was
/// escalated to, without people whom [`check_reviewer`] refuses. Those who have approved it already are among them,
/// although they cannot approve it again.
pub fn possible_reviewers<'g>(gate: &'g Gate, held: &HeldRun, now_ms: u64) -> Vec<&'g RoleHolder> {
    let review = &gate.review;
    let named = match is_escalated(gate, held, now_ms) {
        true => &review.escalate_to,
        false => &review.reviewers,
    };
    let may_review = |holder: &&RoleHolder| {
        let reviewer = Reviewer { person: holder.name.clone(), roles: Vec::new() };
        check_reviewer(gate, held, &reviewer, now_ms).is_empty()
    };
    named.iter().filter(may_review).collect()
}

/// Returns the roles whose holders may review a run. Once it is escalated, a role is not enough.
pub fn possible_roles(gate: &Gate, held: &HeldRun, now_ms: u64) -> BTreeSet<NonBlankString> {
    match is_escalated(gate, held, now_ms) {
        true => BTreeSet::new(),
        false => gate.review.roles.clone(),
    }
}

/// Returns the approvals so far that count: once the run is escalated, only those of people it was escalated to.
pub fn counting_approvals(gate: &Gate, held: &HeldRun, now_ms: u64) -> Vec<Person> {
    let mut by = held.approved_by.clone();
    if is_escalated(gate, held, now_ms) {
        by.retain(|person| is_in_escalation_path(gate, person));
    }
    by
}

/// Checks whether only the escalation path may review a run. Without a path there is nobody else who could reject it.
/// Nobody can approve it either: the record is incomplete.
fn is_escalated(gate: &Gate, held: &HeldRun, now_ms: u64) -> bool {
    !gate.review.escalate_to.is_empty() && escalation_steps(gate, held, now_ms) > 0
}

fn is_in_escalation_path(gate: &Gate, person: &Person) -> bool {
    gate.review.escalate_to.iter().any(|holder| holder.name == *person)
}

fn is_reviewer(gate: &Gate, reviewer: &Reviewer) -> bool {
    let review = &gate.review;
    review.reviewers.iter().any(|holder| holder.name == reviewer.person)
        || reviewer.roles.iter().any(|role| review.roles.contains(role))
}

/// Returns an error for each reason that no approval can lift. An edit has none: it is judged
/// again, and the new decision has its own reasons.
fn check_approvable(held: &HeldRun, action: &ReviewAction) -> Vec<ReviewRuleError> {
    if matches!(action, ReviewAction::Edit { .. }) {
        return Vec::new();
    }
    let kinds = final_holds(&held.decision.reasons).into_iter();
    kinds.map(|kind| ReviewRuleError::CannotBeApproved(Box::new(kind.clone()))).collect()
}

/// Returns the objection to the answer of one checklist question, if there is one.
pub fn check_answer(item: &ChecklistItem, answers: &[ChecklistAnswer]) -> Option<ReviewRuleError> {
    let Some(given) = answers.iter().find(|answer| answer.item == item.item) else {
        return Some(ReviewRuleError::Unanswered(item.item.clone(), item.question.clone()));
    };
    let is_required =
        |required: &NonBlankString| is_same_text(required.as_str(), given.answer.as_str());
    if let Some(required) = item.answer.as_ref().filter(|required| !is_required(required)) {
        let (item, required, given) = (item.item.clone(), required.clone(), given.answer.clone());
        return Some(ReviewRuleError::WrongAnswer { item, required, given });
    }
    (item.evidence && given.evidence.is_none())
        .then(|| ReviewRuleError::EvidenceMissing(item.item.clone()))
}

fn is_same_text(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Returns how many people have to approve an output that is held for these reasons.
pub fn required_approvals(gate: &Gate, reasons: &[Reason]) -> u8 {
    let count = gate.review.count.unwrap_or(1).max(1);
    let second_when = gate.review.second_reviewer_when.as_ref();
    if second_when.is_some_and(|when| condition_applies(when, reasons)) {
        count.max(SECOND_REVIEW_APPROVALS)
    } else {
        count
    }
}

/// Checks whether the gate escalates a run with these reasons without waiting for its SLA.
pub fn is_escalated_at_once(gate: &Gate, reasons: &[Reason]) -> bool {
    gate.review.escalate_when.as_ref().is_some_and(|when| condition_applies(when, reasons))
}

fn condition_applies(when: &ReviewTrigger, reasons: &[Reason]) -> bool {
    let matches_when = |reason: &Reason| match &reason.kind {
        ReasonKind::Finding { severity, rule, .. } => {
            when.severity.is_some_and(|least| *severity >= least) || when.rules.contains(rule)
        }
        _ => false,
    };
    when.always || reasons.iter().any(matches_when)
}

#[cfg(test)]
mod tests;
