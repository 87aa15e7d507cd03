//! Statistics of gates. A rate without data is `null`, never zero.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::insight::{
    BudgetUse, CalibrationStats, DriftedMeasure, GateStatistics, HealthStats, PeriodActivity,
    WaitingOutputs,
};
use tollgate_govern::calibration::ConfidenceClass;
use tollgate_model::{BudgetPeriod, Date, Figure, FormatVersion, GateName, Money, Share};

use crate::Timestamp;

/// Statistics of gates for a period, with those of the previous period of the same length.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatisticsDocument {
    pub format: FormatVersion<1>,
    pub gates: Vec<GateFigures>,
}

/// Statistics of one gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateFigures {
    pub gate: GateName,
    pub from: Date,
    pub to: Date,
    /// Length of the period.
    pub days: u64,
    pub now: ActivityFigures,
    /// The same for the previous period.
    pub before: ActivityFigures,
    pub health: HealthFigures,
    /// The same for the previous period.
    pub health_before: HealthFigures,
    /// Measures of contracts whose mean changed by more than a tenth.
    pub drifted: Vec<DriftedFigure>,
    /// Outputs that wait for a review now.
    pub held: HeldOutputs,
    /// Use of each cap in the current budget periods.
    pub budgets: Vec<SpentBudget>,
    pub confidence: CalibrationFigures,
}

/// Activity of a gate in a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ActivityFigures {
    pub runs: u64,
    /// Runs that were allowed without a prior review.
    pub allowed_unreviewed: u64,
    pub allowed_by_reviewers: u64,
    pub blocked: u64,
    /// Runs in which a contract gave no answer.
    pub with_failure: u64,
    /// Outputs that were retracted.
    pub rolled_back: u64,
    pub reviewed: u64,
    /// Time that reviewers spent, in milliseconds.
    pub review_ms: u64,
    pub spent: Money,
    pub review_ms_per_output: Option<u64>,
    pub cost_per_run: Option<Money>,
    pub cost_per_allowed: Option<Money>,
    /// Outputs allowed without a review and not retracted, as a share of all allowed outputs.
    pub safe_automation: Option<Share>,
    /// Blocked runs as a share of all runs.
    pub policy_violations: Option<Share>,
    /// Runs in which a contract gave no answer, as a share of all runs.
    pub errors: Option<Share>,
    /// Retracted outputs as a share of all allowed outputs.
    pub rollbacks: Option<Share>,
}

/// Health of a gate in a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct HealthFigures {
    /// Number of runs evaluated.
    pub runs: usize,
    /// Median time of judging an output with all contracts, in microseconds.
    pub judged_us_median: Option<u64>,
    /// 99th percentile of the same.
    #[serde(rename = "judged-us-99")]
    pub judged_us_p99: Option<u64>,
    /// Mean confidence that the model stated.
    pub confidence: Option<Share>,
    pub measures: Vec<MeanMeasure>,
    /// Latest value of each reported figure.
    pub figures: BTreeMap<String, Figure>,
}

/// Mean of a measure of a contract.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MeanMeasure {
    pub contract: String,
    pub measure: String,
    pub mean: f64,
}

/// Measure of a contract whose mean drifted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DriftedFigure {
    pub contract: String,
    pub measure: String,
    /// Mean in the previous period.
    pub before: f64,
    /// Mean in this period.
    pub now: f64,
}

/// Outputs that wait for a review.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HeldOutputs {
    pub count: usize,
    /// Time since which the oldest waits.
    pub oldest: Option<Timestamp>,
}

/// Amount spent of a budget cap.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SpentBudget {
    pub period: BudgetPeriod,
    /// Name of the campaign; `null` unless the cap is one per campaign.
    pub campaign: Option<String>,
    pub cap: Money,
    pub spent: Money,
    pub currency: Option<String>,
}

/// Confidence of the model compared with the approvals of reviewers.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CalibrationFigures {
    /// Number of reviewed outputs with a stated confidence.
    pub known: usize,
    /// Number of reviewed outputs without one.
    pub unknown: usize,
    /// Classes by rising confidence.
    pub classes: Vec<CalibrationClass>,
    pub expected_calibration_error: Option<Share>,
    /// Lowest confidence at or above which `approval-rate` was reached.
    pub suggested_threshold: Option<Share>,
    /// Approval rate that the gate asks for.
    pub approval_rate: Option<Share>,
}

