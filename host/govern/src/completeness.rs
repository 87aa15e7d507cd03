//! The completeness rule: which parts a gate record lacks, and what is not allowed until then.

use tollgate_model::{
    AccessKind, DelegationPosture, EnforcementMode, Gate, GatePart, OversightEffect,
    OversightPattern, ReasonKind,
};

use crate::score::{self, ScoreThresholds};
use crate::{DecisionInput, Reasons};

/// Returns the missing parts without which the gate allows nothing.
pub fn find_missing(gate: &Gate, thresholds: ScoreThresholds) -> Vec<GatePart> {
    let mut missing = Vec::new();
    let mut require = |is_present: bool, part: GatePart| {
        if !is_present {
            missing.push(part);
        }
    };
    require(gate.task.is_some(), GatePart::Task);
    require(gate.objective.is_some(), GatePart::Objective);
    require(gate.owner.is_some(), GatePart::Owner);
    require(gate.author.is_some(), GatePart::Author);
    require_score(gate, thresholds, &mut require);
    require(gate.autonomy.is_some(), GatePart::Autonomy);
    require(gate.oversight.pattern.is_some(), GatePart::Pattern);
    require(gate.tags.risk.is_some() && gate.tags.reversibility.is_some(), GatePart::Tags);
    require(gate.prompt.is_some(), GatePart::Prompt);
    require(has_enforced_contract(gate), GatePart::Contracts);
    require_review(gate, &mut require);
    require(gate.oversight.rollback.is_some(), GatePart::Rollback);
    require(gate.audit.is_some(), GatePart::Audit);
    require(gate.cost_centre.is_some(), GatePart::CostCentre);
    require(gate.budget.as_ref().is_some_and(|budget| budget.has_cap()), GatePart::Budget);
    require(has_complete_access(gate), GatePart::Access);
    require(has_complete_data(gate), GatePart::Data);
    require(!gate.approvals.is_empty(), GatePart::ModelApproval);
    require(gate.review_by.is_some(), GatePart::ReviewBy);
    missing
}

/// Returns the missing parts without which a gate of the purpose `quality` passes nothing.
pub fn find_missing_for_quality(gate: &Gate) -> Vec<GatePart> {
    match has_enforced_contract(gate) {
        true => Vec::new(),
        false => vec![GatePart::Contracts],
    }
}

/// Returns what a gate of the purpose `quality` lacks to become one that delegates, in the order in which it is best
/// added. What it may already have as a quality gate comes first.
pub fn find_missing_for_delegation(gate: &Gate, thresholds: ScoreThresholds) -> Vec<GatePart> {
    let mut missing = find_missing(gate, thresholds);
    missing.sort_by_key(|part| !is_part_of_quality(*part));
    missing
}

/// Returns whether a part may be added while the purpose of the gate is still `quality`.
pub fn is_part_of_quality(part: GatePart) -> bool {
    use GatePart::{Author, Contracts, Objective, Owner, Prompt, Task};
    matches!(part, Task | Objective | Owner | Author | Prompt | Contracts)
}

fn has_enforced_contract(gate: &Gate) -> bool {
    gate.contracts.iter().any(|binding| binding.mode == EnforcementMode::Enforce)
}

fn require_score(
    gate: &Gate,
    thresholds: ScoreThresholds,
    require: &mut impl FnMut(bool, GatePart),
) {
    let posture = score::weigh_score(&gate.score, thresholds).map(|weighed| weighed.posture);
    require(posture.is_some(), GatePart::Score);
    let middle = posture == Some(DelegationPosture::HumanInTheLoop);
    require(!middle || gate.score.in_the_middle.is_some(), GatePart::InTheMiddle);
    let high = posture == Some(DelegationPosture::Block);
    require(!high || gate.score.when_high.is_some(), GatePart::WhenHigh);
}

fn require_review(gate: &Gate, require: &mut impl FnMut(bool, GatePart)) {
    let review = &gate.review;
    require(!review.reviewers.is_empty() || !review.roles.is_empty(), GatePart::Reviewers);
    require(review.sla.is_some(), GatePart::ReviewSla);
    require(!review.checklist.is_empty(), GatePart::Checklist);
    // An empty condition (`{}`) is an answer; only an absent one is missing.
    require(review.second_reviewer_when.is_some(), GatePart::SecondReviewer);
    require(review.escalate_when.is_some(), GatePart::Escalation);
    require(!review.escalate_to.is_empty(), GatePart::EscalationPath);
}

