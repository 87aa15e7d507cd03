//! `tollgate release` and `rollback`: only they change which release of a gate is active.

use crate::check::{
    agree_on_changed_brand_voice, change_brand_voice, check, json_lines, line, lines, newsletter,
};
use crate::languages::{RUST, copy_example};
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
fn a_controlled_gate_is_released_by_somebody_else_after_its_tests() {
    const CASES: &str = "cases/welcome-email.jsonl";
    const CONTROL: &str = "[change-control]\nleast-cases = 5\n\n";
    let place = newsletter();
    let read = |file: &str| std::fs::read_to_string(place.path(file)).unwrap();
    let release = |by: &str| place.run(&["release", "welcome-email", "--by", by]);
    place.write(GATE, read(GATE).replacen("[review]\n", &format!("{CONTROL}[review]\n"), 1));
    release("Dana Hill").exits_with_snapshot(2);
    release("Sam Reed").exits_with(0);

    // A draft that names another author does not make room for the one of the active release.
    let (dana, draft) = ("author = \"Dana Hill\"", read(GATE));
    assert!(draft.contains(dana), "{draft}");
    place.write(GATE, draft.replacen(dana, "author = \"Lee Grant\"", 1));
    let is_author = "is an author, and authors cannot approve their own work";
    for by in ["Dana Hill", "Lee Grant"] {
        let refused = release(by);
        assert!(refused.exits_with(2).err.contains(&format!("{by} {is_author}")), "{refused:#?}");
    }
    place.write(GATE, draft);

    // The control of the active release applies to a draft without it.
    place.write(GATE, read(GATE).replacen(CONTROL, "", 1));
    let cases = read(CASES);
    place.write(CASES, cases.replacen("\"expect\": \"hold\"", "\"expect\": \"allow\"", 1));
    release("Sam Reed").exits_with_snapshot(2);
    place.write(CASES, cases.lines().next().unwrap());
    release("Sam Reed").exits_with_snapshot(2);
    place.write(CASES, cases);
    release("Sam Reed").exits_with(0);
    // Neither has any now.
    change_budget(&place, "13.00");
    release("Dana Hill").exits_with(0);
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
    check(&place, &["a.jsonl", "--ledger", "none.db"]).exits_with_snapshot(2);
    let back = ["rollback", "welcome-email", "--by", "Sam Reed", "--reason", "a reason"];
    let refused = place.run(&[&back[..], &["--ledger", "none.db"]].concat());
    assert!(refused.exits_with(2).err.contains("there is no ledger `none.db`"), "{refused:#?}");
    assert!(!place.path("none.db").exists());
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
fn a_broken_draft_stops_nobody_who_looks_at_what_is_released() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    check(&place, &["a.jsonl"]).exits_with(1);
    place.write(GATE, "name = ").write("gates/draft.toml", "tasl = \"a misspelt key\"\n");
    // It is shown, but its files cannot be loaded.
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(2);
    place.run(&["kpi", "list"]).exits_with_snapshot(0);
    place.run(&["kpi", "list", "--gate", "welcome-email"]).exits_with(0);
    place.run(&["risk"]).exits_with_snapshot(2);
    // Neither has a release.
    place.run(&["gate", "show", "draft"]).exits_with_snapshot(2);
    place.run(&["gate", "show", "farewell"]).exits_with_snapshot(2);
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

const CLAIMS: &str = "
[[contracts]]
contract = \"tollgate-examples/claims@^0.1\"
grants = [\"lookup\"]
tables = { claims = \"tables/claims.csv\" }
";

/// Creates the example project with a contract that looks up which claims somebody has approved.
fn newsletter_with_claims() -> Place {
    let place = newsletter();
    copy_example(&place, "claims", &RUST);
    place.run(&["build", "claims"]).exits_with(0);
    let publish = ["publish", "claims/dist/claims-0.1.0.wasm", "--to", "packages"];
    place.run(&publish).exits_with(0);
    let gate = std::fs::read_to_string(place.path(GATE)).unwrap();
    place.write(GATE, gate.replace("contents = \"masked\"", "contents = \"full\"") + CLAIMS);
    place.write("tables/claims.csv", "claim,by\ncheapest,legal\n");
    place.write("a.jsonl", line("a", "Our best letter."));
    place.run(&["lock"]).exits_with(0);
    release(&place);
    place
}

fn release(place: &Place) {
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
}

/// Checks the output. Returns the decision, and the run by its name.
fn decide(place: &Place) -> (String, String) {
    let checked = check(place, &["a.jsonl", "--format", "jsonl"]);
    let run = json_lines(checked.exits_with(1)).remove(0);
    let text = |key: &str| run[key].as_str().unwrap().to_owned();
    (text("decision"), text("run"))
}

#[test]
fn a_table_takes_effect_when_it_is_released() {
    let place = newsletter_with_claims();
    let (decision, first) = decide(&place);
    assert_eq!(decision, "block");
    place.write("tables/claims.csv", "claim,by\ncheapest,legal\nbest,nobody\n");
    assert_eq!(decide(&place).0, "block", "nobody has released the table");
    let trial = check(&place, &["a.jsonl", "--no-record", "--format", "jsonl"]);
    assert_eq!(json_lines(trial.exits_with(1))[0]["decision"], "hold");
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    release(&place);
    assert_eq!(decide(&place).0, "hold");
    let replayed = place.run(&["log", "replay", &first, "--json"]).exits_with(0).json();
    assert_eq!(replayed["same"], true, "it is replayed with the table of its release");
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn thresholds_and_the_brand_voice_take_effect_when_they_are_released() {
    let place = newsletter();
    place.write("a.jsonl", line("a", "Hello."));
    let settings = std::fs::read_to_string(place.path("tollgate.toml")).unwrap();
    place.write("tollgate.toml", settings + "\n[score]\ndelegate-max = 5\nhuman-max = 8\n");
    change_brand_voice(&place);
    assert_eq!(decide(&place).0, "hold");
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
    agree_on_changed_brand_voice(&place);
    release(&place);
    assert_eq!(decide(&place).0, "block", "the score is too high for these thresholds");
    place.run(&["gate", "show", "welcome-email"]).exits_with_snapshot(0);
}

#[test]
fn a_brand_voice_that_holds_every_output_is_not_released() {
    let place = newsletter();
    place.write("a.jsonl", lines(1));
    let first = checking_release(&place);
    let release = || place.run(&["release", "--by", "Sam Reed"]);
    change_brand_voice(&place);
    release().exits_with_snapshot(2);
    place.run(&["gate", "check"]).exits_with_snapshot(1);
    std::fs::remove_file(place.path("brand/voice.md")).unwrap();
    release().exits_with_snapshot(2);
    place.run(&["gate", "check"]).exits_with(1);
    let shown = place.run(&["gate", "show", "welcome-email"]);
    assert!(shown.exits_with(0).out.contains("the brand voice document is missing"), "{shown:?}");
    assert_eq!(checking_release(&place), first, "what was released before still runs");
    change_brand_voice(&place);
    agree_on_changed_brand_voice(&place);
    place.run(&["gate", "check"]).exits_with(0);
    release().exits_with(0);
    assert_ne!(checking_release(&place), first);
}

#[test]
fn a_table_that_a_ledger_cannot_keep_is_refused() {
    let place = newsletter_with_claims();
    let rows = (0..24).map(|row| format!("{row},{}\n", "x".repeat(2 << 20)));
    place.write("tables/claims.csv", "claim,by\n".to_owned() + &rows.collect::<String>());
    let refused = place.run(&["release", "--by", "Sam Reed"]);
    let largest = "the table `claims` of contract `tollgate-examples/claims` alone has 50331";
    assert!(refused.exits_with(2).err.contains(largest), "{refused:?}");
    assert!(refused.err.contains("`context`"), "it says what to do: {refused:?}");
    assert_eq!(decide(&place).0, "block", "the active release still decides");
}
