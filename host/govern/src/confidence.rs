//! How sure a model has to be: less goes to a human.

use tollgate_model::Cause;

use crate::{Case, Reasons};

/// What the model is not sure enough of is held; so is what nobody knows it of.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) {
    let Some(wanted) = case.gate.guardrails.confidence else { return };
    match case.facts.confidence {
        None => reasons.add(Cause::ConfidenceUnknown),
        Some(confidence) if confidence < wanted => {
            reasons.add(Cause::ConfidenceLow { confidence, wanted });
        }
        Some(_) => {}
    }
}
