//! Checks before a review starts: whether the person may do it, and whether an approval can help.

use tollgate_model::{Gate, LiftScope, Reason, ReasonEffect, ReasonKind};

use super::time::check_claim;
use super::{HeldRun, ReviewRuleError, Reviewer, check_reviewer};

/// Returns all objections to a person who starts a review of a run, whatever they are going to do with it.
pub fn check_review_start(
    gate: &Gate,
    held: &HeldRun,
    reviewer: &Reviewer,
    now_ms: u64,
) -> Vec<ReviewRuleError> {
    let mut errors = check_reviewer(gate, held, reviewer, now_ms);
    errors.extend(check_claim(held, &reviewer.person, now_ms));
    errors
}

/// Returns the reasons that hold an output and that no approval can lift.
pub fn final_holds(reasons: &[Reason]) -> Vec<&ReasonKind> {
    let holds = reasons.iter().filter(|reason| reason.effect == ReasonEffect::Hold);
    let kinds = holds.map(|reason| &reason.kind);
    kinds.filter(|kind| kind.lift_scope() == LiftScope::Never).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_holds_that_no_approval_lifts_are_final() {
        let reason = |effect, kind| Reason { effect, lifted: false, kind };
        let until = "2026-01-31".parse().unwrap();
        let ended = ReasonKind::ModelApprovalExpired { model: "acme/large".into(), until };
        let reasons = [
            reason(ReasonEffect::Hold, ReasonKind::NothingPassed),
            reason(ReasonEffect::Hold, ended.clone()),
            reason(ReasonEffect::Note, ReasonKind::ModelUnknown),
        ];
        assert_eq!(final_holds(&reasons), [&ended]);
    }
}
