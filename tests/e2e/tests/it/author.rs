//! `tollgate new`, `build` and `test`.

use std::fs;
use std::process::Command;

use crate::tool::{Place, Ran, repository};

/// A new contract, built. What cargo compiles for it is shared between the tests.
fn new(place: &Place, name: &str) {
    place.run(&["new", name, "--lang", "rust"]).check(0, &["made", "tollgate build"]);
}

#[test]
fn from_nothing_to_a_verdict() {
    let place = Place::new();
    new(&place, "acme/shouting");
    place.run(&["test", "shouting"]).check(2, &["not built", "tollgate build shouting"]);
    place
        .run(&["build", "shouting"])
        .check(0, &["acme/shouting 0.1.0", "sha256:", "imports    nothing"]);
    let component = place.path("shouting/dist/shouting-0.1.0.wasm");
    let first = fs::read(&component).unwrap();
    place.run(&["build", "shouting"]).check(0, &[]);
    assert_eq!(fs::read(&component).unwrap(), first, "built twice, it is the same");

    place.run(&["test", "shouting"]).check(0, &["calm … ok", "3 passed, 0 failed"]);
    place.run(&["inspect", "shouting"]).check(0, &["exclamation marks", "(required)"]);
    let judge = ["judge", "shouting", "--config", r#"{"max": 1}"#, "-"];
    place.run_with(&judge, b"Hi! Now!").check(1, &["shouting", "1:8", "instead: ."]);

    cases(&place);
    manifests(&place);
}

/// A case that does not hold fails and says how, and `--bless` writes what holds.
fn cases(place: &Place) {
    let case = r#"{"subject": {"text": "Now! Now! Now!"}, "config": {"max": 1},
        "expect": {"outcome": "pass", "findings": []}}"#;
    place.write("shouting/cases/wrong.json", case);
    let words =
        ["wrong … FAILED", "wanted outcome `pass`, and there was `fail`", "3 passed, 1 failed"];
    place.run(&["test", "shouting"]).check(1, &words);
    place.run(&["test", "shouting", "--bless"]).check(0, &["4 passed"]);
    place.run(&["test", "shouting"]).check(0, &["4 passed"]);
    let blessed = fs::read_to_string(place.path("shouting/cases/wrong.json")).unwrap();
    assert!(blessed.contains(r#""outcome": "fail""#), "{blessed}");

    place.write("shouting/cases/wrong.json", "{\n\"subject\": {\"text\": \"\"},\n\"colour\": 1}");
    place.run(&["test", "shouting"]).check(2, &["wrong.json:3:", "unknown field `colour`"]);
    fs::remove_file(place.path("shouting/cases/wrong.json")).unwrap();
}

/// What is wrong in `contract.toml` is named with its line.
fn manifests(place: &Place) {
    let good = fs::read_to_string(place.path("shouting/contract.toml")).unwrap();
    let with = |change: &dyn Fn(&str) -> String, words: &[&str]| {
        place.write("shouting/contract.toml", change(&good));
        place.run(&["build", "shouting"]).check(2, words);
    };
    with(&|text| text.replace("wit = ", "wits = "), &["contract.toml:6:", "unknown field `wits`"]);
    with(
        &|text| text.replace("acme/shouting", "Acme"),
        &["contract.toml:2:", "`Acme` is not a contract name"],
    );
    with(&|text| text.replace("version = \"0.1.0\"", "version = \"1\""), &["contract.toml:3:"]);
    with(&|text| text.replace("wit = \"0.1.0\"", "wit = \"7.0.0\""), &["WIT version 7.0.0"]);
    place.write("shouting/contract.toml", good);
}

#[test]
fn names_and_folders() {
    let place = Place::new();
    place.write("taken/file", "");
    place.run(&["new", "taken", "--lang", "rust"]).check(2, &["is there already"]);
    place.run(&["new", "../escape", "--lang", "rust"]).check(2, &["not a contract name"]);
    place.run(&["new", "x", "--lang", "cobol"]).check(2, &["rust"]);
    place.run(&["build", "nowhere"]).check(2, &["`nowhere`", "contract.toml", "tollgate new"]);
    place.run(&["test", "."]).check(2, &["contract.toml"]);
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
    Ran::of(output).check(0, &["1 passed"]);
}

/// An import that the manifest does not own up to is refused when it is built.
#[test]
fn an_undeclared_capability() {
    let place = Place::new();
    new(&place, "sly");
    let code = fs::read_to_string(place.path("sly/src/lib.rs")).unwrap();
    let asks = "let text = subject.text()?;\n    tollgate_sdk::host::log::info(text);";
    place.write("sly/src/lib.rs", code.replace("let text = subject.text()?;", asks));
    place.run(&["build", "sly"]).check(2, &["imports `log`", "[capabilities]"]);
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
    let words = [
        "judged in 1 part, it says something else",
        r#"{"Ok":{"outcome":"pass""#,
        r#"{"Err":{"kind":"invalid-result""#,
        "0 passed, 1 failed",
    ];
    place.run(&["test"]).check(1, &words);
}
