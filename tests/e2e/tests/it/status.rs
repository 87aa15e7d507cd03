//! The status of gates and their alerts, as the tool shows them.

use std::fs;

use crate::check::{check, newsletter, release};
use crate::json::schema_errors;
use crate::tool::Place;

const GATE: &str = "welcome-email";
/// Width of a terminal that shows each line whole. Sentences of the rules are the longest.
const COLUMNS: usize = 100;

fn assert_fits(shown: &str) {
    let long = shown.lines().find(|line| line.chars().count() > COLUMNS);
    assert_eq!(long, None, "{shown}");
}

fn report_incident(place: &Place) {
    let incident = ["incident", "--gate", GATE, "--by", "Kim Osei", "wrong name"];
    place.run(&incident).exits_with(0);
}

#[test]
fn one_screen_has_what_the_owner_watches() {
    let place = newsletter();
    check(&place, &["outputs.jsonl"]).exits_with(1);
    let status = place.run(&["status", GATE]);
    status.exits_with(0);
    for shown in [
        "level      l0-l5 3 (conditional): every output is held",
        "promotion  only 0 of 30 required outputs were reviewed at this level",
        "checked",
        "allowed unreviewed",
        "waiting, the oldest for ",
        " EUR today (",
        "calibration error",
        "half within ",
        "EUR per allowed output",
        "no alerts",
    ] {
        assert!(status.out.contains(shown), "{shown}: {}", status.out);
    }
    assert_fits(&status.out);
    let document = place.run(&["status", "--json"]).json();
    assert_eq!(schema_errors("status", &document), "");
    let gate = &document["gates"][0];
    assert_eq!(gate["today"]["runs"], gate["week"]["now"]["runs"]);
    assert_eq!(gate["level"]["level"], 3);
    place.run(&["status", "welcome-mail"]).exits_with(2);
}

#[test]
fn gates_of_a_project_are_one_line_each() {
    let place = newsletter();
    let record = fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let offers = record.replace("name = \"welcome-email\"", "name = \"offers\"");
    fs::write(place.path("gates/offers.toml"), offers).unwrap();
    place.run(&["lock"]).exits_with(0);
    let status = place.run(&["status"]);
    status.exits_with(0);
    let lines: Vec<_> = status.out.lines().collect();
    assert!(lines[0].starts_with("gate ") && lines[0].ends_with("alerts"), "{}", status.out);
    assert!(lines[1].starts_with("offers ") && lines[1].contains("no active release"), "{lines:?}");
    assert!(lines[2].starts_with("welcome-email ") && lines[2].contains("–"), "{lines:?}");
    assert_fits(&status.out);
}

#[test]
fn alerts_are_told_until_their_cause_ends() {
    let place = newsletter();
    release(&place).exits_with(0);
    let quiet = place.run(&["alerts"]);
    quiet.exits_with(0);
    assert_eq!(quiet.out, "no alerts\n");
    report_incident(&place);
    let alerts = place.run(&["alerts"]);
    alerts.exits_with(0);
    let lines: Vec<_> = alerts.out.lines().collect();
    assert!(lines[0].starts_with("incident  welcome-email  since "), "{lines:?}");
    assert_eq!(lines[1], "    incident: wrong name");
    assert!(lines[2].starts_with("level-demoted  welcome-email  since "), "{lines:?}");
    let document = place.run(&["alerts", "--json"]).json();
    assert_eq!(schema_errors("alerts", &document), "");
    assert_eq!(document["alerts"][0]["kind"], "incident");
    let status = place.run(&["status"]);
    assert!(status.out.contains("incident: wrong name"), "{}", status.out);
    assert_fits(&status.out);
}

#[test]
fn a_gate_file_with_errors_is_an_alert() {
    let place = newsletter();
    fs::write(place.path("gates/offers.toml"), "task = 1\n").unwrap();
    let alerts = place.run(&["alerts"]);
    alerts.exits_with(0);
    let expected = "gate-failed  offers\n    the gate file cannot be read: it has 1 error\n";
    assert_eq!(alerts.out, expected);
}
