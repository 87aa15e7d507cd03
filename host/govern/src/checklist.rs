//! Ready to delegate: six points, computed from the record and from what has happened, and never
//! ticked by hand.

use tollgate_model::{Gate, Missing};

use crate::{State, completeness, score};

/// A figure that is older tells nothing of now.
const FIGURE_MS_MAX: u64 = 31 * 24 * 60 * 60 * 1000;

/// One point of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is about.
    pub point: Point,
    /// What is not there yet; nothing, where the point is met.
    pub lacks: Vec<String>,
}

/// The six points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Point {
    /// Score and outcome are written down.
    Score,
    /// Somebody owns it, and reviews have a time.
    OwnerAndSla,
    /// What is to be watched comes in.
    Telemetry,
    /// It can be taken back, and handed up.
    RollbackAndEscalation,
    /// What it may reach is known, and every run is recorded.
    AccessAndAudit,
    /// What it costs is known and capped.
    CostAndBudget,
}

impl Point {
    /// The point as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Score => "score and delegation outcome are documented",
            Self::OwnerAndSla => "there is a named owner, and reviews have an SLA",
            Self::Telemetry => "the figures that it is measured by come in",
            Self::RollbackAndEscalation => "rollback and escalation are in place",
            Self::AccessAndAudit => "access is controlled, and every run is recorded",
            Self::CostAndBudget => "costs are tracked, and the budget is capped",
        }
    }
}

impl Item {
    /// Whether the point is met.
    pub fn is_met(&self) -> bool {
        self.lacks.is_empty()
    }
}

/// The list.
pub fn ready_to_delegate(gate: &Gate, state: &State, now_ms: u64) -> Vec<Item> {
    let missing = completeness::missing(gate, state.thresholds);
    let lacks = |of_it: &[Missing]| -> Vec<String> {
        missing.iter().filter(|one| of_it.contains(one)).map(ToString::to_string).collect()
    };
    let mut of_score = lacks(&[Missing::Score, Missing::InTheMiddle, Missing::WhenHigh]);
    of_score.extend(contradicted(gate, state));
    let mut costs = lacks(&[Missing::CostCentre, Missing::Budget]);
    costs.extend(unpriced(gate));
    vec![
        Item { point: Point::Score, lacks: of_score },
        Item { point: Point::OwnerAndSla, lacks: lacks(&[Missing::Owner, Missing::ReviewSla]) },
        Item { point: Point::Telemetry, lacks: silent(gate, state, now_ms) },
        Item {
            point: Point::RollbackAndEscalation,
            lacks: lacks(&[Missing::Rollback, Missing::Escalation, Missing::EscalationPath]),
        },
        Item {
            point: Point::AccessAndAudit,
            lacks: lacks(&[Missing::Access, Missing::Data, Missing::ModelApproval, Missing::Audit]),
        },
        Item { point: Point::CostAndBudget, lacks: costs },
    ]
}

/// A label that the sum contradicts documents nothing.
fn contradicted(gate: &Gate, state: &State) -> Vec<String> {
    let Some(weighed) = score::of(&gate.score, state.thresholds) else { return Vec::new() };
    let warnings = score::warnings(&weighed, gate.score.label).into_iter();
    let labels = warnings.filter(|warning| matches!(warning, score::Warning::Label { .. }));
    labels.map(|warning| warning.to_string()).collect()
}

/// Figures that do not come in.
fn silent(gate: &Gate, state: &State, now_ms: u64) -> Vec<String> {
    if gate.performance.is_empty() {
        return vec![format!("the record lacks {}", Missing::Performance)];
    }
    let is_new = |at_ms: u64| now_ms.saturating_sub(at_ms) <= FIGURE_MS_MAX;
    let comes_in =
        |kpi: &str| state.figures.get(kpi).is_some_and(|measured| is_new(measured.at_ms));
    let silent = gate.performance.iter().filter(|threshold| !comes_in(threshold.kpi.as_str()));
    silent
        .map(|threshold| format!("no figure of `{}` came in within a month", threshold.kpi))
        .collect()
}

/// Models that may be used, and of which nobody knows what they cost.
fn unpriced(gate: &Gate) -> Vec<String> {
    let Some(budget) = &gate.budget else { return Vec::new() };
    let models = gate.approvals.iter().map(|approval| approval.model.as_str());
    let unpriced = models.filter(|model| !budget.prices.contains_key(*model));
    unpriced.map(|model| format!("`[budget.prices]` does not say what `{model}` costs")).collect()
}

#[cfg(test)]
mod tests {
    use tollgate_model::Figure;

    use super::*;
    use crate::Measured;
    use crate::example::example;

    const NOW_MS: u64 = 1_800_000_000_000;

    fn with_figures() -> State {
        let measured = Measured { value: Figure::of(0.4).unwrap(), at_ms: NOW_MS - 1_000 };
        let kpis = ["open-rate", "complaints-per-thousand"];
        State { figures: kpis.map(|kpi| (kpi.into(), measured)).into(), ..State::default() }
    }

    fn open(gate: &Gate, state: &State) -> Vec<Point> {
        let items = ready_to_delegate(gate, state, NOW_MS);
        assert_eq!(items.len(), 6);
        items.iter().filter(|item| !item.is_met()).map(|item| item.point).collect()
    }

    #[test]
    fn the_example_is_ready_once_its_figures_come_in() {
        assert_eq!(open(&example(), &with_figures()), []);
        assert_eq!(open(&example(), &State::default()), [Point::Telemetry]);
        let mut old = with_figures();
        old.figures.values_mut().for_each(|measured| measured.at_ms = 0);
        assert_eq!(open(&example(), &old), [Point::Telemetry]);
    }

    #[test]
    fn each_point_is_computed() {
        let without = |change: fn(&mut Gate)| {
            let mut gate = example();
            change(&mut gate);
            open(&gate, &with_figures())
        };
        assert_eq!(without(|gate| gate.score.cost_efficiency = None), [Point::Score]);
        let label = Some(tollgate_model::Posture::Block);
        let mut gate = example();
        gate.score.label = label;
        assert_eq!(open(&gate, &with_figures()), [Point::Score]);
        assert_eq!(without(|gate| gate.review.sla = None), [Point::OwnerAndSla]);
        assert_eq!(without(|gate| gate.performance.clear()), [Point::Telemetry]);
        assert_eq!(without(|gate| gate.oversight.rollback = None), [Point::RollbackAndEscalation]);
        assert_eq!(without(|gate| gate.audit = None), [Point::AccessAndAudit]);
        let prices = |gate: &mut Gate| gate.budget.as_mut().unwrap().prices.clear();
        assert_eq!(without(prices), [Point::CostAndBudget]);
    }
}
