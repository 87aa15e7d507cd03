//! The summary of all answers.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use crate::connection::TimedAnswer;

/// How requests were answered.
#[derive(Serialize)]
pub(crate) struct Summary {
    pub(crate) requests: usize,
    /// Answers with status 200 in a second of the run.
    pub(crate) done_per_second: f64,
    /// Number of answers by status. `none` are those that never came.
    pub(crate) statuses: BTreeMap<String, usize>,
    /// Times of answers with status 200, in microseconds from their arrival.
    pub(crate) p50_us: u128,
    pub(crate) p90_us: u128,
    pub(crate) p99_us: u128,
    pub(crate) p999_us: u128,
    pub(crate) max_us: u128,
}

pub(crate) fn summarise(answers: Vec<TimedAnswer>, time: Duration) -> Summary {
    let mut statuses = BTreeMap::new();
    for answer in &answers {
        let status = answer.status.map_or("none".into(), |status| status.to_string());
        *statuses.entry(status).or_insert(0) += 1;
    }
    let done = answers.iter().filter(|answer| answer.status == Some(200));
    let mut times: Vec<_> = done.map(|answer| answer.time.as_micros()).collect();
    times.sort_unstable();
    let at = |share: f64| times.get(place(times.len(), share)).copied().unwrap_or_default();
    Summary {
        requests: answers.len(),
        done_per_second: times.len() as f64 / time.as_secs_f64(),
        statuses,
        p50_us: at(0.5),
        p90_us: at(0.9),
        p99_us: at(0.99),
        p999_us: at(0.999),
        max_us: at(1.0),
    }
}

/// Returns the place of a quantile among sorted values.
fn place(count: usize, share: f64) -> usize {
    let place = (count as f64 * share).ceil() as usize;
    place.saturating_sub(1).min(count.saturating_sub(1))
}

/// Writes the run of each answer, and its release.
pub(crate) fn write_runs(path: &Path, answers: &[TimedAnswer]) -> anyhow::Result<()> {
    let mut file = std::io::BufWriter::new(std::fs::File::create(path)?);
    for answer in answers.iter().filter(|answer| answer.status == Some(200)) {
        let document: serde_json::Value = serde_json::from_slice(&answer.body)?;
        let text = |member: &str| document.get(member).and_then(|value| value.as_str());
        if let (Some(run), Some(release)) = (text("run"), text("release")) {
            writeln!(file, "{run} {release}")?;
        }
    }
    Ok(file.flush()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_the_smallest_values_that_reach_their_share() {
        assert_eq!(place(100, 0.5), 49);
        assert_eq!(place(100, 0.99), 98);
        assert_eq!(place(100, 1.0), 99);
        assert_eq!(place(1, 0.5), 0);
        assert_eq!(place(0, 0.5), 0);
    }
}
