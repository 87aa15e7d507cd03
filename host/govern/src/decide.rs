//! The decision: every rule is asked, every reason is given, and the strictest counts.
//!
//! `docs/decide.md` has the reasons as a table.

use tollgate_model::{Cause, Checked, Decision, Gate, Pattern, Ruling};

use crate::contracts;
use crate::oversight::Afterwards;
use crate::{
    Facts, Reasons, State, access, budget, completeness, confidence, guardrails, oversight, prompt,
    review, score,
};

/// What there is to decide by.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The record.
    pub gate: &'a Gate,
    /// What contracts said.
    pub checks: &'a [Checked],
    /// What is known of the output.
    pub facts: &'a Facts,
    /// What has happened so far.
    pub state: &'a State,
    /// The moment, in milliseconds since 1970.
    pub now_ms: u64,
}

/// Decides what happens to an output. There is an answer to every input, and it is `allow` only
/// where no rule has anything against it.
pub fn decide(
    gate: &Gate,
    checks: &[Checked],
    facts: &Facts,
    state: &State,
    now_ms: u64,
) -> Decision {
    let case = Case { gate, checks, facts, state, now_ms };
    let mut reasons = Reasons::default();
    let weighed = score::of(&gate.score, state.thresholds);
    completeness::rule(&case, &mut reasons);
    score::rule(&case, weighed.as_ref(), &mut reasons);
    let failed = contracts::rule(&case, &mut reasons);
    prompt::rule(&case, &mut reasons);
    access::rule(&case, &mut reasons);
    guardrails::rule(&case, &mut reasons);
    confidence::rule(&case, &mut reasons);
    let cost = budget::rule(&case, &mut reasons);
    for (key, why) in &facts.unreadable {
        reasons.add(Cause::ContextUnreadable { key: key.clone(), why: why.clone() });
    }
    let afterwards = oversight::rule(&case, weighed.as_ref(), &failed, &mut reasons);
    review::lift(&case, &mut reasons);
    let would_be = shadow(gate, &mut reasons);
    let ruling = Ruling::from(reasons.effect());
    let goes_out = ruling == Ruling::Allow;
    let afterwards = if goes_out { afterwards } else { Afterwards::default() };
    afterwards.tell(&mut reasons);
    Decision {
        ruling,
        would_be,
        reasons: reasons.in_order(),
        audit: afterwards.sampled.is_some(),
        undo_until_ms: afterwards.undo_until_ms,
        cost,
    }
}

/// Nothing of a gate in shadow goes out; what would have is kept, to be compared.
fn shadow(gate: &Gate, reasons: &mut Reasons) -> Option<Ruling> {
    (gate.oversight.pattern == Some(Pattern::Shadow)).then(|| {
        let would_be = Ruling::from(reasons.effect());
        reasons.add(Cause::Shadow);
        would_be
    })
}
