//! Metrics of a gate: rates, means and quantiles over counted runs.

pub use tollgate_model::ActivityCounts;
use tollgate_model::{Money, Share};

/// Rates over the counts of a gate. A rate without data is `None`, not zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GateRates {
    /// Outputs allowed without a review and not rolled back, as a share of all allowed outputs.
    pub safe_automation: Option<Share>,
    /// Blocked runs as a share of all runs.
    pub policy_violations: Option<Share>,
    /// Runs in which a contract gave no answer, as a share of all runs.
    pub errors: Option<Share>,
    /// Rolled-back outputs as a share of all allowed outputs.
    pub rollbacks: Option<Share>,
    /// Mean time of a review; empty if no review has a time.
    pub review_ms_per_output: Option<u64>,
    pub cost_per_run: Option<Money>,
    /// Total cost divided by the allowed outputs, so it includes the runs that were not allowed.
    pub cost_per_allowed: Option<Money>,
}

pub fn compute_rates(counts: &ActivityCounts) -> GateRates {
    let allowed = counts.allowed_unreviewed.saturating_add(counts.allowed_by_reviewers);
    let safe = counts.allowed_unreviewed.saturating_sub(counts.rolled_back);
    GateRates {
        safe_automation: share_of(safe, allowed),
        policy_violations: share_of(counts.blocked, counts.runs),
        errors: share_of(counts.with_failure, counts.runs),
        rollbacks: share_of(counts.rolled_back, allowed),
        review_ms_per_output: mean_review_ms(counts),
        cost_per_run: cost_per(counts.spent, counts.runs),
        cost_per_allowed: cost_per(counts.spent, allowed),
    }
}

/// Relative change of a mean that counts as drift.
const DRIFT_RATIO_MIN: f64 = 0.1;

/// Returns the smallest value that at least this share of the values does not exceed; `None` if
/// empty.
pub fn quantile(sorted: &[u64], share: f64) -> Option<u64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).ceil() as usize).copied()
}

/// Returns the mean, or `None` without values.
pub fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

/// Checks whether a mean changed by more than a tenth.
pub fn has_drifted(before: f64, now: f64) -> bool {
    (now - before).abs() > before.abs() * DRIFT_RATIO_MIN
}

/// Reviews without a time add nothing, so a mean of zero is no time at all.
fn mean_review_ms(counts: &ActivityCounts) -> Option<u64> {
    counts.review_ms.checked_div(counts.reviewed).filter(|mean_ms| *mean_ms > 0)
}

fn share_of(part: u64, whole: u64) -> Option<Share> {
    (whole > 0).then(|| Share::from_ratio(part, whole))
}

/// Divides a cost, rounded up so that it never seems cheaper than it is.
fn cost_per(spent: Money, count: u64) -> Option<Money> {
    (count > 0).then(|| Money::from_micros(spent.micros().div_ceil(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn computes_rates_from_counts() {
        let counts = ActivityCounts {
            runs: 100,
            allowed_unreviewed: 60,
            allowed_by_reviewers: 20,
            blocked: 15,
            with_failure: 1,
            rolled_back: 4,
            reviewed: 25,
            review_ms: 500_000,
            spent: Money::from_micros(8_000_001),
        };
        let rates = compute_rates(&counts);
        assert_eq!(rates.safe_automation, Share::new(0.7).ok());
        assert_eq!(rates.policy_violations, Share::new(0.15).ok());
        assert_eq!((rates.errors, rates.rollbacks), (Share::new(0.01).ok(), Share::new(0.05).ok()));
        assert_eq!(rates.review_ms_per_output, Some(20_000));
        let without_times = compute_rates(&ActivityCounts { review_ms: 0, ..counts });
        assert_eq!(without_times.review_ms_per_output, None, "unknown is not zero");
        assert_eq!(rates.cost_per_run, Some(Money::from_micros(80_001)));
        assert_eq!(rates.cost_per_allowed, Some(Money::from_micros(100_001)));
    }

    #[test]
    fn quantiles_are_actual_values() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!((quantile(&[7], 0.5), quantile(&[7], 0.99)), (Some(7), Some(7)));
        let many: Vec<u64> = (1..=101).collect();
        assert_eq!((quantile(&many, 0.5), quantile(&many, 0.99)), (Some(51), Some(100)));
        assert_eq!(quantile(&many, 1.0), Some(101));
        assert_eq!((mean(6.0, 4), mean(0.0, 0)), (Some(1.5), None));
    }

    #[test]
    fn detects_drift_above_a_tenth() {
        assert!(!has_drifted(10.0, 11.0) && !has_drifted(10.0, 9.0) && !has_drifted(0.0, 0.0));
        assert!(has_drifted(10.0, 11.1) && has_drifted(-10.0, -8.0) && has_drifted(0.0, 0.1));
    }

    #[test]
    fn rates_without_data_are_none() {
        assert_eq!(compute_rates(&ActivityCounts::default()), GateRates::default());
    }
}
