//! The output formats for other tools.

use std::process::Command;

use serde_json::{Value, json};

use super::{check, context, line, lines, newsletter, recorded};
use crate::tool::{Place, Ran};

/// Converts a JUnit report to JSON: the counts, and the elements in each case.
const PARSE: &str = "
import json, sys, xml.etree.ElementTree as tree
root = tree.parse(sys.stdin).getroot()
suite = root.find('testsuite')
cases = [{**case.attrib, 'in': [{'tag': e.tag, **e.attrib, 'text': e.text} for e in case]}
         for case in suite]
print(json.dumps({'all': root.attrib, 'suite': suite.attrib, 'cases': cases}))
";

fn parse_junit(place: &Place, xml: &str) -> Value {
    place.write("report.xml", xml);
    let file = std::fs::File::open(place.path("report.xml")).unwrap();
    let mut python = Command::new("python3");
    Ran::from_command(python.args(["-c", PARSE]).stdin(file)).exits_with(0).json()
}

/// Creates a project with the six outputs of the example, one whose id needs escaping in every
/// format, and one that is invalid.
pub(super) fn mixed() -> Place {
    let place = newsletter();
    let outputs = std::fs::read_to_string(place.path("outputs.jsonl")).unwrap();
    let id = "</testcase>|\u{1}\u{fffe}\"&\n![x](http://evil) @dana `<img>";
    let special = line(id, "Act now: <b>guaranteed</b>");
    place.write("mixed.jsonl", outputs + &special + "{\"text\": 1}\n");
    place
}

#[test]
fn junit() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "junit"]);
    let report = parse_junit(&place, &ran.exits_with(2).out);
    for counts in [&report["all"], &report["suite"]] {
        assert_eq!(counts["tests"], "8");
        assert_eq!(counts["failures"], "7");
        assert_eq!(counts["errors"], "1");
        assert_ne!(counts["time"], "0.000000");
    }
    let cases = report["cases"].as_array().unwrap();
    assert_eq!(cases[0]["name"], "dana");
    assert_eq!(cases[0]["in"][1], json!({"tag": "system-out", "text": "mixed.jsonl:1"}));
    assert_eq!(
        (&cases[0]["in"][0]["tag"], &cases[0]["in"][0]["type"]),
        (&json!("failure"), &json!("hold"))
    );
    assert_eq!(cases[3]["in"][0]["type"], "block");
    let message = cases[3]["in"][0]["message"].as_str().unwrap();
    assert!(message.contains("banned-terms"), "{message}");
    let id = "</testcase>|\\u{1}\\u{fffe}\"&\n![x](http://evil) @dana `<img>";
    assert_eq!(cases[6]["name"], id);
    assert_eq!(
        (&cases[7]["name"], &cases[7]["in"][0]["tag"]),
        (&json!("mixed.jsonl:8"), &json!("error"))
    );
    assert_eq!(recorded(&place), (7, 7));
}

#[test]
fn junit_reports_passed_cases() {
    let place = newsletter();
    place.write("none.jsonl", "");
    let ran = check(&place, &["none.jsonl", "--format", "junit"]);
    assert_eq!(parse_junit(&place, &ran.exits_with(2).out)["suite"]["tests"], "1");
    let ran = place.run(&["gate", "test", "--junit"]);
    let report = parse_junit(&place, &ran.exits_with(0).out);
    assert!(
        report["cases"].as_array().unwrap().iter().all(|case| case["in"][0]["tag"] == "system-out")
    );
}

#[test]
fn sarif() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "sarif"]);
    let log = ran.exits_with(2).json();
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "tollgate");
    let results = run["results"].as_array().unwrap();
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    let mut fingerprints = Vec::new();
    for result in results {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result:#}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "mixed.jsonl");
        assert!(place["region"]["startLine"].as_u64().unwrap() > 0);
        fingerprints.push(result["partialFingerprints"]["tollgate/v1"].to_string());
    }
    let count = fingerprints.len();
    fingerprints.sort();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), count, "fingerprints are unique");
    let email = results.iter().find(|result| result["ruleId"] == "tollgate/pii/email").unwrap();
    assert_eq!(
        (&email["level"], &email["properties"]["output"]),
        (&json!("error"), &json!("noor"))
    );
    assert_eq!(email["locations"][0]["physicalLocation"]["region"], json!({"startLine": 3}));
    let channel = results.iter().find(|result| result["ruleId"] == "channel-not-allowed").unwrap();
    assert_eq!(channel["level"], "error");
    let invocation = &run["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], false);
    let notifications = invocation["toolExecutionNotifications"].as_array().unwrap();
    assert_eq!(notifications.len(), 1);
    assert!(notifications[0]["message"]["text"].as_str().unwrap().contains("mixed.jsonl:8"));
}

#[test]
fn sarif_points_into_texts_and_documents() {
    let place = newsletter();
    place.write("a b.txt", "Hello 🎉,\n🎉🎉 act now!\n");
    place.write("order.json", json!({"to": {"mail": "kim@example.com"}}).to_string());
    place.write("context.json", context().to_string());
    let facts = ["--context", "@context.json", "--prompt", "welcome-email@2.1.0"];
    let ran =
        check(&place, &[&facts[..], &["a b.txt", "order.json", "--format", "sarif"]].concat());
    let log = ran.exits_with(1).json();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let result_of = |rule: &str| results.iter().find(|result| result["ruleId"] == rule).unwrap();
    let term = &result_of("tollgate/banned-terms/banned-term")["locations"][0]["physicalLocation"];
    assert_eq!(term["artifactLocation"]["uri"], "a%20b.txt");
    let region = json!({"startLine": 2, "startColumn": 6, "endLine": 2, "endColumn": 13});
    assert_eq!(term["region"], region);
    let email = &result_of("tollgate/pii/email")["locations"][0];
    assert_eq!(email["logicalLocations"][0]["fullyQualifiedName"], "/to/mail");
    assert_eq!(log["runs"][0]["invocations"][0]["executionSuccessful"], true);
}

#[test]
fn markdown() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "markdown"]);
    ran.exits_with_snapshot(2);
    let rows: Vec<_> = ran.out.lines().skip_while(|line| !line.starts_with("| | output")).collect();
    assert_eq!(rows.len(), 2 + 8, "{ran:#?}");
    assert!(rows.iter().all(|row| row.matches('|').count() == 5), "{rows:#?}");
    assert!(!ran.out.contains("![x]") && !ran.out.contains("@dana"), "{ran:#?}");

    place.write("many.jsonl", lines(300));
    let ran = check(&place, &["many.jsonl", "--format", "markdown"]);
    ran.exits_with_snapshot(1);
    // GitHub's limit for a comment.
    assert!(ran.out.len() < 65_536, "{}", ran.out.len());
}

#[test]
fn json() {
    let place = mixed();
    let ran = check(&place, &["mixed.jsonl", "--format", "json"]);
    let report = ran.exits_with(2).json();
    assert_eq!(report["runs"].as_array().unwrap().len(), 8);
    let counts =
        json!({"allowed": 0, "held": 4, "blocked": 3, "not-judged": 1, "already-recorded": 0});
    assert_eq!(report["summary"], counts);
    assert_eq!(report["runs"][7]["decision"], Value::Null);
    assert!(report["runs"][7]["error"].is_string());
    check(&place, &["mixed.jsonl"]).exits_with_snapshot(2);
}
