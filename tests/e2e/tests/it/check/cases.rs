//! `tollgate gate test`: the test cases of a gate.

use std::fs;

use super::{newsletter, recorded};

#[test]
fn the_example_passes_its_cases() {
    let place = newsletter();
    place.run(&["gate", "test"]).exits_with_snapshot(0);
    assert_eq!(recorded(&place), (0, 0), "a test records nothing");
    let tested = place.run(&["gate", "test", "welcome-email", "--json"]).exits_with(0).json();
    assert_eq!((&tested["passed"], &tested["failed"]), (&15.into(), &0.into()));
    place.run(&["gate", "test", "--junit"]).exits_with_snapshot(0);
}

#[test]
fn cases_fail_when_the_gate_is_changed() {
    let place = newsletter();
    let gate = fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let changed = gate
        .replace("channels = [\"email\"]", "channels = [\"email\", \"billboard\"]")
        .replace("confidence = 0.8", "confidence = 0.4")
        // Whether an output is sampled depends on the name of its run, which is random.
        .replace("sample-share = 0.1", "sample-share = 1");
    place.write("gates/welcome-email.toml", changed);
    place.run(&["gate", "test"]).exits_with_snapshot(1);
    let tested = place.run(&["gate", "test", "--json"]).exits_with(1).json();
    let cases = tested["cases"].as_array().unwrap().iter();
    assert_eq!(cases.filter(|case| case["mismatches"] != serde_json::json!([])).count(), 2);
    place.run(&["gate", "test", "--junit"]).exits_with_snapshot(1);
}

#[test]
fn rejects_invalid_cases() {
    let place = newsletter();
    let test_cases = |text: &str| {
        place.write("cases/welcome-email.jsonl", text);
        place.run(&["gate", "test"]).exits_with_snapshot(2);
    };
    test_cases("");
    test_cases("{\"text\": \"a\"}\n");
    test_cases("{\"text\": \"a\", \"expect\": \"pass\"}\n");
    test_cases("{\"text\": \"a\", \"expect\": \"hold\", \"level\": 4}\n");
    test_cases("{\"text\": \"a\", \"expect\": \"hold\", \"at-level\": 9}\n");
    let duplicate_id = "{\"id\": \"x\", \"text\": \"a\", \"expect\": \"hold\"}\n".repeat(2);
    test_cases(&duplicate_id);
    fs::remove_dir_all(place.path("cases")).unwrap();
    place.run(&["gate", "test"]).exits_with_snapshot(2);
    place.run(&["gate", "test", "welcome-email"]).exits_with_snapshot(2);
}
