//! The rule of quality gates: what the contracts find decides whether an output passes or fails.
//!
//! Nothing is asked about who delegates what: no record, level, budget, reviewer, confidence or model. In return the ruling
//! is nobody's leave to send the output.

use tollgate_model::{Decision, Reason, ReasonEffect, ReasonKind, Ruling};

use crate::{DecisionInput, Reasons, contracts, prompt};

/// Decides whether an output passes. The rules of contracts apply as at any other gate, and whatever would hold or block
/// an output there fails it. So does a text without a visible character, which contracts find nothing in, and an output
/// of another prompt than the one that the gate names. No approval lifts anything.
pub(crate) fn decide_quality(input: &DecisionInput<'_>) -> Decision {
    let mut reasons = Reasons::default();
    contracts::add_reasons(input, &mut reasons);
    prompt::add_mismatch(input, &mut reasons);
    if input.facts.is_blank {
        reasons.add(ReasonKind::OutputBlank);
    }
    // What a contract found says already that it did not pass the output.
    let is_cause = |reason: &Reason| {
        reason.effect != ReasonEffect::Note && reason.kind != ReasonKind::NothingPassed
    };
    if reasons.as_slice().iter().any(is_cause) {
        reasons.remove(&ReasonKind::NothingPassed);
    }
    Decision {
        ruling: Ruling::of_quality(reasons.effect()),
        would_be: None,
        reasons: reasons.into_sorted(),
        audit: false,
        undo_until_ms: None,
        cost: None,
    }
}
