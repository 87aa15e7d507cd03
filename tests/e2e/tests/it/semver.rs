//! How far a version has to move, by what it says of recorded subjects.

use std::fs;

use crate::tool::{Place, Ran};

/// A contract in C, of which versions are made.
fn contract() -> Place {
    let place = Place::new();
    place.run(&["new", "acme/calm", "--lang", "c"]).exits_with(0);
    version(&place, "0.1.0", "1.0.0", |code| code);
    place.write(
        "recorded.jsonl",
        "{\"text\": \"One!\"}\n\n{\"subject\": {\"text\": \"No! No!\"}, \"config\": {\"max\": 2}}\n\
         {\"text\": \"Three! Two! One!\"}\n",
    );
    place
}

/// Makes a version from the one that is there, and keeps its component.
fn version(place: &Place, from: &str, to: &str, change: impl FnOnce(String) -> String) {
    let about = fs::read_to_string(place.path("calm/contract.toml")).unwrap();
    let about = about.replace(&format!("version = \"{from}\""), &format!("version = \"{to}\""));
    place.write("calm/contract.toml", about);
    let code = fs::read_to_string(place.path("calm/src/contract.c")).unwrap();
    place.write("calm/src/contract.c", change(code));
    place.run(&["build", "calm"]).exits_with_snapshot(0);
}

fn semver(place: &Place, from: &str, to: &str, more: &[&str]) -> Ran {
    let path = |version| format!("calm/dist/calm-{version}.wasm");
    let (from, to) = (path(from), path(to));
    let asked = ["semver", &from, &to, "--cases", "recorded.jsonl", "--config", r#"{"max": 1}"#];
    place.run(&[&asked, more].concat())
}

#[test]
fn a_change_that_is_not_to_be_seen_is_a_patch() {
    let place = contract();
    semver(&place, "1.0.0", "1.0.0", &[]).exits_with_snapshot(0);
    version(&place, "1.0.0", "1.0.1", |code| {
        code.replace("size_t marks = 0;", "size_t marks = 0; /* ! */")
    });
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(0);
}

#[test]
fn something_new_is_minor() {
    let place = contract();
    let measure = "tg_measure(report, \"bytes\", (double)text.length);\n    return NULL;";
    let add = |code: String| {
        let (head, tail) = code.rsplit_once("return NULL;").unwrap();
        format!("{head}{measure}{tail}")
    };
    version(&place, "1.0.0", "1.0.1", add);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
    version(&place, "1.0.1", "1.1.0", |code| code);
    semver(&place, "1.0.0", "1.1.0", &[]).exits_with_snapshot(0);
}

#[test]
fn what_passed_and_fails_is_major() {
    let place = contract();
    let stricter = |code: String| code.replace("++marks <= config.max", "++marks < config.max");
    version(&place, "1.0.0", "1.1.0", stricter);
    let ran = semver(&place, "1.0.0", "1.1.0", &["--json"]);
    let said = ran.exits_with(1).json();
    assert_eq!(
        (&said["required-bump"], &said["lowest-version"]),
        (&"major".into(), &"2.0.0".into())
    );
    let proof = said["differences"].as_array().unwrap();
    let subjects: Vec<_> = proof.iter().filter(|one| one["bump"] == "major").collect();
    assert_eq!(subjects.len(), 2, "{said:#}");
    assert_eq!(subjects[0]["subject"], "line 1");
    assert_eq!(subjects[0]["description"], "the result changed from `pass` to `fail`");
    // What needs most comes first, whatever was recorded first.
    place.write("recorded.jsonl", "{\"text\": \"Two! One!\"}\n{\"text\": \"One!\"}\n");
    let ran = semver(&place, "1.0.0", "1.1.0", &[]);
    ran.exits_with_snapshot(1);
    // The contract's own cases show it too.
    let old = "calm/dist/calm-1.0.0.wasm";
    place.run(&["semver", old, "calm", "--cases", "calm"]).exits_with_snapshot(1);
    // The other way round, nobody is stopped.
    semver(&place, "1.1.0", "1.0.0", &[]).exits_with_snapshot(1);
}

#[test]
fn a_configuration_that_no_longer_fits_is_major() {
    let place = contract();
    let path = place.path("calm/config.schema.json");
    let schema = fs::read_to_string(&path).unwrap();
    let mut schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    schema["properties"]["max"]["minimum"] = 2.into();
    fs::write(&path, schema.to_string()).unwrap();
    version(&place, "1.0.0", "1.0.1", |code| code);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
}

/// Files of a case lie beside the cases, and those of `--config` beside that.
#[test]
fn each_configuration_has_its_files_in_its_own_folder() {
    let place = Place::new();
    let one = "{\"subject\": {\"json\": {}}, \"config\": {\"schema\": {\"$file\": \"own.json\"}}}";
    place.write("cases/recorded.jsonl", format!("{one}\n{{\"json\": 1}}\n{{\"json\": 2}}\n"));
    place.write("cases/own.json", "{}").write("usual/usual.json", "{}");
    place.write("usual/config.json", r#"{"schema": {"$file": "usual.json"}}"#);
    let schema = "tollgate/json-schema";
    let asked = ["semver", schema, schema, "--cases", "cases/recorded.jsonl", "--config"];
    let semver = |config| place.run(&[&asked[..], &[config]].concat());
    semver("@usual/config.json").exits_with_snapshot(0);
    semver(r#"{"schema": {"$file": "usual/usual.json"}}"#).exits_with_snapshot(0);
    semver(r#"{"schema": {"$file": "own.json"}}"#).exits_with_snapshot(2);
    std::fs::remove_file(place.path("cases/own.json")).unwrap();
    semver("@usual/config.json").exits_with_snapshot(2);
}

#[test]
fn what_a_contract_says_moves_no_cursor() {
    let place = contract();
    let path = place.path("calm/config.schema.json");
    let mut schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
    schema["properties"]["a\u{1b}[2J"] = serde_json::json!({"type": "string"});
    fs::write(&path, schema.to_string()).unwrap();
    version(&place, "1.0.0", "1.0.1", |code| code);
    semver(&place, "1.0.0", "1.0.1", &[]).exits_with_snapshot(1);
}

#[test]
fn what_cannot_be_compared_is_said() {
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
