//! Spans of time, written `30m`, `24h` or `90d`.

use std::{fmt, str::FromStr};

use super::impl_as_text;

/// Units and their milliseconds, the largest first: a span is displayed in the largest that fits.
const UNITS: [(char, u64); 4] =
    [('d', 24 * 60 * 60 * 1000), ('h', 60 * 60 * 1000), ('m', 60 * 1000), ('s', 1000)];
/// Ten years, longer than any record is kept.
const SPAN_MS_MAX: u64 = 3660 * 24 * 60 * 60 * 1000;

/// A positive span of time of whole seconds, up to ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeSpan {
    ms: u64,
}

/// The text is not a span of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a span of time: write a number and `s`, `m`, `h` or `d`, such as `24h`, up \
     to ten years"
)]
pub struct TimeSpanError(String);

impl TimeSpan {
    pub const fn from_days(days: u32) -> Self {
        Self { ms: days as u64 * 24 * 60 * 60 * 1000 }
    }

    /// Returns the length in milliseconds.
    pub const fn as_ms(self) -> u64 {
        self.ms
    }
}

impl FromStr for TimeSpan {
    type Err = TimeSpanError;

    fn from_str(text: &str) -> Result<Self, TimeSpanError> {
        let span_ms = UNITS.into_iter().find_map(|(unit, unit_ms)| {
            let number = text.strip_suffix(unit)?;
            // `parse` takes a leading `+`, which would be a second spelling.
            let count: u64 = number.parse().ok().filter(|_| !number.starts_with('+'))?;
            count.checked_mul(unit_ms).filter(|ms| (1..=SPAN_MS_MAX).contains(ms))
        });
        span_ms.map(|ms| Self { ms }).ok_or_else(|| TimeSpanError(text.into()))
    }
}

impl fmt::Display for TimeSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = UNITS.into_iter().find(|(_, unit_ms)| self.ms.is_multiple_of(*unit_ms));
        let (unit, unit_ms) = exact.unwrap_or(('s', 1000));
        write!(f, "{}{unit}", self.ms / unit_ms)
    }
}

impl_as_text!(TimeSpan, "TimeSpan", r"^\d+[smhd]$", "A span of time: `30m`, `24h`, `90d`.");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_spans() {
        for (text, written, ms) in
            [("90s", "90s", 90_000), ("24h", "1d", 86_400_000), ("30m", "30m", 1_800_000)]
        {
            let span: TimeSpan = text.parse().unwrap();
            assert_eq!((span.as_ms(), span.to_string().as_str()), (ms, written));
        }
        for text in
            ["", "24", "h", "-1h", "+1h", "1.5h", "0m", "1w", "99999999999999999999d", "4000d"]
        {
            assert!(text.parse::<TimeSpan>().is_err(), "{text}");
        }
    }
}
