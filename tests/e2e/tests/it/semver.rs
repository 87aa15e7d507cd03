//! `tollgate semver`: the version bump that recorded subjects require.

use std::fs;

use crate::tool::{Place, Ran};

/// Creates a contract in C at version 1.0.0, and recorded subjects.
fn contract() -> Place {
    let place = Place::new();
    place.run(&["new", "acme/calm", "--lang", "c"]).exits_with(0);
    build_version(&place, "0.1.0", "1.0.0", |code| code);
    place.write(
        "recorded.jsonl",
        "{\"text\": \"One!\"}\n\n{\"subject\": {\"text\": \"No! No!\"}, \"config\": {\"max\": 2}}\n\
         {\"text\": \"Three! Two! One!\"}\n",
    );
    place
}

/// Changes the contract and builds it as a new version. The old component stays.
fn build_version(place: &Place, from: &str, to: &str, change: impl FnOnce(String) -> String) {
    let manifest = fs::read_to_string(place.path("calm/contract.toml")).unwrap();
    let manifest =
        manifest.replace(&format!("version = \"{from}\""), &format!("version = \"{to}\""));
    place.write("calm/contract.toml", manifest);
    let code = fs::read_to_string(place.path("calm/src/contract.c")).unwrap();
    place.write("calm/src/contract.c", change(code));
    place.run(&["build", "calm"]).exits_with(0);
}

fn semver(place: &Place, from: &str, to: &str, options: &[&str]) -> Ran {
    let path = |version| format!("calm/dist/calm-{version}.wasm");
    let (from, to) = (path(from), path(to));
    let compare = ["semver", &from, &to, "--cases", "recorded.jsonl", "--config", r#"{"max": 1}"#];
    place.run(&[&compare, options].concat())
}

#[test]
fn a_change_without_effect_is_a_patch() {
    let place = contract();
    semver(&place, "1.0.0", "1.0.0", &[]).exits_with_snapshot(0);
    build_version(&place, "1.0.0", "1.0.1", |code| {
        code.replace("size_t marks = 0;", "size_t marks = 0; /* ! */")
    });
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(0);
}

#[test]
fn a_new_measure_is_minor() {
    let place = contract();
    let measure = "tg_measure(report, \"bytes\", (double)text.length);\n    return NULL;";
    let add = |code: String| {
        let (head, tail) = code.rsplit_once("return NULL;").unwrap();
        format!("{head}{measure}{tail}")
    };
    build_version(&place, "1.0.0", "1.0.1", add);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
    build_version(&place, "1.0.1", "1.1.0", |code| code);
    semver(&place, "1.0.0", "1.1.0", &[]).exits_with_snapshot(0);
}

#[test]
fn a_new_failure_is_major() {
    let place = contract();
    let stricter = |code: String| code.replace("++marks <= config.max", "++marks < config.max");
    build_version(&place, "1.0.0", "1.1.0", stricter);
    let ran = semver(&place, "1.0.0", "1.1.0", &["--json"]);
    let compared = ran.exits_with(1).json();
    assert_eq!(
        (&compared["required-bump"], &compared["lowest-version"]),
        (&"major".into(), &"2.0.0".into())
    );
    let differences = compared["differences"].as_array().unwrap().iter();
    let breaking: Vec<_> = differences.filter(|found| found["bump"] == "major").collect();
    assert_eq!(breaking.len(), 2, "{compared:#}");
    assert_eq!(breaking[0]["subject"], "line 1");
    // The largest bump comes first, in any order of the subjects.
    place.write("recorded.jsonl", "{\"text\": \"Two! One!\"}\n{\"text\": \"One!\"}\n");
    semver(&place, "1.0.0", "1.1.0", &[]).exits_with_snapshot(1);
    // The contract's own cases show it too.
    let old = "calm/dist/calm-1.0.0.wasm";
    place.run(&["semver", old, "calm", "--cases", "calm"]).exits_with_snapshot(1);
    // In the other direction, nothing breaks.
    semver(&place, "1.1.0", "1.0.0", &[]).exits_with_snapshot(1);
}

#[test]
fn a_rejected_configuration_is_major() {
    let place = contract();
    let path = place.path("calm/config.schema.json");
    let schema = fs::read_to_string(&path).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    schema["properties"]["max"]["minimum"] = 2.into();
    fs::write(&path, schema.to_string()).unwrap();
    build_version(&place, "1.0.0", "1.0.1", |code| code);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
}

/// Files of a case are in the folder of the cases, those of `--config` in the folder of its file.
#[test]
fn configurations_read_files_from_their_own_folders() {
    let place = Place::new();
    let case = "{\"subject\": {\"json\": {}}, \"config\": {\"schema\": {\"$file\": \"own.json\"}}}";
    place.write("cases/recorded.jsonl", format!("{case}\n{{\"json\": 1}}\n{{\"json\": 2}}\n"));
    place.write("cases/own.json", "{}").write("usual/usual.json", "{}");
    place.write("usual/config.json", r#"{"schema": {"$file": "usual.json"}}"#);
    let schema = "tollgate/json-schema";
    let compare = ["semver", schema, schema, "--cases", "cases/recorded.jsonl", "--config"];
    let semver = |config| place.run(&[&compare[..], &[config]].concat());
    semver("@usual/config.json").exits_with_snapshot(0);
    semver(r#"{"schema": {"$file": "usual/usual.json"}}"#).exits_with_snapshot(0);
    semver(r#"{"schema": {"$file": "own.json"}}"#).exits_with_snapshot(2);
    std::fs::remove_file(place.path("cases/own.json")).unwrap();
    semver("@usual/config.json").exits_with_snapshot(2);
}

#[test]
fn escapes_control_characters_of_schemas() {
    let place = contract();
    let path = place.path("calm/config.schema.json");
    let mut schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    schema["properties"]["a\u{1b}[2J"] = serde_json::json!({"type": "string"});
    fs::write(&path, schema.to_string()).unwrap();
    build_version(&place, "1.0.0", "1.0.1", |code| code);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
}

#[test]
fn rejects_contracts_that_cannot_be_compared() {
    let place = contract();
    let compare =
        |from: &str, to: &str, cases: &str| place.run(&["semver", from, to, "--cases", cases]);
    let calm = "calm/dist/calm-1.0.0.wasm";
    compare(calm, "tollgate/pii", "recorded.jsonl").exits_with_snapshot(2);
    place.write("empty.jsonl", "\n");
    compare(calm, calm, "empty.jsonl").exits_with_snapshot(2);
    place.write("broken.jsonl", "{\"text\": \"x\"}\n{\"texts\": \"x\"}\n");
    compare(calm, calm, "broken.jsonl").exits_with_snapshot(2);
    compare(calm, "recorded.jsonl", "recorded.jsonl").exits_with_snapshot(2);
}
