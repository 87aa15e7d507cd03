//! The recorded cases of a gate.

use std::fs;

use super::newsletter;

#[test]
fn the_cases_of_the_example_hold() {
    let place = newsletter();
    place.run(&["gate", "test"]).exits_with_snapshot(0);
    assert!(!place.path(".tollgate").exists(), "nothing is recorded");
    let said = place.run(&["gate", "test", "welcome-email", "--json"]).exits_with(0).json();
    assert_eq!((&said["passed"], &said["failed"]), (&15.into(), &0.into()));
    let junit = place.run(&["gate", "test", "--junit"]);
    junit.exits_with_snapshot(0);
}

#[test]
fn a_gate_that_was_changed_is_noticed() {
    let place = newsletter();
    let gate = fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let changed = gate
        .replace("channels = [\"email\"]", "channels = [\"email\", \"billboard\"]")
        .replace("confidence = 0.8", "confidence = 0.4");
    place.write("gates/welcome-email.toml", changed);
    let ran = place.run(&["gate", "test"]);
    ran.exits_with_snapshot(1);
    let said = place.run(&["gate", "test", "--json"]).exits_with(1).json();
    let wrong = said["cases"].as_array().unwrap().iter();
    let wrong: Vec<_> = wrong.filter(|case| case["mismatches"] != serde_json::json!([])).collect();
    assert_eq!(wrong.len(), 2);
    let junit = place.run(&["gate", "test", "--junit"]);
    junit.exits_with_snapshot(1);
}

#[test]
fn cases_that_say_nothing_are_errors() {
    let place = newsletter();
    let cases = |text: &str| {
        place.write("cases/welcome-email.jsonl", text);
        place.run(&["gate", "test"]).exits_with_snapshot(2);
    };
    cases("");
    cases("{\"text\": \"a\"}\n");
    cases("{\"text\": \"a\", \"expect\": \"pass\"}\n");
    cases("{\"text\": \"a\", \"expect\": \"hold\", \"level\": 4}\n");
    cases("{\"text\": \"a\", \"expect\": \"hold\", \"at-level\": 9}\n");
    let twice = "{\"id\": \"x\", \"text\": \"a\", \"expect\": \"hold\"}\n".repeat(2);
    cases(&twice);
    fs::remove_dir_all(place.path("cases")).unwrap();
    place.run(&["gate", "test"]).exits_with_snapshot(2);
    place.run(&["gate", "test", "welcome-email"]).exits_with_snapshot(2);
}
