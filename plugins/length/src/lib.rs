//! Limits the length of an output, in the units that people and systems count in: bytes for
//! a database column, graphemes for an SMS, words for an advertisement.
//!
//! It only counts; it does not judge the content.

mod config;
mod count;
mod graphemes;
#[cfg(test)]
#[path = "../../tests/random.rs"]
mod random;
mod unit;
mod words;

use tollgate_sdk::prelude::*;

pub use config::{Bounds, Config};
pub use unit::Unit;

contract!(Config, configure, judge);

/// The units to count, each with its bounds.
#[derive(Debug)]
pub struct Limits(Vec<(Unit, Bounds)>);

/// Checks the configuration. Refuses bounds that no output can satisfy.
pub fn configure(config: Config) -> Result<Limits, Refusal> {
    config.check()?;
    let units = Unit::ALL.into_iter();
    Ok(Limits(units.filter_map(|unit| Some((unit, config.bounds(unit)?))).collect()))
}

/// Counts each configured unit and compares it with its bounds.
pub fn judge(limits: &Limits, subject: &Subject) -> Result<Report, Refusal> {
    let text = countable_text(limits, subject)?;
    let mut findings = Vec::new();
    let mut counts = Vec::with_capacity(limits.0.len());
    for (unit, bounds) in &limits.0 {
        let count = count::count(*unit, text);
        findings.extend(bounds.finding(*unit, count));
        counts.push((*unit, count));
    }
    let report = Report::of(findings);
    Ok(counts
        .into_iter()
        .fold(report, |report, (unit, count)| report.measure(unit.name(), count as f64)))
}

/// Returns the text to count: a text itself, or JSON as it is written. JSON has no words or
/// sentences, so a limit on them is refused and not silently skipped.
fn countable_text<'s>(limits: &Limits, subject: &'s Subject) -> Result<&'s str, Refusal> {
    if let Content::Text(text) = &subject.content {
        return Ok(text);
    }
    match limits.0.iter().find(|(unit, _)| !unit.counts_in_json()) {
        None => subject.json(),
        Some((unit, _)) => Err(Refusal::NotApplicable(format!(
            "`{}` can only be counted in texts, but the subject is JSON",
            unit.name()
        ))),
    }
}
