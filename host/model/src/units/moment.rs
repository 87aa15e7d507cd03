//! Moments in UTC. In Rust a moment is a number of milliseconds since 1970; in everything that is
//! written for programs or people it is an RFC 3339 text. The calendar is `jiff`'s; there are no
//! time zones and no leap seconds.

use jiff::SignedDuration;
use jiff::civil::{self, DateTime};

/// Last moment of the year 9999. RFC 3339 has no later years.
pub const MOMENT_MS_MAX: u64 = 253_402_300_799_999;

const EPOCH: DateTime = civil::date(1970, 1, 1).at(0, 0, 0, 0);
/// Length of `2026-03-31T09:30:00`, which every spelling starts with.
const SECONDS_LENGTH: usize = 19;

/// Formats a moment to the minute for people, such as `2026-12-01 00:00 UTC`. Moments after 9999
/// give its last minute.
pub fn format_utc(moment_ms: u64) -> String {
    to_datetime(moment_ms).strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// Formats a moment to the second for lists, such as `2026-03-31 09:30:00`. Moments after 9999 give
/// its last second.
pub fn format_utc_seconds(moment_ms: u64) -> String {
    to_datetime(moment_ms).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Formats a moment as RFC 3339 with milliseconds, such as `2026-03-31T09:30:00.125Z`. Moments after
/// 9999 give its last millisecond.
pub fn format_rfc3339(moment_ms: u64) -> String {
    format!("{:.3}Z", to_datetime(moment_ms))
}

/// Parses an RFC 3339 time in UTC that is not before 1970. Digits beyond milliseconds are cut off.
/// Other time zones are refused, so that all times in a list compare as texts.
pub fn parse_rfc3339(text: &str) -> Option<u64> {
    let (second, rest) = text.split_at_checked(SECONDS_LENGTH)?;
    let fraction_ms = parse_fraction(rest.strip_suffix('Z')?)?;
    let second_ms = second.parse::<DateTime>().ok()?.duration_since(EPOCH).as_millis();
    let moment_ms = u64::try_from(second_ms).ok()? + fraction_ms;
    // `jiff` also reads other spellings of a time, such as a space for the `T` and a 60th second.
    format_rfc3339(moment_ms).starts_with(second).then_some(moment_ms)
}

/// Returns the milliseconds of a fraction of a second, which may be missing.
fn parse_fraction(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(0);
    }
    let digits = text.strip_prefix('.').filter(|digits| !digits.is_empty())?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<3}").get(..3)?.parse().ok()
}

fn to_datetime(moment_ms: u64) -> DateTime {
    let since_epoch_ms = i64::try_from(moment_ms.min(MOMENT_MS_MAX)).unwrap_or_default();
    EPOCH.checked_add(SignedDuration::from_millis(since_epoch_ms)).unwrap_or(DateTime::MAX)
}

/// Serde functions that write a moment as RFC 3339. A field `at_ms` has the key `at`. Only the
/// spelling that is written can be read back.
pub mod rfc3339 {
    use serde::de::{Deserialize, Deserializer, Error as _};
    use serde::ser::{Error as _, Serializer};

    use super::{MOMENT_MS_MAX, format_rfc3339, parse_rfc3339};

    pub fn serialize<S: Serializer>(moment_ms: &u64, serializer: S) -> Result<S::Ok, S::Error> {
        if *moment_ms > MOMENT_MS_MAX {
            return Err(S::Error::custom(format!("{moment_ms} ms is after the year 9999")));
        }
        serializer.serialize_str(&format_rfc3339(*moment_ms))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
        let text = String::deserialize(deserializer)?;
        let moment_ms = parse_rfc3339(&text).filter(|moment_ms| format_rfc3339(*moment_ms) == text);
        moment_ms.ok_or_else(|| {
            D::Error::custom(format!("`{text}` is not a time such as `2026-03-31T09:30:00.125Z`"))
        })
    }

    /// The same for a moment that may be absent.
    pub mod option {
        use serde::de::{Deserialize, Deserializer};
        use serde::ser::{Serialize, Serializer};

