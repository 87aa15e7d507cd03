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
    place.run(&[&add[..], &good].concat()).check(0, &["keeps to its threshold"]);
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
    promote(&place, &["--by", "Sam Reed"])
        .check(1, &["0 outputs were reviewed", "it takes 30", "no figure of `open-rate` came in"]);
    figures(&place);
    for run in &runs[1..] {
        approve(&place, run, &KIM).check(0, &["it goes out"]);
    }
    let words = ["29 outputs were reviewed at this level, and it takes 30"];
    promote(&place, &["--by", "Sam Reed"]).check(1, &words);
    assert_eq!(level(&place), 3);
    approve(&place, &runs[0], &KIM).check(0, &["good for level 4", "tollgate gate promote"]);

    let words = ["from level 3 to level 4", "30 of 30", "100.0 %", "90 days", "--by NAME"];
    promote(&place, &[]).check(0, &words);
    promote(&place, &["--by", "Dana Hill"]).check(1, &["Dana Hill is the author of the record"]);
    assert_eq!(level(&place), 3, "nobody has accepted it yet");
    promote(&place, &["--by", "Sam Reed"]).check(0, &["promoted", "accepted by Sam Reed"]);
    assert_eq!(level(&place), 4);
    promote(&place, &["--by", "Sam Reed"]).check(1, &["level 4 is the highest", "0 outputs"]);
    place
}

#[test]
fn thirty_good_reviews_a_person_and_a_broken_figure() {
    let place = promoted();
    place.write("more.jsonl", outputs(1));
    assert_eq!(check(&place, "more.jsonl")["0"]["decision"], "allow");
    let sampled = place.run(&["risk", "--json"]).json()["gates"][0]["oversight"].clone();
    let add = ["kpi", "add", "--gate", "welcome-email", "open-rate=0.1"];
    let words = ["breaks its threshold", "went from level 4 to level 3", "`open-rate` is 0.1"];
    place.run(&add).check(0, &words);
    assert_eq!(level(&place), 3);
    let held = place.run(&["risk", "--json"]).json()["gates"][0]["oversight"].clone();
    assert_eq!(
        (sampled, held),
        ("sampled".into(), "every-output-held".into()),
        "as it is, not as it began"
    );
    place.run(&["kpi", "list"]).check(1, &["broken: at least 0.32"]);
    assert_eq!(check(&place, "more.jsonl")["0"]["decision"], "hold");
    let history = place.run(&["gate", "history", "welcome-email", "--json"]).out.clone();
    let kinds = |line: &str| serde_json::from_str::<serde_json::Value>(line).unwrap();
    let levels = history.lines().map(kinds).filter(|event| event["kind"] == "level");
    let levels: Vec<_> = levels.map(|event| event["what"]["level"]["to"].clone()).collect();
    assert_eq!(levels, [3, 4], "the newest first, and each once");
    place.run(&["log", "verify"]).check(0, &[]);
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
    let words = ["overdue by", "with Sam Reed", "went from level 3 to level 2", "not done in time"];
    place.run(&["queue", "list"]).check(0, &words);
    let again = place.run(&["queue", "list"]);
    assert!(!again.err.contains("went from"), "once is enough: {again:#?}");
    assert_eq!(level(&place), 2);
    let risk = place.run(&["risk"]);
    let told = risk.check(0, &[]).out.matches("an output should have been reviewed by").count();
    assert_eq!(told, 2, "at the gate, and among what to fix first: {risk:#?}");
    let shown = place.run(&["gate", "show", "welcome-email"]);
    shown.check(0, &["l0-l5 2: partial", "a review was not done in time"]);
    let listed = place.run(&["queue", "list", "--json"]).json();
    assert_eq!((&listed[0]["overdue"], listed.as_array().unwrap().len()), (&true.into(), 4));
    approve(&place, &dana, &["--reviewer", "Sam Reed"]).check(0, &["it goes out"]);
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
    let words = ["went from level 3 to level 2", "is not recorded yet", "l0-l5 2: partial"];
    shown.check(0, &words);
    place.run(&["gate", "show", "welcome-email"]).check(0, &["went from level 3 to level 2"]);
}

#[test]
fn a_person_lowers_it_without_giving_a_proof() {
    let place = project(&[]);
    let lower = ["gate", "demote", "welcome-email", "--by", "Sam Reed", "--reason", "new offers"];
    place.run(&lower).check(0, &["went from level 3 to level 2"]);
    place.run(&["gate", "history", "welcome-email"]).check(0, &["by Sam Reed: new offers"]);
    for level in [1, 0] {
        place.run(&lower).check(0, &[&format!("to level {level}")]);
    }
    place.run(&lower).check(2, &["at level 0", "none below"]);
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
        approve(&place, run, &LOU).check(0, &[]);
    }
    for run in &runs[..2] {
        let ran = review(&place, run, &[&["--reject", "dull"], &KIM]);
        ran.check(0, &[]);
        assert!(!ran.out.contains("good for level"), "{ran:#?}");
    }
    promote(&place, &["--by", "Sam Reed"]).check(1, &["28 (93.3 %)", "and it takes 0.95"]);
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).json();
    assert_eq!((&shown["track"]["reviewed"], &shown["track"]["rejected"]), (&30.into(), &2.into()));
    assert!(std::fs::exists(place.path(GATE)).unwrap());
}
