//! Arrivals of requests: at a fixed rate, or as fast as they are answered.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::{Duration, Instant};

/// The arrivals of a run. Many connections take them.
pub(crate) struct Arrivals {
    start: Instant,
    time: Duration,
    /// Time between two arrivals. Zero if a request arrives whenever a connection is free.
    interval: Duration,
    /// Number of the next arrival; `None` once there are no more.
    next: Mutex<Option<u32>>,
}

impl Arrivals {
    pub(crate) fn new(rate: u64, time: Duration) -> Self {
        let interval = match u32::try_from(rate) {
            Ok(rate) if rate > 0 => Duration::from_secs(1) / rate,
            _ => Duration::ZERO,
        };
        Self { start: Instant::now(), time, interval, next: Mutex::new(Some(0)) }
    }

    /// Ends the arrivals before their time.
    pub(crate) fn end(&self) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Returns the number and the moment of the next arrival, or `None` after the last one. The moment may have passed: the
    /// request waits since then.
    pub(crate) fn take(&self) -> Option<(u32, Instant)> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let number = (*next)?;
        let after = match self.interval.is_zero() {
            true => self.start.elapsed(),
            false => self.interval * number,
        };
        if after >= self.time {
            return None;
        }
        *next = number.checked_add(1);
        Some((number, self.start + after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrive_at_the_rate_whoever_takes_them() {
        let arrivals = Arrivals::new(10, Duration::from_secs(2));
        let taken: Vec<_> = std::iter::from_fn(|| arrivals.take()).collect();
        assert_eq!(taken.len(), 20);
        let (number, moment) = taken[15];
        assert_eq!((number, moment - arrivals.start), (15, Duration::from_millis(1500)));
    }

    #[test]
    fn end_with_the_time_if_there_is_no_rate() {
        let arrivals = Arrivals::new(0, Duration::from_millis(20));
        assert!(std::iter::from_fn(|| arrivals.take()).count() > 1);
        assert!(arrivals.start.elapsed() >= Duration::from_millis(20));
    }
}
