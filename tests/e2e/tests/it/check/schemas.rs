//! JUnit and SARIF reports are valid by the schemas that `cargo xtask test` fetched.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};

use super::formats::mixed;
use super::{check, context, newsletter};
use crate::tool::{Place, Ran, repository, target};

/// Prints every violation of the schema.
const VALIDATE: &str = "
import sys, xmlschema
print(*xmlschema.XMLSchema(sys.argv[1]).iter_errors(sys.argv[2]), sep='\\n')
";

fn fetched(file: &str) -> PathBuf {
    let path = target().join("schemas").join(file);
    assert!(path.exists(), "`{}` is missing: run `cargo xtask test`", path.display());
    path
}

/// Returns the violations of the schema, one per line.
fn junit_errors(place: &Place, report: &str) -> String {
    place.write("report.xml", report);
    let mut python = Command::new(fetched("venv/bin/python"));
    python.args(["-c", VALIDATE]).arg(fetched("jenkins-junit.xsd")).arg(place.path("report.xml"));
    Ran::from_command(&mut python).exits_with(0).out.trim().to_owned()
}

/// Returns the violations of the schema, one per line.
fn sarif_errors(report: &Value) -> String {
    let schema = std::fs::read_to_string(fetched("sarif-2.1.0.json")).unwrap();
    // This pattern of the schema has a stray bracket, which the validator rejects.
    let schema = schema.replace("{2}]?$", "{2}$");
    let schema = jsonschema::validator_for(&serde_json::from_str(&schema).unwrap()).unwrap();
    let errors = schema.iter_errors(report);
    let errors = errors.map(|error| format!("{}: {error}", error.instance_path()));
    errors.collect::<Vec<_>>().join("\n")
}

#[test]
fn junit_reports_are_valid() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "junit"]);
    assert_eq!(junit_errors(&place, &ran.exits_with(2).out), "");
    place.write("none.jsonl", "");
    let ran = check(&place, &["none.jsonl", "--format", "junit"]);
    assert_eq!(junit_errors(&place, &ran.exits_with(2).out), "");
    let ran = place.run(&["gate", "test", "--junit"]);
    assert_eq!(junit_errors(&place, &ran.exits_with(0).out), "");
    let case = json!({"text": "Hello.", "expect": "allow"});
    place.write("cases/welcome-email.jsonl", case.to_string());
    let ran = place.run(&["gate", "test", "--junit"]);
    assert_eq!(junit_errors(&place, &ran.exits_with(1).out), "");
}

#[test]
fn junit_reports_of_contract_cases_are_valid() {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    for name in ["contract.toml", "dist/hasty-1.0.0.wasm"] {
        place.write(name, std::fs::read(hasty.join(name)).unwrap());
    }
    let case = |config: &str, outcome: &str| {
        format!(
            r#"{{"subject": {{"text": "a<b>!"}}, "config": {config}, "expect": {{"outcome": "{outcome}"}}}}"#
        )
    };
    place.write("cases/fails.json", case("{}", "fail"));
    place.write("cases/wrong.json", case("{}", "pass"));
    place.write("cases/unfit.json", case(r#"{"behave": "oddly"}"#, "pass"));
    let ran = place.run(&["test", "--junit"]);
    let report = &ran.exits_with(1).out;
    assert_eq!(junit_errors(&place, report), "");
    assert!(report.contains("tests=\"3\" failures=\"1\" errors=\"1\""), "{report}");
    assert!(report.contains("does not fit"), "{report}");
}

#[test]
fn sarif_reports_are_valid() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "sarif"]);
    assert_eq!(sarif_errors(&ran.exits_with(2).json()), "");
    place.write("none.jsonl", "");
    let ran = check(&place, &["none.jsonl", "--format", "sarif"]);
    assert_eq!(sarif_errors(&ran.exits_with(2).json()), "");
}

#[test]
fn sarif_reports_on_texts_and_documents_are_valid() {
    let place = newsletter();
    place.write("a b.txt", "Hello 🎉,\n🎉🎉 act now!\n");
    place.write("order.json", json!({"to": {"mail": "kim@example.com"}}).to_string());
    place.write("context.json", context().to_string());
    let facts = ["--context", "@context.json", "--prompt", "welcome-email@2.1.0"];
    let files = [&facts[..], &["a b.txt", "order.json", "--format", "sarif"]].concat();
    assert_eq!(sarif_errors(&check(&place, &files).exits_with(1).json()), "");
}

#[test]
fn the_validators_find_errors() {
    let junit = "<testsuites><testsuite name='a' tests='0' colour='red'/></testsuites>";
    assert!(junit_errors(&Place::new(), junit).contains("colour"));
    assert!(sarif_errors(&json!({"version": "2.1.0"})).contains("runs"));
}

#[test]
fn junit_reports_of_quality_gates_are_valid() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--quality", "--format", "junit"]);
    assert_eq!(junit_errors(&place, &ran.exits_with(2).out), "");
}
