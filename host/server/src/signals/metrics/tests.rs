use tollgate_model::{
    AlertKind, Decision, Determinism, Failure, Outcome, RecordedVerdict, Report, Ruling, Verdict,
};

use super::gate_counts::CountedDecision;
use super::text_format::Scrape;
use super::*;

fn gate(name: &str) -> GateName {
    name.parse().unwrap()
}

fn decision(ruling: Ruling, cost: Option<&str>) -> Decision {
    Decision {
        ruling,
        would_be: None,
        reasons: Vec::new(),
        audit: false,
        undo_until_ms: None,
        cost: cost.map(|cost| cost.parse().unwrap()),
    }
}

fn check(contract: &str, result: Verdict) -> tollgate_model::ContractCheck {
    let verdict = RecordedVerdict { result, answers: Vec::new(), fuel_used: 7 };
    tollgate_model::ContractCheck {
        contract: contract.into(),
        determinism: Determinism::Deterministic,
        part: None,
        verdicts: vec![verdict],
        fails_ordinary: false,
    }
}

fn pass() -> Verdict {
    Verdict::Report(Report { outcome: Outcome::Pass, findings: Vec::new(), measures: Vec::new() })
}

fn add_decision(
    metrics: &Metrics,
    name: &str,
    decision: &Decision,
    checks: &[tollgate_model::ContractCheck],
) {
    let judging_time = Duration::from_micros(800);
    let counted = CountedDecision { decision, checks, judging_time, currency: Some("EUR") };
    metrics.add_to_gate(&gate(name), |counts| counts.add_decision(&counted));
}

fn scrape(metrics: &Metrics) -> Scrape {
    scrape_with(metrics, &ReadFigures::default())
}

fn scrape_with(metrics: &Metrics, figures: &ReadFigures) -> Scrape {
    Scrape::parse(&write_open_metrics(metrics.families(figures)).unwrap())
}

#[test]
fn counts_decisions_with_their_cost_fuel_and_failures() {
    let metrics = Metrics::default();
    let failed = Verdict::Failure(Failure::Deadline { deadline_ms: 5 });
    let checks = [check("acme/tone", pass()), check("say \"hi\"\\\n", failed)];
    add_decision(&metrics, "mail", &decision(Ruling::Hold, Some("0.25")), &checks);
    add_decision(&metrics, "mail", &decision(Ruling::Allow, Some("0.5")), &checks);
    add_decision(&metrics, "mail", &decision(Ruling::Allow, None), &[]);
    let scrape = scrape(&metrics);
    let decided = |ruling| {
        scrape.value("tollgate_decisions_total", &[("gate", "mail"), ("decision", ruling)])
    };
    let of = [decided("allow"), decided("hold"), decided("block"), decided("pass")];
    assert_eq!(of, [Some(2.0), Some(1.0), Some(0.0), None]);
    let spent = scrape.value("tollgate_spent_total", &[("gate", "mail"), ("currency", "EUR")]);
    assert_eq!(spent, Some(0.75));
    let quoted = ("contract", "say \"hi\"\\\n");
    let fuel = scrape.value("tollgate_contract_fuel_total", &[("gate", "mail"), quoted]);
    assert_eq!(fuel, Some(14.0));
    let labels = [("gate", "mail"), quoted, ("kind", "deadline")];
    assert_eq!(scrape.value("tollgate_contract_failures_total", &labels), Some(2.0));
    let times = scrape.value("tollgate_judging_duration_seconds_sum", &[("gate", "mail")]);
    assert_eq!(times, Some(0.0024));
}

#[test]
fn a_quality_gate_passes_and_fails() {
    let metrics = Metrics::default();
    add_decision(&metrics, "texts", &decision(Ruling::Fail, None), &[]);
    let scrape = scrape(&metrics);
    let decided = |ruling| {
        scrape.value("tollgate_decisions_total", &[("gate", "texts"), ("decision", ruling)])
    };
    assert_eq!([decided("fail"), decided("pass"), decided("allow")], [Some(1.0), Some(0.0), None]);
}

#[test]
fn counts_requests_by_pattern_and_nothing_that_a_caller_chooses() {
    let metrics = Metrics::default();
    let record = |route, method: &str, status: u16| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let status = StatusCode::from_u16(status).unwrap();
        metrics.record_request(route, &method, status, Duration::from_millis(3));
    };
    record(Some("/v1/gates/{gate}/check"), "POST", 200);
    let before = scrape(&metrics).series();
    for status in [200, 201, 204] {
        record(Some("/v1/gates/{gate}/check"), "POST", status);
    }
    assert_eq!(scrape(&metrics).series(), before);
    record(None, "GET", 404);
    let before = scrape(&metrics).series();
    for number in 0..1_000 {
        record(None, "GET", 404);
        record(None, &format!("M{number}"), 404);
    }
    let scrape = scrape(&metrics);
    let labels = [("route", "none"), ("method", "other"), ("status", "4xx")];
    assert_eq!(scrape.value("tollgate_requests_total", &labels), Some(1_000.0));
    // One counter, and one histogram of 16 classes with its sum and its count.
    assert_eq!(scrape.series(), before + 1 + 18);
}

