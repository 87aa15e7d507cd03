//! `tollgate new`, `build` and `test`, as an author of contracts uses them.

use std::fs;
use std::process::Command;

use crate::tool::{Place, Ran, repository};

fn new(place: &Place, name: &str) {
    place.run(&["new", name, "--lang", "rust"]).exits_with_snapshot(0);
}

#[test]
fn creates_builds_tests_and_judges() {
    let place = Place::new();
    new(&place, "acme/shouting");
    place.run(&["test", "shouting"]).exits_with_snapshot(2);
    place.run(&["build", "shouting"]).exits_with_snapshot(0);
    let component = place.path("shouting/dist/shouting-0.1.0.wasm");
    let first = fs::read(&component).unwrap();
    place.run(&["build", "shouting"]).exits_with(0);
    assert_eq!(fs::read(&component).unwrap(), first, "builds are reproducible");

    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    place.run(&["inspect", "shouting"]).exits_with_snapshot(0);
    let judge = ["judge", "shouting", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"Hi! Now!").exits_with_snapshot(1);

    blesses_cases(&place);
    rejects_invalid_manifests(&place);
}

fn blesses_cases(place: &Place) {
    let case = r#"{"subject": {"text": "Now! Now! Now!"}, "config": {"max": 1},
        "expect": {"outcome": "pass", "findings": []}}"#;
    place.write("shouting/cases/wrong.json", case);
    place.run(&["test", "shouting"]).exits_with_snapshot(1);
    place.run(&["test", "shouting", "--bless"]).exits_with_snapshot(0);
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    let blessed = fs::read_to_string(place.path("shouting/cases/wrong.json")).unwrap();
    assert!(blessed.contains(r#""outcome": "fail""#), "{blessed}");

    place.write("shouting/cases/wrong.json", "{\n\"subject\": {\"text\": \"\"},\n\"colour\": 1}");
    place.run(&["test", "shouting"]).exits_with_snapshot(2);
    fs::remove_file(place.path("shouting/cases/wrong.json")).unwrap();
}

fn rejects_invalid_manifests(place: &Place) {
    let good = fs::read_to_string(place.path("shouting/contract.toml")).unwrap();
    let build_with = |change: &dyn Fn(&str) -> String| {
        place.write("shouting/contract.toml", change(&good));
        place.run(&["build", "shouting"]).exits_with_snapshot(2);
    };
    build_with(&|text| text.replace("wit = ", "wits = "));
    build_with(&|text| text.replace("acme/shouting", "Acme"));
    build_with(&|text| text.replace("version = \"0.1.0\"", "version = \"1\""));
    build_with(&|text| text.replace("wit = \"0.1.0\"", "wit = \"7.0.0\""));
    place.write("shouting/contract.toml", good);
}

#[test]
fn rejects_invalid_names_and_folders() {
    let place = Place::new();
    place.write("taken/file", "");
    place.run(&["new", "taken", "--lang", "rust"]).exits_with_snapshot(2);
    place.run(&["new", "../escape", "--lang", "rust"]).exits_with_snapshot(2);
    place.run(&["new", "x", "--lang", "cobol"]).exits_with_snapshot(2);
    place.run(&["build", "nowhere"]).exits_with_snapshot(2);
    place.run(&["test", "."]).exits_with_snapshot(2);
}

#[test]
fn unit_tests_of_the_template_run_without_webassembly() {
    let place = Place::new();
    new(&place, "plain");
    let mut cargo = Command::new("cargo");
    cargo
        .args(["test", "--quiet"])
        .current_dir(place.path("plain"))
        .env("CARGO_TARGET_DIR", crate::tool::target().join("e2e"));
    Ran::from_command(&mut cargo).exits_with(0);
}

#[test]
fn rejects_an_undeclared_capability() {
    let place = Place::new();
    new(&place, "sly");
    let code = fs::read_to_string(place.path("sly/src/lib.rs")).unwrap();
    let undeclared = "let text = subject.text()?;\n    tollgate_sdk::host::log::info(text);";
    place.write("sly/src/lib.rs", code.replace("let text = subject.text()?;", undeclared));
    place.run(&["build", "sly"]).exits_with_snapshot(2);
}

#[test]
fn a_case_fails_if_streaming_gives_another_report() {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    let component = "dist/hasty-1.0.0.wasm";
    for name in ["contract.toml", component] {
        place.write(name, fs::read(hasty.join(name)).unwrap());
    }
    let case = r#"{"subject": {"text": "a!"}, "config": {"behave": "forget"}, "expect": {}}"#;
    place.write("cases/forget.json", case);
    place.run(&["test"]).exits_with_snapshot(1);
}
