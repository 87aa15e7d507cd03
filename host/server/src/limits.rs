//! Limits of rate: each token may ask so often in a second, on average, and no more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Seconds of requests that a token may save up and send at once. Applications send in bursts.
const BURST: Duration = Duration::from_secs(1);

/// Rates of tokens. There are as many entries as tokens that were verified, so nobody else makes this grow.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// Time that one request takes of its token's rate.
    interval: Duration,
    /// Moment by token until which its rate is used up.
    used_until: Mutex<HashMap<String, Instant>>,
}

impl RateLimits {
    pub(crate) fn new(requests_per_second_max: u32) -> Self {
        let interval = Duration::from_secs(1) / requests_per_second_max.max(1);
        Self { interval, used_until: Mutex::default() }
    }

    /// Counts a request of a token, or returns after which time the token may ask again.
    pub(crate) fn take(&self, token: &str, now: Instant) -> Result<(), Duration> {
        let mut used_until = self.used_until.lock().unwrap_or_else(PoisonError::into_inner);
        let until = match used_until.get_mut(token) {
            Some(until) => until,
            None => used_until.entry(token.to_owned()).or_insert(now),
        };
        let next = (*until).max(now) + self.interval;
        let ahead = next.saturating_duration_since(now);
        match ahead.checked_sub(BURST.max(self.interval)) {
            Some(wait) if !wait.is_zero() => Err(wait),
            _ => {
                *until = next;
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lets_a_second_of_requests_through_at_once_and_then_the_rate() {
        let (limits, start) = (RateLimits::new(10), Instant::now());
        let taken = (0..100).take_while(|_| limits.take("a", start).is_ok()).count();
        assert_eq!(taken, 10);
        let wait = limits.take("a", start).unwrap_err();
        assert!(wait <= Duration::from_millis(100), "{wait:?}");
        let later = start + Duration::from_millis(350);
        let taken = (0..100).take_while(|_| limits.take("a", later).is_ok()).count();
        assert_eq!(taken, 3);
    }

    #[test]
    fn counts_each_token_for_itself() {
        let (limits, now) = (RateLimits::new(1), Instant::now());
        assert!(limits.take("a", now).is_ok());
        assert!(limits.take("a", now).is_err());
        assert!(limits.take("b", now).is_ok());
    }

    #[test]
    fn forgets_what_was_long_ago() {
        let (limits, start) = (RateLimits::new(2), Instant::now());
        while limits.take("a", start).is_ok() {}
        let later = start + Duration::from_secs(3600);
        let taken = (0..100).take_while(|_| limits.take("a", later).is_ok()).count();
        assert_eq!(taken, 2, "an hour without requests is worth one burst");
    }
}
