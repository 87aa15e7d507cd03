//! `tollgate judge`, `inspect`, `bench` and `completions`.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use crate::tool::{Place, repository};

const TWO_TERMS: &str = r#"{"terms": ["act now", "cure"]}"#;

#[test]
fn exit_codes_tell_the_outcome() {
    let place = Place::new();
    let judge = |text: &str| {
        place.run_with(
            &["judge", "tollgate/banned-terms", "--config", TWO_TERMS, "-"],
            text.as_bytes(),
        )
    };
    judge("A calm letter.").exits_with_snapshot(0);
    judge("Act now!").exits_with_snapshot(1);
    let unsure = repository().join("tests/guests/hostile");
    let unsure = unsure.to_str().unwrap();
    place.run_with(&["judge", unsure, "-"], b"unsure").exits_with_snapshot(3);
    place.run_with(&["judge", unsure, "-"], b"panic on purpose").exits_with_snapshot(2);
    place.run_with(&["judge", unsure, "-"], b"loop").exits_with_snapshot(2);
}

#[test]
fn json_contains_the_whole_report() {
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
    let verdict = ran.exits_with(1).json();
    assert_eq!(verdict["contract"]["name"], "tollgate/banned-terms");
    assert_eq!(verdict["contract"]["version"], "1.0.0");
    assert!(verdict["contract"]["digest"].as_str().unwrap().starts_with("sha256:"));
    assert_eq!(verdict["outcome"], "fail");
    assert_eq!(verdict["findings"][0]["rule"], "banned-term");
    assert_eq!(verdict["findings"][0]["place"], json!({"span": {"start": 7, "end": 14}}));
    assert_eq!(verdict["failure"], json!(null));
    assert!(verdict["fuel-used"].as_u64().unwrap() > 0);
    assert!(verdict["time-us"].as_u64().unwrap() > 0);
    assert!(verdict["measures"].is_array());
}

#[test]
fn json_contains_kind_and_message_of_a_failure() {
    let place = Place::new();
    let hostile = repository().join("tests/guests/hostile");
    let ran = place.run_with(&["judge", hostile.to_str().unwrap(), "--json", "-"], b"panic oh no");
    let verdict = ran.exits_with(2).json();
    assert_eq!(verdict["outcome"], json!(null));
    assert_eq!(verdict["failure"]["kind"], "trap");
    assert!(verdict["failure"]["message"].as_str().unwrap().contains("oh no"));
    assert!(!verdict["failure"]["functions"].as_array().unwrap().is_empty());
}

#[test]
fn replays_a_recorded_judgement() {
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
        let verdict = ran.exits_with(0).json();
        (verdict["findings"].clone(), verdict["measures"].clone(), verdict["log"].clone())
    };
    assert_eq!(report(&first), report(&again));
    let other = judge(&[&table[..], &["--replay", "record.json", "other.txt"]].concat());
    other.exits_with_snapshot(2);
}

