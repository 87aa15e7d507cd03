//! `--contract` in place of a gate: contracts of the command line judge, and nothing is recorded.

use std::fs;

use serde_json::json;

use super::{json_lines, newsletter, recorded};
use crate::tool::{Place, repository};

const TERMS: &str = r#"{"terms": ["act now"]}"#;
const WORDS: &str = r#"{"words": {"max": 3}}"#;

#[test]
fn each_contract_has_its_own_configuration() {
    let place = Place::new();
    place.write("a.txt", "Act now, dear reader.").write("b.txt", "Three words here.");
    let contracts = [
        "--contract",
        "tollgate/length@^1",
        "--config",
        WORDS,
        "--contract",
        "tollgate/banned-terms",
        "--config",
        TERMS,
        "--contract",
        "tollgate/pii",
    ];
    let files = ["check", "a.txt", "b.txt"];
    place.run(&[&files[..], &contracts].concat()).exits_with_snapshot(1);
    let ran = place.run(&[&files[..], &contracts, &["--format", "jsonl"]].concat());
    let lines = json_lines(ran.exits_with(1));
    let outcomes = |line: usize| {
        let answers = lines[line]["contracts"].as_array().unwrap().iter();
        let outcome = |answer: &serde_json::Value| answer["outcome"].as_str().unwrap().to_owned();
        answers.map(outcome).collect::<Vec<_>>()
    };
    assert_eq!(outcomes(0), ["fail", "fail", "pass"]);
    assert_eq!(outcomes(1), ["pass", "pass", "pass"]);
}

#[test]
fn a_contract_can_be_named_again_for_another_part() {
    let place = Place::new();
    place.write("a.json", r#"{"title": "Desk", "body": "Oak and steel and glass"}"#);
    let length = ["--contract", "tollgate/length", "--config", WORDS, "--at"];
    let all = [&["check", "a.json"], &length[..], &["/title"], &length, &["/body"]].concat();
    place.run(&all).exits_with_snapshot(1);
    let lines = json_lines(&place.run(&[&all[..], &["--format", "jsonl"]].concat()));
    let answer = |index: usize| {
        let answer = &lines[0]["contracts"][index];
        json!([answer["contract"], answer["part"]["at"], answer["outcome"]])
    };
    assert_eq!(answer(0), json!(["tollgate/length", "/title", "pass"]));
    assert_eq!(answer(1), json!(["tollgate/length (2)", "/body", "fail"]));
}

#[test]
fn a_contract_can_be_a_folder_or_a_file() {
    let place = Place::new();
    place.write("a.txt", "unsure").write("b.txt", "panic on purpose").write("c.txt", "fine");
    let hostile = repository().join("tests/guests/hostile");
    let ran = place.run(&[
        "check",
        "--contract",
        hostile.to_str().unwrap(),
        "a.txt",
        "b.txt",
        "c.txt",
        "--format",
        "jsonl",
    ]);
    let lines = json_lines(ran.exits_with(1));
    let decisions: Vec<_> = lines.iter().map(|line| line["decision"].as_str().unwrap()).collect();
    assert_eq!(decisions[..2], ["fail", "fail"], "an outcome is missing: {ran:#?}");
    let failure = &lines[1]["contracts"][0];
    assert_eq!((&failure["outcome"], &failure["failure"]["kind"]), (&json!(null), &json!("trap")));
}

#[test]
fn refuses_unclear_contracts() {
    let place = Place::new();
    place.write("a.txt", "Hello.");
    let check = |arguments: &[&str]| place.run(&[&["check", "a.txt"], arguments].concat());
    let (pii, length) = (["--contract", "tollgate/pii"], ["--contract", "tollgate/length"]);
    check(&[&["--config", WORDS], &pii[..], &length].concat()).exits_with_snapshot(2);
    check(&[&length[..], &["--config", WORDS, "--config", WORDS]].concat()).exits_with_snapshot(2);
    check(&length).exits_with_snapshot(2);
    check(&[&length[..], &["--config", "{"]].concat()).exits_with_snapshot(2);
    check(&["--contract", "tollgate/pii@^9"]).exits_with_snapshot(2);
    check(&["--contract", "tollgate/none"]).exits_with_snapshot(2);
    for (arguments, expected) in [
        (vec![], "--gate <NAME>"),
        ([&pii[..], &["--gate", "welcome-email"]].concat(), "cannot be used with"),
        ([&pii[..], &["--batch", "one"]].concat(), "cannot be used with"),
        (vec!["--config", WORDS, "--gate", "welcome-email"], "cannot be used with"),
    ] {
        let ran = check(&arguments);
        assert!(ran.exits_with(2).err.contains(expected), "{ran:#?}");
    }
}

#[test]
fn in_a_project_its_lock_counts_and_nothing_is_recorded() {
    let place = newsletter();
    place.write("letter.txt", "Write to kim@example.com.");
    place.run(&["check", "--contract", "tollgate/pii", "letter.txt"]).exits_with_snapshot(1);
    assert_eq!(recorded(&place), (0, 0));
    let lock = fs::read_to_string(place.path("tollgate.lock")).unwrap();
    let mut parts = lock.split("sha256:");
    let mut altered = parts.next().unwrap().to_owned();
    for part in parts {
        altered += &format!("sha256:{}{}", "0".repeat(64), &part[64..]);
    }
    place.write("tollgate.lock", altered);
    let refused = place.run(&["check", "--contract", "tollgate/pii", "letter.txt"]);
    assert!(refused.exits_with(2).err.contains("one of them was altered"), "{refused:#?}");
}