#[test]
fn contracts_beyond_the_bound_are_one_series() {
    let metrics = Metrics::default();
    for number in 0..1_000 {
        let checks = [check(&format!("acme/contract-{number}"), pass())];
        add_decision(&metrics, "mail", &decision(Ruling::Allow, None), &checks);
    }
    let scrape = scrape(&metrics);
    assert_eq!(scrape.families["tollgate_contract_fuel"].samples.len(), 65);
    let other = [("gate", "mail"), ("contract", "other")];
    assert_eq!(scrape.value("tollgate_contract_fuel_total", &other), Some(936.0 * 7.0));
}

#[test]
fn gates_that_are_gone_have_no_series() {
    let metrics = Metrics::default();
    let (mail, offers) = (gate("mail"), gate("offers"));
    add_decision(&metrics, "mail", &decision(Ruling::Allow, None), &[]);
    metrics.keep_gates(&[&mail, &offers].into());
    let decisions = |name| {
        let labels = [("gate", name), ("decision", "allow")];
        scrape(&metrics).value("tollgate_decisions_total", &labels)
    };
    assert_eq!((decisions("mail"), decisions("offers")), (Some(1.0), Some(0.0)));
    metrics.keep_gates(&[&offers].into());
    assert_eq!((decisions("mail"), decisions("offers")), (None, Some(0.0)));
}

#[test]
fn an_unknown_queue_is_not_an_empty_one() {
    let metrics = Metrics::default();
    let (mail, offers) = (gate("mail"), gate("offers"));
    metrics.keep_gates(&[&mail, &offers].into());
    let waiting = |name| scrape(&metrics).value("tollgate_queue_waiting", &[("gate", name)]);
    assert_eq!(waiting("mail"), None);
    metrics.set_queue_lengths(&[(mail, (3, Duration::from_millis(1_500)))].into());
    assert_eq!((waiting("mail"), waiting("offers")), (Some(3.0), Some(0.0)));
    let age = scrape(&metrics).value("tollgate_queue_oldest_age_seconds", &[("gate", "mail")]);
    assert_eq!(age, Some(1.5));
    metrics.record_ledger_read_error();
    assert_eq!((waiting("mail"), waiting("offers")), (None, None));
    assert_eq!(scrape(&metrics).value("tollgate_ledger_read_errors_total", &[]), Some(1.0));
}

#[test]
fn counts_what_becomes_of_the_server() {
    let metrics = Metrics::default();
    metrics.record_reload(ReloadResult::Rejected);
    metrics.record_alert_delivery(AlertDelivery::Dropped);
    let place = metrics.count_connection();
    let figures = ReadFigures {
        gates: vec![(gate("mail"), true), (gate("offers"), false)],
        generation: 4,
        alerts: [("incident", 2)].into(),
        dropped_exports: [("logs", 5)].into(),
    };
    let scrape = scrape_with(&metrics, &figures);
    for (name, labels, value) in [
        ("tollgate_reload_total", &[("result", "rejected")][..], 1.0),
        ("tollgate_reload_total", &[("result", "ok")], 0.0),
        ("tollgate_dropped_exports_total", &[("signal", "logs")], 5.0),
        ("tollgate_alert_deliveries_total", &[("result", "dropped")], 1.0),
        ("tollgate_connections", &[], 1.0),
        ("tollgate_gate_ready", &[("gate", "mail")], 1.0),
        ("tollgate_gate_ready", &[("gate", "offers")], 0.0),
        ("tollgate_release_generation", &[], 4.0),
        ("tollgate_alerts", &[("kind", "incident")], 2.0),
        ("tollgate_build_info", &[("version", env!("CARGO_PKG_VERSION"))], 1.0),
    ] {
        assert_eq!(scrape.value(name, labels), Some(value), "{name} {labels:?}");
    }
    drop(place);
    let scrape = scrape_with(&metrics, &figures);
    assert_eq!(scrape.value("tollgate_connections", &[]), Some(0.0));
}

#[test]
fn the_older_format_has_the_same_values() {
    let metrics = Metrics::default();
    add_decision(&metrics, "mail", &decision(Ruling::Block, None), &[]);
    let text = write_prometheus_text(metrics.families(&ReadFigures::default())).unwrap();
    assert!(text.contains("\ntollgate_decisions_total{gate=\"mail\",decision=\"block\"} 1\n"));
    assert!(!text.contains("# EOF"));
}

/// Returns the names behind a mark in the tables of the page about signals.
fn documented(mark: &str) -> BTreeSet<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/signals.md");
    let page = std::fs::read_to_string(page).unwrap();
    let names = page.lines().filter_map(|line| line.strip_prefix("| ")?.split('|').next());
    let names = names.flat_map(|cell| cell.split('`')).filter(|name| name.starts_with(mark));
    names.map(str::to_owned).collect()
}

#[test]
fn the_page_about_signals_has_every_metric() {
    let families = Metrics::default().families(&ReadFigures::default());
    let names = families.iter().map(|family| {
        let unit = match family.unit {
            MetricUnit::None => "",
            MetricUnit::Seconds => "_seconds",
            MetricUnit::Bytes => "_bytes",
        };
        let suffix = match family.kind {
            MetricKind::Counter => "_total",
            MetricKind::Info => "_info",
            MetricKind::Gauge | MetricKind::Histogram => "",
        };
        format!("{}{unit}{suffix}", family.name)
    });
    assert_eq!(names.collect::<BTreeSet<_>>(), documented("tollgate_"));
}

#[test]
fn the_page_about_signals_has_every_kind_of_alert() {
    for kind in AlertKind::ALL {
        assert!(documented(kind.as_str()).contains(kind.as_str()), "{kind}");
    }
}
