use tollgate_ledger::Ledger;
use tollgate_ledger_sqlite::{SqliteLedger, SqliteReader};
use tollgate_model::{
    Content, Determinism, JsonText, KpiEvent, Measure, Outcome, RecordedVerdict, Report, Ruling,
    Subject, Verdict,
};

use super::*;
use crate::test_host::{self, entry};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// Returns a run with the given judging time, stated confidence and `words` measure.
fn run(name: &str, time_us: u64, sure: f64, words: f64) -> EventKind {
    let context = JsonText::parse(format!(r#"{{"confidence": {sure}}}"#)).unwrap();
    let subject = Subject { context, ..Subject::new(Content::Text(name.into())) };
    let measures = vec![Measure { name: "words".into(), value: words }];
    let report = Report { outcome: Outcome::Pass, findings: Vec::new(), measures };
    let verdict =
        RecordedVerdict { result: Verdict::Report(report), answers: Vec::new(), fuel_used: 0 };
    EventKind::Run(Box::new(RunEvent {
        content: RetainedContent::Full(Box::new(subject)),
        checks: vec![ContractCheck {
            contract: "easy to read".into(),
            determinism: Determinism::Deterministic,
            part: None,
            verdicts: vec![verdict],
            fails_ordinary: false,
        }],
        time_us,
        ..test_host::run(name, Ruling::Allow)
    }))
}

fn figure(value: f64) -> EventKind {
    let (kpi, source) = ("open-rate".parse().unwrap(), "mailer".parse().unwrap());
    EventKind::Kpi(KpiEvent { kpi, value: Figure::new(value).unwrap(), source })
}

#[test]
fn compares_two_periods_and_names_drifted_measures() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger.db");
    let ledger = SqliteLedger::open(&path).unwrap();
    let (before_ms, now_ms) = (10 * DAY_MS, 17 * DAY_MS);
    let entries = [
        entry(before_ms, run("a", 10, 0.8, 100.0)),
        entry(before_ms + 1, run("b", 30, 0.9, 120.0)),
        entry(before_ms + 2, figure(0.4)),
        entry(now_ms, run("c", 50, 0.6, 150.0)),
        // Decided again, so it counts as one judgement.
        entry(now_ms + 1, run("c", 50, 0.6, 150.0)),
        entry(now_ms + 2, figure(0.2)),
        entry(now_ms + 3, figure(0.3)),
    ];
    for entry in entries {
        ledger.append_blocking(entry.into()).unwrap();
    }
    let view = SqliteReader::open(&path).unwrap();
    let gate = "welcome-email".parse().unwrap();
    let before = health_stats(&view, &gate, before_ms, Some(now_ms)).unwrap();
    let now = health_stats(&view, &gate, now_ms, None).unwrap();
    assert_eq!((before.runs, before.median_us, before.p99_us), (2, Some(30), Some(30)));
    assert_eq!((now.runs, now.median_us, now.confidence), (1, Some(50), Share::new(0.6).ok()));
    assert_eq!(before.figures["open-rate"], Figure::new(0.4).unwrap());
    assert_eq!(now.figures["open-rate"], Figure::new(0.3).unwrap(), "the latest");
    let (contract, measure) = ("easy to read".into(), "words".into());
    let drifted = DriftedMeasure { contract, measure, before: 110.0, now: 150.0 };
    assert_eq!(now.drifted_since(&before), [drifted]);
    assert_eq!(now.drifted_since(&now), []);
    let long_ago = health_stats(&view, &gate, 0, Some(before_ms)).unwrap();
    assert_eq!(
        (long_ago.runs, long_ago.median_us),
        (0, None),
        "a period without runs has no median"
    );
    assert_eq!(health_stats(&view, &gate, now_ms + DAY_MS, None).unwrap().runs, 0);
}
