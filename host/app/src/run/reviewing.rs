//! What comes of a review, and what to record of it: all of it, or nothing.
//!
//! Who may review and what they have to answer, the rules say. Here an output that enough people approved is
//! decided again, one that was edited is judged, and a gate that has changed since then judges anew:
//! what was said by another release is not trusted, and what reviewers have not seen they have not
//! approved.

mod against;
mod approving;
mod claiming;
mod editing;

use tollgate_govern::review::{self, Next, Refusal, Reviewer};
use tollgate_ledger::Entry;
use tollgate_model::{
    Act, Answer, Decision, Event, Gate, Holder, Incident, ReviewEvent, What, Words,
};

pub(crate) use against::Against;
pub(crate) use claiming::claim;

use super::keeper::{Decided, Keeper};
use super::waiting::Open;
use crate::project::Project;
use crate::who::who;

/// What a reviewer says.
pub(crate) struct Said {
    pub(crate) reviewer: Reviewer,
    pub(crate) answers: Vec<Answer>,
    /// How long they had it before them.
    pub(crate) time_ms: Option<u64>,
}

/// What came of a review, and what to record of it.
pub(crate) struct Concluded {
    pub(crate) became: Became,
    pub(crate) entries: Vec<Entry>,
}

/// What came of a review.
pub(crate) enum Became {
    /// Nothing: everything that speaks against it.
    Refused(Vec<Against>),
    /// It was decided again, or what it was edited to was decided.
    Decided(Box<Decided>),
    /// The gate has changed, and found what nobody has seen yet.
    JudgedAnew(Box<Decided>),
    /// So many more people have to approve it.
    AnotherPerson(u8),
    /// It does not go out.
    Rejected,
    /// Somebody else decides.
    Escalated(Option<Holder>),
    /// It went out, and rightly so.
    Confirmed,
    /// It went out, and should not have.
    Regretted,
}

impl Concluded {
    fn refused(against: Vec<Against>) -> Self {
        Self { became: Became::Refused(against), entries: Vec::new() }
    }

    fn rules(refusals: Vec<Refusal>) -> Self {
        Self::refused(refusals.into_iter().map(Against::Rule).collect())
    }
}

/// A review of one run.
pub(crate) struct Reviewing<'a> {
    pub(crate) project: &'a Project,
    pub(crate) open: &'a Open,
    pub(crate) said: &'a Said,
    pub(crate) now_ms: u64,
}

impl Reviewing<'_> {
    /// What speaks against any review of the run, by whomever.
    fn unfit(&self, gate: &Gate) -> Vec<Against> {
        let mut against: Vec<_> = self.open.row.closed.map(Against::Closed).into_iter().collect();
        let items: Vec<_> = gate.review.checklist.iter().map(|item| &item.item).collect();
        let unknown = self.said.answers.iter().filter(|answer| !items.contains(&&answer.item));
        let names: Vec<_> = items.iter().map(|item| format!("`{item}`")).collect();
        let names = if names.is_empty() { "no question".into() } else { names.join(", ") };
        against
            .extend(unknown.map(|answer| Against::NoSuchItem(answer.item.clone(), names.clone())));
        against
    }

    /// Rejects it, or hands it on: nothing is judged for that.
    pub(crate) fn without_judging(&self, gate: &Gate, act: Act) -> Concluded {
        let unfit = self.unfit(gate);
        if !unfit.is_empty() {
            return Concluded::refused(unfit);
        }
        let next = match self.conclude(gate, &self.open.run.decision, &act) {
            Ok(next) => next,
            Err(refusals) => return Concluded::rules(refusals),
        };
        let became = match next {
            Next::Escalated { to } => Became::Escalated(to),
            _ => Became::Rejected,
        };
        Concluded { became, entries: vec![self.recorded(gate, act)] }
    }

    /// Says of an output that has gone out whether it should have. If not, something went wrong and a person says
    /// so: that is an incident, and costs the gate a level.
    pub(crate) fn audit(&self, gate: &Gate, act: Act) -> Concluded {
        let mut against = self.unfit(gate);
        if !matches!(act, Act::Approve | Act::Reject { .. }) {
            against.push(Against::AfterTheFact);
        }
        let Said { reviewer, answers, .. } = self.said;
        let held = self.open.held();
        let refusals = review::after_the_fact(gate, &held, reviewer, &act, answers, self.now_ms);
        against.extend(refusals.into_iter().map(Against::Rule));
        if !against.is_empty() {
            return Concluded::refused(against);
        }
        let Act::Reject { reason } = &act else {
            return Concluded {
                became: Became::Confirmed,
                entries: vec![self.recorded(gate, act)],
            };
        };
        let (run, by) = (Some(self.open.row.run), reviewer.person.clone());
        let incident = What::Incident(Incident { what: reason.clone(), by, run });
        let event = Event { at_ms: self.now_ms, gate: gate.name.clone(), what: incident };
        let entries = vec![self.recorded(gate, act), Entry::of(event)];
        Concluded { became: Became::Regretted, entries }
    }

    fn conclude(&self, gate: &Gate, decision: &Decision, act: &Act) -> Result<Next, Vec<Refusal>> {
        let held = review::HeldRun { decision: decision.clone(), ..self.open.held() };
        let Said { reviewer, answers, .. } = self.said;
        review::conclude(gate, &held, reviewer, act, answers, self.now_ms)
    }

    /// The review stands before what came of it, and both are recorded or none.
    fn decided(
        &self,
        keeper: &Keeper,
        act: Act,
        mut decided: Decided,
    ) -> anyhow::Result<Concluded> {
        let mut entries = vec![self.recorded(&keeper.ready.gate, act)];
        entries.extend(keeper.take_over(&who(), self.now_ms)?);
        entries.append(&mut decided.entries);
        Ok(Concluded { became: Became::Decided(Box::new(decided)), entries })
    }

    fn recorded(&self, gate: &Gate, act: Act) -> Entry {
        let Said { reviewer, answers, time_ms } = self.said;
        let review = ReviewEvent {
            run: self.open.row.run,
            subject: self.open.run.subject,
            by: reviewer.person.clone(),
            role: role(gate, reviewer),
            act,
            answers: answers.clone(),
            time_ms: *time_ms,
        };
        let what = What::Review(review);
        let event = Event { at_ms: self.now_ms, gate: gate.name.clone(), what };
        Entry { expect: Some(self.open.expect()), ..Entry::of(event) }
    }
}

/// As what somebody reviews: the role that the gate knows them by.
fn role(gate: &Gate, reviewer: &Reviewer) -> Option<Words> {
    let review = &gate.review;
    let by_role = reviewer.roles.iter().find(|role| review.roles.contains(*role));
    let named = review.reviewers.iter().chain(&review.escalate_to);
    let by_name = named.filter(|holder| holder.name == reviewer.person).map(|holder| &holder.role);
    by_role.or(by_name.into_iter().next()).or(reviewer.roles.first()).cloned()
}

#[cfg(test)]
mod tests;
