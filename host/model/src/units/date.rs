//! Calendar days (UTC), written `2026-03-31`. The calendar is `jiff`'s; this type narrows it to one
//! spelling and to the days that a moment can have.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;
use jiff::civil;

use super::impl_as_text;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Moments are milliseconds since the start of this year.
const YEAR_MIN: i16 = 1970;
const EPOCH: civil::Date = civil::date(YEAR_MIN, 1, 1);

/// A calendar day (UTC) from 1970-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// The text is not a calendar day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    #[error("`{0}` is not a date: write year, month and day, such as `2026-03-31`")]
    Spelling(String),
    /// The text, and the limit of the calendar that it breaks.
    #[error("`{0}` is not in the calendar: {1}")]
    Impossible(String, String),
}

impl Date {
    /// Returns the day of a moment in milliseconds since 1970; moments after 9999 give its last day.
    pub fn from_ms(moment_ms: u64) -> Self {
        let since_epoch = i64::try_from(moment_ms).map(SignedDuration::from_millis);
        let day = since_epoch.ok().and_then(|since_epoch| EPOCH.checked_add(since_epoch).ok());
        Self(day.unwrap_or(civil::Date::MAX))
    }

    /// Returns the first moment of the day, in milliseconds since 1970.
    pub fn start_ms(self) -> u64 {
        u64::try_from(self.0.duration_since(EPOCH).as_millis()).unwrap_or_default()
    }

    /// Returns the first moment of the next day, in milliseconds since 1970.
    pub fn end_ms(self) -> u64 {
        self.start_ms() + DAY_MS
    }

    /// Returns the day that is this many days later; days after 9999 give its last day.
    pub fn plus_days(self, days: u64) -> Self {
        Self::from_ms(self.start_ms().saturating_add(days.saturating_mul(DAY_MS)))
    }

    /// Returns the first day of the same month.
    pub fn first_of_month(self) -> Self {
        Self(self.0.first_of_month())
    }

    /// Returns the last day of the same month.
    pub fn last_of_month(self) -> Self {
        Self(self.0.last_of_month())
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let misspelled = || DateError::Spelling(text.into());
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(misspelled()) };
        // `parse` alone would also take `+026`.
        let is_number = |part: &str, digits: usize| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !is_number(year, 4) || !is_number(month, 2) || !is_number(day, 2) {
            return Err(misspelled());
        }
        let impossible = |limit| DateError::Impossible(text.into(), limit);
        let year: i16 = year.parse().map_err(|_| misspelled())?;
        let (month, day) =
            (month.parse().map_err(|_| misspelled())?, day.parse().map_err(|_| misspelled())?);
        find_day(year, month, day).map(Self).map_err(impossible)
    }
}

/// Returns the day if the calendar has it, or the limit that it breaks.
fn find_day(year: i16, month: i8, day: i8) -> Result<civil::Date, String> {
    if year < YEAR_MIN {
        return Err(format!("years start at {YEAR_MIN}"));
    }
    let Ok(first) = civil::Date::new(year, month, 1) else {
        return Err("months go from 01 to 12".into());
    };
    civil::Date::new(year, month, day)
        .map_err(|_| format!("month {month:02} of {year} has {} days", first.days_in_month()))
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl_as_text!(Date, "Date", r"^\d{4}-\d{2}-\d{2}$", "A day (UTC), such as `2026-03-31`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn converts_days_to_moments_and_back() {
        for (text, start_ms) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400_000),
            ("2024-12-31", 1_735_603_200_000),
            ("2026-03-31", 1_774_915_200_000),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!((date.to_string().as_str(), date.start_ms()), (text, start_ms));
            assert_eq!(Date::from_ms(start_ms), date);
            assert_eq!(Date::from_ms(date.end_ms() - 1), date);
            assert!(Date::from_ms(date.end_ms()) > date);
        }
    }

    #[test]
    fn reads_back_every_day_of_400_years() {
        for day in 0..146_097 {
            let date = Date::from_ms(day * DAY_MS);
            assert_eq!(date.start_ms(), day * DAY_MS);
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        assert_eq!(Date::from_ms(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn counts_days_over_the_ends_of_months_and_to_the_end_of_the_calendar() {
        let date: Date = "2026-12-01".parse().unwrap();
        assert_eq!(date.plus_days(0), date);
        assert_eq!(date.plus_days(90).to_string(), "2027-03-01");
        assert_eq!(date.plus_days(365).to_string(), "2027-12-01");
        assert_eq!(date.plus_days(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn rejects_impossible_and_misspelled_days() {
        for text in
            ["2026-02-29", "2026-04-31", "2026-13-01", "2026-00-10", "2026-01-00", "1969-12-31"]
        {
            assert!(matches!(text.parse::<Date>(), Err(DateError::Impossible(..))), "{text}");
        }
        for text in ["", "31.03.2026", "2026-3-31", "2026-03", "+026-03-31", "2026-03-31T00:00:00Z"]
        {
            assert!(matches!(text.parse::<Date>(), Err(DateError::Spelling(_))), "{text}");
        }
    }
}
