//! The time, as an argument: decisions, levels and budgets depend on it, so tests and replays set it.

use std::time::{SystemTime, UNIX_EPOCH};

/// The source of the current time.
pub trait Clock: Send + Sync {
    /// Returns the current time in milliseconds since 1970, UTC.
    fn now_ms(&self) -> u64;
}

/// The clock of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now_ms(&self) -> u64 {
        // A machine that thinks it is before 1970 gets the earliest time: every period of a budget counts then.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }
}
