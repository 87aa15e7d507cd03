//! Approving: with enough people an output is decided again, by what it was judged by or, where
//! the gate has changed since, by what it is judged by now.

use tollgate_govern::Approved;
use tollgate_govern::review::Next;
use tollgate_model::{Act, Cause, Decision, Effect, Gate, Reason, Ruling, Subject};

use super::{Against, Became, Concluded, Reviewing};
use crate::run::judging::Judged;
use crate::run::keeper::{Came, Decided, Keeper};
use crate::run::waiting::Output;
use crate::who::who;

/// What there is to approve.
enum Seen {
    /// An output, and the decision that a reviewer has before them.
    Before(Box<Judged>, Box<Decision>),
    /// Something that no reviewer has had before them.
    Never(Box<Decided>),
}

impl Reviewing<'_> {
    /// Approves it.
    pub(crate) async fn approve(
        &self,
        keeper: &mut Keeper,
        given: Option<Subject>,
    ) -> anyhow::Result<Concluded> {
        let gate = keeper.ready.gate.clone();
        let is_same = self.open.run.release == keeper.ready.pinned.digest;
        let output = match self.may_approve(&gate, is_same, given)? {
            Ok(output) => output,
            Err(against) => return Ok(Concluded::refused(against)),
        };
        let (judged, decision) = match self.seen(keeper, is_same, output).await? {
            Seen::Before(judged, decision) => (judged, decision),
            Seen::Never(anew) => return self.judged_anew(keeper, *anew),
        };
        match self.conclude(&gate, &decision, &Act::Approve) {
            Err(refusals) => Ok(Concluded::rules(refusals)),
            Ok(Next::DecideAgain(approved)) => self.decide_again(keeper, *judged, approved),
            Ok(Next::AnotherPerson { wanted }) => {
                let entries = vec![self.recorded(&gate, Act::Approve)];
                Ok(Concluded { became: Became::AnotherPerson(wanted), entries })
            }
            Ok(_) => anyhow::bail!("an approval came to something else"),
        }
    }

    /// The output, where enough of it is known; or everything that speaks against approving it,
    /// the rules included, so that it is told at once.
    fn may_approve(
        &self,
        gate: &Gate,
        is_same: bool,
        given: Option<Subject>,
    ) -> anyhow::Result<Result<Output, Vec<Against>>> {
        let mut against = self.unfit(gate);
        let output = self.open.output(given)?;
        if is_same && self.open.details_gone {
            against.push(Against::DetailsGone);
        }
        if !is_same && matches!(output, Ok(Output::Masked(_))) {
            against.push(Against::Changed);
        }
        Ok(match output {
            Ok(output) if against.is_empty() => Ok(output),
            output => {
                against.extend(output.err());
                let rules = self.conclude(gate, &self.open.run.decision, &Act::Approve);
                against.extend(rules.err().into_iter().flatten().map(Against::Rule));
                Err(against)
            }
        })
    }

    /// What a reviewer approves: what was judged, or what the gate says now if they have seen all of that.
    async fn seen(
        &self,
        keeper: &mut Keeper,
        is_same: bool,
        output: Output,
    ) -> anyhow::Result<Seen> {
        let decision = &self.open.run.decision;
        if is_same {
            let judged = Judged::before(&self.open.run, output.subject());
            return Ok(Seen::Before(judged.into(), decision.clone().into()));
        }
        let judged = keeper.ready.judge(output.subject(), self.now_ms).await?;
        let anew = keeper.decide(judged.clone(), self.again(None), self.now_ms)?;
        if anew.decision.ruling == Ruling::Block || !all_seen(decision, &anew.decision) {
            return Ok(Seen::Never(anew.into()));
        }
        // Nothing of that has happened: it was to see what there is to approve.
        keeper.look(self.project, self.now_ms)?;
        // The gate may let it out by itself by now; whoever approves has to have looked all the same.
        let decision = Decision { ruling: Ruling::Hold, ..anew.decision };
        Ok(Seen::Before(judged.into(), decision.into()))
    }

    /// What was approved goes out, if nothing else holds it by now.
    fn decide_again(
        &self,
        keeper: &mut Keeper,
        judged: Judged,
        approved: Approved,
    ) -> anyhow::Result<Concluded> {
        let decided = keeper.decide(judged, self.again(Some(approved)), self.now_ms)?;
        if decided.decision.ruling == Ruling::Hold {
            let held = decided.decision.reasons.into_iter().filter(holds);
            let against = held.map(|reason| Against::StillHeld(reason.cause));
            return Ok(Concluded::refused(against.collect()));
        }
        self.decided(keeper, Act::Approve, decided)
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

    /// What the gate says now is recorded, and nothing of the review.
    fn judged_anew(&self, keeper: &Keeper, mut anew: Decided) -> anyhow::Result<Concluded> {
        let mut entries: Vec<_> = keeper.take_over(&who(), self.now_ms)?.into_iter().collect();
        entries.append(&mut anew.entries);
        if let Some(first) = entries.first_mut() {
            first.expect = Some(self.open.expect());
        }
        Ok(Concluded { became: Became::JudgedAnew(Box::new(anew)), entries })
    }
}

fn holds(reason: &Reason) -> bool {
    reason.effect == Effect::Hold
}

/// Whether whoever saw the one decision has seen everything that holds in the other.
pub(super) fn all_seen(seen: &Decision, anew: &Decision) -> bool {
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
