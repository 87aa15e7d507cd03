//! Whether a model is as sure as it is right: its confidence beside what reviewers said.

use tollgate_model::Share;

/// Ten classes are usual, and can be read.
pub const CLASSES: usize = 10;
/// With fewer reviews nothing is suggested.
const REVIEWS_MIN: u64 = 30;
const MILLION: u64 = 1_000_000;

/// An output that was reviewed: how sure the model was, and whether it was approved as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// How sure the model was.
    pub confidence: Share,
    /// Whether it was approved as it was.
    pub approved: bool,
}

/// Outputs of which a model was about as sure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Class {
    /// From this confidence on.
    pub from: Share,
    /// How many there were.
    pub count: u64,
    /// How sure the model was on average.
    pub confidence: Share,
    /// Which share was approved.
    pub approved: Share,
}

/// The classes from the least sure to the surest; empty ones too.
pub fn reliability(reviewed: &[Reviewed]) -> [Class; CLASSES] {
    let mut sums = [(0_u64, 0_u64, 0_u64); CLASSES];
    for one in reviewed {
        if let Some((count, confidence, approved)) = sums.get_mut(class(one.confidence)) {
            *count += 1;
            *confidence += u64::from(one.confidence.millionths());
            *approved += u64::from(one.approved);
        }
    }
    let mut from = 0;
    sums.map(|(count, confidence, approved)| {
        let class = Class {
            from: Share::of_count(from, CLASSES as u64),
            count,
            confidence: Share::of_count(confidence, count.saturating_mul(MILLION)),
            approved: Share::of_count(approved, count),
        };
        from += 1;
        class
    })
}

/// All of it belongs to the surest class.
fn class(confidence: Share) -> usize {
    let class = u64::from(confidence.millionths()) * CLASSES as u64 / MILLION;
    usize::try_from(class).unwrap_or(CLASSES).min(CLASSES - 1)
}

/// The expected calibration error: how far confidence and approval are apart, on average over all
/// outputs. Nothing without any.
pub fn expected_error(reviewed: &[Reviewed]) -> Option<Share> {
    let all = reviewed.len() as u64;
    let apart = reliability(reviewed).iter().fold(0_u128, |sum, class| {
        let apart = class.confidence.millionths().abs_diff(class.approved.millionths());
        sum + u128::from(apart) * u128::from(class.count)
    });
    let mean = apart.checked_div(u128::from(all))?;
    Some(Share::of_count(u64::try_from(mean).unwrap_or(MILLION), MILLION))
}

/// The lowest confidence from which on outputs were approved often enough: what the threshold of
/// the gate could be. Nothing, where there is none that at least thirty reviews speak for.
pub fn suggested_threshold(reviewed: &[Reviewed], approval_rate: Share) -> Option<Share> {
    let mut surest_first = reviewed.to_vec();
    surest_first.sort_by_key(|one| std::cmp::Reverse(one.confidence));
    let (mut count, mut approved, mut suggested) = (0, 0, None);
    let mut rest = surest_first.iter().peekable();
    while let Some(one) = rest.next() {
        count += 1;
        approved += u64::from(one.approved);
        // A threshold takes in all outputs of one confidence.
        let ends_here = rest.peek().is_none_or(|next| next.confidence != one.confidence);
        if ends_here && count >= REVIEWS_MIN && Share::of_count(approved, count) >= approval_rate {
            suggested = Some(one.confidence);
        }
    }
    suggested
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(number: f64) -> Share {
        Share::of(number).unwrap()
    }

    fn reviews(confidence: f64, approved: usize, count: usize) -> Vec<Reviewed> {
        let confidence = share(confidence);
        (0..count).map(|index| Reviewed { confidence, approved: index < approved }).collect()
    }

    #[test]
    fn a_model_that_is_as_sure_as_right_has_no_error() {
        let all = [reviews(0.8, 80, 100), reviews(0.5, 10, 20)].concat();
        assert_eq!(expected_error(&all), Some(Share::NONE));
        assert_eq!(expected_error(&[]), None);
    }

    #[test]
    fn a_model_that_is_too_sure_of_itself_shows() {
        let all = reviews(0.95, 70, 100);
        assert_eq!(expected_error(&all), Some(share(0.25)));
        let table = reliability(&all);
        assert_eq!(table.map(|class| class.count), [0, 0, 0, 0, 0, 0, 0, 0, 0, 100]);
        assert_eq!((table[9].from, table[9].approved), (share(0.9), share(0.7)));
        assert_eq!(reliability(&reviews(1.0, 1, 1))[9].count, 1);
    }

    #[test]
    fn the_suggested_threshold_is_the_lowest_that_is_good_enough() {
        let all = [reviews(0.95, 40, 40), reviews(0.85, 38, 40), reviews(0.6, 10, 40)].concat();
        assert_eq!(suggested_threshold(&all, share(0.95)), Some(share(0.85)));
        assert_eq!(suggested_threshold(&all, share(1.0)), Some(share(0.95)));
        assert_eq!(suggested_threshold(&reviews(0.99, 29, 29), share(0.5)), None);
        assert_eq!(suggested_threshold(&reviews(0.99, 10, 40), share(0.5)), None);
    }
}
