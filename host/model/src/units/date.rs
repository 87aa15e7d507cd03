//! Calendar days (UTC), written `2026-03-31`. There are no time zones and no leap seconds.

use std::{fmt, str::FromStr};

use super::impl_as_text;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Moments are milliseconds since the start of this year.
const YEAR_MIN: u32 = 1970;
const YEAR_MAX: u32 = 9999;
/// Leap years of the Gregorian calendar before 1970.
const LEAPS_BEFORE_YEAR_MIN: u64 = 477;
const DAYS_PER_400_YEARS: u64 = 146_097;

/// A calendar day (UTC) from 1970-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

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
        let last_day = days_before(YEAR_MAX + 1) - 1;
        let days = (moment_ms / DAY_MS).min(last_day);
        // The calendar repeats after 400 years, so this estimate is at most one year off.
        let guess = YEAR_MIN + u32::try_from(days * 400 / DAYS_PER_400_YEARS).unwrap_or_default();
        let year = if days_before(guess) > days { guess - 1 } else { guess };
        let year = if days_before(year + 1) <= days { year + 1 } else { year };
        let mut day_index = u32::try_from(days - days_before(year)).unwrap_or_default();
        let mut month = 1;
        while month < 12 && day_index >= days_in_month(year, month) {
            day_index -= days_in_month(year, month);
            month += 1;
        }
        Self { year, month, day: day_index + 1 }
    }

    /// Returns the first moment of the day, in milliseconds since 1970.
    pub fn start_ms(self) -> u64 {
        let months: u32 = (1..self.month).map(|month| days_in_month(self.year, month)).sum();
        (days_before(self.year) + u64::from(months + self.day) - 1) * DAY_MS
    }

    /// Returns the first moment of the next day, in milliseconds since 1970.
    pub fn end_ms(self) -> u64 {
        self.start_ms() + DAY_MS
    }

    /// Returns the first day of the same month.
    pub fn first_of_month(self) -> Self {
        Self { day: 1, ..self }
    }
}

/// Returns the days from 1970-01-01 to the start of a year.
fn days_before(year: u32) -> u64 {
    let year_before = u64::from(year - 1);
    let leaps = year_before / 4 - year_before / 100 + year_before / 400 - LEAPS_BEFORE_YEAR_MIN;
    u64::from(year - YEAR_MIN) * 365 + leaps
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let misspelled = || DateError::Spelling(text.into());
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(misspelled()) };
        let number = |part: &str, digits: usize| {
            // `parse` alone would also take `+026`.
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number).ok_or_else(misspelled)
        };
        let date = Self { year: number(year, 4)?, month: number(month, 2)?, day: number(day, 2)? };
        date.validate().map_err(|limit| DateError::Impossible(text.into(), limit))
    }
}

impl Date {
    /// Returns the date if the calendar has it, or the limit that it breaks.
    fn validate(self) -> Result<Self, String> {
        let Self { year, month, day } = self;
        if year < YEAR_MIN {
            return Err(format!("years start at {YEAR_MIN}"));
        }
        if !(1..=12).contains(&month) {
            return Err("months go from 01 to 12".into());
        }
        let days = days_in_month(year, month);
        if (1..=days).contains(&day) {
            Ok(self)
        } else {
            Err(format!("month {month:02} of {year} has {days} days"))
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day } = self;
        write!(f, "{year:04}-{month:02}-{day:02}")
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
