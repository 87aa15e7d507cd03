//! `tollgate judge` and `tollgate inspect`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::tool::{Place, repository};

const TWO_TERMS: &str = r#"{"terms": ["act now", "cure"]}"#;

#[test]
fn exit_codes_say_what_came_out() {
    let place = Place::new();
    let judge = |text: &str| {
        place.run_with(
            &["judge", "tollgate/banned-terms", "--config", TWO_TERMS, "-"],
            text.as_bytes(),
        )
    };
    judge("A calm letter.").check(0, &["pass", "tollgate/banned-terms 1.0.0"]);
    judge("Act now!").check(1, &["fail", "banned-term", "1:1"]);
    let unsure = repository().join("tests/guests/hostile");
    let unsure = unsure.to_str().unwrap();
    place.run_with(&["judge", unsure, "-"], b"unsure").check(3, &["unsure"]);
    place.run_with(&["judge", unsure, "-"], b"panic on purpose").check(2, &["trap", "on purpose"]);
    place.run_with(&["judge", unsure, "-"], b"loop").check(2, &["out-of-fuel"]);
}

#[test]
fn json_has_everything() {
    let place = Place::new();
    place.write("letter.txt", "Please act now.");
    let ran = place.run(&[
        "judge",
        "tollgate/banned-terms",
        "--config",
        TWO_TERMS,
        "--json",
        "letter.txt",
    ]);
    let verdict = ran.check(1, &[]).json();
    assert_eq!(verdict["contract"]["name"], "tollgate/banned-terms");
    assert_eq!(verdict["contract"]["version"], "1.0.0");
    assert!(verdict["contract"]["digest"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(verdict["outcome"], "fail");
    assert_eq!(verdict["findings"][0]["rule"], "banned-term");
    assert_eq!(verdict["findings"][0]["place"], json!({"span": {"start": 7, "end": 14}}));
    assert_eq!(verdict["failure"], json!(null));
    assert!(verdict["fuel_used"].as_u64().unwrap() > 0);
    assert!(verdict["time_us"].as_u64().unwrap() > 0);
    assert!(verdict["measures"].is_array());
}

#[test]
fn a_failure_has_its_kind_and_its_message() {
    let place = Place::new();
    let hostile = repository().join("tests/guests/hostile");
    let ran = place.run_with(&["judge", hostile.to_str().unwrap(), "--json", "-"], b"panic oh no");
    let verdict = ran.check(2, &[]).json();
    assert_eq!(verdict["outcome"], json!(null));
    assert_eq!(verdict["failure"]["kind"], "trap");
    assert!(verdict["failure"]["message"].as_str().unwrap().contains("oh no"));
    assert!(!verdict["failure"]["functions"].as_array().unwrap().is_empty());
}

#[test]
fn a_judgement_is_repeated_from_its_record() {
    let place = Place::new();
    place
        .write("claims.csv", "claim,by\nbest,legal\n")
        .write("nobody.csv", "claim,by\nbest,nobody\n");
    place.write("subject.txt", "everything").write("other.txt", "clock");
    let curious = repository().join("tests/guests/curious");
    let judge = |more: &[&str]| {
        let grants = ["--grant", "log", "--grant", "clock", "--grant", "prompt-text"];
        let first = ["judge", curious.to_str().unwrap(), "--json"];
        place.run(&[&first[..], &grants[..], more].concat())
    };
    let table = ["--table", "table=claims.csv"];
    let first = judge(&[&table[..], &["--record", "record.json", "subject.txt"]].concat());
    let again = judge(&["--table", "table=nobody.csv", "--replay", "record.json", "subject.txt"]);
    let report = |ran: &crate::tool::Ran| {
        let verdict = ran.check(0, &[]).json();
        (verdict["findings"].clone(), verdict["measures"].clone(), verdict["log"].clone())
    };
    assert_eq!(report(&first), report(&again));
    let other = judge(&[&table[..], &["--replay", "record.json", "other.txt"]].concat());
    other.check(2, &["record of another judgement", "its subject was"]);
}

#[test]
fn actions_and_documents() {
    let place = Place::new();
    place.write("action.json", r#"{"tool": "mail", "arguments": {"to": ["dana@example.com"]}}"#);
    place.write("order.json", r#"{"to": "dana@example.com"}"#);
    place.write("half.json", r#"{"tool": "mail"}"#);
    let pii =
        |kind: &[&str], file: &str| place.run(&[&["judge", "tollgate/pii", file], kind].concat());
    pii(&["--kind", "action"], "action.json").check(1, &["email", "`/to/0`"]);
    pii(&[], "order.json").check(1, &["email", "`/to`"]);
    pii(&["--kind", "action"], "half.json")
        .check(2, &["not an action", "missing field `arguments`"]);
}

#[test]
fn input_that_cannot_be_judged() {
    let place = Place::new();
    place.write("latin1.txt", b"caf\xe9").write("not.json", "{\"a\": }").write("empty.txt", "");
    let judge = |file: &str| place.run(&["judge", "tollgate/pii", file]);
    judge("latin1.txt").check(2, &["`latin1.txt`", "not UTF-8", "byte 3"]);
    judge("not.json").check(2, &["`not.json`", "not JSON", "line 1 column 7"]);
    judge("missing.txt").check(2, &["`missing.txt`", "No such file"]);
    judge(".").check(2, &["`.`", "folder"]);
    judge("empty.txt").check(0, &["pass"]);
    place.write("huge.txt", "a ".repeat(25 << 20));
    judge("huge.txt").check(2, &["subject-too-large", "16777216"]);
}

#[test]
fn configurations_that_do_not_fit() {
    let place = Place::new();
    place.write("broken.json", "{\n  \"terms\": [}\n").write("letter.txt", "hello");
    let judge = |config: &str| {
        place.run(&["judge", "tollgate/banned-terms", "--config", config, "letter.txt"])
    };
    judge(r#"{"terms": "act now"}"#)
        .check(2, &["`/terms`", "tollgate inspect tollgate/banned-terms"]);
    judge(r#"{"terms": ["a"], "colour": 1}"#).check(2, &["colour"]);
    judge("{}").check(2, &["terms"]);
    judge("terms.json").check(2, &["`--config`", "put `@` before its path"]);
    judge("@broken.json").check(2, &["broken.json:2:13"]);
    judge("@missing.json").check(2, &["`missing.json`"]);
    judge(r#"{"terms": {"$lines": "../x"}}"#).check(2, &["`../x`", "`/terms`"]);
    judge(r#"{"terms": {"$table": "x"}}"#).check(2, &["`x`", "no table of this name"]);
}

#[test]
fn configurations_take_files_from_their_folder() {
    let place = Place::new();
    place.write("config/terms.txt", "act now\n").write("letter.txt", "Act now");
    place.write("config/c.json", r#"{"terms": {"$lines": "terms.txt"}}"#);
    place
        .run(&["judge", "tollgate/banned-terms", "--config", "@config/c.json", "letter.txt"])
        .check(1, &["fail"]);
}

#[test]
fn references_that_lead_nowhere() {
    let place = Place::new();
    place
        .write("letter.txt", "hello")
        .write("text.wasm", "no wasm")
        .write("core.wasm", b"\0asm\x01\0\0\0");
    let judge = |reference: &str| place.run(&["judge", reference, "letter.txt"]);
    judge("tollgate/pi").check(2, &["no standard contract `tollgate/pi`", "`tollgate/pii`"]);
    judge("nowhere.wasm").check(2, &["no contract `nowhere.wasm`"]);
    judge("text.wasm").check(2, &["not a WebAssembly"]);
    judge("core.wasm").check(2, &["core module", "tollgate build"]);
    judge(".").check(2, &["contract.toml"]);
}

#[test]
fn capabilities_are_granted_by_name() {
    let place = Place::new();
    place.write("letter.txt", "clock");
    let curious = repository().join("tests/guests/curious");
    let curious = curious.to_str().unwrap();
    place.run(&["judge", curious, "letter.txt"]).check(2, &["`log` is not granted", "--grant log"]);
    place
        .run(&["judge", curious, "--grant", "lok", "letter.txt"])
        .check(2, &["log, clock, lookup, prompt-text"]);
    let all = ["--grant", "log", "--grant", "clock", "--grant", "prompt-text", "--grant", "lookup"];
    place.run(&[&["judge", curious], &all[..], &["letter.txt"]].concat()).check(0, &["now"]);
}

#[test]
fn inspecting_runs_nothing_and_tells_all() {
    let place = Place::new();
    let names = ["banned-terms", "json-schema", "length", "pii", "readability"];
    for name in names {
        let name = format!("tollgate/{name}");
        place
            .run(&["inspect", &name])
            .check(0, &[&name, "asks for     nothing", "snapshot", "rules"]);
        let about = place.run(&["inspect", &name, "--json"]).check(0, &[]).json();
        assert_eq!(about["name"], name.as_str());
        assert_eq!(about["determinism"], "deterministic");
        assert_eq!(about["snapshot"]["possible"], true);
        assert_eq!(about["capabilities"], json!([]));
        assert!(about["config_schema"].is_object());
    }
    let curious = repository().join("tests/guests/curious");
    place
        .run(&["inspect", curious.to_str().unwrap()])
        .check(0, &["clock: looks whether time moves"]);
}

/// What comes from a subject or a contract must not move the cursor of a terminal.
#[test]
fn nothing_a_contract_says_reaches_the_terminal_raw() {
    let place = Place::new();
    let hostile = repository().join("tests/guests/hostile");
    let ran = place.run_with(&["judge", hostile.to_str().unwrap(), "-"], b"escape");
    assert!(!ran.out.contains('\x1b') && !ran.out.contains('\x07'), "{:?}", ran.out);
}

#[test]
fn benches_and_completes() {
    let place = Place::new();
    place
        .run(&[
            "bench",
            "tollgate/length",
            "--config",
            r#"{"words": {"max": 100}}"#,
            "--runs",
            "50",
        ])
        .check(0, &["p50", "p99", "reused", "fuel"]);
    place.run(&["completions", "bash"]).check(0, &["_tollgate"]);
    place.run(&["--help"]).check(0, &["Examples:", "Exit codes"]);
    place.run(&["judge", "--help"]).check(0, &["Examples: tollgate judge"]);
}

/// A text is judged as it arrives: what is found is told before the end is there.
#[test]
fn a_stream_is_judged_as_it_arrives() {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    let arguments = ["judge", hasty.to_str().unwrap(), "--stream", "--json", "-"];
    let mut tool = place.tool(&arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let tool = tool.as_mut().unwrap();
    let mut input = tool.stdin.take().unwrap();
    let mut lines = BufReader::new(tool.stdout.take().unwrap()).lines();
    let mut next = || serde_json::from_str::<Value>(&lines.next().unwrap().unwrap()).unwrap();

    input.write_all("ä!".as_bytes()).unwrap();
    let first = next();
    assert_eq!((&first["settled"], first["findings"].as_array().unwrap().len()), (&json!(3), 1));
    input.write_all(b" and on").unwrap();
    assert_eq!(next(), json!({"settled": 10, "findings": []}));
    drop(input);
    let verdict = next();
    assert_eq!((&verdict["outcome"], &verdict["findings"]), (&json!("fail"), &first["findings"]));
    assert_eq!(tool.wait().unwrap().code(), Some(1));
}

#[test]
fn a_stream_is_told_to_people_once() {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    let arguments = ["judge", hasty.to_str().unwrap(), "--stream", "-"];
    let ran = place.run_with(&arguments, "So!\nNo!".as_bytes());
    let said = ran.check(1, &["fail", "1:3", "2:3"]).out.clone();
    assert_eq!(said.matches("an exclamation mark").count(), 2, "{said}");
    place.run_with(&arguments, b"\xff").check(2, &["not UTF-8"]);
    let whole = repository().join("tests/guests/hostile");
    let whole = ["judge", whole.to_str().unwrap(), "--stream", "-"];
    place.run_with(&whole, b"text").check(2, &["refused", "whole texts alone"]);
}
