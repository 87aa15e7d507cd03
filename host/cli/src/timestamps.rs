//! Times as people write and read them, in UTC. Inside the tool, times are milliseconds since 1970.

use std::str::FromStr;

use tollgate_model::{Date, TimeSpan, format_utc_seconds, parse_rfc3339};

/// The start of a period: a span before now, or a point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// A time span before now.
    Ago(TimeSpan),
    /// A time in milliseconds since 1970.
    At(u64),
}

/// The error for a text that is not a time.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a time: write a span such as `7d` or `24h`, a day such as `2026-03-31`, or a \
     UTC time such as `2026-03-31T09:30:00Z`"
)]
pub(crate) struct ParseSinceError(String);

impl Since {
    /// Resolves the start to milliseconds since 1970.
    pub(crate) fn at_ms(self, now_ms: u64) -> u64 {
        match self {
            Self::Ago(span) => now_ms.saturating_sub(span.as_ms()),
            Self::At(moment_ms) => moment_ms,
        }
    }
}

impl FromStr for Since {
    type Err = ParseSinceError;

    fn from_str(text: &str) -> Result<Self, ParseSinceError> {
        let span = || text.parse().ok().map(Self::Ago);
        let day = || text.parse::<Date>().ok().map(|day| Self::At(day.start_ms()));
        let moment = || parse_rfc3339(text).map(Self::At);
        span().or_else(day).or_else(moment).ok_or_else(|| ParseSinceError(text.into()))
    }
}

/// Formats a time for people: `2026-03-31 09:30:00`.
pub(crate) fn format_time(moment_ms: u64) -> String {
    format_utc_seconds(moment_ms)
}

/// Formats a duration for people: `850 ms`, `42 s`, `3 min`, `1.5 h`.
pub(crate) fn format_duration(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{} s", ms / 1_000),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        _ => format!("{:.1} h", ms as f64 / 3_600_000.0),
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::format_rfc3339;

    use super::*;

    fn at_ms(text: &str, now_ms: u64) -> u64 {
        text.parse::<Since>().unwrap().at_ms(now_ms)
    }

    #[test]
    fn parses_spans_days_and_times() {
        let now = 1_774_949_400_125;
        assert_eq!(format_rfc3339(now), "2026-03-31T09:30:00.125Z");
        assert_eq!(format_time(now), "2026-03-31 09:30:00");
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
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
    }

    #[test]
    fn formats_durations() {
        let all = [850, 42_000, 185_000, 5_400_000].map(format_duration);
        assert_eq!(all, ["850 ms", "42 s", "3 min", "1.5 h"]);
    }
}
