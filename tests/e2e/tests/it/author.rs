//! `tollgate new`, `build` and `test`, as an author of contracts uses them.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};

use serde_json::json;

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
    shows_why_a_case_failed(place);
    let report = place.run(&["test", "shouting", "--junit"]);
    let plain = "- /outcome: &quot;pass&quot;&#10;+ /outcome: &quot;fail&quot;&#10;";
    let out = &report.exits_with(1).out;
    assert!(out.contains(plain) && !out.contains("[0m"), "styles are not for programs: {out}");
    place.run(&["test", "shouting", "--bless"]).exits_with_snapshot(0);
    place.run(&["test", "shouting"]).exits_with_snapshot(0);
    let blessed = fs::read_to_string(place.path("shouting/cases/wrong.json")).unwrap();
    assert!(blessed.contains(r#""outcome": "fail""#), "{blessed}");

    place.write("shouting/cases/wrong.json", "{\n\"subject\": {\"text\": \"\"},\n\"colour\": 1}");
    place.run(&["test", "shouting"]).exits_with_snapshot(2);
    fs::remove_file(place.path("shouting/cases/wrong.json")).unwrap();
}

fn shows_why_a_case_failed(place: &Place) {
    let failed = place.run(&["test", "shouting"]);
    for part in [
        "wrong … FAILED",
        "- /outcome: \"pass\"\n  + /outcome: \"fail\"\n  + /findings/0: {",
        "one exclamation mark too many at 1:9",
        "3 passed, 1 failed",
    ] {
        assert!(failed.exits_with(1).out.contains(part), "{part}: {failed:#?}");
    }
    let only = place.run(&["test", "shouting", "--filter", "wro"]);
    assert!(only.exits_with(1).out.ends_with("1 passed, 1 failed\n"), "{only:#?}");
    place.run(&["test", "shouting", "--filter", "nothing-like-it"]).exits_with(2);
    let document = place.run(&["test", "shouting", "--json"]).exits_with(1).json();
    assert_eq!((&document["format"], &document["failed"]), (&json!(1), &json!(1)), "{document:#}");
    let wrong = &document["cases"][2];
    assert_eq!(wrong["name"], "wrong-kind", "the cases are sorted by their files: {document:#}");
    assert_eq!(wrong["failure"]["kind"], "not-applicable");
    let wrong = &document["cases"][3];
    assert_eq!(wrong["differences"][0]["pointer"], "/outcome");
    assert_eq!(wrong["differences"][0]["actual"], "fail");
}

#[test]
fn an_unfit_configuration_is_an_error_unless_the_case_is_about_it() {
    let place = place_of_hasty();
    let case = |expect: &str| {
        let config = r#"{"behave": "oddly"}"#;
        format!(r#"{{"subject": {{"text": "a"}}, "config": {config}, "expect": {expect}}}"#)
    };
    for expect in ["{}", r#"{"failure": "refused"}"#, r#"{"failure": "not-applicable"}"#] {
        place.write("cases/a.json", case(expect));
        let tested = place.run(&["test"]);
        let out = &tested.exits_with(1).out;
        assert!(out.contains("the configuration of this case does not fit"), "{out}");
        assert!(out.contains("oddly") && out.contains("`\"failure\": \"bad-config\"`"), "{out}");
    }
    place.write("cases/a.json", case(r#"{"failure": "bad-config"}"#));
    place.run(&["test"]).exits_with(0);
    place.write("cases/a.json", case(r#"{"failure": "refuced"}"#));
    let tested = place.run(&["test"]);
    assert!(tested.exits_with(2).err.contains("expected one of `bad-config`"), "{tested:#?}");
}

#[test]
fn a_failure_is_shown_with_its_message() {
    let place = place_of_hasty();
    let case = r#"{"subject": {"text": "a"}, "config": {"behave": "panic"}, "expect": {"outcome": "pass"}}"#;
    place.write("cases/a.json", case);
    let tested = place.run(&["test"]);
    let out = &tested.exits_with(1).out;
    assert!(out.contains("+ /failure: \"trap\""), "{out}");
    assert!(out.contains("in the middle of a text"), "{out}");
}

#[test]
fn a_crash_is_not_blessed() {
    let place = place_of_hasty();
    let case = |behave: &str, expect: &str| {
        let config = format!(r#"{{"behave": "{behave}"}}"#);
        format!(r#"{{"subject": {{"text": "a!"}}, "config": {config}, "expect": {expect}}}"#)
    };
    let crash = case("panic", r#"{"outcome": "pass"}"#);
    place.write("cases/a.json", &crash);
    place.write("cases/b.json", case("well", r#"{"outcome": "unsure"}"#));
    place.write("cases/c.json", case("panic", r#"{"failure": "trap"}"#));
    let blessed = place.run(&["test", "--bless"]);
    let out = &blessed.exits_with(1).out;
    for part in [
        "a … FAILED",
        "`--bless` writes no failure of the kind `trap`",
        "b … rewritten",
        "c … ok",
        "1 passed, 1 failed, 1 rewritten\n",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    assert_eq!(fs::read_to_string(place.path("cases/a.json")).unwrap(), crash);
    fs::remove_file(place.path("cases/a.json")).unwrap();
    place.run(&["test"]).exits_with(0);
}

#[test]
fn a_component_that_is_older_than_its_source_is_told() {
    let place = place_of_hasty();
    place.write("letter.txt", "a");
    let component = place.path("dist/hasty-1.0.0.wasm");
    let file = fs::File::options().append(true).open(component).unwrap();
    for (age, is_stale) in [(Duration::from_secs(60), true), (Duration::ZERO, false)] {
        file.set_modified(SystemTime::now() - age).unwrap();
        for command in
            [&["judge", ".", "letter.txt"][..], &["check", "--contract", ".", "letter.txt"]]
        {
            let ran = place.run(command);
            let err = &ran.exits_with(0).err;
            let warning = "`contract.toml` is newer than the component";
            assert_eq!(err.contains(warning), is_stale, "{command:?}: {err}");
        }
    }
}

#[test]
fn a_schema_that_is_none_is_refused_by_the_build() {
    let place = Place::new();
    place.run(&["new", "it", "--lang", "javascript"]).exits_with(0);
    place.write("it/config.schema.json", r#"{"type": "objct"}"#);
    let built = place.run(&["build", "it"]);
    let err = &built.exits_with(2).err;
    assert!(err.contains("it/config.schema.json") && err.contains("at `/type`"), "{err}");
}

/// A contract that is built already, whose configuration tells it how to misbehave.
pub fn place_of_hasty() -> Place {
    let place = Place::new();
    let hasty = repository().join("tests/guests/hasty");
    for name in ["contract.toml", "dist/hasty-1.0.0.wasm"] {
        place.write(name, fs::read(hasty.join(name)).unwrap());
    }
    place
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
    let place = place_of_hasty();
    let case = r#"{"subject": {"text": "a!"}, "config": {"behave": "forget"}, "expect": {}}"#;
    place.write("cases/forget.json", case);
    place.run(&["test"]).exits_with_snapshot(1);
}

/// The lines that a running tool prints, to both of its outputs.
struct PrintedLines {
    lines: Receiver<String>,
    seen: Vec<String>,
}

impl PrintedLines {
    fn of(child: &mut Child) -> Self {
        let (sender, lines) = channel();
        read_lines(child.stdout.take().unwrap(), sender.clone());
        read_lines(child.stderr.take().unwrap(), sender);
        Self { lines, seen: Vec::new() }
    }

    fn count(&self, text: &str) -> usize {
        self.seen.iter().filter(|line| line.contains(text)).count()
    }

    /// Waits until this many lines have a text in them.
    fn wait_for(&mut self, text: &str, count: usize) {
        while self.count(text) < count {
            let line = self.lines.recv_timeout(Duration::from_secs(300));
            self.seen.push(line.unwrap_or_else(|_| panic!("no `{text}` in {:#?}", self.seen)));
        }
    }
}

fn read_lines(source: impl Read + Send + 'static, sender: Sender<String>) {
    std::thread::spawn(move || {
        for line in BufReader::new(source).lines() {
            let _ = sender.send(line.unwrap());
        }
    });
}

#[test]
fn watching_builds_and_tests_again_after_each_change() {
    const WAITING: &str = "waiting for changes";
    const SOURCE: &str = "it/src/contract.js";
    let place = Place::new();
    place.run(&["new", "it", "--lang", "javascript"]).exits_with(0);
    let code = fs::read_to_string(place.path(SOURCE)).unwrap();
    let mut tool = place.tool(&["test", "it", "--watch"]);
    let mut child = tool.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut printed = PrintedLines::of(&mut child);

    printed.wait_for(WAITING, 1);
    printed.wait_for("3 passed, 0 failed", 1);
    let case = r#"{"subject": {"text": "a"}, "config": {"max": 1}, "expect": {"outcome": "fail"}}"#;
    place.write("it/cases/new.json", case);
    printed.wait_for("changed: `cases/new.json`", 1);
    printed.wait_for("3 passed, 1 failed", 1);

    printed.wait_for(WAITING, 2);
    place.write(SOURCE, format!("let x = ;\n{code}"));
    printed.wait_for("changed: `src/contract.js`", 1);
    printed.wait_for("error:", 1);
    printed.wait_for(WAITING, 3);
    assert_eq!(
        printed.count(" passed, "),
        2,
        "what cannot be built is not tested: {:#?}",
        printed.seen
    );
    place.write(SOURCE, code);
    printed.wait_for("3 passed, 1 failed", 2);

    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(child.wait().unwrap().code(), Some(130), "{:#?}", printed.seen);
}
