//! The readiness checklist: six points, computed from the gate record and its history.

use tollgate_model::{Gate, GatePart};

use crate::{GateState, completeness, score};

/// Maximum age of a figure. Older ones say nothing about the present.
const FIGURE_MS_MAX: u64 = 31 * 24 * 60 * 60 * 1000;

/// Point of the checklist with what it lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadinessItem {
    pub point: ReadinessPoint,
    /// Sentences about what is missing; empty if the point is met.
    pub missing: Vec<String>,
}

/// Points of the readiness checklist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadinessPoint {
    Score,
    OwnerAndSla,
    /// Performance figures are recorded regularly.
    Telemetry,
    RollbackAndEscalation,
    AccessAndAudit,
    CostAndBudget,
}

impl ReadinessPoint {
    pub fn description(self) -> &'static str {
        match self {
            Self::Score => "score and delegation outcome are documented",
            Self::OwnerAndSla => "an owner is named and reviews have an SLA",
            Self::Telemetry => "performance figures are recorded",
            Self::RollbackAndEscalation => "rollback and escalation are in place",
            Self::AccessAndAudit => "access is listed and every run is recorded",
            Self::CostAndBudget => "costs are tracked and the budget has a cap",
        }
    }
}

impl ReadinessItem {
    pub fn is_met(&self) -> bool {
        self.missing.is_empty()
    }
}

/// Returns the six points in the order of the checklist.
pub fn check_readiness(gate: &Gate, state: &GateState, now_ms: u64) -> Vec<ReadinessItem> {
    let missing = completeness::find_missing(gate, state.thresholds);
    let lacks = |parts: &[GatePart]| -> Vec<String> {
        missing.iter().filter(|part| parts.contains(part)).map(ToString::to_string).collect()
    };
    let mut score_gaps = lacks(&[GatePart::Score, GatePart::InTheMiddle, GatePart::WhenHigh]);
    score_gaps.extend(label_contradictions(gate, state));
    let mut cost_gaps = lacks(&[GatePart::CostCentre, GatePart::Budget]);
    cost_gaps.extend(models_without_price(gate));
    vec![
        ReadinessItem { point: ReadinessPoint::Score, missing: score_gaps },
        ReadinessItem {
            point: ReadinessPoint::OwnerAndSla,
            missing: lacks(&[GatePart::Owner, GatePart::ReviewSla]),
        },
        ReadinessItem {
            point: ReadinessPoint::Telemetry,
            missing: missing_figures(gate, state, now_ms),
        },
        ReadinessItem {
            point: ReadinessPoint::RollbackAndEscalation,
            missing: lacks(&[GatePart::Rollback, GatePart::Escalation, GatePart::EscalationPath]),
        },
        ReadinessItem {
            point: ReadinessPoint::AccessAndAudit,
            missing: lacks(&[
                GatePart::Access,
                GatePart::Data,
                GatePart::ModelApproval,
                GatePart::Audit,
            ]),
        },
        ReadinessItem { point: ReadinessPoint::CostAndBudget, missing: cost_gaps },
    ]
}

/// Returns the warning about a label that contradicts the sum.
fn label_contradictions(gate: &Gate, state: &GateState) -> Vec<String> {
    let Some(weighed) = score::weigh_score(&gate.score, state.thresholds) else {
        return Vec::new();
    };
    let warnings = score::warnings(&weighed, gate.score.label).into_iter();
    let labels = warnings.filter(|warning| matches!(warning, score::ScoreWarning::Label { .. }));
    labels.map(|warning| warning.to_string()).collect()
}

/// Returns the thresholds without a recent figure.
fn missing_figures(gate: &Gate, state: &GateState, now_ms: u64) -> Vec<String> {
    if gate.performance.is_empty() {
        return vec![format!("the gate record lacks {}", GatePart::Performance)];
    }
    let is_recent = |at_ms: u64| now_ms.saturating_sub(at_ms) <= FIGURE_MS_MAX;
    let has_recent_figure =
        |kpi: &str| state.figures.get(kpi).is_some_and(|measured| is_recent(measured.at_ms));
    let silent =
        gate.performance.iter().filter(|threshold| !has_recent_figure(threshold.kpi.as_str()));
    silent
        .map(|threshold| {
            format!("no figure for `{}` was recorded in the last 31 days", threshold.kpi)
        })
        .collect()
}

/// Returns the approved models without a price.
fn models_without_price(gate: &Gate) -> Vec<String> {
    let Some(budget) = &gate.budget else { return Vec::new() };
    let models = gate.approvals.iter().map(|approval| approval.model.as_str());
    let unpriced = models.filter(|model| !budget.prices.contains_key(*model));
    unpriced.map(|model| format!("`[budget.prices]` has no price for `{model}`")).collect()
}

#[cfg(test)]
mod tests {
    use tollgate_model::Figure;

    use super::*;
    use crate::KpiReading;
    use crate::example::example;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn with_figures() -> GateState {
        let measured =
            KpiReading { value: Figure::new(0.4).unwrap(), at_ms: NOW_MS - 1_000, is_new: true };
        let kpis = ["open-rate", "complaints-per-thousand"];
        GateState { figures: kpis.map(|kpi| (kpi.into(), measured)).into(), ..GateState::default() }
    }

    fn open(gate: &Gate, state: &GateState) -> Vec<ReadinessPoint> {
        let items = check_readiness(gate, state, NOW_MS);
        assert_eq!(items.len(), 6);
        items.iter().filter(|item| !item.is_met()).map(|item| item.point).collect()
    }

    #[test]
    fn example_is_ready_once_figures_are_recorded() {
        assert_eq!(open(&example(), &with_figures()), []);
        assert_eq!(open(&example(), &GateState::default()), [ReadinessPoint::Telemetry]);
        let mut old = with_figures();
        old.figures.values_mut().for_each(|measured| measured.at_ms = 0);
        assert_eq!(open(&example(), &old), [ReadinessPoint::Telemetry]);
    }

    #[test]
    fn computes_each_point() {
        let without = |change: fn(&mut Gate)| {
            let mut gate = example();
            change(&mut gate);
            open(&gate, &with_figures())
        };
        assert_eq!(without(|gate| gate.score.cost_efficiency = None), [ReadinessPoint::Score]);
        let label = Some(tollgate_model::DelegationPosture::Block);
        let mut gate = example();
        gate.score.label = label;
        assert_eq!(open(&gate, &with_figures()), [ReadinessPoint::Score]);
        assert_eq!(without(|gate| gate.review.sla = None), [ReadinessPoint::OwnerAndSla]);
        assert_eq!(without(|gate| gate.performance.clear()), [ReadinessPoint::Telemetry]);
        assert_eq!(
            without(|gate| gate.oversight.rollback = None),
            [ReadinessPoint::RollbackAndEscalation]
        );
        assert_eq!(without(|gate| gate.audit = None), [ReadinessPoint::AccessAndAudit]);
        let prices = |gate: &mut Gate| gate.budget.as_mut().unwrap().prices.clear();
        assert_eq!(without(prices), [ReadinessPoint::CostAndBudget]);
    }
}
