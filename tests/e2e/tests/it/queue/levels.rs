//! Levels: proposed after enough good reviews, accepted by a person, and lost at once.

use super::{GATE, KIM, LOU, approve, check, held, level, project, review, short};
use crate::tool::Place;

const CYCLES: usize = 30;

/// Outputs that nothing is wrong with.
fn outputs(count: usize) -> String {
    let line = |number: usize| {
        format!(
            r#"{{"id": "{number}", "text": "Hello Dana, welcome. This is letter {number}. We write once a week.", "prompt": "welcome-email@2.1.0", "context": {{"channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn", "region": "eu", "data-classes": ["contact"], "input-tokens": 41, "output-tokens": 9}}}}"#
        ) + "\n"
    };
    (0..count).map(line).collect()
}

fn figures(place: &Place) {
    let add = ["kpi", "add", "--gate", "welcome-email"];
    let good = ["open-rate=0.41", "complaints-per-thousand=0.1"];
    place.run(&[&add[..], &good].concat()).exits_with_snapshot(0);
}

fn promote(place: &Place, rest: &[&str]) -> crate::tool::Ran {
    place.run(&[&["gate", "promote", "welcome-email"], rest].concat())
}

/// A project whose gate has been promoted by 30 good reviews.
pub(super) fn promoted() -> Place {
    let place = project(&[("sample-share = 0.1", "sample-share = 1")]);
    place.write("many.jsonl", outputs(CYCLES));
    let runs = check(&place, "many.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().map(short).collect();
    assert_eq!(runs.len(), CYCLES);
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    figures(&place);
    for run in &runs[1..] {
        approve(&place, run, &KIM).exits_with_snapshot(0);
    }
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    assert_eq!(level(&place), 3);
    approve(&place, &runs[0], &KIM).exits_with_snapshot(0);

    promote(&place, &[]).exits_with_snapshot(0);
    promote(&place, &["--by", "Dana Hill"]).exits_with_snapshot(1);
    assert_eq!(level(&place), 3, "nobody has accepted it yet");
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(0);
    assert_eq!(level(&place), 4);
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    place
}

#[test]
fn thirty_good_reviews_a_person_and_a_broken_figure() {
    let place = promoted();
    place.write("more.jsonl", outputs(1));
    assert_eq!(check(&place, "more.jsonl")["0"]["decision"], "allow");
    let sampled = place.run(&["risk", "--json"]).json()["gates"][0]["oversight"].clone();
    let add = ["kpi", "add", "--gate", "welcome-email", "open-rate=0.1"];
    place.run(&add).exits_with_snapshot(0);
    assert_eq!(level(&place), 3);
    let held = place.run(&["risk", "--json"]).json()["gates"][0]["oversight"].clone();
    assert_eq!(
        (sampled, held),
        ("sampled".into(), "every-output-held".into()),
        "as it is, not as it began"
    );
    place.run(&["kpi", "list"]).exits_with_snapshot(1);
    assert_eq!(check(&place, "more.jsonl")["0"]["decision"], "hold");
    let history = place.run(&["gate", "history", "welcome-email", "--json"]).out.clone();
    let kinds = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let levels = history.lines().map(kinds).filter(|event| event["kind"] == "level");
    let levels: Vec<_> = levels.map(|event| event["event"]["level"]["to"].clone()).collect();
    assert_eq!(levels, [3, 4], "the newest first, and each once");
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn a_look_afterwards_says_whether_it_was_right() {
    let place = promoted();
    super::audits::of(&place, &outputs(3));
}

#[test]
fn a_review_that_is_late_goes_up_and_costs_a_level() {
    let place = project(&[("sla = \"24h\"", "sla = \"1s\"")]);
    let dana = held(&place, "dana");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    let again = place.run(&["queue", "list"]);
    assert!(!again.err.contains("went from"), "once is enough: {again:#?}");
    assert_eq!(level(&place), 2);
    let risk = place.run(&["risk"]);
    let told = risk.exits_with(0).out.matches("the review of an output was due on").count();
    assert_eq!(told, 2, "at the gate, and among what to fix first: {risk:#?}");
    let shown = place.run(&["gate", "show", "welcome-email"]);
    shown.exits_with_snapshot(0);
    let listed = place.run(&["queue", "list", "--json"]).json();
    assert_eq!((&listed[0]["overdue"], listed.as_array().unwrap().len()), (&true.into(), 4));
    approve(&place, &dana, &["--reviewer", "Sam Reed"]).exits_with_snapshot(0);
}

/// Writes into the ledger until it is told to end.
const WRITER: &str = "
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute('BEGIN IMMEDIATE')
print('writing', flush=True)
sys.stdin.read()
";

#[test]
fn a_look_does_not_fail_where_nothing_can_be_written() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let place = project(&[("sla = \"24h\"", "sla = \"1s\"")]);
    held(&place, "dana");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let ledger = place.path(".tollgate/ledger.db");
    let mut writer = Command::new("python3");
    writer.args(["-c", WRITER]).arg(ledger).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut writer = writer.spawn().unwrap();
    BufReader::new(writer.stdout.take().unwrap()).read_line(&mut String::new()).unwrap();

    let shown = place.run(&["gate", "show", "welcome-email"]);
    drop(writer.stdin.take());
    writer.wait().unwrap();
    shown.exits_with_snapshot(0);
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
}

#[test]
fn a_person_lowers_it_without_giving_a_proof() {
    let place = project(&[]);
    let lower = ["gate", "demote", "welcome-email", "--by", "Sam Reed", "--reason", "new offers"];
    place.run(&lower).exits_with_snapshot(0);
    place.run(&["gate", "history", "welcome-email"]).exits_with_snapshot(0);
    for _ in 0..2 {
        place.run(&lower).exits_with_snapshot(0);
    }
    place.run(&lower).exits_with_snapshot(2);
    assert_eq!(check(&place, "outputs.jsonl")["dana"]["decision"], "block");
}

#[test]
fn edits_and_refusals_are_no_approvals() {
    let place = project(&[]);
    place.write("many.jsonl", outputs(CYCLES));
    figures(&place);
    let runs = check(&place, "many.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().map(short).collect();
    for run in &runs[2..] {
        approve(&place, run, &LOU).exits_with(0);
    }
    for run in &runs[..2] {
        let ran = review(&place, run, &[&["--reject", "dull"], &KIM]);
        ran.exits_with(0);
        assert!(!ran.out.contains("allows a promotion"), "{ran:#?}");
    }
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).json();
    assert_eq!((&shown["track"]["reviewed"], &shown["track"]["rejected"]), (&30.into(), &2.into()));
    assert!(std::fs::exists(place.path(GATE)).unwrap());
}
