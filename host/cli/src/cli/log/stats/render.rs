//! Prints gate statistics as text. An unknown value is printed as a dash, never as zero.

use std::collections::BTreeSet;

use tollgate::insight::{
    BudgetUse, DriftedMeasure, GateStatistics, HealthStats, PeriodActivity, WaitingOutputs,
};
use tollgate_model::{BudgetPeriod, Date, Money, Share};

use crate::console::{self, BAD, DOUBT, QUIET, STRONG, paint};
use crate::timestamps;

/// Prints the statistics as text.
pub(super) fn print_all(stats: &[GateStatistics]) {
    if stats.is_empty() {
        console::note("no gate has recorded events yet");
    }
    stats.iter().for_each(print_gate);
}

fn print_gate(stats: &GateStatistics) {
    let period = stats.period;
    let (from, to) = (Date::from_ms(period.from_ms), Date::from_ms(period.to_ms));
    console::print(format!("{}  {from} to {to}", paint(STRONG, &stats.gate)));
    let before = format!("previous {} days", period.days);
    console::print(paint(QUIET, format!("  {:24} {:>14} {before:>14}", "", "this period")));
    let (now, before) = (figure_rows(&stats.now), figure_rows(&stats.before));
    for ((what, now), (_, before)) in now.into_iter().zip(before) {
        print_row(what, now, before);
    }
    print_health(stats);
    let WaitingOutputs { count: waiting, oldest_ms } = stats.waiting;
    let since = oldest_ms.map(|ms| format!(", the oldest since {}", timestamps::format_time(ms)));
    console::print(format!("  {:24} {waiting:>14}{}", "held now", since.unwrap_or_default()));
    stats.budgets.iter().for_each(|spent| print_budget(spent, stats.currency.as_deref()));
    print_calibration(stats);
}

fn figure_rows(PeriodActivity { counts, rates }: &PeriodActivity) -> Vec<(&'static str, String)> {
    let money = |amount: Option<Money>| or_dash(amount.map(|amount| amount.to_string()));
    let share = |share: Option<Share>| or_dash(share.map(format_percent));
    let review = rates.review_ms_per_output.map(timestamps::format_duration);
    vec![
        ("runs", counts.runs.to_string()),
        ("allowed automatically", counts.allowed_unreviewed.to_string()),
        ("allowed by people", counts.allowed_by_reviewers.to_string()),
        ("blocked", counts.blocked.to_string()),
        ("with a failure", counts.with_failure.to_string()),
        ("retracted", counts.rolled_back.to_string()),
        ("reviewed", counts.reviewed.to_string()),
        ("review time per output", or_dash(review)),
        ("spent", counts.spent.to_string()),
        ("cost per run", money(rates.cost_per_run)),
        ("cost per allowed output", money(rates.cost_per_allowed)),
        ("safe automation", share(rates.safe_automation)),
        ("policy violations", share(rates.policy_violations)),
    ]
}

fn or_dash(value: Option<String>) -> String {
    value.unwrap_or("–".into())
}

fn format_percent(share: Share) -> String {
    format!("{:.1} %", share.as_f64() * 100.0)
}

/// Prints the health figures and the drifted measures.
fn print_health(stats: &GateStatistics) {
    let (now, before) = (&stats.health, &stats.health_before);
    let took = |time_us: Option<u64>| or_dash(time_us.map(|time_us| format!("{time_us} µs")));
    let sure = |share: Option<Share>| or_dash(share.map(format_percent));
    print_row("judging time, median", took(now.median_us), took(before.median_us));
    print_row("judging time, p99", took(now.p99_us), took(before.p99_us));
    print_row("mean model confidence", sure(now.confidence), sure(before.confidence));
    let names: BTreeSet<_> = now.figures.keys().chain(before.figures.keys()).collect();
    for name in names {
        let of = |health: &HealthStats| or_dash(health.figures.get(name).map(ToString::to_string));
        print_row(name, of(now), of(before));
    }
    for drifted in now.drifted_since(before) {
        let (name, was, is) = (measure_name(&drifted), drifted.before, drifted.now);
        let words = format!("  `{name}` has drifted from {was:.2} to {is:.2}");
        console::print(paint(DOUBT, words));
    }
}

fn measure_name(DriftedMeasure { contract, measure, .. }: &DriftedMeasure) -> String {
    format!("{contract} {measure}")
}

fn print_row(what: &str, now: String, before: String) {
    console::print(format!("  {what:24} {now:>14} {before:>14}"));
}

fn print_budget(spent: &BudgetUse, currency: Option<&str>) {
    let of = budget_label(spent);
    let BudgetUse { cap, spent, .. } = spent;
    let style = if spent >= cap { BAD } else { QUIET };
    let currency = currency.unwrap_or_default();
    let words = format!("{spent} of {cap} {currency}");
    console::print(format!("  {of:24} {}", paint(style, words)));
}

fn budget_label(BudgetUse { period, campaign, .. }: &BudgetUse) -> String {
    match (campaign, period) {
        (Some(name), _) => format!("campaign `{name}`"),
        (None, BudgetPeriod::Day) => "today".into(),
        (None, period) => format!("this {period}"),
    }
}

fn print_calibration(stats: &GateStatistics) {
    let confidence = &stats.calibration;
    if confidence.known + confidence.unknown == 0 {
        return;
    }
    if confidence.known == 0 {
        let unknown = confidence.unknown;
        console::print(paint(
            DOUBT,
            format!("  model confidence is unknown for all {unknown} reviewed outputs"),
        ));
        return;
    }
    console::print(format!(
        "  model confidence compared with approvals ({} reviewed)",
        confidence.known
    ));
    for class in &confidence.classes {
        let (sure, approved) = (format_percent(class.confidence), format_percent(class.approved));
        let from = format_percent(class.from);
        console::print(format!(
            "    from {from:>7}  {:>6}  confidence {sure:>7}  approved {approved:>7}",
            class.count
        ));
    }
    let error = or_dash(confidence.expected_error.map(format_percent));
    console::print(format!("    expected calibration error {error}"));
    let suggested = match (confidence.suggested_threshold, confidence.approval_rate) {
        (Some(threshold), Some(rate)) => {
            format!(
                "suggested threshold {threshold}: at or above it, at least {} were approved",
                format_percent(rate)
            )
        }
        (None, Some(rate)) => {
            format!("no threshold at or above which {} were approved", format_percent(rate))
        }
        (_, None) => "no threshold is suggested: the gate sets no `approval-rate`".into(),
    };
    console::print(format!("    {suggested}"));
    if confidence.unknown > 0 {
        console::print(paint(DOUBT, format!("    unknown for {} more", confidence.unknown)));
    }
}
