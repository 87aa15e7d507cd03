//! Reasons that outputs share: told once for people, and for each output in the formats of programs.

use super::{check, json_lines, lines, newsletter};
use crate::tool::Place;

const OVERSIGHT: &str = "hold  a human approves every output: the gate is at level 3 of l0-l5";

/// Creates a project with a gate that has contracts and nothing else.
fn bare_gate() -> Place {
    let place = newsletter();
    place.write("gates/bare.toml", "[[contracts]]\ncontract = \"tollgate/pii@^1\"\n");
    place.run(&["lock"]).exits_with(0);
    place
}

fn check_bare(place: &Place, file: &str) -> String {
    let ran = place.run(&["check", "--gate", "bare", file, "--no-record"]);
    ran.exits_with_snapshot(1).out.clone()
}

#[test]
fn a_reason_of_the_gate_is_told_once() {
    let place = newsletter();
    for count in [1, 6, 1_000] {
        place.write("mails.jsonl", lines(count));
        let out = check(&place, &["mails.jsonl"]).exits_with(1).out.clone();
        let told: Vec<_> = out.lines().filter(|line| line.contains(OVERSIGHT)).collect();
        match count {
            1 => assert_eq!(told.len(), 1, "{out}"),
            count => {
                let total = format!("  all {count}  ");
                assert!(told.len() == 2 && told[1].starts_with(&total), "{told:?}");
            }
        }
        let further = if count == 1 { 3 } else { 5 };
        assert_eq!(out.lines().count(), count + further, "a line for each output, and few others");
    }
    let runs = check(&place, &["mails.jsonl", "--format", "jsonl"]);
    let runs = json_lines(runs.exits_with(1));
    let is_complete = |run: &serde_json::Value| run["reasons"][0]["code"] == "oversight";
    assert!(runs.len() == 1_000 && runs.iter().all(is_complete), "programs are told everything");
}

#[test]
fn the_output_comes_before_the_gaps_of_the_record() {
    let place = bare_gate();
    let outputs = ["Write to kim@example.com.", "Welcome.", "Call +44 20 7946 0958."];
    let outputs = outputs.map(|text| serde_json::json!({"text": text}).to_string() + "\n");
    place.write("three.jsonl", outputs.concat()).write("letter.txt", "Write to kim@example.com.");
    for file in ["three.jsonl", "letter.txt"] {
        let out = check_bare(&place, file);
        let line_with = |text: &str| out.lines().position(|line| line.contains(text));
        let (finding, gap) = (line_with("found `email`"), line_with("the gate record lacks"));
        assert!(finding.is_some() && finding < gap, "{out}");
        assert_eq!(out.matches("`task`: the task of the AI").count(), 1, "{out}");
        assert!(out.contains("`tollgate gate check bare` lists "), "{out}");
        assert!(!out.lines().any(|line| line.ends_with("every output: ")), "{out}");
    }
}

#[test]
fn outputs_with_the_same_error_name_the_first() {
    let place = newsletter();
    place.write("bad.jsonl", "{\"text\": \"a\", \"txet\": \"b\"}\n".repeat(40));
    let out = check(&place, &["bad.jsonl"]).exits_with(2).out.clone();
    assert_eq!(out.matches("unknown member `txet`").count(), 2, "{out}");
    assert_eq!(out.matches("the same as bad.jsonl:1").count(), 39, "{out}");
    let results = json_lines(check(&place, &["bad.jsonl", "--format", "jsonl"]).exits_with(2));
    let is_complete = |result: &serde_json::Value| {
        result["error"].as_str().is_some_and(|error| error.contains("unknown member `txet`"))
    };
    assert!(results.len() == 40 && results.iter().all(is_complete));
}
