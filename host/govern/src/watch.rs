//! What the owner of a gate watches, as rates of what was counted.

pub use tollgate_model::Counts;
use tollgate_model::{Money, Share};

/// What it comes to. What nothing was counted of is not zero: it is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    /// How many outputs went out by themselves and stayed out, of all that went out.
    pub safe_automation: Option<Share>,
    /// How many runs broke a rule that blocks.
    pub policy_violations: Option<Share>,
    /// In how many runs a contract gave no answer.
    pub errors: Option<Share>,
    /// How many outputs were taken back, of all that went out.
    pub rollbacks: Option<Share>,
    /// How long a review took.
    pub review_ms_per_output: Option<u64>,
    /// What a run cost.
    pub cost_per_run: Option<Money>,
    /// What an output cost that went out: those that did not are paid by those that did.
    pub cost_per_allowed: Option<Money>,
}

/// What it comes to.
pub fn rates(counts: &Counts) -> Rates {
    let allowed = counts.allowed_by_itself.saturating_add(counts.allowed_by_people);
    let safe = counts.allowed_by_itself.saturating_sub(counts.rolled_back);
    Rates {
        safe_automation: share(safe, allowed),
        policy_violations: share(counts.blocked, counts.runs),
        errors: share(counts.with_failure, counts.runs),
        rollbacks: share(counts.rolled_back, allowed),
        review_ms_per_output: counts.review_ms.checked_div(counts.reviewed),
        cost_per_run: each(counts.spent, counts.runs),
        cost_per_allowed: each(counts.spent, allowed),
    }
}

/// How much a mean may move before it is told: by a tenth of what it was.
const DRIFT: f64 = 0.1;

/// The value that such a share of all does not exceed; nothing, where there is none.
pub fn quantile(sorted: &[u64], share: f64) -> Option<u64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get((last as f64 * share).ceil() as usize).copied()
}

/// The mean of values that were counted.
pub fn mean(sum: f64, count: u64) -> Option<f64> {
    (count > 0).then(|| sum / count as f64)
}

/// Whether a mean has moved by more than chance and habit would move it.
pub fn drifts(before: f64, now: f64) -> bool {
    (now - before).abs() > before.abs() * DRIFT
}

fn share(part: u64, whole: u64) -> Option<Share> {
    (whole > 0).then(|| Share::of_count(part, whole))
}

/// Rounded up, so that it never seems cheaper than it is.
fn each(spent: Money, count: u64) -> Option<Money> {
    (count > 0).then(|| Money::of_micros(spent.micros().div_ceil(count)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_watched_is_computed_from_what_was_counted() {
        let counts = Counts {
            runs: 100,
            allowed_by_itself: 60,
            allowed_by_people: 20,
            blocked: 15,
            with_failure: 1,
            rolled_back: 4,
            reviewed: 25,
            review_ms: 500_000,
            spent: Money::of_micros(8_000_001),
        };
        let rates = rates(&counts);
        assert_eq!(rates.safe_automation, Share::of(0.7).ok());
        assert_eq!(rates.policy_violations, Share::of(0.15).ok());
        assert_eq!((rates.errors, rates.rollbacks), (Share::of(0.01).ok(), Share::of(0.05).ok()));
        assert_eq!(rates.review_ms_per_output, Some(20_000));
        assert_eq!(rates.cost_per_run, Some(Money::of_micros(80_001)));
        assert_eq!(rates.cost_per_allowed, Some(Money::of_micros(100_001)));
    }

    #[test]
    fn what_is_typical_is_one_of_the_values() {
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!((quantile(&[7], 0.5), quantile(&[7], 0.99)), (Some(7), Some(7)));
        let many: Vec<u64> = (1..=101).collect();
        assert_eq!((quantile(&many, 0.5), quantile(&many, 0.99)), (Some(51), Some(100)));
        assert_eq!(quantile(&many, 1.0), Some(101));
        assert_eq!((mean(6.0, 4), mean(0.0, 0)), (Some(1.5), None));
    }

    #[test]
    fn a_tenth_is_no_drift_and_more_is() {
        assert!(!drifts(10.0, 11.0) && !drifts(10.0, 9.0) && !drifts(0.0, 0.0));
        assert!(drifts(10.0, 11.1) && drifts(-10.0, -8.0) && drifts(0.0, 0.1));
    }

    #[test]
    fn what_nothing_is_known_of_is_not_zero() {
        assert_eq!(rates(&Counts::default()), Rates::default());
    }
}
