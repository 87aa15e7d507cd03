//! What is counted for each gate.

use std::collections::BTreeMap;
use std::time::Duration;

use tollgate_model::{ContractCheck, Decision, GateName, Money, Ruling};

use super::family::{
    DurationHistogram, MetricFamily, MetricKind, MetricPoint, MetricUnit, PointValue,
};
use crate::problem::ProblemCode;

/// Contracts of one gate that are counted apart. A gate has a handful, but a server may run for years of changes.
const CONTRACTS_MAX: usize = 64;

/// Label of the contracts beyond that.
const OTHER_CONTRACTS: &str = "other";

const MONEY_MICROS: f64 = 1_000_000.0;

/// What is counted for one gate.
#[derive(Debug, Default)]
pub(super) struct GateCounts {
    decisions: BTreeMap<Ruling, u64>,
    /// Outputs that were answered from the record, and not judged again.
    answered_from_record: u64,
    not_evaluated: BTreeMap<&'static str, u64>,
    contracts: BTreeMap<String, ContractCounts>,
    /// Cost of the outputs that were decided, by currency.
    spent: BTreeMap<String, Money>,
    check_times: DurationHistogram,
    judging_times: DurationHistogram,
    pub(super) queue: Option<QueueLength>,
}

#[derive(Debug, Default)]
struct ContractCounts {
    fuel: u64,
    failures: BTreeMap<&'static str, u64>,
}

/// Outputs of a gate that wait for a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct QueueLength {
    pub(super) waiting: u64,
    /// Time that the oldest has waited. Zero if none waits.
    pub(super) oldest_age: Duration,
}

/// A decision, as far as it is counted.
pub(super) struct CountedDecision<'a> {
    pub(super) decision: &'a Decision,
    pub(super) checks: &'a [ContractCheck],
    /// Time that the contracts took.
    pub(super) judging_time: Duration,
    /// Currency of the gate's budget; `None` if it has none.
    pub(super) currency: Option<&'a str>,
}

impl GateCounts {
    pub(super) fn add_decision(&mut self, counted: &CountedDecision<'_>) {
        let CountedDecision { decision, checks, judging_time, currency } = *counted;
        *self.decisions.entry(decision.ruling).or_default() += 1;
        self.judging_times.observe(judging_time);
        checks.iter().for_each(|check| self.add_check(check));
        if let (Some(cost), Some(currency)) = (decision.cost, currency) {
            let spent = self.spent.entry(currency.to_owned()).or_default();
            *spent = spent.plus(cost);
        }
    }

    pub(super) fn add_answer_from_record(&mut self) {
        self.answered_from_record += 1;
    }

    pub(super) fn add_not_evaluated(&mut self, code: ProblemCode) {
        *self.not_evaluated.entry(code.as_str()).or_default() += 1;
    }

    pub(super) fn add_check_time(&mut self, time: Duration) {
        self.check_times.observe(time);
    }

    fn add_check(&mut self, check: &ContractCheck) {
        let is_known = self.contracts.contains_key(&check.contract);
        let id = match is_known || self.contracts.len() < CONTRACTS_MAX {
            true => check.contract.as_str(),
            false => OTHER_CONTRACTS,
        };
        let counts = self.contracts.entry(id.to_owned()).or_default();
        for verdict in &check.verdicts {
            counts.fuel = counts.fuel.saturating_add(verdict.fuel_used);
            if let Some(failure) = verdict.result.failure() {
                *counts.failures.entry(failure.kind()).or_default() += 1;
            }
        }
    }
}

