//! Moments as people write and read them, in UTC. Moments of the ledger are milliseconds
//! since 1970.

use std::str::FromStr;

use tollgate_model::{Date, TimeSpan};

const SECOND_MS: u64 = 1000;
const DAY_S: u64 = 24 * 60 * 60;

/// From when on: so long ago, or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Since {
    /// So long ago.
    Ago(TimeSpan),
    /// From this moment on.
    At(u64),
}

/// Why a text says no moment.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is no moment: write a span such as `7d` or `24h`, a day such as `2026-03-31`, or a \
     moment in UTC such as `2026-03-31T09:30:00Z`"
)]
pub(crate) struct NoMoment(String);

impl Since {
    /// The moment that it is.
    pub(crate) fn at_ms(self, now_ms: u64) -> u64 {
        match self {
            Self::Ago(span) => now_ms.saturating_sub(span.ms()),
            Self::At(moment_ms) => moment_ms,
        }
    }
}

impl FromStr for Since {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        let span = || text.parse().ok().map(Self::Ago);
        let day = || text.parse::<Date>().ok().map(|day| Self::At(day.start_ms()));
        let moment = || moment(text).map(Self::At);
        span().or_else(day).or_else(moment).ok_or_else(|| NoMoment(text.into()))
    }
}

/// As RFC 3339 has it, in UTC: other zones are refused, so that a list has one.
fn moment(text: &str) -> Option<u64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let parts: Vec<u64> = time.split(':').map(two_digits).collect::<Option<_>>()?;
    let [hours @ 0..24, minutes @ 0..60, seconds @ 0..60] = parts[..] else { return None };
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let ms: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let day_ms = day.parse::<Date>().ok()?.start_ms();
    Some(day_ms + ((hours * 60 + minutes) * 60 + seconds) * SECOND_MS + ms)
}

fn two_digits(text: &str) -> Option<u64> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// For programs: `2026-03-31T09:30:00.125Z`.
pub(crate) fn rfc3339(moment_ms: u64) -> String {
    format!("{}T{}.{:03}Z", Date::of_ms(moment_ms), time(moment_ms), moment_ms % SECOND_MS)
}

/// For people: `2026-03-31 09:30:00`.
pub(crate) fn shown(moment_ms: u64) -> String {
    format!("{} {}", Date::of_ms(moment_ms), time(moment_ms))
}

fn time(moment_ms: u64) -> String {
    let seconds = moment_ms / SECOND_MS % DAY_S;
    format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// How long something took, as people say it: `850 ms`, `42 s`, `3 min`, `1.5 h`.
pub(crate) fn lasted(ms: u64) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{} s", ms / 1_000),
        60_000..3_600_000 => format!("{} min", ms / 60_000),
        _ => format!("{:.1} h", ms as f64 / 3_600_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_ms(text: &str, now_ms: u64) -> u64 {
        text.parse::<Since>().unwrap().at_ms(now_ms)
    }

    #[test]
    fn spans_days_and_moments_are_read() {
        let now = 1_774_949_400_125;
        assert_eq!(rfc3339(now), "2026-03-31T09:30:00.125Z");
        assert_eq!(shown(now), "2026-03-31 09:30:00");
        assert_eq!(rfc3339(at_ms("7d", now)), "2026-03-24T09:30:00.125Z");
        assert_eq!(rfc3339(at_ms("2026-03-30", now)), "2026-03-30T00:00:00.000Z");
        assert_eq!(at_ms("2026-03-31T09:30:00.125Z", now), now);
        assert_eq!(at_ms("2026-03-31T09:30:00.1259Z", now), now);
        assert_eq!(at_ms("2026-03-31T09:30:00Z", now), now - 125);
        assert_eq!(at_ms("4d", 5), 0, "nothing was before");
    }

    #[test]
    fn what_is_no_moment_is_refused() {
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
    fn what_lasted_reads_well() {
        let all = [850, 42_000, 185_000, 5_400_000].map(lasted);
        assert_eq!(all, ["850 ms", "42 s", "3 min", "1.5 h"]);
    }
}
