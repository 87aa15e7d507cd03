//! Compares the contract with Presidio (the texts and expected spans of its own recogniser
//! tests), and judges texts that models wrote.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};

use pii::{Config, Kind, configure, judge};
use serde_json::Value;
use tollgate_sdk::{Place, Subject};

fn corpora() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    let folder = std::env::var_os("TOLLGATE_CORPORA").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: no corpora");
    None
}

/// Returns the spans in characters, because Presidio counts those.
fn found(kind: Kind, min_confidence: f64, text: &str) -> Vec<(u64, u64)> {
    let config = Config { kinds: vec![kind], min_confidence, ..Config::default() };
    let report = judge(&configure(config).unwrap(), &Subject::of_text(text)).unwrap();
    let characters = |bytes: u32| text[..bytes as usize].chars().count() as u64;
    let span = |place: &Place| match place {
        Place::Span(span) => (characters(span.start), characters(span.end)),
        other => panic!("{other:?}"),
    };
    report.findings.iter().map(|finding| span(&finding.place)).collect()
}

fn expected(row: &Value) -> Vec<(u64, u64)> {
    let spans = row.get("expected_positions").or(row.get("expected_res")).unwrap();
    let pair = |span: &Value| (span[0].as_u64().unwrap(), span[1].as_u64().unwrap());
    spans.as_array().unwrap().iter().map(pair).collect()
}

/// Returns the lowest score that the row accepts. Presidio, like this contract, gives a
/// lone `::` a confidence of 0.1 and still expects it.
fn threshold(row: &Value) -> f64 {
    let lowest = |ranges: &Vec<Value>| {
        ranges.iter().filter_map(|range| range[0].as_f64()).fold(0.5, f64::min)
    };
    row.get("expected_score_ranges").and_then(Value::as_array).map_or(0.5, lowest)
}

#[test]
fn finds_the_spans_that_presidio_expects() {
    let Some(corpora) = corpora() else { return };
    let rows = std::fs::read_to_string(corpora.join("pii/presidio_card_email_ip.jsonl")).unwrap();
    let mut wrong = Vec::new();
    for line in rows.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let kind = match row["file"].as_str().unwrap() {
            "test_credit_card_recognizer.py" => Kind::Card,
            "test_email_recognizer.py" => Kind::Email,
            "test_ip_recognizer.py" => Kind::Ip,
            other => panic!("`{other}` tests something new"),
        };
        let row = &row["args"];
        let text = row["text"].as_str().unwrap();
        let (found, expected) = (found(kind, threshold(row), text), expected(row));
        let count = row["expected_len"].as_u64().unwrap() as usize;
        // A few rows give only the number of findings.
        let right = found == expected || (expected.is_empty() && found.len() == count);
        if !right {
            wrong.push(format!("{text:?}: expected {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows.lines().count() >= 140, "rows are missing");
}

/// Six of 540 recorded answers of a model contain addresses and numbers, because their prompts
/// ask for some. Whatever else is found is a false alarm.
#[test]
fn raises_no_false_alarm_at_answers_of_a_model() {
    let Some(corpora) = corpora() else { return };
    let file = "ifeval-gpt4/input_response_data_gpt4_20231107_145030.jsonl";
    let rows = std::fs::read_to_string(corpora.join(file)).unwrap();
    let state = configure(Config::default()).unwrap();
    let flagged = |line: &&str| {
        let row: Value = serde_json::from_str(line).unwrap();
        let answer = row["response"].as_str().unwrap();
        !judge(&state, &Subject::of_text(answer)).unwrap().findings.is_empty()
    };
    assert_eq!((rows.lines().filter(flagged).count(), rows.lines().count()), (6, 540));
}

/// The benchmark's bad text contains four kinds once each, and a card number with a wrong
/// check digit. The good text contains none.
#[test]
fn finds_the_data_in_the_benchmark_texts() {
    let Some(corpora) = corpora() else { return };
    let workload = corpora.with_file_name("bench").join("workload");
    let rules = |file: &str| -> Vec<String> {
        let text = std::fs::read_to_string(workload.join(file)).unwrap();
        let state = configure(Config::default()).unwrap();
        let report = judge(&state, &Subject::of_text(text)).unwrap();
        report.findings.into_iter().map(|finding| finding.rule).collect()
    };
    if !workload.is_dir() {
        eprintln!("skipped: no benchmark workload");
        return;
    }
    assert_eq!(rules("text_bad.txt"), ["email", "phone", "card", "iban"]);
    assert_eq!(rules("text_good.txt"), Vec::<String>::new());
}
