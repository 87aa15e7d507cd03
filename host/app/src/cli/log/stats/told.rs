//! What is watched, for people and for programs. What nothing is known of is a dash, never zero.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tollgate_govern::calibration::Class;
use tollgate_govern::watch::{Counts, Rates};
use tollgate_model::{Date, Money, Share};

use super::health::{self, Health};
use super::{Spent, Watched};
use crate::console::{self, BAD, DOUBT, QUIET, STRONG, harmless, paint};
use crate::moments;

/// For people.
pub(super) fn tell(watched: &[Watched]) {
    if watched.is_empty() {
        console::note("nothing was counted at any gate yet");
    }
    watched.iter().for_each(tell_one);
}

fn tell_one(watched: &Watched) {
    let days = watched.days;
    let (from, to) = (Date::of_ms(days.from_ms), Date::of_ms(days.to_ms));
    console::say(format!("{}  {from} to {to}", paint(STRONG, &watched.gate)));
    let before = format!("{} days before", days.count);
    console::say(paint(QUIET, format!("  {:24} {:>14} {before:>14}", "", "these days")));
    let (now, before) = (rows(&watched.now), rows(&watched.before));
    for ((what, now), (_, before)) in now.into_iter().zip(before) {
        row(what, now, before);
    }
    tell_health(watched);
    let (waiting, since) = watched.waiting;
    let since = since.map(|ms| format!(", the oldest since {}", moments::shown(ms)));
    console::say(format!("  {:24} {waiting:>14}{}", "held now", since.unwrap_or_default()));
    watched.budgets.iter().for_each(|spent| tell_budget(spent, watched.currency.as_deref()));
    tell_confidence(watched);
}

fn rows((counts, rates): &(Counts, Rates)) -> Vec<(&'static str, String)> {
    let money = |amount: Option<Money>| known(amount.map(|amount| amount.to_string()));
    let share = |share: Option<Share>| known(share.map(percent));
    let review = rates.review_ms_per_output.map(moments::lasted);
    vec![
        ("runs", counts.runs.to_string()),
        ("allowed by themselves", counts.allowed_by_itself.to_string()),
        ("allowed by people", counts.allowed_by_people.to_string()),
        ("blocked", counts.blocked.to_string()),
        ("with a failure", counts.with_failure.to_string()),
        ("taken back", counts.rolled_back.to_string()),
        ("reviewed", counts.reviewed.to_string()),
        ("time of a review", known(review)),
        ("spent", counts.spent.to_string()),
        ("cost of a run", money(rates.cost_per_run)),
        ("cost of an allowed output", money(rates.cost_per_allowed)),
        ("safe automation", share(rates.safe_automation)),
        ("policy violations", share(rates.policy_violations)),
    ]
}

fn known(value: Option<String>) -> String {
    value.unwrap_or("–".into())
}

fn percent(share: Share) -> String {
    format!("{:.1} %", share.number() * 100.0)
}

/// How it goes, and what drifts.
fn tell_health(watched: &Watched) {
    let (now, before) = (&watched.health, &watched.health_before);
    let took = |time_us: Option<u64>| known(time_us.map(|time_us| format!("{time_us} µs")));
    let sure = |share: Option<Share>| known(share.map(percent));
    row("judged in, half of them", took(now.median_us), took(before.median_us));
    row("judged in, 99 of 100", took(now.most_us), took(before.most_us));
    row("the model was sure", sure(now.confidence), sure(before.confidence));
    let names: BTreeSet<_> = now.figures.keys().chain(before.figures.keys()).collect();
    for name in names {
        let of = |health: &Health| known(health.figures.get(name).map(ToString::to_string));
        row(&harmless(name), of(now), of(before));
    }
    for (name, was, is) in health::drifted(before, now) {
        let words = format!("  `{}` has moved: {was:.2} before, {is:.2} now", harmless(&name));
        console::say(paint(DOUBT, words));
    }
}

fn row(what: &str, now: String, before: String) {
    console::say(format!("  {what:24} {now:>14} {before:>14}"));
}

fn tell_budget(spent: &Spent, currency: Option<&str>) {
    let Spent { of, cap, spent } = spent;
    let style = if spent >= cap { BAD } else { QUIET };
    let currency = harmless(currency.unwrap_or_default());
    let words = format!("{spent} of {cap} {currency}");
    console::say(format!("  {:24} {}", harmless(of), paint(style, words)));
}

