//! Documents that the tool writes with `--json` match the published schemas.

use std::fs;

use serde_json::{Value, json};

use crate::author::place_of_hasty;
use crate::check::{check, newsletter, release};
use crate::tool::{Place, repository};

/// Returns the violations of a published schema, one per line.
pub fn schema_errors(name: &str, document: &Value) -> String {
    let path = repository().join(format!("docs/reference/schemas/{name}.json"));
    let schema = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors = validator.iter_errors(document);
    let errors = errors.map(|error| format!("{}: {error}", error.instance_path()));
    errors.collect::<Vec<_>>().join("\n")
}

/// Runs a command that prints one document.
fn assert_document(place: &Place, name: &str, arguments: &[&str]) {
    let ran = place.run(arguments);
    let errors = schema_errors(name, &ran.json());
    assert_eq!(errors, "", "{arguments:?} prints no `{name}`: {ran:?}");
}

/// Runs a command that prints a document per line, and returns the first.
fn assert_lines(place: &Place, name: &str, arguments: &[&str]) -> Value {
    let ran = place.run(arguments);
    let lines = ran.out.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<_> = lines.collect();
    for line in &lines {
        assert_eq!(schema_errors(name, line), "", "{arguments:?} prints no `{name}`: {line}");
    }
    lines.into_iter().next().unwrap_or_else(|| panic!("{arguments:?} prints nothing: {ran:?}"))
}

#[test]
fn documents_of_a_project_match_their_schemas() {
    let place = newsletter();
    let gate = place.path("gates/welcome-email.toml");
    let record = fs::read_to_string(&gate).unwrap();
    fs::write(&gate, record.replace("contents = \"masked\"", "contents = \"full\"")).unwrap();
    release(&place).exits_with(0);
    check(&place, &["outputs.jsonl", "--batch", "one"]).exits_with(1);
    fs::write(place.path("other.jsonl"), "{\"text\": 1}\n{\"text\": \"a\"}\n").unwrap();
    let of_check = ["check", "--gate", "welcome-email"];
    assert_lines(
        &place,
        "checked-output",
        &[&of_check[..], &["outputs.jsonl", "--batch", "one", "--format", "jsonl"]].concat(),
    );
    let other = ["other.jsonl", "--format", "json"];
    assert_document(&place, "check", &[&of_check[..], &other].concat());
    let events = ["log", "list", "--kind", "run", "--json"];
    assert_lines(&place, "event", &events);
    let held = place.run(&["queue", "list", "--quiet", "--limit", "1"]);
    let run = held.out.trim().to_owned();
    assert_lines(&place, "event", &["gate", "history", "welcome-email", "--json"]);
    assert_lines(&place, "replayed-run", &["log", "replay", &run, "--json"]);
    let replay = ["log", "replay", "--gate", "welcome-email", "--json", "--against"];
    assert_lines(&place, "compared-run", &[&replay[..], &["tollgate/pii@1.0.0"]].concat());
    for (name, command) in [
        ("event", "log show 1"),
        ("run", &*format!("log show {run}")),
        ("statistics", "log stats"),
        ("verification", "log verify"),
        ("erasure", "log erase --expired --by Dana --reason over"),
        ("queue", "queue list"),
        ("queued-run", &*format!("queue show {run}")),
        ("gate", "gate show welcome-email"),
        ("gate-completeness", "gate check"),
        ("gate-score", "gate score welcome-email"),
        ("gate-test", "gate test"),
        ("figures", "kpi list"),
        ("risk", "risk"),
        ("status", "status"),
        ("alerts", "alerts"),
        ("locked-gates", "tree"),
        ("tokens", "token list"),
    ] {
        let arguments: Vec<_> = command.split(' ').chain(["--json"]).collect();
        assert_document(&place, name, &arguments);
    }
}

#[test]
fn documents_without_a_project_match_their_schemas() {
    let place = newsletter();
    place.write("letter.txt", "Write to dana@example.com");
    place.write("old.prompt", "---\nname: a\nversion: 1.0.0\n---\nHello\n");
    place.write("new.prompt", "---\nname: a\nversion: 1.0.1\n---\nHello there\n");
    for (name, command) in [
        ("judgement", "judge tollgate/pii letter.txt"),
        ("inspection", "inspect tollgate/json-schema"),
        ("score", "score 2 1 1 3 2 4"),
        ("prompts", "prompt list"),
        ("prompt", "prompt show prompts/welcome-email.prompt"),
        ("rendered-prompt", "prompt render new.prompt"),
        ("prompt-diff", "prompt diff old.prompt new.prompt"),
        ("prompt-check", "prompt check"),
        ("version-comparison", "semver old.prompt new.prompt"),
    ] {
        let arguments: Vec<_> = command.split(' ').chain(["--json"]).collect();
        assert_document(&place, name, &arguments);
    }
}

#[test]
fn documents_of_the_cases_of_a_contract_match_their_schema() {
    let place = place_of_hasty();
    let case = |config: &str, expect: &str| {
        format!(r#"{{"subject": {{"text": "a!"}}, "config": {config}, "expect": {expect}}}"#)
    };
    place.write("cases/passes.json", case("{}", r#"{"outcome": "fail"}"#));
    place.write("cases/differs.json", case("{}", r#"{"findings": [{"rule": "regret"}, {}]}"#));
    place.write("cases/panics.json", case(r#"{"behave": "panic"}"#, "{}"));
    place.write("cases/unfit.json", case(r#"{"behave": "oddly"}"#, "{}"));
    assert_document(&place, "contract-test", &["test", "--json"]);
    let document = place.run(&["test", "--json"]).exits_with(1).json();
    assert_eq!((&document["passed"], &document["failed"]), (&json!(1), &json!(3)));
}
