//! The confidence rule: an output with too little model confidence goes to a human.

use tollgate_model::ReasonKind;

use crate::{DecisionInput, Reasons};

/// Holds outputs whose confidence is below the gate's minimum or unknown.
pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let Some(required) = input.gate.guardrails.confidence else { return };
    match input.facts.confidence {
        None => reasons.add(ReasonKind::ConfidenceUnknown),
        Some(confidence) if confidence < required => {
            reasons.add(ReasonKind::ConfidenceLow { confidence, required });
        }
        Some(_) => {}
    }
}
