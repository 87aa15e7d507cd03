//! The rule for the time that a review took, as far as the ledger can know it.
//!
//! Nothing records when a person begins to read. What is recorded gives a bound: nobody reviewed an output before it was
//! there, before they claimed it, or while they were busy with the review that they recorded before this one. Of thirty
//! approvals by one person within three seconds, all but the first took at most three seconds together, however long the
//! outputs had waited. A shorter time that the reviewer states is believed, a longer one is not.

/// The moments that bound the time of a review, in milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub struct ReviewTimes {
    /// Moment of the review.
    pub at_ms: u64,
    /// Moment since which the run has been in the queue.
    pub waiting_since_ms: u64,
    /// Moment at which the reviewer first claimed the run; empty if they did not.
    pub claimed_ms: Option<u64>,
    /// Moment of the review that the same person recorded before this one, at any gate; empty if there is none.
    pub previous_review_ms: Option<u64>,
    /// Length of the review as the reviewer states it, in milliseconds; empty if they do not.
    pub stated_ms: Option<u64>,
}

impl ReviewTimes {
    /// Returns the longest time that the review can have taken, in milliseconds. It is 0 if the clock went back meanwhile,
    /// because then nothing is known.
    pub fn longest_ms(&self) -> u64 {
        let begins_ms = [self.claimed_ms, self.previous_review_ms].into_iter().flatten();
        let begin_ms = begins_ms.fold(self.waiting_since_ms, u64::max);
        let measured_ms = self.at_ms.saturating_sub(begin_ms);
        self.stated_ms.map_or(measured_ms, |stated_ms| stated_ms.min(measured_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAITING: ReviewTimes = ReviewTimes {
        at_ms: 100_000,
        waiting_since_ms: 40_000,
        claimed_ms: None,
        previous_review_ms: None,
        stated_ms: None,
    };

    #[test]
    fn a_review_takes_no_longer_than_the_latest_beginning_allows() {
        assert_eq!(WAITING.longest_ms(), 60_000);
        let claimed = ReviewTimes { claimed_ms: Some(90_000), ..WAITING };
        assert_eq!(claimed.longest_ms(), 10_000);
        let busy = ReviewTimes { previous_review_ms: Some(99_900), ..claimed };
        assert_eq!(busy.longest_ms(), 100);
        let long_ago = ReviewTimes { previous_review_ms: Some(1), ..WAITING };
        assert_eq!(long_ago.longest_ms(), 60_000);
    }

    #[test]
    fn only_a_shorter_stated_time_is_believed() {
        assert_eq!(ReviewTimes { stated_ms: Some(2_000), ..WAITING }.longest_ms(), 2_000);
        assert_eq!(ReviewTimes { stated_ms: Some(600_000), ..WAITING }.longest_ms(), 60_000);
    }

    #[test]
    fn nothing_is_known_if_the_clock_went_back() {
        assert_eq!(ReviewTimes { at_ms: 30_000, ..WAITING }.longest_ms(), 0);
    }
}
