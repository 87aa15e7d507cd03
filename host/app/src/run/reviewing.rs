//! What comes of a review, and what to record of it: all of it, or nothing.
//!
//! Who may review and what they have to answer, the rules say. Here an output that enough people approved is
//! decided again, one that was edited is judged, and a gate that has changed since then judges anew:
//! what was said by another release is not trusted, and what reviewers have not seen they have not
//! approved.

use tollgate_govern::Approved;
use tollgate_govern::review::{self, Next, Refusal, Reviewer};
use tollgate_ledger::{Entry, Expect};
use tollgate_model::{
    Act, Answer, Cause, Content, Decision, Digest, Effect, Event, Gate, Holder, Incident, JsonText,
    Reason, ReviewEvent, Ruling, Subject, What, Words,
};

use super::judging::Judged;
use super::keeper::{Came, Decided, Keeper};
use super::waiting::{Open, Output};
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

/// What speaks against a review.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Against {
    #[error(transparent)]
    Rule(Refusal),
    #[error("it does not wait any more: event {0} closed it")]
    Closed(u64),
    #[error("the checklist of the gate has no `{0}`: it has {1}")]
    NoSuchItem(Words, String),
    #[error(
        "of this output nothing but its digest is kept: give it with `--subject FILE`, as JSON with `text`, `json` \
         or `action`, and `prompt` and `context` as they were"
    )]
    NotKept,
    #[error("this is another output: its digest is {given}, and that of the run is {wanted}")]
    OtherSubject { given: Digest, wanted: Digest },
    #[error(
        "the gate has changed since this was judged, and of the output only what is not personal is kept, so it cannot \
         be judged again: give it with `--subject FILE`, or put it through `tollgate check` again and reject this one"
    )]
    Changed,
    #[error(
        "what the contracts said of it was erased, so nobody knows what they would approve: put it through `tollgate \
         check` again, and reject this one"
    )]
    DetailsGone,
    #[error("it would be held all the same: {0}")]
    StillHeld(Cause),
    #[error("nothing was edited: `--approve` lets it out as it is")]
    NotEdited,
    #[error("the edited {0} is no JSON: {1}")]
    NoJson(&'static str, String),
    #[error("the output has gone out: approve it, or say with `--reject` that it should not have")]
    AfterTheFact,
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

    /// Approves it: with enough people it is decided again.
    pub(crate) async fn approve(
        &self,
        keeper: &mut Keeper,
        given: Option<Subject>,
    ) -> anyhow::Result<Concluded> {
        let gate = keeper.ready.gate.clone();
        let mut against = self.unfit(&gate);
        let output = match self.open.output(given)? {
            Ok(output) => Some(output),
            Err(unknown) => {
                against.push(unknown);
                None
            }
        };
        let is_same = self.open.run.release == keeper.ready.pinned.digest;
        if is_same && self.open.details_gone {
            against.push(Against::DetailsGone);
        }
        if !is_same && matches!(output, Some(Output::Masked(_))) {
            against.push(Against::Changed);
        }
        let mut decision = self.open.run.decision.clone();
        let Some(output) = output.filter(|_| against.is_empty()) else {
            // Everything that speaks against it is told at once.
            let rules = self.conclude(&gate, &decision, &Act::Approve).err().unwrap_or_default();
            against.extend(rules.into_iter().map(Against::Rule));
            return Ok(Concluded::refused(against));
        };
        let judged = if is_same {
            Judged::before(&self.open.run, output.subject())
        } else {
            let judged = keeper.ready.judge(output.subject(), self.now_ms).await?;
            let anew = keeper.decide(judged.clone(), self.again(None), self.now_ms)?;
            if anew.decision.ruling == Ruling::Block || !all_seen(&decision, &anew.decision) {
                return self.judged_anew(keeper, anew);
            }
            // Nothing of that has happened: it was to see what there is to approve.
            keeper.look(self.project, self.now_ms)?;
            // The gate may let it out by itself by now; whoever approves has to have looked all the same.
            decision = Decision { ruling: Ruling::Hold, ..anew.decision };
            judged
        };
        let approved = match self.conclude(&gate, &decision, &Act::Approve) {
            Err(refusals) => return Ok(Concluded::rules(refusals)),
            Ok(Next::DecideAgain(approved)) => approved,
            Ok(Next::AnotherPerson { wanted }) => {
                let entries = vec![self.recorded(&gate, Act::Approve)];
                return Ok(Concluded { became: Became::AnotherPerson(wanted), entries });
            }
            Ok(_) => anyhow::bail!("an approval came to something else"),
        };
        let decided = keeper.decide(judged, self.again(Some(approved)), self.now_ms)?;
        if decided.decision.ruling == Ruling::Hold {
            let holds = decided.decision.reasons.into_iter().filter(holds);
            let against = holds.map(|reason| Against::StillHeld(reason.cause));
            return Ok(Concluded::refused(against.collect()));
        }
        self.decided(keeper, Act::Approve, decided)
    }

    /// Edits it: what it was edited to is judged and decided as any other output is.
    pub(crate) async fn edit(
        &self,
        keeper: &mut Keeper,
        text: String,
        given: Option<Subject>,
    ) -> anyhow::Result<Concluded> {
        let gate = keeper.ready.gate.clone();
        let mut against = self.unfit(&gate);
        if self.open.details_gone {
            against.push(Against::DetailsGone);
        }
        let edited = self.open.output(given)?.and_then(|output| edited(output.subject(), text));
        let (edited, digest) = match edited {
            Ok(edited) => {
                let digest = Digest::of(serde_json::to_vec(&edited)?);
                (Some(edited), digest)
            }
            Err(unknown) => {
                against.push(unknown);
                (None, self.open.run.subject)
            }
        };
        if edited.is_some() && digest == self.open.run.subject {
            against.push(Against::NotEdited);
        }
        let act = Act::Edit { edited: digest };
        let next = self.conclude(&gate, &self.open.run.decision, &act);
        let (edited, approved) = match (edited.filter(|_| against.is_empty()), next) {
            (Some(edited), Ok(Next::JudgeAgain(approved))) => (edited, approved),
            (_, next) => {
                against.extend(next.err().into_iter().flatten().map(Against::Rule));
                return Ok(Concluded::refused(against));
            }
        };
        let judged = keeper.ready.judge(edited, self.now_ms).await?;
        let came = Came {
            edited_from: Some(self.open.row.run),
            approved: Some(approved),
            paid_ms: Some(self.open.paid_ms),
            ..Came::default()
        };
        let decided = keeper.decide(judged, came, self.now_ms)?;
        self.decided(keeper, act, decided)
    }

    fn conclude(&self, gate: &Gate, decision: &Decision, act: &Act) -> Result<Next, Vec<Refusal>> {
        let held = review::HeldRun { decision: decision.clone(), ..self.open.held() };
        let Said { reviewer, answers, .. } = self.said;
        review::conclude(gate, &held, reviewer, act, answers, self.now_ms)
    }

    /// That this very run is decided again. It was paid for when it came.
    fn again(&self, approved: Option<Approved>) -> Came {
        Came {
            again: Some(self.open.row.run),
            edited_from: self.open.run.edited_from,
            approved,
            paid_ms: Some(self.open.paid_ms),
            ..Came::default()
        }
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

    /// What the gate says now is recorded, and nothing of the review.
    fn judged_anew(&self, keeper: &Keeper, mut anew: Decided) -> anyhow::Result<Concluded> {
        let mut entries: Vec<_> = keeper.take_over(&who(), self.now_ms)?.into_iter().collect();
        entries.append(&mut anew.entries);
        if let Some(first) = entries.first_mut() {
            first.expect = Some(self.open.expect());
        }
        Ok(Concluded { became: Became::JudgedAnew(Box::new(anew)), entries })
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

/// Takes a review for a while, as nobody may who may not review.
pub(crate) fn claim(
    gate: &Gate,
    open: &Open,
    reviewer: &Reviewer,
    now_ms: u64,
) -> Result<(u64, Entry), Vec<Against>> {
    let mut against: Vec<_> = open.row.closed.map(Against::Closed).into_iter().collect();
    let held = open.held();
    let refusals = review::may_review(gate, &held, reviewer, now_ms);
    against.extend(refusals.into_iter().map(Against::Rule));
    match review::claim(gate, open.row.run, &held, &reviewer.person, now_ms) {
        Ok(claim) if against.is_empty() => {
            let until_ms = claim.until_ms;
            let event = Event { at_ms: now_ms, gate: gate.name.clone(), what: What::Claim(claim) };
            let expect: Option<Expect> = Some(open.expect());
            Ok((until_ms, Entry { expect, ..Entry::of(event) }))
        }
        Ok(_) => Err(against),
        Err(refusal) => {
            against.push(Against::Rule(refusal));
            Err(against)
        }
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

/// The output with another content of the same kind.
fn edited(subject: Subject, text: String) -> Result<Subject, Against> {
    let parse = |what: &'static str, text: String| {
        JsonText::parse(text).map_err(|error| Against::NoJson(what, error.to_string()))
    };
    let content = match subject.content {
        Content::Text(_) => Content::Text(text),
        Content::Json(_) => Content::Json(parse("document", text)?),
        Content::Action { tool, .. } => {
            Content::Action { tool, arguments: parse("list of arguments", text)? }
        }
    };
    Ok(Subject { content, ..subject })
}

fn holds(reason: &Reason) -> bool {
    reason.effect == Effect::Hold
}

/// Whether whoever saw the one decision has seen everything that holds in the other.
fn all_seen(seen: &Decision, anew: &Decision) -> bool {
    let known: Vec<_> = seen.reasons.iter().map(|reason| gist(&reason.cause)).collect();
    anew.reasons.iter().filter(|reason| holds(reason)).all(|reason| match &reason.cause {
        // That a human looks first is no news to somebody who looks.
        Cause::Oversight { .. } => true,
        cause => known.contains(&gist(cause)),
    })
}

/// What a cause is about. What it quotes may have been left out of the record.
fn gist(cause: &Cause) -> String {
    match cause {
        Cause::Finding { contract, rule, severity, .. } => {
            format!("{contract} {rule} {severity}")
        }
        Cause::Failure { contract, kind, .. } => format!("{contract} {kind}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