        #[derive(serde::Serialize, serde::Deserialize)]
        struct Moment(#[serde(with = "super")] u64);

        pub fn serialize<S: Serializer>(
            moment_ms: &Option<u64>,
            serializer: S,
        ) -> Result<S::Ok, S::Error> {
            moment_ms.map(Moment).serialize(serializer)
        }

        pub fn deserialize<'de, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<Option<u64>, D::Error> {
            let moment = Option::<Moment>::deserialize(deserializer)?;
            Ok(moment.map(|Moment(moment_ms)| moment_ms))
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Visit {
        #[serde(rename = "at", with = "rfc3339")]
        at_ms: u64,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "rfc3339::option")]
        until: Option<u64>,
    }

    #[test]
    fn formats_moments_to_the_minute() {
        assert_eq!(format_utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(format_utc(1_796_083_200_000), "2026-12-01 00:00 UTC");
        assert_eq!(format_utc(1_796_083_200_000 - 1), "2026-11-30 23:59 UTC");
        assert_eq!(format_utc_seconds(1_796_083_200_000 - 1), "2026-11-30 23:59:59");
    }

    #[test]
    fn reads_back_moments() {
        for (text, moment_ms) in [
            ("1970-01-01T00:00:00.000Z", 0),
            ("2024-02-29T23:59:59.999Z", 1_709_251_199_999),
            ("2026-11-30T14:00:00.000Z", 1_796_047_200_000),
            ("9999-12-31T23:59:59.999Z", MOMENT_MS_MAX),
        ] {
            assert_eq!(format_rfc3339(moment_ms), text);
            assert_eq!(parse_rfc3339(text), Some(moment_ms));
        }
        assert_eq!(format_rfc3339(u64::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn parses_any_number_of_decimals() {
        for (text, moment_ms) in [("", 0), (".1", 100), (".12", 120), (".1239999999", 123)] {
            let text = format!("1970-01-01T00:00:00{text}Z");
            assert_eq!(parse_rfc3339(&text), Some(moment_ms), "{text}");
        }
    }

    #[test]
    fn rejects_other_spellings() {
        for text in [
            "",
            "2026-03-31",
            "2026-03-31T09:30:00",
            "2026-03-31 09:30:00Z",
            "2026-03-31t09:30:00z",
            "2026-03-31T24:00:00Z",
            "2026-03-31T09:30:00+00:00",
            "2026-03-31T09:30:00+00:00Z",
            "2026-03-31T09:30:00[UTC]Z",
            "2026-03-31T09:30Z",
            "2026-03-31T09:30:00.Z",
            "2026-03-31T09:30:00,5Z",
            "2026-03-31T+9:30:00Z",
            "2026-03-31T09:30:60Z",
            "20260331T093000.000Z",
            "1969-12-31T23:59:59.999Z",
            "+002026-03-31T09:30:00Z",
        ] {
            assert_eq!(parse_rfc3339(text), None, "{text}");
        }
    }

    #[test]
    fn writes_moments_as_texts() {
        let visit = Visit { at_ms: 1_796_047_200_000, until: Some(125) };
        let json = r#"{"at":"2026-11-30T14:00:00.000Z","until":"1970-01-01T00:00:00.125Z"}"#;
        assert_eq!(serde_json::to_string(&visit).unwrap(), json);
        assert_eq!(serde_json::from_str::<Visit>(json).unwrap(), visit);
        let open = Visit { until: None, ..visit };
        let json = r#"{"at":"2026-11-30T14:00:00.000Z"}"#;
        assert_eq!(serde_json::to_string(&open).unwrap(), json);
        assert_eq!(serde_json::from_str::<Visit>(json).unwrap(), open);
    }

    #[test]
    fn refuses_moments_that_would_not_read_back() {
        let late = Visit { at_ms: MOMENT_MS_MAX + 1, until: None };
        assert!(serde_json::to_string(&late).is_err());
        for at in ["\"2026-11-30T14:00:00Z\"", "\"2026-11-30T14:00:00.0001Z\"", "1796047200000"] {
            let json = format!(r#"{{"at":{at}}}"#);
            assert!(serde_json::from_str::<Visit>(&json).is_err(), "{json}");
        }
    }
}
