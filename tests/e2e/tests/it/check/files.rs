//! Files, folders and patterns: every output is judged under the name of its file, and what cannot be is told.

use std::fs;

use serde_json::{Value, json};

use super::json_lines;
use crate::tool::{Place, Ran};

const MAIL: &str = "Hello Kim,\nwrite to kim@example.com.\n";

/// Judges files with `tollgate/pii`. The arguments are separated by spaces, and no shell expands them.
fn judge(place: &Place, arguments: &str) -> Ran {
    let arguments: Vec<_> = arguments.split(' ').collect();
    place.run(&[&["check", "--contract", "tollgate/pii@^1"], &arguments[..]].concat())
}

fn outputs() -> Place {
    let place = Place::new();
    place.write("out/a.txt", "Hello Kim.").write("out/mails/b.txt", MAIL);
    place.write("out/.hidden.txt", MAIL).write("out/.git/c.txt", MAIL);
    place.write("more/d.json", r#"{"to": "kim@example.com"}"#).write("more/d.md", "Hello.");
    place
}

/// Returns the id and the decision of each output.
fn decisions(ran: &Ran) -> Vec<(String, String)> {
    let text = |line: &Value, name: &str| line[name].as_str().unwrap_or("none").to_owned();
    json_lines(ran).iter().map(|line| (text(line, "id"), text(line, "decision"))).collect()
}

fn expected(outputs: &[(&str, &str)]) -> Vec<(String, String)> {
    outputs.iter().map(|(id, decision)| ((*id).into(), (*decision).into())).collect()
}

#[test]
fn judges_folders_and_patterns_without_a_project() {
    let place = outputs();
    judge(&place, "out more/*.json more/d.md").exits_with_snapshot(1);
    let ran = judge(&place, "out more/*.json more/d.md --format jsonl");
    let all = [
        ("out/a.txt", "pass"),
        ("out/mails/b.txt", "fail"),
        ("more/d.json", "fail"),
        ("more/d.md", "pass"),
    ];
    assert_eq!(decisions(ran.exits_with(1)), expected(&all));
    for (arguments, found) in [
        ("**/*.txt", &[("out/a.txt", "pass"), ("out/mails/b.txt", "fail")][..]),
        ("out/?.txt", &[("out/a.txt", "pass")]),
        ("out/.*.txt", &[("out/.hidden.txt", "fail")]),
        ("more/*.{md,json}", &[("more/d.json", "fail"), ("more/d.md", "pass")]),
    ] {
        let ran = judge(&place, &format!("{arguments} --format jsonl"));
        assert_eq!(decisions(&ran), expected(found), "{arguments}");
    }
    let left = fs::read_dir(place.path("")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut left: Vec<_> = left.collect();
    left.sort();
    assert_eq!(left, ["more", "out"], "nothing is written");
}

#[test]
fn refuses_what_names_no_file_or_one_twice() {
    let place = outputs();
    fs::create_dir(place.path("empty")).unwrap();
    for arguments in ["more/*.txt", "nowhere/*.txt", "empty", "[a.txt"] {
        judge(&place, arguments).exits_with_snapshot(2);
    }
    for arguments in ["out/a.txt out/a.txt", "out out/*.txt", "./out/a.txt out/a.txt"] {
        judge(&place, arguments).exits_with_snapshot(2);
    }
}

#[test]
fn tells_files_that_are_missing_or_binary_and_judges_the_others() {
    let place = outputs();
    place.write("out/logo.png", b"\x89PNG\r\n\x1a\n\0\0");
    judge(&place, "out missing.txt").exits_with_snapshot(2);
    let ran = judge(&place, "out missing.txt --format jsonl");
    let all = [
        ("out/a.txt", "pass"),
        ("out/logo.png", "none"),
        ("out/mails/b.txt", "fail"),
        ("missing.txt", "none"),
    ];
    assert_eq!(decisions(ran.exits_with(2)), expected(&all));
}

#[test]
fn each_file_keeps_its_name_in_every_format() {
    let place = outputs();
    let report = |format: &str| {
        let ran = judge(&place, &format!("out more/d.json --format {format}"));
        ran.exits_with(1).out.clone()
    };
    let junit = report("junit");
    for name in ["out/a.txt", "out/mails/b.txt", "more/d.json"] {
        assert!(
            junit.contains(&format!("<testcase name=\"{name}\" classname=\"contracts\"")),
            "{junit}"
        );
    }
    assert!(junit.contains("tests=\"3\" failures=\"2\" errors=\"0\""), "{junit}");
    let sarif: Value = serde_json::from_str(&report("sarif")).unwrap();
    let location = |index: usize| sarif["runs"][0]["results"][index]["locations"][0].clone();
    let physical = &location(0)["physicalLocation"];
    assert_eq!(physical["artifactLocation"]["uri"], "out/mails/b.txt");
    assert_eq!(
        (&physical["region"]["startLine"], &physical["region"]["startColumn"]),
        (&json!(2), &json!(10))
    );
    assert_eq!(location(1)["physicalLocation"]["artifactLocation"]["uri"], "more/d.json");
    assert_eq!(location(1)["logicalLocations"][0]["fullyQualifiedName"], "/to");
    let markdown = report("markdown");
    assert!(markdown.contains("out/mails/b.txt") && !markdown.contains("out/a.txt"), "{markdown}");
    let document: Value = serde_json::from_str(&report("json")).unwrap();
    assert_eq!(document["purpose"], "quality");
    assert_eq!(document["summary"]["failed"], 2);
    assert_eq!(document["runs"][1]["file"], "out/mails/b.txt");
}

#[test]
fn findings_have_their_places_and_contracts_their_measures() {
    let place = outputs();
    let lines = json_lines(&judge(&place, "out/mails/b.txt more/d.json --format jsonl"));
    let answer = &lines[0]["contracts"][0];
    assert_eq!((&answer["contract"], &answer["outcome"]), (&json!("tollgate/pii"), &json!("fail")));
    let finding = &answer["findings"][0];
    assert_eq!(finding["span"], json!({"start": 20, "end": 35}));
    assert_eq!((&finding["line"], &finding["column"]), (&json!(2), &json!(10)));
    assert_eq!((&finding["rule"], &finding["confidence"]), (&json!("email"), &json!(0.95)));
    assert_eq!(answer["measures"][0], json!({"name": "found", "value": 1.0}));
    assert_eq!(lines[1]["contracts"][0]["findings"][0]["pointer"], "/to");
}
