//! Trying again: what may go better the next time, a few times, with pauses in between.

use std::time::Duration;

use super::error::Problem;
use super::settings::Settings;

/// How much patience is left.
pub(super) struct Patience<'a> {
    settings: &'a Settings,
    tries: u32,
}

impl<'a> Patience<'a> {
    pub fn new(settings: &'a Settings) -> Self {
        Self { settings, tries: 0 }
    }

    /// Waits for the next try; gives the problem back where there is none.
    pub async fn again(&mut self, problem: Problem) -> Result<(), Problem> {
        self.tries += 1;
        if !problem.may_pass() || self.tries >= self.settings.tries_max {
            return Err(problem);
        }
        let pause = match &problem {
            Problem::Busy { pause: Some(asked), .. } => *asked,
            _ => self.pause(),
        };
        if pause > Duration::from_millis(self.settings.asked_pause_ms_max) {
            return Err(problem);
        }
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Twice as long each time, and never the same: whoever was turned away together would come
    /// back together.
    fn pause(&self) -> Duration {
        let Settings { pause_ms, pause_ms_max, asked_pause_ms_max, .. } = self.settings;
        let doubled = pause_ms.saturating_mul(1 << self.tries.saturating_sub(1).min(16));
        let longest = doubled.min(*pause_ms_max).min(*asked_pause_ms_max);
        Duration::from_millis(longest / 2 + jitter(longest / 2))
    }
}

/// A number up to this one. Without randomness, it is this one.
pub(super) fn jitter(longest: u64) -> u64 {
    getrandom::u64().map_or(longest, |number| number % (longest + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_the_longest() {
        let settings = Settings { pause_ms: 100, pause_ms_max: 350, ..Settings::default() };
        let mut patience = Patience::new(&settings);
        for (tries, longest) in [(1, 100), (2, 200), (3, 350), (60, 350)] {
            patience.tries = tries;
            let pauses: Vec<_> = (0..50).map(|_| patience.pause().as_millis() as u64).collect();
            assert!(pauses.iter().all(|pause| (longest / 2..=longest).contains(pause)));
            assert!(pauses.iter().any(|pause| *pause != pauses[0]), "never the same");
        }
    }
}
