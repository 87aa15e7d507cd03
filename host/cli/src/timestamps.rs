//! Times as people write and read them, in UTC. Inside the tool, times are milliseconds since 1970.

pub(crate) use tollgate_model::Since;
use tollgate_model::format_utc_seconds;

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
    use super::*;

    #[test]
    fn formats_times_and_durations() {
        assert_eq!(format_time(1_774_949_400_125), "2026-03-31 09:30:00");
        let all = [850, 42_000, 185_000, 5_400_000].map(format_duration);
        assert_eq!(all, ["850 ms", "42 s", "3 min", "1.5 h"]);
    }
}
