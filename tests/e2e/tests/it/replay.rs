//! `tollgate log replay`: recorded runs are judged again, by the same contracts or by others.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::tool::{Place, Ran};
use crate::versions::Contract;

const GATE: &str = "shop/gates/welcome-email.toml";
/// Changes a recorded report in the database.
const FORGE: &str = r#"
import sqlite3
ledger = sqlite3.connect(".tollgate/ledger.db")
forged = "replace(CAST(bytes AS TEXT), '\"outcome\":\"pass\"', '\"outcome\":\"unsure\"')"
ledger.execute(f"UPDATE contents SET bytes = CAST({forged} AS BLOB) WHERE CAST(bytes AS TEXT) LIKE '%outcome%'")
ledger.commit()
"#;

fn run(place: &Place, arguments: &[&str]) -> Ran {
    Ran::from_command(place.tool(arguments).current_dir(place.path("shop")))
}

/// Creates a project with six recorded outputs. Returns it with the first decision.
fn shop(contents: &str) -> (Place, Value) {
    let place = Place::new();
    place.run(&["init", "shop"]).exits_with(0);
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    let record = record.replace("contents = \"masked\"", contents);
    // Whether an output is sampled depends on the name of its run, which is random.
    place.write(GATE, record.replace("sample-share = 0.1", "sample-share = 1"));
    run(&place, &["release", "--by", "Sam Reed"]).exits_with(0);
    let checked =
        run(&place, &["check", "--gate", "welcome-email", "outputs.jsonl", "--format", "jsonl"]);
    let first = serde_json::from_str(checked.out.lines().next().unwrap()).unwrap();
    (place, first)
}

/// Returns the run whose output contains an e-mail address.
fn run_with_address(place: &Place) -> String {
    let listed = run(place, &["queue", "list", "--json"]).json();
    let has_address = |run: &&Value| run["reasons"].to_string().contains("e-mail address");
    let found = listed["runs"].as_array().unwrap().iter().find(has_address).unwrap();
    found["run"].as_str().unwrap().to_owned()
}

#[test]
fn a_replay_gives_identical_reports() {
    let (place, first) = shop("contents = \"full\"");
    let name = first["run"].as_str().unwrap();
    run(&place, &["log", "replay", name]).exits_with_snapshot(0);
    let all = ["log", "replay", "--gate", "welcome-email", "--since", "1d"];
    run(&place, &all).exits_with_snapshot(0);
    let unknown = run(&place, &["log", "replay", "--gate", "farewell"]);
    assert!(unknown.exits_with(2).err.contains("there is no gate `farewell`"), "{unknown:?}");
    // A gate without a file is known by its runs.
    fs::rename(place.path(GATE), place.path("shop/former.toml")).unwrap();
    let former = run(&place, &["log", "replay", "--gate", "welcome-email"]);
    assert!(former.exits_with(0).out.contains("6 runs: 6 identical"), "{former:?}");
    fs::rename(place.path("shop/former.toml"), place.path(GATE)).unwrap();
    let mut forging = Command::new("python3");
    let forged = forging.args(["-c", FORGE]).current_dir(place.path("shop"));
    Ran::from_command(forged).exits_with(0);
    run(&place, &["log", "replay", name]).exits_with_snapshot(1);
}

/// Trust that was given up, or asked for later, counts for a replay as it does for a check.
#[test]
fn a_contract_without_the_required_signature_is_not_replayed() {
    let (place, _) = shop("contents = \"full\"");
    place.write("shop/built.wasm", Contract::new("acme/calm@1.0.0").component());
    run(&place, &["publish", "built.wasm"]).exits_with(0);
    let record = fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, record + "\n[[contracts]]\ncontract = \"acme/calm@^1\"\n");
    run(&place, &["lock"]).exits_with(0);
    run(&place, &["release", "--by", "Sam Reed"]).exits_with(0);
    let check = ["check", "--gate", "welcome-email", "outputs.jsonl", "--format", "jsonl"];
    let checked = run(&place, &check);
    let first: Value = serde_json::from_str(checked.out.lines().next().unwrap()).unwrap();
    let replay = ["log", "replay", first["run"].as_str().unwrap()];
    run(&place, &replay).exits_with_snapshot(0);

    run(&place, &["keys", "new", "release"]).exits_with(0);
    run(&place, &["keys", "trust", "../keys/release.pub", "--for", "acme"]).exits_with(0);
    run(&place, &check).exits_with_snapshot(2);
    run(&place, &replay).exits_with_snapshot(2);
    let against = ["log", "replay", "--gate", "welcome-email", "--against"];
    run(&place, &[&against[..], &["acme/calm"]].concat()).exits_with_snapshot(2);
    run(&place, &[&against[..], &["built.wasm"]].concat()).exits_with_snapshot(2);
    run(&place, &[&against[..], &["gates/welcome-email.toml"]].concat()).exits_with_snapshot(2);
    run(&place, &["gate", "test", "welcome-email"]).exits_with_snapshot(2);
}

#[test]
fn masked_outputs_are_not_replayed() {
    let (place, first) = shop("contents = \"masked\"");
    // It contains no personal data, so it was stored in full.
    let name = first["run"].as_str().unwrap();
    run(&place, &["log", "replay", name]).exits_with_snapshot(0);
    let noor = run_with_address(&place);
    run(&place, &["log", "replay", &noor]).exits_with_snapshot(2);
    let all = ["log", "replay", "--gate", "welcome-email"];
    run(&place, &all).exits_with_snapshot(2);
}

#[test]
fn a_comparison_counts_the_approvals_of_a_run() {
    let (place, first) = shop("contents = \"full\"");
    let name = first["run"].as_str().unwrap();
    let approval = ["--approve", "--reviewer", "Kim Osei", "--check", "promises=yes"];
    let answers = ["--evidence", "promises=the offer page", "--check", "tone=yes"];
    run(&place, &[&["queue", "review", name], &approval[..], &answers].concat()).exits_with(0);
    let gate = fs::read_to_string(place.path(GATE)).unwrap();
    place.write("shop/stricter.toml", gate.replace("count = 1 ", "count = 2 "));
    let compare = |file| {
        let against = ["log", "replay", "--gate", "welcome-email", "--json", "--against", file];
        let lines = run(&place, &against).out.clone();
        let compared = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        compared.into_iter().find(|compared| compared["run"] == name).unwrap()
    };
    let same = compare("gates/welcome-email.toml");
    assert_eq!((&same["before"], &same["after"]), (&"allow".into(), &"allow".into()), "{same:#}");
    assert!(same["recorded"].is_null(), "{same:#}");
    let stricter = compare("stricter.toml");
    assert_eq!((&stricter["before"], &stricter["after"]), (&"allow".into(), &"hold".into()));
    let added = stricter["added-reasons"].as_array().unwrap();
    assert!(added.iter().any(|reason| reason["code"] == "approvals-missing"), "{stricter:#}");
}

#[test]
fn replaying_against_another_gate_shows_changed_decisions() {
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
