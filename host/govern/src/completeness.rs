//! What a record lacks, and what may therefore not happen.

use tollgate_model::{Cause, Gate, Missing, Mode, OversightEffect, Pattern, Posture, Verb};

use crate::score::{self, Thresholds};
use crate::{Case, Reasons};

/// Everything without which nothing is allowed.
pub fn missing(gate: &Gate, thresholds: Thresholds) -> Vec<Missing> {
    let mut missing = Vec::new();
    let mut need = |there: bool, what: Missing| {
        if !there {
            missing.push(what);
        }
    };
    need(gate.task.is_some(), Missing::Task);
    need(gate.objective.is_some(), Missing::Objective);
    need(gate.owner.is_some(), Missing::Owner);
    need(gate.author.is_some(), Missing::Author);
    need_score(gate, thresholds, &mut need);
    need(gate.autonomy.is_some(), Missing::Autonomy);
    need(gate.oversight.pattern.is_some(), Missing::Pattern);
    need(gate.tags.risk.is_some() && gate.tags.reversibility.is_some(), Missing::Tags);
    need(gate.prompt.is_some(), Missing::Prompt);
    let enforced = gate.contracts.iter().any(|binding| binding.mode == Mode::Enforce);
    need(enforced, Missing::Contracts);
    need_review(gate, &mut need);
    need(gate.oversight.rollback.is_some(), Missing::Rollback);
    need(gate.audit.is_some(), Missing::Audit);
    need(gate.cost_centre.is_some(), Missing::CostCentre);
    need(gate.budget.as_ref().is_some_and(|budget| budget.has_cap()), Missing::Budget);
    need(has_access(gate), Missing::Access);
    need(has_data(gate), Missing::Data);
    need(!gate.approvals.is_empty(), Missing::ModelApproval);
    need(gate.review_by.is_some(), Missing::ReviewBy);
    missing
}

fn need_score(gate: &Gate, thresholds: Thresholds, need: &mut impl FnMut(bool, Missing)) {
    let posture = score::of(&gate.score, thresholds).map(|weighed| weighed.posture);
    need(posture.is_some(), Missing::Score);
    let middle = posture == Some(Posture::HumanInTheLoop);
    need(!middle || gate.score.in_the_middle.is_some(), Missing::InTheMiddle);
    let high = posture == Some(Posture::Block);
    need(!high || gate.score.when_high.is_some(), Missing::WhenHigh);
}

fn need_review(gate: &Gate, need: &mut impl FnMut(bool, Missing)) {
    let review = &gate.review;
    need(!review.reviewers.is_empty() || !review.roles.is_empty(), Missing::Reviewers);
    need(review.sla.is_some(), Missing::ReviewSla);
    need(!review.checklist.is_empty(), Missing::Checklist);
    need(review.second_reviewer_when.is_some(), Missing::SecondReviewer);
    need(review.escalate_when.is_some(), Missing::Escalation);
    need(!review.escalate_to.is_empty(), Missing::EscalationPath);
}

fn has_access(gate: &Gate) -> bool {
    let answers = |verb| gate.access.iter().all(|access| access.get(verb).is_some());
    !gate.access.is_empty() && Verb::ALL.into_iter().all(answers)
}

/// No data at all is an answer; data of which something is not known is none.
fn has_data(gate: &Gate) -> bool {
    let known = |flags: [(_, Option<bool>); 6]| flags.iter().all(|(_, answer)| answer.is_some());
    gate.data.as_ref().is_some_and(|data| data.iter().all(|class| known(class.flags())))
}

/// What a human lacks who would step back to this; nothing, where they do not.
pub fn missing_to_step_back(gate: &Gate, effect: OversightEffect) -> Vec<Missing> {
    let mut missing = Vec::new();
    if effect.holds() {
        return missing;
    }
    let mut need = |there: bool, what: Missing| {
        if !there {
            missing.push(what);
        }
    };
    let sampled = effect == OversightEffect::Sampled;
    let on_the_loop = gate.oversight.pattern == Some(Pattern::OnTheLoop);
    need(!sampled || gate.oversight.sample_share.is_some(), Missing::SampleShare);
    need(!on_the_loop || gate.oversight.undo_window.is_some(), Missing::UndoWindow);
    let promotion = gate.autonomy.as_ref().and_then(|autonomy| autonomy.promotion.as_ref());
    need(promotion.is_some(), Missing::Promotion);
    need(!gate.guardrails.channels.is_empty(), Missing::Channels);
    need(gate.guardrails.blocked_topics.is_some(), Missing::BlockedTopics);
    need(gate.guardrails.brand_voice.is_some(), Missing::BrandVoice);
    need(!gate.performance.is_empty(), Missing::Performance);
    missing
}

/// An incomplete record allows nothing.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) {
    for missing in missing(case.gate, case.state.thresholds) {
        reasons.add(Cause::RecordIncomplete { missing });
    }
    let overdue = case.gate.review_by.filter(|day| day.end_ms() <= case.now_ms);
    if let Some(review_by) = overdue {
        reasons.add(Cause::RecordOverdue { review_by });
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Consequence;

    use super::*;
    use crate::example::example;

    #[test]
    fn the_example_lacks_nothing() {
        let gate = example();
        assert_eq!(missing(&gate, Thresholds::default()), []);
        assert_eq!(missing_to_step_back(&gate, OversightEffect::Sampled), []);
        assert_eq!(missing_to_step_back(&gate, OversightEffect::ExceptionsOnly), []);
    }

    #[test]
    fn a_record_that_says_nothing_lacks_everything() {
        let gate = Gate::named("a".parse().unwrap());
        let mut lacks = missing(&gate, Thresholds::default());
        assert!(lacks.iter().all(|one| one.consequence() == Consequence::NothingAllowed));
        lacks.extend(missing_to_step_back(&gate, OversightEffect::Sampled));
        // What a score means in the middle or above is asked once there is one.
        let later = [Missing::InTheMiddle, Missing::WhenHigh, Missing::UndoWindow];
        let all = Missing::ALL.into_iter().filter(|one| !later.contains(one));
        assert!(all.clone().all(|one| lacks.contains(&one)), "{lacks:?}");
        assert_eq!(lacks.len(), all.count());
    }

    #[test]
    fn each_part_of_the_example_is_needed() {
        let whole = serde_json::to_value(example()).unwrap();
        let keys = [
            "task",
            "objective",
            "author",
            "prompt",
            "cost-centre",
            "review-by",
            "owner",
            "tags",
            "score",
            "autonomy",
            "oversight",
            "review",
            "budget",
            "audit",
            "contracts",
            "access",
            "data",
            "approvals",
        ];
        for key in keys {
            let mut less = whole.clone();
            less.as_object_mut().unwrap().remove(key).unwrap();
            let gate: Gate = serde_json::from_value(less).unwrap();
            assert_ne!(missing(&gate, Thresholds::default()), [], "without `{key}`");
        }
    }

    #[test]
    fn an_answer_that_is_missing_is_not_an_empty_one() {
        let mut gate = example();
        gate.access[0].infer = Some(Vec::new());
        gate.data = Some(Vec::new());
        assert_eq!(missing(&gate, Thresholds::default()), []);
        gate.access[0].infer = None;
        assert_eq!(missing(&gate, Thresholds::default()), [Missing::Access]);
        let mut gate = example();
        gate.data.as_mut().unwrap()[0].anonymised = None;
        assert_eq!(missing(&gate, Thresholds::default()), [Missing::Data]);
    }
}