/// Outputs with a similar confidence.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalibrationClass {
    /// Lowest confidence of the class.
    pub from: Share,
    pub count: u64,
    /// Mean confidence.
    pub confidence: Share,
    /// Share approved without an edit.
    pub approved: Share,
}

impl From<&[GateStatistics]> for StatisticsDocument {
    fn from(statistics: &[GateStatistics]) -> Self {
        Self { format: FormatVersion, gates: statistics.iter().map(Into::into).collect() }
    }
}

impl From<&GateStatistics> for GateFigures {
    fn from(statistics: &GateStatistics) -> Self {
        let (period, currency) = (&statistics.period, &statistics.currency);
        let drifted = statistics.health.drifted_since(&statistics.health_before).into_iter();
        let budgets = statistics.budgets.iter();
        Self {
            gate: statistics.gate.clone(),
            from: Date::from_ms(period.from_ms),
            to: Date::from_ms(period.to_ms),
            days: period.days,
            now: (&statistics.now).into(),
            before: (&statistics.before).into(),
            health: (&statistics.health).into(),
            health_before: (&statistics.health_before).into(),
            drifted: drifted.map(Into::into).collect(),
            held: statistics.waiting.into(),
            budgets: budgets.map(|used| SpentBudget::new(used, currency.clone())).collect(),
            confidence: (&statistics.calibration).into(),
        }
    }
}

impl From<&PeriodActivity> for ActivityFigures {
    fn from(PeriodActivity { counts, rates }: &PeriodActivity) -> Self {
        Self {
            runs: counts.runs,
            allowed_unreviewed: counts.allowed_unreviewed,
            allowed_by_reviewers: counts.allowed_by_reviewers,
            blocked: counts.blocked,
            with_failure: counts.with_failure,
            rolled_back: counts.rolled_back,
            reviewed: counts.reviewed,
            review_ms: counts.review_ms,
            spent: counts.spent,
            review_ms_per_output: rates.review_ms_per_output,
            cost_per_run: rates.cost_per_run,
            cost_per_allowed: rates.cost_per_allowed,
            safe_automation: rates.safe_automation,
            policy_violations: rates.policy_violations,
            errors: rates.errors,
            rollbacks: rates.rollbacks,
        }
    }
}

impl From<&HealthStats> for HealthFigures {
    fn from(health: &HealthStats) -> Self {
        let measures = health.measures.iter().map(|((contract, measure), mean)| MeanMeasure {
            contract: contract.clone(),
            measure: measure.clone(),
            mean: *mean,
        });
        Self {
            runs: health.runs,
            judged_us_median: health.median_us,
            judged_us_p99: health.p99_us,
            confidence: health.confidence,
            measures: measures.collect(),
            figures: health.figures.clone(),
        }
    }
}

impl From<DriftedMeasure> for DriftedFigure {
    fn from(drifted: DriftedMeasure) -> Self {
        let DriftedMeasure { contract, measure, before, now } = drifted;
        Self { contract, measure, before, now }
    }
}

impl From<WaitingOutputs> for HeldOutputs {
    fn from(WaitingOutputs { count, oldest_ms }: WaitingOutputs) -> Self {
        Self { count, oldest: oldest_ms.map(Timestamp) }
    }
}

impl SpentBudget {
    fn new(used: &BudgetUse, currency: Option<String>) -> Self {
        let BudgetUse { period, campaign, cap, spent } = used;
        Self { period: *period, campaign: campaign.clone(), cap: *cap, spent: *spent, currency }
    }
}

impl From<&CalibrationStats> for CalibrationFigures {
    fn from(calibration: &CalibrationStats) -> Self {
        Self {
            known: calibration.known,
            unknown: calibration.unknown,
            classes: calibration.classes.iter().map(Into::into).collect(),
            expected_calibration_error: calibration.expected_error,
            suggested_threshold: calibration.suggested_threshold,
            approval_rate: calibration.approval_rate,
        }
    }
}

impl From<&ConfidenceClass> for CalibrationClass {
    fn from(class: &ConfidenceClass) -> Self {
        let ConfidenceClass { from, count, confidence, approved } = *class;
        Self { from, count, confidence, approved }
    }
}