#[test]
fn judges_actions_and_documents() {
    let place = Place::new();
    place.write("action.json", r#"{"tool": "mail", "arguments": {"to": ["dana@example.com"]}}"#);
    place.write("order.json", r#"{"to": "dana@example.com"}"#);
    place.write("half.json", r#"{"tool": "mail"}"#);
    let pii =
        |kind: &[&str], file: &str| place.run(&[&["judge", "tollgate/pii", file], kind].concat());
    pii(&["--kind", "action"], "action.json").exits_with_snapshot(1);
    pii(&[], "order.json").exits_with_snapshot(1);
    pii(&["--kind", "action"], "half.json").exits_with_snapshot(2);
}

#[test]
fn rejects_invalid_input() {
    let place = Place::new();
    place.write("latin1.txt", b"caf\xe9").write("not.json", "{\"a\": }").write("empty.txt", "");
    let judge = |file: &str| place.run(&["judge", "tollgate/pii", file]);
    judge("latin1.txt").exits_with_snapshot(2);
    judge("not.json").exits_with_snapshot(1);
    judge("missing.txt").exits_with_snapshot(2);
    judge(".").exits_with_snapshot(2);
    judge("empty.txt").exits_with_snapshot(0);
    place.write("huge.txt", "a ".repeat(25 << 20));
    judge("huge.txt").exits_with_snapshot(2);
}

#[test]
fn rejects_invalid_configurations() {
    let place = Place::new();
    place.write("broken.json", "{\n  \"terms\": [}\n").write("letter.txt", "hello");
    let judge = |config: &str| {
        place.run(&["judge", "tollgate/banned-terms", "--config", config, "letter.txt"])
    };
    judge(r#"{"terms": "act now"}"#).exits_with_snapshot(2);
    judge(r#"{"terms": ["a"], "colour": 1}"#).exits_with_snapshot(2);
    judge("{}").exits_with_snapshot(2);
    judge("terms.json").exits_with_snapshot(2);
    judge("@broken.json").exits_with_snapshot(2);
    judge("@missing.json").exits_with_snapshot(2);
    judge(r#"{"terms": {"$lines": "../x"}}"#).exits_with_snapshot(2);
    judge(r#"{"terms": {"$table": "x"}}"#).exits_with_snapshot(2);
}

#[test]
fn a_configuration_reads_files_from_its_folder() {
    let place = Place::new();
    place.write("config/terms.txt", "act now\n").write("letter.txt", "Act now");
    place.write("config/c.json", r#"{"terms": {"$lines": "terms.txt"}}"#);
    place
        .run(&["judge", "tollgate/banned-terms", "--config", "@config/c.json", "letter.txt"])
        .exits_with_snapshot(1);
}

#[test]
fn rejects_unknown_references() {
    let place = Place::new();
    place
        .write("letter.txt", "hello")
        .write("text.wasm", "no wasm")
        .write("core.wasm", b"\0asm\x01\0\0\0");
    let judge = |reference: &str| place.run(&["judge", reference, "letter.txt"]);
    judge("tollgate/pi").exits_with_snapshot(2);
    judge("nowhere.wasm").exits_with_snapshot(2);
    judge("text.wasm").exits_with_snapshot(2);
    judge("core.wasm").exits_with_snapshot(2);
    judge(".").exits_with_snapshot(2);
}

#[test]
fn capabilities_are_granted_by_name() {
    let place = Place::new();
    place.write("letter.txt", "clock");
    let curious = repository().join("tests/guests/curious");
    let curious = curious.to_str().unwrap();
    place.run(&["judge", curious, "letter.txt"]).exits_with_snapshot(2);
    place.run(&["judge", curious, "--grant", "lok", "letter.txt"]).exits_with_snapshot(2);
    let all = ["--grant", "log", "--grant", "clock", "--grant", "prompt-text", "--grant", "lookup"];
    place.run(&[&["judge", curious], &all[..], &["letter.txt"]].concat()).exits_with_snapshot(0);
    place.write("lookup.txt", "lookup claims best");
    let without_table = place.run(&[&["judge", curious], &all[..], &["lookup.txt"]].concat());
    let err = &without_table.exits_with(0).err;
    assert!(err.contains("the table `claims`: give it one with `--table claims=FILE`"), "{err}");
}

#[test]
fn inspect_describes_a_contract() {
    let place = Place::new();
    let names = ["banned-terms", "json-schema", "length", "pii", "readability"];
    for name in names {
        let name = format!("tollgate/{name}");
        place.run(&["inspect", &name]).exits_with_snapshot(0);
        let about = place.run(&["inspect", &name, "--json"]).exits_with(0).json();
        assert_eq!(about["name"], name.as_str());
        assert_eq!(about["determinism"], "deterministic");
        assert_eq!(about["snapshot"]["possible"], true);
        assert_eq!(about["capabilities"], json!([]));
        assert!(about["config-schema"].is_object());
    }
    let curious = repository().join("tests/guests/curious");
    place.run(&["inspect", curious.to_str().unwrap()]).exits_with_snapshot(0);
}

#[test]
fn escapes_control_characters_of_messages() {
    let place = Place::new();
    let hostile = repository().join("tests/guests/hostile");
    let ran = place.run_with(&["judge", hostile.to_str().unwrap(), "-"], b"escape");
    assert!(!ran.out.contains('\x1b') && !ran.out.contains('\x07'), "{:?}", ran.out);
}

#[test]
fn measures_a_contract_and_prints_completions() {
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
        .exits_with_snapshot(0);
    let completions = place.run(&["completions", "bash"]);
    assert!(completions.exits_with(0).out.contains("complete -F _tollgate"), "{completions:?}");
}

#[test]
fn a_stream_reports_findings_before_it_ends() {
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
    assert_eq!(next(), json!({"format": 1, "settled": 10, "findings": []}));
    drop(input);
    let verdict = next();
    assert_eq!((&verdict["outcome"], &verdict["findings"]), (&json!("fail"), &first["findings"]));
    assert_eq!(tool.wait().unwrap().code(), Some(1));
}

#[test]
fn a_stream_prints_each_finding_once() {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    let arguments = ["judge", hasty.to_str().unwrap(), "--stream", "-"];
    let ran = place.run_with(&arguments, "So!\nNo!".as_bytes());
    let printed = &ran.exits_with_snapshot(1).out;
    assert_eq!(printed.matches("an exclamation mark").count(), 2, "{printed}");
    place.run_with(&arguments, b"\xff").exits_with_snapshot(2);
    let hostile = repository().join("tests/guests/hostile");
    let judge = ["judge", hostile.to_str().unwrap(), "--stream", "-"];
    place.run_with(&judge, b"text").exits_with_snapshot(2);
}

/// The tool starts itself with this hidden command, and people have no request for it.
#[test]
fn compile_worker_without_a_request_fails() {
    let place = Place::new();
    // It ends as soon as its input does, whatever it was about to say.
    for request in [&b""[..], &[0xff; 64]] {
        let ran = place.run_with(&["compile-worker"], request);
        assert!([1, 2].contains(&ran.code), "{ran:#?}");
    }
}
