//! `tollgate release` and `rollback`: only they change which release of a gate is active.

use crate::check::{check, lines, newsletter};
use crate::tool::Place;

const GATE: &str = "gates/welcome-email.toml";

fn change_budget(place: &Place, amount: &str) {
    let gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    let changed = gate.replace("per-day = \"12.00\"", &format!("per-day = \"{amount}\""));
    assert_ne!(changed, gate);
    place.write(GATE, changed);
}

/// Returns the release that checked an output.
fn checking_release(place: &Place) -> String {
    let ran = check(place, &["a.jsonl", "--format", "jsonl"]);
    ran.exits_with(1).json()["release"].as_str().unwrap().to_owned()
}

#[test]
fn a_check_runs_the_active_release_and_never_changes_it() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    let first = checking_release(&place);
    change_budget(&place, "13.00");
    assert_eq!(checking_release(&place), first, "the change is not published");
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    let reason = ["--by", "Sam Reed", "--reason", "a busy week"];
    let release = |gate: &[&str]| place.run(&[&["release"], gate, &reason].concat());
    release(&["welcome-email"]).exits_with_snapshot(0);
    let second = checking_release(&place);
    assert_ne!(second, first);
    release(&[]).exits_with_snapshot(0);
    let rollback = [&["rollback", "welcome-email"], &reason[..]].concat();
    place.run(&rollback).exits_with_snapshot(0);
    assert_eq!(checking_release(&place), first);
    place.run(&rollback).exits_with_snapshot(2);
    place.run(&["log", "list", "--kind", "rollout"]).exits_with_snapshot(0);
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn a_gate_without_an_active_release_checks_nothing() {
    let place = newsletter();
    std::fs::remove_dir_all(place.path(".tollgate")).unwrap();
    place.write("a.jsonl", lines(1));
    check(&place, &["a.jsonl"]).exits_with_snapshot(2);
    assert!(!place.path(".tollgate").exists(), "a refused check makes no ledger");
    place.run(&["log", "list"]).exits_with_snapshot(2);
    check(&place, &["a.jsonl", "--no-record"]).exits_with(1);
    let unknown = ["check", "--gate", "farewell", "a.jsonl"];
    place.run(&unknown).exits_with_snapshot(2);
}

#[test]
fn a_broken_gate_file_does_not_stop_what_is_released() {
    let place = newsletter();
    place.write("a.jsonl", lines(1)).write(GATE, "name = ");
    check(&place, &["a.jsonl"]).exits_with(1);
    place.run(&["release", "--by", "Sam Reed"]).exits_with_snapshot(2);
}

#[test]
fn a_broken_draft_stops_nobody_who_takes_something_back() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    check(&place, &["a.jsonl"]).exits_with(1);
    change_budget(&place, "13.00");
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
    place.write(GATE, "name = ").write("gates/draft.toml", "tasl = \"a misspelt key\"\n");
    let held = place.run(&["queue", "list", "--quiet"]).exits_with(0).out.trim().to_owned();
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    place.run(&["queue", "show", &held]).exits_with_snapshot(0);
    let why = ["--by", "Kim Osei", "--reason", "it blocks too much"];
    place.run(&[&["rollback", "welcome-email"], &why[..]].concat()).exits_with_snapshot(0);
    // It was held, so there is nothing to retract.
    place.run(&[&["retract", &held], &why[..]].concat()).exits_with_snapshot(1);
    let incident = ["incident", "--gate", "welcome-email", "--by", "Kim Osei", "a wrong name"];
    place.run(&incident).exits_with_snapshot(0);
    place.run(&[&["gate", "demote", "welcome-email"], &why[..]].concat()).exits_with_snapshot(0);
    place.run(&["gate", "history", "welcome-email"]).exits_with_snapshot(0);
    place.run(&["log", "stats"]).exits_with_snapshot(0);
}

#[test]
fn a_release_that_was_changed_in_the_file_is_refused() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    let python = "import sqlite3\nledger = sqlite3.connect('.tollgate/ledger.db')\n\
                  changed = \"CAST(replace(CAST(bytes AS TEXT), '12.00', '99.00') AS BLOB)\"\n\
                  ledger.execute(f\"UPDATE contents SET bytes = {changed}\")\nledger.commit()";
    let mut command = std::process::Command::new("python3");
    command.args(["-c", python]).current_dir(place.path(""));
    crate::tool::Ran::from_command(&mut command).exits_with(0);
    check(&place, &["a.jsonl"]).exits_with_snapshot(2);
}

#[test]
fn a_release_whose_prompt_was_erased_from_the_ledger_is_refused() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    let python = "import sqlite3\nledger = sqlite3.connect('.tollgate/ledger.db')\n\
                  ledger.execute(\"UPDATE contents SET bytes = NULL\")\nledger.commit()";
    let mut command = std::process::Command::new("python3");
    command.args(["-c", python]).current_dir(place.path(""));
    crate::tool::Ran::from_command(&mut command).exits_with(0);
    check(&place, &["a.jsonl"]).exits_with_snapshot(2);
}
