//! The status of all gates of a project, one per line.

use std::collections::BTreeMap;

use tollgate::insight::{Alert, GateOverview};
use tollgate_govern::oversight::required_oversight;
use tollgate_govern::score;
use tollgate_model::GateName;

use super::format_percent;
use crate::console::{self, BAD, GOOD, QUIET, STRONG, paint};
use crate::timestamps::format_duration;

/// Columns of the name of a gate.
const NAME_COLUMNS: usize = 20;

pub(super) fn print_summary(overviews: &[GateOverview], alerts: &[Alert]) {
    let heading = format!(
        "{:NAME_COLUMNS$} {:>7} {:>7} {:>7} {:>8} {:>15} {:>5} {:>6}",
        "gate", "today", "7 days", "before", "blocked", "waiting", "level", "alerts"
    );
    console::print(paint(STRONG, heading));
    let mut by_gate = BTreeMap::new();
    for gate in alerts.iter().filter_map(|alert| alert.gate.as_ref()) {
        *by_gate.entry(gate).or_default() += 1;
    }
    for overview in overviews {
        let count = by_gate.get(&overview.status.gate.name).copied().unwrap_or(0);
        console::print(summary_line(overview, count));
    }
}

fn summary_line(overview: &GateOverview, alerts: usize) -> String {
    let gate = &overview.status.gate;
    let name = format!("{:NAME_COLUMNS$}", shorten_name(&gate.name));
    if gate.is_quality() {
        return format!("{name} {}", paint(QUIET, "quality: it judges, and records nothing"));
    }
    if overview.release.is_none() {
        return format!("{name} {}", paint(BAD, "no active release: it checks nothing"));
    }
    let (Some(today), Some(week)) = (&overview.today, &overview.week) else {
        return format!("{name} {}", paint(QUIET, "nothing is recorded yet"));
    };
    let oldest_ms = week.waiting.oldest_ms;
    let waiting = match oldest_ms {
        Some(oldest_ms) => {
            let age = format_duration(overview.status.at_ms.saturating_sub(oldest_ms));
            format!("{} ({age})", week.waiting.count)
        }
        None => "–".into(),
    };
    let waiting = format!("{waiting:>15}");
    let is_overdue = overview
        .status
        .state
        .inputs
        .earliest_review_due_ms
        .is_some_and(|due_ms| due_ms < overview.status.at_ms);
    let waiting = if is_overdue { paint(BAD, waiting) } else { waiting };
    let blocked = format_percent(week.now.rates.policy_violations);
    let alerts = match alerts {
        0 => paint(GOOD, format!("{:>6}", "–")),
        count => paint(BAD, format!("{count:>6}")),
    };
    format!(
        "{name} {:>7} {:>7} {:>7} {blocked:>8} {waiting} {:>5} {alerts}",
        today.counts.runs,
        week.now.counts.runs,
        week.before.counts.runs,
        level_of(overview),
    )
}

fn level_of(overview: &GateOverview) -> String {
    let (gate, inputs) = (&overview.status.gate, &overview.status.state.inputs);
    let score = score::weigh_score(&gate.score, inputs.thresholds);
    let oversight = required_oversight(gate, inputs, score.as_ref(), &[], overview.status.at_ms);
    oversight.level.map_or("–".into(), |level| level.level.to_string())
}

fn shorten_name(name: &GateName) -> String {
    let name = name.as_str();
    match name.char_indices().nth(NAME_COLUMNS - 1) {
        Some((end, _)) if name.chars().count() > NAME_COLUMNS => {
            format!("{}…", name.get(..end).unwrap_or_default())
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_takes_no_more_than_its_column() {
        let shown = |name: &str| shorten_name(&name.parse().unwrap());
        assert_eq!(shown("welcome-email"), "welcome-email");
        assert_eq!(shown(&"a".repeat(NAME_COLUMNS)), "a".repeat(NAME_COLUMNS));
        assert_eq!(
            shown(&"a".repeat(NAME_COLUMNS + 1)),
            format!("{}…", "a".repeat(NAME_COLUMNS - 1))
        );
    }
}