/// A metric that every gate has.
struct GateFamily {
    name: &'static str,
    help: &'static str,
    unit: MetricUnit,
    kind: MetricKind,
    /// Adds the points of one gate.
    add_points: fn(&GateCounts, &mut GatePoints<'_>),
}

const FAMILIES: [GateFamily; 10] = [
    GateFamily::counter("tollgate_decisions", "Outputs by decision", add_decisions),
    GateFamily::counter(
        "tollgate_answers_from_record",
        "Outputs that were answered from the record, as their key was decided before",
        |counts, points| points.add(&[], PointValue::Count(counts.answered_from_record)),
    ),
    GateFamily::counter(
        "tollgate_not_evaluated",
        "Outputs that got no decision, by the code of the problem",
        |counts, points| {
            for (code, count) in &counts.not_evaluated {
                points.add(&[("code", code)], PointValue::Count(*count));
            }
        },
    ),
    GateFamily::counter(
        "tollgate_contract_failures",
        "Judgements in which a contract gave no answer, by kind of failure",
        add_contract_failures,
    ),
    GateFamily::counter("tollgate_contract_fuel", "Fuel that contracts used", |counts, points| {
        for (contract, counted) in &counts.contracts {
            points.add(&[("contract", contract)], PointValue::Count(counted.fuel));
        }
    }),
    GateFamily::counter(
        "tollgate_spent",
        "Stated or computed cost of the outputs that were decided",
        |counts, points| {
            for (currency, spent) in &counts.spent {
                let amount = spent.micros() as f64 / MONEY_MICROS;
                points.add(&[("currency", currency)], PointValue::Amount(amount));
            }
        },
    ),
    GateFamily::seconds(
        "tollgate_check_duration",
        "Time from a single output to its recorded decision",
        MetricKind::Histogram,
        |counts, points| points.add(&[], PointValue::Durations(counts.check_times.clone())),
    ),
    GateFamily::seconds(
        "tollgate_judging_duration",
        "Time that all contracts took to judge an output",
        MetricKind::Histogram,
        |counts, points| points.add(&[], PointValue::Durations(counts.judging_times.clone())),
    ),
    GateFamily {
        name: "tollgate_queue_waiting",
        help: "Outputs that wait for a review",
        unit: MetricUnit::None,
        kind: MetricKind::Gauge,
        add_points: |counts, points| {
            if let Some(queue) = counts.queue {
                points.add(&[], PointValue::Count(queue.waiting));
            }
        },
    },
    GateFamily::seconds(
        "tollgate_queue_oldest_age",
        "Time that the oldest output has waited for a review, which is zero if none waits",
        MetricKind::Gauge,
        |counts, points| {
            if let Some(queue) = counts.queue {
                points.add(&[], PointValue::Amount(queue.oldest_age.as_secs_f64()));
            }
        },
    ),
];

impl GateFamily {
    const fn counter(
        name: &'static str,
        help: &'static str,
        add_points: fn(&GateCounts, &mut GatePoints<'_>),
    ) -> Self {
        Self { name, help, unit: MetricUnit::None, kind: MetricKind::Counter, add_points }
    }

    const fn seconds(
        name: &'static str,
        help: &'static str,
        kind: MetricKind,
        add_points: fn(&GateCounts, &mut GatePoints<'_>),
    ) -> Self {
        Self { name, help, unit: MetricUnit::Seconds, kind, add_points }
    }
}

/// Returns the metrics of all gates.
pub(super) fn gate_families(gates: &BTreeMap<GateName, GateCounts>) -> Vec<MetricFamily> {
    let families = FAMILIES.iter().map(|GateFamily { name, help, unit, kind, add_points }| {
        let mut points = Vec::new();
        for (gate, counts) in gates {
            add_points(counts, &mut GatePoints { gate: gate.as_str(), points: &mut points });
        }
        MetricFamily { name, help, unit: *unit, kind: *kind, points }
    });
    families.collect()
}

/// The points of one gate in a metric.
struct GatePoints<'a> {
    gate: &'a str,
    points: &'a mut Vec<MetricPoint>,
}

impl GatePoints<'_> {
    fn add(&mut self, labels: &[(&'static str, &str)], value: PointValue) {
        let gate = [("gate", self.gate)];
        let labels = gate.iter().chain(labels).map(|(name, value)| (*name, (*value).to_owned()));
        self.points.push(MetricPoint::new(labels.collect(), value));
    }
}

/// Adds every decision that the gate can make, so that its rate is known from the first one on.
fn add_decisions(counts: &GateCounts, points: &mut GatePoints<'_>) {
    let of_quality = [Ruling::Pass, Ruling::Fail];
    let of_delegation = [Ruling::Allow, Ruling::Hold, Ruling::Block];
    let judges_only = of_quality.iter().any(|ruling| counts.decisions.contains_key(ruling));
    let rulings = if judges_only { &of_quality[..] } else { &of_delegation[..] };
    for ruling in rulings {
        let count = counts.decisions.get(ruling).copied().unwrap_or(0);
        points.add(&[("decision", &ruling.to_string())], PointValue::Count(count));
    }
}

fn add_contract_failures(counts: &GateCounts, points: &mut GatePoints<'_>) {
    for (contract, counted) in &counts.contracts {
        for (kind, count) in &counted.failures {
            points.add(&[("contract", contract), ("kind", kind)], PointValue::Count(*count));
        }
    }
}