fn tell_confidence(watched: &Watched) {
    let confidence = &watched.confidence;
    if confidence.known + confidence.unknown == 0 {
        return;
    }
    if confidence.known == 0 {
        let unknown = confidence.unknown;
        console::say(paint(
            DOUBT,
            format!(
                "  of {unknown} reviewed outputs nobody told how sure the model was, or it is not kept"
            ),
        ));
        return;
    }
    console::say(format!(
        "  how sure the model was, and what was approved ({} reviewed)",
        confidence.known
    ));
    for class in &confidence.classes {
        let (sure, approved) = (percent(class.confidence), percent(class.approved));
        let from = percent(class.from);
        console::say(format!(
            "    from {from:>7}  {:>6}  sure {sure:>7}  approved {approved:>7}",
            class.count
        ));
    }
    let error = known(confidence.expected_error.map(percent));
    console::say(format!("    expected calibration error {error}"));
    let suggested = match (confidence.suggested, confidence.approval_rate) {
        (Some(threshold), Some(rate)) => {
            format!(
                "suggested threshold {threshold}: from there on {} were approved",
                percent(rate)
            )
        }
        (None, Some(rate)) => format!("no threshold from which on {} were approved", percent(rate)),
        (_, None) => "no threshold is suggested: the gate names no `approval-rate`".into(),
    };
    console::say(format!("    {suggested}"));
    if confidence.unknown > 0 {
        console::say(paint(DOUBT, format!("    not known of {} more", confidence.unknown)));
    }
}

/// For programs.
pub(super) fn write(watched: &[Watched]) {
    let all: Vec<_> = watched.iter().map(one).collect();
    console::say(format!("{:#}", json!(all)));
}

fn one(watched: &Watched) -> Value {
    let (waiting, oldest) = watched.waiting;
    let budgets = watched.budgets.iter();
    let confidence = &watched.confidence;
    json!({
        "gate": watched.gate,
        "from": Date::of_ms(watched.days.from_ms), "to": Date::of_ms(watched.days.to_ms),
        "days": watched.days.count,
        "now": counted(&watched.now), "before": counted(&watched.before),
        "health": healthy(&watched.health), "health-before": healthy(&watched.health_before),
        "drifted": health::drifted(&watched.health_before, &watched.health).into_iter()
            .map(|(what, before, now)| json!({"what": what, "before": before, "now": now}))
            .collect::<Vec<_>>(),
        "held": {"count": waiting, "oldest": oldest.map(moments::rfc3339)},
        "budgets": budgets.map(|one| json!({
            "of": one.of, "cap": one.cap, "spent": one.spent, "currency": watched.currency,
        })).collect::<Vec<_>>(),
        "confidence": {
            "known": confidence.known, "unknown": confidence.unknown,
            "classes": confidence.classes.iter().map(class).collect::<Vec<_>>(),
            "expected-calibration-error": confidence.expected_error,
            "suggested-threshold": confidence.suggested, "approval-rate": confidence.approval_rate,
        },
    })
}

fn healthy(health: &Health) -> Value {
    let measures = health.measures.iter().map(|((contract, measure), mean)| {
        json!({"contract": contract, "measure": measure, "mean": mean})
    });
    json!({
        "runs": health.runs, "judged-us-median": health.median_us, "judged-us-99": health.most_us,
        "confidence": health.confidence, "measures": measures.collect::<Vec<_>>(),
        "figures": health.figures,
    })
}

fn class(class: &Class) -> Value {
    json!({
        "from": class.from, "count": class.count, "confidence": class.confidence,
        "approved": class.approved,
    })
}

fn counted((counts, rates): &(Counts, Rates)) -> Value {
    json!({
        "runs": counts.runs, "allowed-by-itself": counts.allowed_by_itself,
        "allowed-by-people": counts.allowed_by_people, "blocked": counts.blocked,
        "with-failure": counts.with_failure, "rolled-back": counts.rolled_back,
        "reviewed": counts.reviewed, "review-ms": counts.review_ms, "spent": counts.spent,
        "review-ms-per-output": rates.review_ms_per_output, "cost-per-run": rates.cost_per_run,
        "cost-per-allowed": rates.cost_per_allowed, "safe-automation": rates.safe_automation,
        "policy-violations": rates.policy_violations, "errors": rates.errors,
        "rollbacks": rates.rollbacks,
    })
}