fn has_complete_access(gate: &Gate) -> bool {
    let answers = |verb| gate.access.iter().all(|access| access.get(verb).is_some());
    !gate.access.is_empty() && AccessKind::ALL.into_iter().all(answers)
}

/// An empty list counts as an answer; a data class with an unanswered flag does not.
fn has_complete_data(gate: &Gate) -> bool {
    let known = |flags: [(_, Option<bool>); 6]| flags.iter().all(|(_, answer)| answer.is_some());
    gate.data.as_ref().is_some_and(|data| data.iter().all(|class| known(class.flags())))
}

/// Returns the missing parts without which the gate cannot relax oversight to `effect`. Empty if
/// `effect` holds every output.
pub fn find_missing_for_effect(gate: &Gate, effect: OversightEffect) -> Vec<GatePart> {
    let mut missing = Vec::new();
    if effect.holds_every_output() {
        return missing;
    }
    let mut require = |is_present: bool, part: GatePart| {
        if !is_present {
            missing.push(part);
        }
    };
    let sampled = effect == OversightEffect::Sampled;
    let on_the_loop = gate.oversight.pattern == Some(OversightPattern::OnTheLoop);
    require(!sampled || gate.oversight.sample_share.is_some(), GatePart::SampleShare);
    require(!on_the_loop || gate.oversight.undo_window.is_some(), GatePart::UndoWindow);
    let promotion = gate.autonomy.as_ref().and_then(|autonomy| autonomy.promotion.as_ref());
    require(promotion.is_some(), GatePart::Promotion);
    require(!gate.guardrails.channels.is_empty(), GatePart::Channels);
    require(gate.guardrails.blocked_topics.is_some(), GatePart::BlockedTopics);
    require(gate.guardrails.brand_voice.is_some(), GatePart::BrandVoice);
    require(!gate.performance.is_empty(), GatePart::Performance);
    missing
}

/// Holds outputs while the record is incomplete, and notes that its review is overdue.
pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    for missing in find_missing(input.gate, input.state.thresholds) {
        reasons.add(ReasonKind::RecordIncomplete { missing });
    }
    let overdue = input.gate.review_by.filter(|day| day.end_ms() <= input.now_ms);
    if let Some(review_by) = overdue {
        reasons.add(ReasonKind::RecordOverdue { review_by });
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::Consequence;

    use super::*;
    use crate::example::example;

    #[test]
    fn example_record_is_complete() {
        let gate = example();
        assert_eq!(find_missing(&gate, ScoreThresholds::default()), []);
        assert_eq!(find_missing_for_effect(&gate, OversightEffect::Sampled), []);
        assert_eq!(find_missing_for_effect(&gate, OversightEffect::ExceptionsOnly), []);
    }

    #[test]
    fn empty_record_lacks_every_part() {
        let gate = Gate::named("a".parse().unwrap());
        let mut missing_parts = find_missing(&gate, ScoreThresholds::default());
        assert!(missing_parts.iter().all(|part| part.consequence() == Consequence::NothingAllowed));
        missing_parts.extend(find_missing_for_effect(&gate, OversightEffect::Sampled));
        // These three are asked for only once the parts that they depend on exist.
        let later = [GatePart::InTheMiddle, GatePart::WhenHigh, GatePart::UndoWindow];
        let all = GatePart::ALL.into_iter().filter(|part| !later.contains(part));
        assert!(all.clone().all(|part| missing_parts.contains(&part)), "{missing_parts:?}");
        assert_eq!(missing_parts.len(), all.count());
    }

    #[test]
    fn requires_each_part_of_the_example() {
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
            assert_ne!(find_missing(&gate, ScoreThresholds::default()), [], "without `{key}`");
        }
    }

    #[test]
    fn tells_missing_answers_from_empty_ones() {
        let mut gate = example();
        gate.access[0].infer = Some(Vec::new());
        gate.data = Some(Vec::new());
        assert_eq!(find_missing(&gate, ScoreThresholds::default()), []);
        gate.access[0].infer = None;
        assert_eq!(find_missing(&gate, ScoreThresholds::default()), [GatePart::Access]);
        let mut gate = example();
        gate.data.as_mut().unwrap()[0].anonymised = None;
        assert_eq!(find_missing(&gate, ScoreThresholds::default()), [GatePart::Data]);
    }
}
