//! Taking a review, for a while.

use tollgate_govern::review::{self, Reviewer};
use tollgate_ledger::Entry;
use tollgate_model::{Event, Gate, What};

use super::Against;
use crate::run::waiting::Open;

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
            let expect = Some(open.expect());
            Ok((until_ms, Entry { expect, ..Entry::of(event) }))
        }
        Ok(_) => Err(against),
        Err(refusal) => {
            against.push(Against::Rule(refusal));
            Err(against)
        }
    }
}
