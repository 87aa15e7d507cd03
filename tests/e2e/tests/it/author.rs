//! `tollgate new`, `build` and `test`.

use std::fs;
use std::process::Command;

use crate::tool::{Place, Ran, repository};

/// A new contract, built. What cargo compiles for it is shared between the tests.
fn new(place: &Place, name: &str) {
    place.run(&["new", name, "--lang", "rust"]).exits_with_snapshot(0);
}

#[test]
fn from_nothing_to_a_verdict() {
    let place = Place::new();
    new(&place, "acme/shouting");
    place.run(&["test", "shouting"]).exits_with_snapshot(2);
    place.run(&["build", "shouting"]).exits_with_snapshot(0);
    let component = place.path("shouting/dist/shouting-0.1.0.wasm");
    let first = fs::read(&component).unwrap();
    place.run(&["build", "shouting"]).exits_with(0);
    assert_eq!(fs::read(&component).unwrap(), first, "built twice, it is the same");

    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    place.run(&["inspect", "shouting"]).exits_with_snapshot(0);
    let judge = ["judge", "shouting", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"Hi! Now!").exits_with_snapshot(1);

    cases(&place);
    manifests(&place);
}

/// A case that does not hold fails and says how, and `--bless` writes what holds.
fn cases(place: &Place) {
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

/// What is wrong in `contract.toml` is named with its line.
fn manifests(place: &Place) {
    let good = fs::read_to_string(place.path("shouting/contract.toml")).unwrap();
    let with = |change: &dyn Fn(&str) -> String| {
        place.write("shouting/contract.toml", change(&good));
        place.run(&["build", "shouting"]).exits_with_snapshot(2);
    };
    with(&|text| text.replace("wit = ", "wits = "));
    with(&|text| text.replace("acme/shouting", "Acme"));
    with(&|text| text.replace("version = \"0.1.0\"", "version = \"1\""));
    with(&|text| text.replace("wit = \"0.1.0\"", "wit = \"7.0.0\""));
    place.write("shouting/contract.toml", good);
}

#[test]
fn names_and_folders() {
    let place = Place::new();
    place.write("taken/file", "");
    place.run(&["new", "taken", "--lang", "rust"]).exits_with_snapshot(2);
    place.run(&["new", "../escape", "--lang", "rust"]).exits_with_snapshot(2);
    place.run(&["new", "x", "--lang", "cobol"]).exits_with_snapshot(2);
    place.run(&["build", "nowhere"]).exits_with_snapshot(2);
    place.run(&["test", "."]).exits_with_snapshot(2);
}

/// The template's own tests are plain Rust.
#[test]
fn the_template_is_tested_without_webassembly() {
    let place = Place::new();
    new(&place, "plain");
    let output = Command::new("cargo")
        .args(["test", "--quiet"])
        .current_dir(place.path("plain"))
        .env("CARGO_TARGET_DIR", crate::tool::target().join("e2e"))
        .output()
        .unwrap();
    Ran::of(output).exits_with_snapshot(0);
}

/// An import that the manifest does not own up to is refused when it is built.
#[test]
fn an_undeclared_capability() {
    let place = Place::new();
    new(&place, "sly");
    let code = fs::read_to_string(place.path("sly/src/lib.rs")).unwrap();
    let asks = "let text = subject.text()?;\n    tollgate_sdk::host::log::info(text);";
    place.write("sly/src/lib.rs", code.replace("let text = subject.text()?;", asks));
    place.run(&["build", "sly"]).exits_with_snapshot(2);
}

/// A stream that says something else than `judge` does fails its test, with both.
#[test]
fn a_stream_that_says_something_else() {
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
