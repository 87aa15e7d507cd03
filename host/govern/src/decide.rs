//! The decision about one output: applies every rule, keeps every reason, and takes the strictest
//! effect.
//!
//! `docs/decide.md` lists the reasons as a table.

use tollgate_model::{
    ContractCheck, Decision, Gate, GatePurpose, OversightPattern, ReasonKind, Ruling,
};

use crate::contracts;
use crate::oversight::FollowUp;
use crate::{
    GateState, OutputFacts, Reasons, access, budget, completeness, confidence, guardrails,
    oversight, prompt, quality, review, score,
};

/// Everything a rule may look at.
#[derive(Clone, Copy, Debug)]
pub struct DecisionInput<'a> {
    pub gate: &'a Gate,
    /// Reports and failures of the contracts that were run.
    pub checks: &'a [ContractCheck],
    pub facts: &'a OutputFacts,
    pub state: &'a GateState,
    /// Time of the decision, in milliseconds since 1970 (UTC).
    pub now_ms: u64,
}

/// Decides what happens to an output. Total: every input has a decision. The decision is `allow`
/// only if no rule holds or blocks. A gate of the purpose `quality` never allows: its decision is
/// `pass` or `fail`.
pub fn decide(
    gate: &Gate,
    checks: &[ContractCheck],
    facts: &OutputFacts,
    state: &GateState,
    now_ms: u64,
) -> Decision {
    let input = DecisionInput { gate, checks, facts, state, now_ms };
    match gate.purpose {
        GatePurpose::Quality => quality::decide_quality(&input),
        GatePurpose::Delegation => decide_delegation(&input),
    }
}

/// Decides whether an output may be sent.
fn decide_delegation(input: &DecisionInput<'_>) -> Decision {
    let DecisionInput { gate, facts, state, .. } = *input;
    let mut reasons = Reasons::default();
    let weighed_score = score::weigh_score(&gate.score, state.thresholds);
    completeness::add_reasons(input, &mut reasons);
    score::add_reasons(input, weighed_score.as_ref(), &mut reasons);
    let failed = contracts::add_reasons(input, &mut reasons);
    prompt::add_reasons(input, &mut reasons);
    access::add_reasons(input, &mut reasons);
    guardrails::add_reasons(input, &mut reasons);
    confidence::add_reasons(input, &mut reasons);
    let cost = budget::add_reasons(input, &mut reasons);
    for (key, problem) in &facts.unreadable {
        reasons.add(ReasonKind::ContextUnreadable { key: key.clone(), problem: problem.clone() });
    }
    let follow_up = oversight::add_reasons(input, weighed_score.as_ref(), &failed, &mut reasons);
    // Approvals come before shadow, so that `would_be` is the ruling after them.
    review::lift_approved_holds(input, &mut reasons);
    let would_be = apply_shadow_pattern(gate, &mut reasons);
    let ruling = Ruling::from(reasons.effect());
    // A sample or an undo window makes sense only for outputs that go out.
    let is_allowed = ruling == Ruling::Allow;
    let follow_up = if is_allowed { follow_up } else { FollowUp::default() };
    follow_up.add_reasons(&mut reasons);
    Decision {
        ruling,
        would_be,
        reasons: reasons.into_sorted(),
        audit: follow_up.sampled.is_some(),
        undo_until_ms: follow_up.undo_until_ms,
        cost,
    }
}

/// Blocks every output of a gate in shadow. Returns the ruling that the gate would have made
/// without the pattern, for comparison; `None` for other gates.
fn apply_shadow_pattern(gate: &Gate, reasons: &mut Reasons) -> Option<Ruling> {
    (gate.oversight.pattern == Some(OversightPattern::Shadow)).then(|| {
        let would_be = Ruling::from(reasons.effect());
        reasons.add(ReasonKind::Shadow);
        would_be
    })
}
