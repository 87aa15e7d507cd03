//! Runs again: as they were, to the byte, and by something else.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::tool::{Place, Ran};

const GATE: &str = "shop/gates/welcome-email.toml";
/// Whoever writes into the database that a contract said something else.
const FORGE: &str = r#"
import sqlite3
ledger = sqlite3.connect(".tollgate/ledger.db")
said = "replace(CAST(bytes AS TEXT), '\"outcome\":\"pass\"', '\"outcome\":\"unsure\"')"
ledger.execute(f"UPDATE contents SET bytes = CAST({said} AS BLOB) WHERE CAST(bytes AS TEXT) LIKE '%outcome%'")
ledger.commit()
"#;

fn run(place: &Place, arguments: &[&str]) -> Ran {
    Ran::of(place.tool(arguments).current_dir(place.path("shop")).output().unwrap())
}

/// A project with six outputs that went through its gate, and what was said of the first.
fn shop(contents: &str) -> (Place, Value) {
    let place = Place::new();
    place.run(&["init", "shop"]).exits_with(0);
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, record.replace("contents = \"masked\"", contents));
    let checked =
        run(&place, &["check", "--gate", "welcome-email", "outputs.jsonl", "--format", "jsonl"]);
    let first = serde_json::from_str(checked.out.lines().next().unwrap()).unwrap();
    (place, first)
}

/// The run whose output holds an address.
fn personal(place: &Place) -> String {
    let listed = run(place, &["queue", "list", "--json"]).json();
    let has_address = |one: &&Value| one["reasons"].to_string().contains("e-mail address");
    let found = listed.as_array().unwrap().iter().find(has_address).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

#[test]
fn contracts_say_the_same_again_to_the_byte() {
    let (place, first) = shop("contents = \"full\"");
    let named = first["run"].as_str().unwrap();
    run(&place, &["log", "replay", named]).exits_with_snapshot(0);
    let all = ["log", "replay", "--gate", "welcome-email", "--since", "1d"];
    run(&place, &all).exits_with_snapshot(0);
    let mut forging = Command::new("python3");
    let forged = forging.args(["-c", FORGE]).current_dir(place.path("shop"));
    Ran::from_command(forged).exits_with(0);
    run(&place, &["log", "replay", named]).exits_with_snapshot(1);
}

#[test]
fn what_was_not_kept_is_not_run_again() {
    let (place, first) = shop("contents = \"masked\"");
    // Nothing in it is personal, so that all of it was kept.
    let named = first["run"].as_str().unwrap();
    run(&place, &["log", "replay", named]).exits_with_snapshot(0);
    let noor = personal(&place);
    run(&place, &["log", "replay", &noor]).exits_with_snapshot(2);
    let all = ["log", "replay", "--gate", "welcome-email"];
    run(&place, &all).exits_with_snapshot(2);
}

#[test]
fn another_record_shows_what_would_change() {
    let (place, _) = shop("contents = \"full\"");
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    place.write("shop/stricter.toml", record.replace("confidence = 0.8 ", "confidence = 0.92 "));
    let against = ["log", "replay", "--gate", "welcome-email", "--against"];
    let ran = run(&place, &[&against[..], &["stricter.toml", "--at-level", "4"]].concat());
    ran.exits_with_snapshot(1);
    let same =
        run(&place, &[&against[..], &["gates/welcome-email.toml", "--at-level", "4"]].concat());
    same.exits_with_snapshot(0);
    run(&place, &[&against[..], &["tollgate/pii@1.0.0"]].concat()).exits_with_snapshot(0);
    run(&place, &[&against[..], &["tollgate/length"]].concat()).exits_with_snapshot(2);
}
