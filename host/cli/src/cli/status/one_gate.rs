//! The status of one gate, on one screen of 80 columns.

use std::fmt::Display;

use tollgate::insight::{BudgetUse, GateOverview, GateStatistics, PeriodActivity};
use tollgate_govern::oversight::{RequiredOversight, required_oversight};
use tollgate_govern::{autonomy, score};
use tollgate_model::BudgetPeriod;

use super::format_percent;
use crate::console::{self, BAD, DOUBT, GOOD, QUIET, STRONG, paint};
use crate::timestamps::{format_duration, format_time};
use tollgate::lookup::short_digest;
use tollgate_api::single_line;

/// Objections to a promotion that are shown. `tollgate gate show` has all.
const OBJECTIONS_MAX: usize = 3;

pub(super) fn print_overview(overview: &GateOverview) {
    let GateOverview { status, release, today, week, .. } = overview;
    let gate = &status.gate;
    let release = match release {
        Some(release) => format!("release {}", short_digest(release)),
        None if gate.is_quality() => "judges by its files, and records nothing".into(),
        None => paint(BAD, "no active release: it checks nothing"),
    };
    console::print(format!("{}  {release}", paint(STRONG, &gate.name)));
    if gate.is_quality() {
        return;
    }
    let inputs = &status.state.inputs;
    let score = score::weigh_score(&gate.score, inputs.thresholds);
    print_level(&required_oversight(gate, inputs, score.as_ref(), &[], status.at_ms));
    print_promotion(overview);
    match (today, week) {
        (Some(today), Some(week)) => {
            print_outputs(today, week);
            print_queue(overview, week);
            week.budgets.iter().for_each(|used| print_budget(used, week.currency.as_deref()));
            print_model(week);
            print_times(week);
            print_costs(week);
        }
        _ => print_row("outputs", "nothing is recorded yet"),
    }
}

fn print_row(key: &str, value: impl Display) {
    console::print(format!("  {} {value}", paint(QUIET, format!("{key:10}"))));
}

fn print_level(oversight: &RequiredOversight) {
    let effect = &oversight.effect;
    match &oversight.level {
        Some(held) => {
            let name = autonomy::level_name(held.scheme, held.level).unwrap_or("unknown");
            print_row("level", format!("{} {} ({name}): {effect}", held.scheme, held.level));
        }
        None => print_row("level", format!("none: {effect}")),
    }
}

fn print_promotion(overview: &GateOverview) {
    if overview.status.track_record.is_none() {
        return;
    }
    match overview.status.propose_promotion() {
        Ok(proposal) => {
            let command = format!("`tollgate gate promote {}`", overview.status.gate.name);
            print_row("promotion", paint(GOOD, format!("to level {}: {command}", proposal.to)));
        }
        Err(objections) => {
            let shown = objections.iter().take(OBJECTIONS_MAX);
            for (number, objection) in shown.enumerate() {
                let key = if number == 0 { "promotion" } else { "" };
                print_row(key, single_line(&objection.to_string()));
            }
            let more = objections.len().saturating_sub(OBJECTIONS_MAX);
            if more > 0 {
                print_row("", paint(QUIET, format!("and {more} more objections")));
            }
        }
    }
}

/// Prints the decisions of today and of the week beside those of the week before.
fn print_outputs(today: &PeriodActivity, week: &GateStatistics) {
    let heading = format!("{:20} {:>12} {:>12} {:>12}", "", "today", "7 days", "7 before");
    print_row("outputs", paint(QUIET, heading.trim_end()));
    type Count = fn(&PeriodActivity) -> u64;
    let rows: [(&str, Count); 7] = [
        ("checked", |activity| activity.counts.runs),
        ("allowed unreviewed", |activity| activity.counts.allowed_unreviewed),
        ("allowed by people", |activity| activity.counts.allowed_by_reviewers),
        ("blocked", |activity| activity.counts.blocked),
        ("retracted", |activity| activity.counts.rolled_back),
        ("reviewed", |activity| activity.counts.reviewed),
        ("with a failure", |activity| activity.counts.with_failure),
    ];
    for (what, count) in rows {
        let [today, now, before] = [today, &week.now, &week.before].map(count);
        let line = format!("{what:20} {today:>12} {now:>12} {before:>12}");
        let is_failure = what == "with a failure" && (today > 0 || now > 0);
        print_row("", if is_failure { paint(BAD, line) } else { line });
    }
}

