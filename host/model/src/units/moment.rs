//! Moments as people read them. Everywhere else a moment is a number of milliseconds since
//! 1970-01-01 00:00 UTC.

use super::Date;

const MINUTE_MS: u64 = 60 * 1000;
const MINUTES_PER_DAY: u64 = 24 * 60;

/// Formats a moment to the minute, such as `2026-12-01 00:00 UTC`.
pub fn format_utc(moment_ms: u64) -> String {
    let minute = moment_ms / MINUTE_MS % MINUTES_PER_DAY;
    format!("{} {:02}:{:02} UTC", Date::from_ms(moment_ms), minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_moments_to_the_minute() {
        assert_eq!(format_utc(0), "1970-01-01 00:00 UTC");
        assert_eq!(format_utc(1_796_083_200_000), "2026-12-01 00:00 UTC");
        assert_eq!(format_utc(1_796_083_200_000 - 1), "2026-11-30 23:59 UTC");
    }
}
