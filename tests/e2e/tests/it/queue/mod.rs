//! The review queue, and what follows from reviews, figures and incidents.

mod asking;
mod audits;
mod changed;
mod levels;
mod reviews;
mod steering;

use serde_json::Value;

use crate::tool::{Place, Ran};

const GATE: &str = "gates/welcome-email.toml";
/// The required answers to the whole checklist of the example.
const CHECKS: [&str; 6] =
    ["--check", "promises=yes", "--evidence", "promises=the offer page", "--check", "tone=yes"];
/// A reviewer whom the gate knows only by role.
const LOU: [&str; 4] = ["--reviewer", "Lou Park", "--role", "marketing-operations"];
const KIM: [&str; 2] = ["--reviewer", "Kim Osei"];

/// Creates the example project with changes to its gate.
fn project(changes: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.run(&["init"]).exits_with(0);
    change_gate(&place, changes);
    place
}

/// Changes the gate and publishes the change.
fn change_gate(place: &Place, changes: &[(&str, &str)]) {
    change(place, GATE, changes);
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
}

/// Replaces texts in a file. Each has to occur.
fn change(place: &Place, file: &str, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(place.path(file)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "`{from}` is not in {file}");
        text = text.replace(from, to);
    }
    place.write(file, text);
}

/// Checks outputs. Returns each decision by the id of its output.
fn check(place: &Place, file: &str) -> Value {
    let ran = place.run(&["check", "--gate", "welcome-email", file, "--format", "json"]);
    let runs = ran.json()["runs"].as_array().unwrap().clone();
    runs.into_iter().map(|run| (run["id"].as_str().unwrap().to_owned(), run)).collect()
}

/// Checks the outputs of the example. Returns the held run of one of them.
fn hold_output(place: &Place, id: &str) -> String {
    let run = check(place, "outputs.jsonl")[id].clone();
    assert_eq!(run["decision"], "hold", "{run:#}");
    short(&run)
}

fn short(run: &Value) -> String {
    let name = run["run"].as_str().unwrap();
    name.strip_prefix("sha256:").unwrap().chars().take(12).collect()
}

fn review(place: &Place, run: &str, options: &[&[&str]]) -> Ran {
    place.run(&[&["queue", "review", run], &options.concat()[..]].concat())
}

fn approve(place: &Place, run: &str, reviewer: &[&str]) -> Ran {
    review(place, run, &[&["--approve"], reviewer, &CHECKS])
}

/// Returns the number of events in the ledger.
fn count_events(place: &Place) -> u64 {
    let ran = place.run(&["log", "list", "--limit", "1", "--json"]);
    let line: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    line["seq"].as_u64().unwrap()
}

/// Returns the current level of the gate.
fn level(place: &Place) -> u64 {
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).exits_with(0).json();
    shown["level"]["level"].as_u64().unwrap()
}

/// Returns the latest decision about a run.
fn decision(place: &Place, run: &str) -> Value {
    place.run(&["queue", "show", run, "--json"]).exits_with(0).json()["decision"].clone()
}