fn print_queue(overview: &GateOverview, week: &GateStatistics) {
    let now_ms = overview.status.at_ms;
    let Some(oldest_ms) = week.waiting.oldest_ms else {
        return print_row("queue", "nothing waits");
    };
    let waited = format_duration(now_ms.saturating_sub(oldest_ms));
    let line = format!("{} waiting, the oldest for {waited}", week.waiting.count);
    match overview.status.state.inputs.earliest_review_due_ms {
        Some(due_ms) if due_ms < now_ms => {
            let late = format_duration(now_ms - due_ms);
            print_row("queue", paint(BAD, format!("{line}, overdue by {late}")));
        }
        Some(due_ms) => print_row("queue", format!("{line}, due by {}", format_time(due_ms))),
        None => print_row("queue", line),
    }
}

fn print_budget(used: &BudgetUse, currency: Option<&str>) {
    let BudgetUse { period, campaign, cap, spent } = used;
    let of = match (campaign, period) {
        (Some(campaign), _) => format!("campaign `{}`", single_line(campaign)),
        (None, BudgetPeriod::Day) => "today".into(),
        (None, period) => format!("this {period}"),
    };
    let share = spent.micros() as f64 / cap.micros().max(1) as f64 * 100.0;
    let currency = currency.unwrap_or_default();
    let line = format!("{spent} of {cap} {currency} {of} ({share:.0} %)");
    print_row("budget", if spent >= cap { paint(BAD, line) } else { line });
}

/// Prints the confidence of the model, how well it is calibrated, and what has drifted.
fn print_model(week: &GateStatistics) {
    let (now, before) = (&week.health, &week.health_before);
    let confidence = [now, before].map(|health| format_percent(health.confidence));
    let [now_percent, before_percent] = confidence;
    let error = format_percent(week.calibration.expected_error);
    print_row(
        "model",
        format!(
            "mean confidence {now_percent} (before {before_percent}), calibration error {error}"
        ),
    );
    for drifted in now.drifted_since(before) {
        let (contract, measure) = (&drifted.contract, &drifted.measure);
        let line = format!(
            "`{contract} {measure}` drifted from {:.2} to {:.2}",
            drifted.before, drifted.now
        );
        print_row("", paint(DOUBT, single_line(&line)));
    }
    for (name, value) in &now.figures {
        print_row("figure", single_line(&format!("{name} {value}")));
    }
}

fn print_times(week: &GateStatistics) {
    let times = [&week.health, &week.health_before].map(|health| {
        let [median, p99] = [health.median_us, health.p99_us].map(format_time_us);
        format!("{median}, 99 % within {p99}")
    });
    let [now, before] = times;
    print_row("judging", format!("half within {now} (before {before})"));
}

fn print_costs(week: &GateStatistics) {
    let (now, before) = (&week.now.rates, &week.before.rates);
    let errors = [now.errors, before.errors].map(format_percent);
    let blocked = [now.policy_violations, before.policy_violations].map(format_percent);
    let safe = [now.safe_automation, before.safe_automation].map(format_percent);
    let pair = |[now, before]: &[String; 2]| format!("{now} (before {before})");
    print_row("failures", format!("{} of outputs", pair(&errors)));
    print_row("blocked", format!("{} of outputs", pair(&blocked)));
    print_row("safe", format!("{} went out unreviewed and stayed out", pair(&safe)));
    let money = [now.cost_per_allowed, before.cost_per_allowed]
        .map(|cost| cost.map_or("–".into(), |cost| cost.to_string()));
    let currency = week.currency.as_deref().unwrap_or_default();
    print_row("cost", format!("{} {currency} per allowed output", pair(&money)));
}

fn format_time_us(time_us: Option<u64>) -> String {
    match time_us {
        None => "–".into(),
        Some(time_us @ 0..1_000) => format!("{time_us} µs"),
        Some(time_us) => format!("{:.1} ms", time_us as f64 / 1_000.0),
    }
}
