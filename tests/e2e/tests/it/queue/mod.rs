//! What waits for a human, and what humans do with it.

mod audits;
mod changed;
mod levels;
mod reviews;
mod steering;

use serde_json::Value;

use crate::tool::{Place, Ran};

const GATE: &str = "gates/welcome-email.toml";
/// The whole checklist of the example, answered as it takes.
const CHECKS: [&str; 6] =
    ["--check", "promises=yes", "--evidence", "promises=the offer page", "--check", "tone=yes"];
/// Somebody whom the gate knows by a role alone.
const LOU: [&str; 4] = ["--reviewer", "Lou Park", "--role", "marketing-operations"];
const KIM: [&str; 2] = ["--reviewer", "Kim Osei"];

/// A project as `tollgate init` makes it, with its gate changed.
fn project(changes: &[(&str, &str)]) -> Place {
    let place = Place::new();
    place.run(&["init"]).exits_with(0);
    change(&place, GATE, changes);
    place
}

/// Changes a file; what is to be changed has to be there.
fn change(place: &Place, file: &str, changes: &[(&str, &str)]) {
    let mut text = std::fs::read_to_string(place.path(file)).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "`{from}` is not in {file}");
        text = text.replace(from, to);
    }
    place.write(file, text);
}

/// Puts outputs through the gate; gives each decision by the id of its output.
fn check(place: &Place, file: &str) -> Value {
    let ran = place.run(&["check", "--gate", "welcome-email", file, "--format", "json"]);
    let runs = ran.json()["runs"].as_array().unwrap().clone();
    runs.into_iter().map(|run| (run["id"].as_str().unwrap().to_owned(), run)).collect()
}

/// The run of one of the example's outputs, held.
fn held(place: &Place, id: &str) -> String {
    let run = check(place, "outputs.jsonl")[id].clone();
    assert_eq!(run["decision"], "hold", "{run:#}");
    short(&run)
}

fn short(run: &Value) -> String {
    let name = run["run"].as_str().unwrap();
    name.strip_prefix("sha256:").unwrap().chars().take(12).collect()
}

fn review(place: &Place, run: &str, rest: &[&[&str]]) -> Ran {
    place.run(&[&["queue", "review", run], &rest.concat()[..]].concat())
}

fn approve(place: &Place, run: &str, who: &[&str]) -> Ran {
    review(place, run, &[&["--approve"], who, &CHECKS])
}

/// How many events there are.
fn events(place: &Place) -> u64 {
    let ran = place.run(&["log", "list", "--limit", "1", "--json"]);
    let line: Value = serde_json::from_str(ran.out.lines().next().unwrap()).unwrap();
    line["seq"].as_u64().unwrap()
}

/// What the gate's level is.
fn level(place: &Place) -> u64 {
    let shown = place.run(&["gate", "show", "welcome-email", "--json"]).exits_with(0).json();
    shown["level"]["level"].as_u64().unwrap()
}

/// How a run was decided the last time.
fn decision(place: &Place, run: &str) -> Value {
    place.run(&["queue", "show", run, "--json"]).exits_with(0).json()["decision"].clone()
}
