//! Levels: proposed after enough good reviews, accepted by a person, and lowered at once.

use super::{GATE, KIM, approve, check, hold_output, level, project, review, short};
use crate::tool::Place;

const CYCLES: usize = 30;

/// Returns outputs without findings.
fn outputs(count: usize) -> String {
    let line = |number: usize| {
        format!(
            r#"{{"id": "{number}", "text": "Hello Dana, welcome. This is letter {number}. We write once a week.", "prompt": "welcome-email@2.1.0", "context": {{"channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "autumn", "region": "eu", "data-classes": ["contact"], "input-tokens": 41, "output-tokens": 9}}}}"#
        ) + "\n"
    };
    (0..count).map(line).collect()
}

fn add_good_figures(place: &Place) {
    let add = ["kpi", "add", "--gate", "welcome-email"];
    let good = ["open-rate=0.41", "complaints-per-thousand=0.1"];
    place.run(&[&add[..], &good].concat()).exits_with_snapshot(0);
}

fn promote(place: &Place, options: &[&str]) -> crate::tool::Ran {
    place.run(&[&["gate", "promote", "welcome-email"], options].concat())
}

/// A change of the gate, so that tests need not wait long for reviews that count.
const LEAST_TIME: (&str, &str) =
    ("reviewed-cycles = 30", "least-review-time = \"1s\"\nreviewed-cycles = 30");

/// Waits until reviews of what is held now count.
fn wait_for_least_time() {
    std::thread::sleep(std::time::Duration::from_millis(1_200));
}

/// Approves an output, as somebody who has reviewed nothing else.
fn approve_as_colleague(place: &Place, run: &str, number: usize) -> crate::tool::Ran {
    let name = format!("Colleague {number}");
    approve(place, run, &["--reviewer", &name, "--role", "marketing-operations"])
}

/// Creates a project whose gate was promoted after 30 good reviews.
pub(super) fn promoted_project() -> Place {
    let place = project(&[("sample-share = 0.1", "sample-share = 1"), LEAST_TIME]);
    place.write("many.jsonl", outputs(CYCLES));
    let runs = check(&place, "many.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().map(short).collect();
    assert_eq!(runs.len(), CYCLES);
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    add_good_figures(&place);
    wait_for_least_time();
    for (number, run) in runs.iter().enumerate().skip(1) {
        approve_as_colleague(&place, run, number).exits_with(0);
    }
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    assert_eq!(level(&place), 3);
    approve(&place, &runs[0], &KIM).exits_with_snapshot(0);

    promote(&place, &[]).exits_with_snapshot(0);
    promote(&place, &["--by", "Dana Hill"]).exits_with_snapshot(1);
    promote(&place, &["--by", "Kim Osei"]).exits_with_snapshot(1);
    assert_eq!(level(&place), 3, "a promotion has to be accepted");
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(0);
    assert_eq!(level(&place), 4);
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    place
}

#[test]
fn good_reviews_promote_and_a_bad_figure_demotes() {
    let place = promoted_project();
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
        "the current oversight is shown"
    );
    place.run(&["kpi", "list"]).exits_with_snapshot(1);
    assert_eq!(check(&place, "more.jsonl")["0"]["decision"], "hold");
    let history = place.run(&["gate", "history", "welcome-email", "--json"]).out.clone();
    let kinds = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let levels = history.lines().map(kinds).filter(|event| event["kind"] == "level");
    let levels: Vec<_> = levels.map(|event| event["event"]["level"]["to"].clone()).collect();
    assert_eq!(levels, [3, 4], "newest first, and each once");
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn audits_approve_reject_and_roll_back() {
    let place = promoted_project();
    super::audits::audit_outputs(&place, &outputs(3));
}

#[test]
fn an_overdue_review_escalates_and_demotes() {
    let place = project(&[("sla = \"24h\"", "sla = \"1s\"")]);
    let dana = hold_output(&place, "dana");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    let again = place.run(&["queue", "list"]);
    assert!(!again.err.contains("demoted"), "one demotion is enough: {again:#?}");
    assert_eq!(level(&place), 2);
    place.run(&["risk"]).exits_with_snapshot(0);
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    let listed = place.run(&["queue", "list", "--json"]).json()["runs"].clone();
    assert_eq!((&listed[0]["overdue"], listed.as_array().unwrap().len()), (&true.into(), 4));
    approve(&place, &dana, &["--reviewer", "Sam Reed"]).exits_with_snapshot(0);
}

/// Holds a write lock on the ledger until standard input ends.
const WRITER: &str = "
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute('BEGIN IMMEDIATE')
print('writing', flush=True)
sys.stdin.read()
";

#[test]
fn gate_show_works_with_a_locked_ledger() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let place = project(&[("sla = \"24h\"", "sla = \"1s\"")]);
    hold_output(&place, "dana");
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
fn a_person_demotes_a_gate() {
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
fn copies_and_hasty_approvals_do_not_count() {
    const TWO_SECONDS: &str = "least-review-time = \"2s\"\nreviewed-cycles = 30";
    let place = project(&[("reviewed-cycles = 30", TWO_SECONDS)]);
    let copy = |id: usize| outputs(1).replacen("\"0\"", &format!("\"{id}\""), 1);
    place.write("copies.jsonl", (0..3).map(copy).collect::<String>());
    let copies = check(&place, "copies.jsonl");
    place.write("more.jsonl", outputs(2));
    let hasty = short(&check(&place, "more.jsonl")["1"]);
    (0..2).for_each(|_| wait_for_least_time());
    for (number, run) in copies.as_object().unwrap().values().enumerate() {
        approve_as_colleague(&place, &short(run), number).exits_with(0);
    }
    approve(&place, &hasty, &["--reviewer", "Kim Osei", "--time", "1s"]).exits_with(0);
    promote(&place, &[]).exits_with_snapshot(1);
    let track = &place.run(&["gate", "show", "welcome-email", "--json"]).json()["track"];
    let counts = ["reviewed", "approved", "copies", "too-short"].map(|key| track[key].clone());
    assert_eq!(counts, [1, 1, 2, 1]);
}

#[test]
fn rejections_prevent_a_promotion() {
    let place = project(&[LEAST_TIME]);
    place.write("many.jsonl", outputs(CYCLES));
    add_good_figures(&place);
    let runs = check(&place, "many.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().map(short).collect();
    wait_for_least_time();
    for (number, run) in runs.iter().enumerate().skip(2) {
        approve_as_colleague(&place, run, number).exits_with(0);
    }
    for run in &runs[..2] {
        review(&place, run, &[&["--reject", "dull"], &KIM]).exits_with_snapshot(0);
    }
    promote(&place, &["--by", "Sam Reed"]).exits_with_snapshot(1);
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).json();
    assert_eq!((&shown["track"]["reviewed"], &shown["track"]["rejected"]), (&30.into(), &2.into()));
    assert!(std::fs::exists(place.path(GATE)).unwrap());
}
