//! Calibration of a model: its confidence compared with the reviewers' approvals.

use tollgate_model::Share;

/// Number of confidence classes. Ten are customary and still readable as a table.
pub const CLASS_COUNT: usize = 10;
/// Fewest reviews for a suggestion.
const REVIEWS_MIN: u64 = 30;
const MILLION: u64 = 1_000_000;

/// Reviewed output with the model's confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReviewedOutput {
    pub confidence: Share,
    /// Set if it was approved without an edit.
    pub approved: bool,
}

/// Outputs with a similar confidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConfidenceClass {
    /// Lowest confidence of the class.
    pub from: Share,
    pub count: u64,
    /// Mean confidence.
    pub confidence: Share,
    /// Share approved without an edit.
    pub approved: Share,
}

/// Returns the classes by rising confidence, including empty ones.
pub fn reliability_table(reviewed: &[ReviewedOutput]) -> [ConfidenceClass; CLASS_COUNT] {
    let mut sums = [(0_u64, 0_u64, 0_u64); CLASS_COUNT];
    for one in reviewed {
        if let Some((count, confidence, approved)) = sums.get_mut(class_index(one.confidence)) {
            *count += 1;
            *confidence += u64::from(one.confidence.millionths());
            *approved += u64::from(one.approved);
        }
    }
    let mut from = 0;
    sums.map(|(count, confidence, approved)| {
        let class = ConfidenceClass {
            from: Share::from_ratio(from, CLASS_COUNT as u64),
            count,
            confidence: Share::from_ratio(confidence, count.saturating_mul(MILLION)),
            approved: Share::from_ratio(approved, count),
        };
        from += 1;
        class
    })
}

/// Returns the class of a confidence. A confidence of 1 belongs to the highest class.
fn class_index(confidence: Share) -> usize {
    let class = u64::from(confidence.millionths()) * CLASS_COUNT as u64 / MILLION;
    usize::try_from(class).unwrap_or(CLASS_COUNT).min(CLASS_COUNT - 1)
}

/// Returns the expected calibration error: the mean distance between confidence and approval over
/// all outputs. `None` without outputs.
pub fn expected_calibration_error(reviewed: &[ReviewedOutput]) -> Option<Share> {
    let all = reviewed.len() as u64;
    let apart = reliability_table(reviewed).iter().fold(0_u128, |sum, class| {
        let apart = class.confidence.millionths().abs_diff(class.approved.millionths());
        sum + u128::from(apart) * u128::from(class.count)
    });
    let mean = apart.checked_div(u128::from(all))?;
    Some(Share::from_ratio(u64::try_from(mean).unwrap_or(MILLION), MILLION))
}

/// Suggests a confidence threshold for the gate: the lowest one above which outputs reached the
/// approval rate. `None` if no threshold has at least thirty reviews above it.
pub fn suggest_threshold(reviewed: &[ReviewedOutput], approval_rate: Share) -> Option<Share> {
    let mut by_confidence = reviewed.to_vec();
    by_confidence.sort_by_key(|one| std::cmp::Reverse(one.confidence));
    let (mut count, mut approved, mut suggested) = (0, 0, None);
    let mut rest = by_confidence.iter().peekable();
    while let Some(one) = rest.next() {
        count += 1;
        approved += u64::from(one.approved);
        // A threshold cannot separate outputs of equal confidence, so look only at the end of each
        // group.
        let is_group_end = rest.peek().is_none_or(|next| next.confidence != one.confidence);
        if is_group_end
            && count >= REVIEWS_MIN
            && Share::from_ratio(approved, count) >= approval_rate
        {
            suggested = Some(one.confidence);
        }
    }
    suggested
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(number: f64) -> Share {
        Share::new(number).unwrap()
    }

    fn reviews(confidence: f64, approved: usize, count: usize) -> Vec<ReviewedOutput> {
        let confidence = share(confidence);
        (0..count).map(|index| ReviewedOutput { confidence, approved: index < approved }).collect()
    }

    #[test]
    fn calibrated_models_have_no_error() {
        let all = [reviews(0.8, 80, 100), reviews(0.5, 10, 20)].concat();
        assert_eq!(expected_calibration_error(&all), Some(Share::NONE));
        assert_eq!(expected_calibration_error(&[]), None);
    }

    #[test]
    fn overconfidence_shows_as_error() {
        let all = reviews(0.95, 70, 100);
        assert_eq!(expected_calibration_error(&all), Some(share(0.25)));
        let table = reliability_table(&all);
        assert_eq!(table.map(|class| class.count), [0, 0, 0, 0, 0, 0, 0, 0, 0, 100]);
        assert_eq!((table[9].from, table[9].approved), (share(0.9), share(0.7)));
        assert_eq!(reliability_table(&reviews(1.0, 1, 1))[9].count, 1);
    }

    #[test]
    fn suggests_the_lowest_sufficient_threshold() {
        let all = [reviews(0.95, 40, 40), reviews(0.85, 38, 40), reviews(0.6, 10, 40)].concat();
        assert_eq!(suggest_threshold(&all, share(0.95)), Some(share(0.85)));
        assert_eq!(suggest_threshold(&all, share(1.0)), Some(share(0.95)));
        assert_eq!(suggest_threshold(&reviews(0.99, 29, 29), share(0.5)), None);
        assert_eq!(suggest_threshold(&reviews(0.99, 10, 40), share(0.5)), None);
    }
}
