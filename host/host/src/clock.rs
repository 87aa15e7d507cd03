//! The time, as an argument: decisions, levels and budgets depend on it, so tests and replays set it.

use std::time::{SystemTime, UNIX_EPOCH};

use tollgate_ledger::{CLOCK_SKEW_MS_MAX, EventQuery, LedgerError, PageCursor};

use crate::host::Host;

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

impl Host {
    /// Returns by how many milliseconds the clock is behind the time of the last event, if it is more than clocks differ.
    /// Then this clock is wrong, or that of the machine that recorded the event. It blocks while it reads.
    pub fn clock_lag_ms(&self) -> Result<Option<u64>, LedgerError> {
        let query = EventQuery { gate: None, kind: None, page: PageCursor::Newest, limit: 1 };
        let last = self.shared.read_if_recorded(|reader| reader.events(&query))?;
        let last_ms = last.and_then(|events| Some(events.first()?.event.at_ms));
        let lag_ms = last_ms.and_then(|last_ms| last_ms.checked_sub(self.shared.clock.now_ms()));
        Ok(lag_ms.filter(|lag_ms| *lag_ms > CLOCK_SKEW_MS_MAX))
    }
}
