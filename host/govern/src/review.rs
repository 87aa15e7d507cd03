//! Human review that is not theatre: who may, what they have to answer, what comes of it.

mod approval;
mod audit;
mod refusal;
mod time;

use tollgate_model::{
    Act, Answer, Cause, CheckItem, Claim, Decision, Digest, Effect, Gate, Holder, Lift, Person,
    Reason, Ruling, When, Words,
};

pub(crate) use approval::lift;
pub use audit::after_the_fact;
pub use refusal::Refusal;
pub use time::{claim, due_ms, escalated_to, steps_escalated};

use crate::Approved;
use time::{claimed, step_of_path};

/// A second person is one more than one.
const SECOND: u8 = 2;
/// A run that is held, as the ledger has it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldRun {
    /// What identifies the output.
    pub subject: Digest,
    /// What was decided.
    pub decision: Decision,
    /// Who wrote what is reviewed: who asked for the output, who wrote its prompt.
    pub authors: Vec<Person>,
    /// When it was held.
    pub held_at_ms: u64,
    /// Who took it last.
    pub claim: Option<Claim>,
    /// Who has approved it already.
    pub approved_by: Vec<Person>,
    /// How often somebody handed it on.
    pub escalated: u32,
}

/// Somebody who would review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewer {
    /// Who.
    pub person: Person,
    /// As what, as the organisation knows it.
    pub roles: Vec<Words>,
}

/// What comes of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Enough people approved: decide again with this, and it goes out if nothing else came up.
    DecideAgain(Approved),
    /// The edited output is judged, and then decided with this.
    JudgeAgain(Approved),
    /// Another person has to approve it too.
    AnotherPerson {
        /// How many people are still wanted.
        wanted: u8,
    },
    /// It does not go out.
    Rejected,
    /// Somebody else decides.
    Escalated {
        /// Who; nobody, where the gate names nobody.
        to: Option<Holder>,
    },
}

/// What a reviewer does with a run that is held. Everything that speaks against it is told.
pub fn conclude(
    gate: &Gate,
    held: &HeldRun,
    reviewer: &Reviewer,
    act: &Act,
    answers: &[Answer],
    now_ms: u64,
) -> Result<Next, Vec<Refusal>> {
    let mut refusals = Vec::new();
    if held.decision.ruling != Ruling::Hold {
        refusals.push(Refusal::NotHeld(held.decision.ruling));
    }
    refusals.extend(may_review(gate, held, reviewer, now_ms));
    refusals.extend(claimed(held, &reviewer.person, now_ms));
    if matches!(act, Act::Approve | Act::Edit { .. }) {
        refusals.extend(may_approve(held, act));
        refusals.extend(gate.review.checklist.iter().filter_map(|item| answered(item, answers)));
    }
    if refusals.is_empty() { Ok(next(gate, held, reviewer, act, now_ms)) } else { Err(refusals) }
}

fn next(gate: &Gate, held: &HeldRun, reviewer: &Reviewer, act: &Act, now_ms: u64) -> Next {
    let people_wanted = people_wanted(gate, &held.decision.reasons);
    let approved = |subject, by, edited| Approved { subject, by, edited, people_wanted };
    match act {
        Act::Approve => {
            let mut by = held.approved_by.clone();
            by.push(reviewer.person.clone());
            let so_far = u8::try_from(by.len()).unwrap_or(u8::MAX);
            match people_wanted.saturating_sub(so_far) {
                0 => Next::DecideAgain(approved(held.subject, by, false)),
                wanted => Next::AnotherPerson { wanted },
            }
        }
        // What others approved was another text.
        Act::Edit { edited } => {
            Next::JudgeAgain(approved(*edited, vec![reviewer.person.clone()], true))
        }
        Act::Reject { .. } => Next::Rejected,
        Act::Escalate { .. } => {
            let step = steps_escalated(gate, held, now_ms);
            Next::Escalated { to: step_of_path(gate, step).cloned() }
        }
    }
}

/// Who may review, and who may not: everything that speaks against somebody.
pub fn may_review(gate: &Gate, held: &HeldRun, reviewer: &Reviewer, now_ms: u64) -> Vec<Refusal> {
    let person = &reviewer.person;
    let mut refusals = Vec::new();
    if held.authors.contains(person) || gate.author.as_ref() == Some(person) {
        refusals.push(Refusal::Author(person.clone()));
    }
    if gate.review.may_not.contains(person) {
        refusals.push(Refusal::MayNot(person.clone()));
    }
    if held.approved_by.contains(person) {
        refusals.push(Refusal::SamePerson(person.clone()));
    }
    let escalated_to = gate.review.escalate_to.iter().any(|holder| holder.name == *person);
    let is_escalated = steps_escalated(gate, held, now_ms) > 0;
    let at_once = goes_up_at_once(gate, &held.decision.reasons);
    if at_once && !escalated_to {
        refusals.push(Refusal::NotEscalatedTo(person.clone()));
    } else if !(is_reviewer(gate, reviewer) || is_escalated && escalated_to) {
        refusals.push(Refusal::NotAReviewer(person.clone()));
    }
    refusals
}

fn is_reviewer(gate: &Gate, reviewer: &Reviewer) -> bool {
    let review = &gate.review;
    review.reviewers.iter().any(|holder| holder.name == reviewer.person)
        || reviewer.roles.iter().any(|role| review.roles.contains(role))
}

/// What speaks against approving, whoever does.
fn may_approve(held: &HeldRun, act: &Act) -> Vec<Refusal> {
    let edits = matches!(act, Act::Edit { .. });
    let stays = |reason: &&Reason| {
        reason.effect == Effect::Hold && reason.cause.lift() == Lift::Never && !edits
    };
    let reasons = held.decision.reasons.iter().filter(stays);
    reasons.map(|reason| Refusal::CannotBeApproved(Box::new(reason.cause.clone()))).collect()
}

/// What is wrong with the answer to a question of the checklist.
fn answered(item: &CheckItem, answers: &[Answer]) -> Option<Refusal> {
    let Some(given) = answers.iter().find(|answer| answer.item == item.item) else {
        return Some(Refusal::NotAnswered(item.item.clone(), item.question.clone()));
    };
    let is_it = |wanted: &Words| same_word(wanted.as_str(), given.answer.as_str());
    if let Some(wanted) = item.answer.as_ref().filter(|wanted| !is_it(wanted)) {
        let (item, wanted, given) = (item.item.clone(), wanted.clone(), given.answer.clone());
        return Some(Refusal::OtherAnswer { item, wanted, given });
    }
    (item.evidence && given.evidence.is_none()).then(|| Refusal::NoEvidence(item.item.clone()))
}

fn same_word(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// How many people have to approve an output that is held for these reasons.
pub fn people_wanted(gate: &Gate, reasons: &[Reason]) -> u8 {
    let count = gate.review.count.unwrap_or(1).max(1);
    let second = gate.review.second_reviewer_when.as_ref();
    if second.is_some_and(|when| applies(when, reasons)) { count.max(SECOND) } else { count }
}

/// Whether it goes to who is named for that at once.
pub fn goes_up_at_once(gate: &Gate, reasons: &[Reason]) -> bool {
    gate.review.escalate_when.as_ref().is_some_and(|when| applies(when, reasons))
}

fn applies(when: &When, reasons: &[Reason]) -> bool {
    let found = |reason: &Reason| match &reason.cause {
        Cause::Finding { severity, rule, .. } => {
            when.severity.is_some_and(|least| *severity >= least) || when.rules.contains(rule)
        }
        _ => false,
    };
    when.always || reasons.iter().any(found)
}

#[cfg(test)]
mod tests;
