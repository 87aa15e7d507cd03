//! Looks afterwards: the output has gone out, and somebody says whether it should have.

use tollgate_model::{Act, Answer, Gate};

use super::time::claimed;
use super::{HeldRun, Refusal, Reviewer, answered, may_review};

/// Everything that speaks against what a reviewer says of an output that has gone out. It takes
/// the same people and, to say that all is well, the same checklist as if it were held: a look
/// afterwards that nobody takes is no oversight.
pub fn after_the_fact(
    gate: &Gate,
    run: &HeldRun,
    reviewer: &Reviewer,
    act: &Act,
    answers: &[Answer],
    now_ms: u64,
) -> Vec<Refusal> {
    let mut refusals = may_review(gate, run, reviewer, now_ms);
    refusals.extend(claimed(run, &reviewer.person, now_ms));
    if matches!(act, Act::Approve) {
        refusals.extend(gate.review.checklist.iter().filter_map(|item| answered(item, answers)));
    }
    refusals
}
