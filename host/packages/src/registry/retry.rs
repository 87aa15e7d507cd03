//! Retries of transient errors, a limited number of times and with growing pauses.

use std::time::Duration;

use super::error::RequestError;
use super::settings::RegistrySettings;

/// Counts the attempts of one operation.
pub(super) struct RetryState<'a> {
    settings: &'a RegistrySettings,
    attempts: u32,
}

impl<'a> RetryState<'a> {
    pub fn new(settings: &'a RegistrySettings) -> Self {
        Self { settings, attempts: 0 }
    }

    /// Waits until the next attempt, or returns the error if there should be none.
    pub async fn wait_or_fail(&mut self, error: RequestError) -> Result<(), RequestError> {
        self.attempts += 1;
        if !error.is_transient() || self.attempts >= self.settings.attempts_max {
            return Err(error);
        }
        let pause = match &error {
            RequestError::Busy { retry_after: Some(requested), .. } => *requested,
            _ => self.next_pause(),
        };
        if pause > Duration::from_millis(self.settings.retry_after_ms_max) {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Returns the next pause: twice the last one, with random jitter so that clients that failed
    /// together do not return together.
    fn next_pause(&self) -> Duration {
        let RegistrySettings {
            retry_pause_ms: pause_ms,
            retry_pause_ms_max: pause_ms_max,
            retry_after_ms_max: asked_pause_ms_max,
            ..
        } = self.settings;
        let doubled = pause_ms.saturating_mul(1 << self.attempts.saturating_sub(1).min(16));
        let longest = doubled.min(*pause_ms_max).min(*asked_pause_ms_max);
        Duration::from_millis(longest / 2 + random_up_to(longest / 2))
    }
}

/// Returns a random number up to `longest`, or `longest` if the system has no randomness.
pub(super) fn random_up_to(longest: u64) -> u64 {
    getrandom::u64().map_or(longest, |number| number % (longest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_limit() {
        let settings = RegistrySettings {
            retry_pause_ms: 100,
            retry_pause_ms_max: 350,
            ..RegistrySettings::default()
        };
        let mut retry = RetryState::new(&settings);
        for (tries, longest) in [(1, 100), (2, 200), (3, 350), (60, 350)] {
            retry.attempts = tries;
            let pauses: Vec<_> = (0..50).map(|_| retry.next_pause().as_millis() as u64).collect();
            assert!(pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)));
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "never the same");
        }
    }
}
