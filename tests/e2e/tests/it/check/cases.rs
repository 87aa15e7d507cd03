//! The recorded cases of a gate.

use std::fs;

use super::newsletter;

#[test]
fn the_cases_of_the_example_hold() {
    let place = newsletter();
    place.run(&["gate", "test"]).check(0, &["welcome-email", "15 passed, 0 failed"]);
    assert!(!place.path(".tollgate").exists(), "nothing is recorded");
    let said = place.run(&["gate", "test", "welcome-email", "--json"]).check(0, &[]).json();
    assert_eq!((&said["passed"], &said["failed"]), (&15.into(), &0.into()));
    let junit = place.run(&["gate", "test", "--junit"]);
    junit.check(0, &["tests=\"15\" failures=\"0\" errors=\"0\"", "cases/welcome-email.jsonl"]);
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
    ran.check(1, &["13 passed, 2 failed", "it would go to a billboard", "the model was not sure"]);
    ran.check(1, &["wanted `block`, and it came to `allow`"]);
    ran.check(1, &["wanted `channel-outside` among the reasons", "cases/welcome-email.jsonl:8"]);
    let said = place.run(&["gate", "test", "--json"]).check(1, &[]).json();
    let wrong = said["cases"].as_array().unwrap().iter();
    let wrong: Vec<_> = wrong.filter(|case| case["wrong"] != serde_json::json!([])).collect();
    assert_eq!(wrong.len(), 2);
    let junit = place.run(&["gate", "test", "--junit"]);
    junit.check(1, &["failures=\"2\"", "type=\"not-as-expected\""]);
}

#[test]
fn cases_that_say_nothing_are_errors() {
    let place = newsletter();
    let cases = |text: &str, words: &[&str]| {
        place.write("cases/welcome-email.jsonl", text);
        place.run(&["gate", "test"]).check(2, words);
    };
    cases("", &["cases/welcome-email.jsonl", "holds no cases"]);
    cases("{\"text\": \"a\"}\n", &["cases/welcome-email.jsonl:1 is no case", "no `expect`"]);
    cases("{\"text\": \"a\", \"expect\": \"pass\"}\n", &["unknown variant `pass`"]);
    cases("{\"text\": \"a\", \"expect\": \"hold\", \"level\": 4}\n", &["`level` is none of"]);
    cases("{\"text\": \"a\", \"expect\": \"hold\", \"at-level\": 9}\n", &["has no level 9"]);
    let twice = "{\"id\": \"x\", \"text\": \"a\", \"expect\": \"hold\"}\n".repeat(2);
    cases(&twice, &["welcome-email.jsonl:2: `x` is on line 1 already"]);
    fs::remove_dir_all(place.path("cases")).unwrap();
    place.run(&["gate", "test"]).check(2, &["no gate has cases", "`cases/welcome-email.jsonl`"]);
    place.run(&["gate", "test", "welcome-email"]).check(2, &["gate `welcome-email` has no cases"]);
}
