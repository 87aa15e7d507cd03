//! A day of the calendar (UTC), written `2026-03-31`.

use std::{fmt, str::FromStr};

use super::as_text;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;
/// Moments are counted from here on.
const YEAR_MIN: u32 = 1970;
const YEAR_MAX: u32 = 9999;
const LEAPS_BEFORE_YEAR_MIN: u64 = 477;
const DAYS_OF_400_YEARS: u64 = 146_097;

/// A day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// It is written in another way.
    #[error("`{0}` is no date: write year, month and day, such as `2026-03-31`")]
    Spelling(String),
    /// The calendar does not have it.
    #[error("`{0}` is a day that the calendar does not have: {1}")]
    Impossible(String, String),
}

impl Date {
    /// The day of the calendar that a moment is in.
    pub fn of_ms(moment_ms: u64) -> Self {
        let last = days_before(YEAR_MAX + 1) - 1;
        let days = (moment_ms / DAY_MS).min(last);
        // The calendar repeats itself after 400 years; the guess is at most one off.
        let guess = YEAR_MIN + u32::try_from(days * 400 / DAYS_OF_400_YEARS).unwrap_or_default();
        let year = if days_before(guess) > days { guess - 1 } else { guess };
        let year = if days_before(year + 1) <= days { year + 1 } else { year };
        let mut rest = u32::try_from(days - days_before(year)).unwrap_or_default();
        let mut month = 1;
        while month < 12 && rest >= days_of_month(year, month) {
            rest -= days_of_month(year, month);
            month += 1;
        }
        Self { year, month, day: rest + 1 }
    }

    /// The moment that it begins at.
    pub fn start_ms(self) -> u64 {
        let months: u32 = (1..self.month).map(|month| days_of_month(self.year, month)).sum();
        (days_before(self.year) + u64::from(months + self.day) - 1) * DAY_MS
    }

    /// The moment that it is over at: the first of the next day.
    pub fn end_ms(self) -> u64 {
        self.start_ms() + DAY_MS
    }

    /// The first day of its month.
    pub fn first_of_month(self) -> Self {
        Self { day: 1, ..self }
    }
}

/// The days from the first moment to a year.
fn days_before(year: u32) -> u64 {
    // Leap years up to the one before, less those before the first moment.
    let before = u64::from(year - 1);
    let leaps = before / 4 - before / 100 + before / 400 - LEAPS_BEFORE_YEAR_MIN;
    u64::from(year - YEAR_MIN) * 365 + leaps
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn days_of_month(year: u32, month: u32) -> u32 {
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
        let spelling = || DateError::Spelling(text.into());
        let parts: Vec<&str> = text.split('-').collect();
        let [year, month, day] = parts[..] else { return Err(spelling()) };
        let number = |part: &str, digits: usize| {
            let is_number = part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|_| is_number).ok_or_else(spelling)
        };
        let date = Self { year: number(year, 4)?, month: number(month, 2)?, day: number(day, 2)? };
        date.possible().map_err(|why| DateError::Impossible(text.into(), why))
    }
}

impl Date {
    fn possible(self) -> Result<Self, String> {
        let Self { year, month, day } = self;
        if year < YEAR_MIN {
            return Err(format!("years start at {YEAR_MIN}"));
        }
        if !(1..=12).contains(&month) {
            return Err("months go from 01 to 12".into());
        }
        let days = days_of_month(year, month);
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

as_text!(Date, "Date", r"^\d{4}-\d{2}-\d{2}$", "A day (UTC), such as `2026-03-31`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_agree() {
        for (text, start_ms) in [
            ("1970-01-01", 0),
            ("2000-02-29", 951_782_400_000),
            ("2024-12-31", 1_735_603_200_000),
            ("2026-03-31", 1_774_915_200_000),
        ] {
            let date: Date = text.parse().unwrap();
            assert_eq!((date.to_string().as_str(), date.start_ms()), (text, start_ms));
            assert_eq!(Date::of_ms(start_ms), date);
            assert_eq!(Date::of_ms(date.end_ms() - 1), date);
            assert!(Date::of_ms(date.end_ms()) > date);
        }
    }

    #[test]
    fn every_day_of_four_centuries_reads_back() {
        for day in 0..146_097 {
            let date = Date::of_ms(day * DAY_MS);
            assert_eq!(date.start_ms(), day * DAY_MS);
            assert_eq!(date.to_string().parse(), Ok(date));
        }
        assert_eq!(Date::of_ms(u64::MAX).to_string(), "9999-12-31");
    }

    #[test]
    fn impossible_days_are_refused() {
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
