//! Starts of periods, as people name them: `7d`, `2026-03-31`, `2026-03-31T09:30:00Z`.

use std::str::FromStr;

use super::{Date, TimeSpan, parse_rfc3339};

/// The start of a period: a span before now, or a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// A time span before now.
    Ago(TimeSpan),
    /// A time in milliseconds since 1970.
    At(u64),
}

/// The text is not the start of a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a time: write a span such as `7d` or `24h`, a day such as `2026-03-31`, or a \
     UTC time such as `2026-03-31T09:30:00Z`"
)]
pub struct SinceError(String);

impl Since {
    /// Resolves the start to milliseconds since 1970.
    pub fn at_ms(self, now_ms: u64) -> u64 {
        match self {
            Self::Ago(span) => now_ms.saturating_sub(span.as_ms()),
            Self::At(moment_ms) => moment_ms,
        }
    }
}

impl FromStr for Since {
    type Err = SinceError;

    fn from_str(text: &str) -> Result<Self, SinceError> {
        let span = || text.parse().ok().map(Self::Ago);
        let day = || text.parse::<Date>().ok().map(|day| Self::At(day.start_ms()));
        let moment = || parse_rfc3339(text).map(Self::At);
        span().or_else(day).or_else(moment).ok_or_else(|| SinceError(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::format_rfc3339;
    use super::*;

    fn at_ms(text: &str, now_ms: u64) -> u64 {
        text.parse::<Since>().unwrap().at_ms(now_ms)
    }

    #[test]
    fn parses_spans_days_and_times() {
        let now = 1_774_949_400_125;
        assert_eq!(format_rfc3339(now), "2026-03-31T09:30:00.125Z");
        assert_eq!(format_rfc3339(at_ms("7d", now)), "2026-03-24T09:30:00.125Z");
        assert_eq!(format_rfc3339(at_ms("2026-03-30", now)), "2026-03-30T00:00:00.000Z");
        assert_eq!(at_ms("2026-03-31T09:30:00.125Z", now), now);
        assert_eq!(at_ms("2026-03-31T09:30:00.1259Z", now), now);
        assert_eq!(at_ms("2026-03-31T09:30:00Z", now), now - 125);
        assert_eq!(at_ms("4d", 5), 0, "a span cannot reach back before 1970");
    }

    #[test]
    fn rejects_other_texts() {
        for text in [
            "",
            "yesterday",
            "7",
            "7w",
            "2026-02-30",
            "2026-03-31T09:30:00",
            "2026-03-31T24:00:00Z",
            "2026-03-31T09:30:00+02:00",
            "2026-03-31T09:30Z",
            "2026-03-31T09:30:00.Z",
            "2026-03-31T+9:30:00Z",
            "2026-03-31T09:30:60Z",
        ] {
            assert_eq!(text.parse::<Since>(), Err(SinceError(text.into())));
        }
    }
}
