//! A span of time, written `30m`, `24h` or `90d`.

use std::{fmt, str::FromStr};

use super::as_text;

/// The units, the largest first.
const UNITS: [(char, u64); 4] =
    [('d', 24 * 60 * 60 * 1000), ('h', 60 * 60 * 1000), ('m', 60 * 1000), ('s', 1000)];
/// Ten years: longer than any record is kept.
const SPAN_MS_MAX: u64 = 3660 * 24 * 60 * 60 * 1000;

/// So much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan {
    ms: u64,
}

/// Why a text is no span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no span of time: write a number and `s`, `m`, `h` or `d`, such as `24h`, up to \
     ten years"
)]
pub struct TimeSpanError(String);

impl TimeSpan {
    /// So many days.
    pub const fn of_days(days: u32) -> Self {
        Self { ms: days as u64 * 24 * 60 * 60 * 1000 }
    }

    /// How long it is.
    pub const fn ms(self) -> u64 {
        self.ms
    }
}

impl FromStr for TimeSpan {
    type Err = TimeSpanError;

    fn from_str(text: &str) -> Result<Self, TimeSpanError> {
        let span = UNITS.into_iter().find_map(|(unit, unit_ms)| {
            let number = text.strip_suffix(unit)?;
            let count: u64 = number.parse().ok().filter(|_| !number.starts_with('+'))?;
            count.checked_mul(unit_ms).filter(|ms| (1..=SPAN_MS_MAX).contains(ms))
        });
        span.map(|ms| Self { ms }).ok_or_else(|| TimeSpanError(text.into()))
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = UNITS.into_iter().find(|(_, unit_ms)| self.ms.is_multiple_of(*unit_ms));
        let (unit, unit_ms) = fits.unwrap_or(('s', 1000));
        write!(f, "{}{unit}", self.ms / unit_ms)
    }
}

as_text!(TimeSpan, "TimeSpan", r"^\d+[smhd]$", "A span of time: `30m`, `24h`, `90d`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_back() {
        for (text, written, ms) in
            [("90s", "90s", 90_000), ("24h", "1d", 86_400_000), ("30m", "30m", 1_800_000)]
        {
            let span: TimeSpan = text.parse().unwrap();
            assert_eq!((span.ms(), span.to_string().as_str()), (ms, written));
        }
        for text in
            ["", "24", "h", "-1h", "+1h", "1.5h", "0m", "1w", "99999999999999999999d", "4000d"]
        {
            assert!(text.parse::<TimeSpan>().is_err(), "{text}");
        }
    }
}
