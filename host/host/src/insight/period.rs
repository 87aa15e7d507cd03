//! Periods of statistics: whole days that include today.

use tollgate_model::{Date, Since, TimeSpan};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The start of a period that includes today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeriodStart {
    /// As many days as the span has, and today is one of them.
    Last(TimeSpan),
    /// The day of a time in milliseconds since 1970. A time in the future means today.
    Since(u64),
}

impl From<Since> for PeriodStart {
    fn from(since: Since) -> Self {
        match since {
            Since::Ago(span) => Self::Last(span),
            Since::At(moment_ms) => Self::Since(moment_ms),
        }
    }
}

/// A period of whole days (UTC) that includes today, and the start of the previous period of the same length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Period {
    /// Start of the first day.
    pub from_ms: u64,
    /// The present time.
    pub to_ms: u64,
    /// Start of the previous period. It ends where this one starts.
    pub before_from_ms: u64,
    /// Number of days.
    pub days: u64,
}

impl Period {
    /// Returns the days from a start to today, both included.
    pub fn new(start: PeriodStart, now_ms: u64) -> Self {
        let from = match start {
            // Seven days include today, so they start six days ago.
            PeriodStart::Last(span) => now_ms.saturating_sub(span.as_ms().saturating_sub(DAY_MS)),
            PeriodStart::Since(moment_ms) => moment_ms.min(now_ms),
        };
        let from_ms = Date::from_ms(from).start_ms();
        let days = (now_ms / DAY_MS).saturating_sub(from_ms / DAY_MS) + 1;
        let before_from_ms = from_ms.saturating_sub(days * DAY_MS);
        Self { from_ms, to_ms: now_ms, before_from_ms, days }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start_ms(day: &str) -> u64 {
        day.parse::<Date>().unwrap().start_ms()
    }

    #[test]
    fn compares_seven_days_with_the_seven_before() {
        let now_ms = start_ms("2026-03-18") + 5;
        let week = Period::new(PeriodStart::Last(TimeSpan::from_days(7)), now_ms);
        assert_eq!((week.from_ms, week.days), (start_ms("2026-03-12"), 7));
        assert_eq!(week.before_from_ms, start_ms("2026-03-05"));
        let today = Period::new(PeriodStart::Last("3h".parse().unwrap()), now_ms);
        assert_eq!((today.from_ms, today.days), (start_ms("2026-03-18"), 1));
    }

    #[test]
    fn starts_with_the_day_of_a_time() {
        let now_ms = start_ms("2026-03-18") + 5;
        let since = Period::new(PeriodStart::Since(start_ms("2026-03-01") + 7), now_ms);
        assert_eq!((since.days, since.before_from_ms), (18, start_ms("2026-02-11")));
        let future = Period::new(PeriodStart::Since(start_ms("2027-03-01")), now_ms);
        assert_eq!(future.days, 1, "a future start gives a period of one day");
    }
}
