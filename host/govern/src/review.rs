//! Human review that is not theatre: who may, what they have to answer, what comes of it.

mod refusal;

use tollgate_model::{
    Act, Answer, Cause, CheckItem, Claim, Decision, Digest, Effect, Gate, Holder, Lift, Person,
    Reason, Ruling, When, Words,
};

pub use refusal::Refusal;

use crate::{Approved, Case, Reasons};

/// A second person is one more than one.
const SECOND: u8 = 2;
/// How long a review belongs to who took it, where the gate says nothing: a look and a coffee.
const CLAIM_MS_DEFAULT: u64 = 30 * 60 * 1000;

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

/// Who may review, and who may not.
fn may_review(gate: &Gate, held: &HeldRun, reviewer: &Reviewer, now_ms: u64) -> Vec<Refusal> {
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

/// A review that somebody else has taken is theirs for a while.
fn claimed(held: &HeldRun, person: &Person, now_ms: u64) -> Option<Refusal> {
    let claim =
        held.claim.as_ref().filter(|claim| now_ms < claim.until_ms && claim.by != *person)?;
    Some(Refusal::Claimed { by: claim.by.clone(), until_ms: claim.until_ms })
}

/// Takes a review for a while.
pub fn claim(
    gate: &Gate,
    run: Digest,
    held: &HeldRun,
    by: &Person,
    now_ms: u64,
) -> Result<Claim, Refusal> {
    if let Some(refusal) = claimed(held, by, now_ms) {
        return Err(refusal);
    }
    let claim_ms = gate.review.claim.map_or(CLAIM_MS_DEFAULT, |span| span.ms());
    Ok(Claim { run, by: by.clone(), until_ms: now_ms.saturating_add(claim_ms) })
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

/// By when a run that is held has to be reviewed.
pub fn due_ms(gate: &Gate, held_at_ms: u64) -> Option<u64> {
    Some(held_at_ms.saturating_add(gate.review.sla?.ms()))
}

/// How far up a run has gone: once for each time that the SLA has passed, and each time that
/// somebody handed it on.
pub fn steps_escalated(gate: &Gate, held: &HeldRun, now_ms: u64) -> u32 {
    let waited_ms = now_ms.saturating_sub(held.held_at_ms);
    let late = gate.review.sla.map_or(0, |sla| waited_ms / sla.ms().max(1));
    let at_once = u32::from(goes_up_at_once(gate, &held.decision.reasons));
    let late = u32::try_from(late).unwrap_or(u32::MAX);
    held.escalated.saturating_add(at_once).saturating_add(late)
}

/// Who has it now, where it has gone up.
pub fn escalated_to<'g>(gate: &'g Gate, held: &HeldRun, now_ms: u64) -> Option<&'g Holder> {
    step_of_path(gate, steps_escalated(gate, held, now_ms).checked_sub(1)?)
}

/// The last of the path has to decide, however late it is.
fn step_of_path(gate: &Gate, step: u32) -> Option<&Holder> {
    let path = &gate.review.escalate_to;
    path.get(usize::try_from(step).unwrap_or(usize::MAX)).or(path.last())
}

/// Takes the hold off what people approved: this very output, enough of them, none its author.
pub(crate) fn lift(case: &Case<'_>, reasons: &mut Reasons) {
    let Some(approved) = &case.state.approved else { return };
    let wanted = approved.people_wanted.max(case.gate.review.count.unwrap_or(1)).max(1);
    let by = who_counts(case, approved);
    if by.len() < usize::from(wanted) {
        let count = u32::try_from(by.len()).unwrap_or(u32::MAX);
        return reasons.add(Cause::ApprovalUnfit { approved: count, wanted: wanted.into() });
    }
    let edited = approved.edited;
    reasons.lift(|cause| match cause.lift() {
        Lift::Never => false,
        Lift::AsSeen => !edited,
        Lift::Edited => true,
    });
    reasons.add(Cause::Approved { by });
}

/// Different people, none of whom may not.
fn who_counts(case: &Case<'_>, approved: &Approved) -> Vec<Person> {
    if approved.subject != case.facts.subject {
        return Vec::new();
    }
    let gate = case.gate;
    let may = |person: &&Person| {
        gate.author.as_ref() != Some(*person)
            && case.facts.author.as_ref() != Some(*person)
            && !gate.review.may_not.contains(person)
    };
    let mut by: Vec<Person> = approved.by.iter().filter(may).cloned().collect();
    by.sort();
    by.dedup();
    by
}

#[cfg(test)]
mod tests;
