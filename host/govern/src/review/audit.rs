//! Audit reviews: a person checks an output that was already allowed.

use tollgate_model::{ChecklistAnswer, Gate, ReviewAction};

use super::time::check_claim;
use super::{
    HeldRun, ReviewRuleError, Reviewer, check_answer, check_repeated_approval, check_reviewer,
};

/// Returns all objections to an audit review. It needs the same reviewers as a held run, and an
/// approval needs the same checklist: a weaker audit would be no oversight.
pub fn check_audit_review(
    gate: &Gate,
    run: &HeldRun,
    reviewer: &Reviewer,
    action: &ReviewAction,
    answers: &[ChecklistAnswer],
    now_ms: u64,
) -> Vec<ReviewRuleError> {
    let mut errors = check_reviewer(gate, run, reviewer, now_ms);
    errors.extend(check_repeated_approval(run, reviewer, action));
    errors.extend(check_claim(run, &reviewer.person, now_ms));
    if matches!(action, ReviewAction::Approve) {
        errors.extend(gate.review.checklist.iter().filter_map(|item| check_answer(item, answers)));
    }
    errors
}
