//! Outputs that do not state what the gate has to know: they are not judged, and nothing of them waits for a review.

use serde_json::{Value, json};

use super::{check, context, json_lines, line, newsletter, recorded, release};

/// Returns an output without some keys of its context.
fn line_without(id: &str, keys: &[&str]) -> String {
    let mut output: Value = serde_json::from_str(&line(id, "Welcome.")).unwrap();
    let context = output["context"].as_object_mut().unwrap();
    keys.iter().for_each(|key| _ = context.remove(*key).unwrap());
    format!("{output}\n")
}

#[test]
fn what_no_review_can_supply_is_told_before_it_is_queued() {
    let place = newsletter();
    let all = [
        line("whole", "Welcome."),
        line_without("nobody", &["model", "campaign"]),
        line_without("nowhere", &["region"]),
        line_without("unpriced", &["output-tokens"]),
        line_without("nobody again", &["model", "campaign"]),
        json!({"id": "bare", "text": "Welcome."}).to_string() + "\n",
    ];
    place.write("own.jsonl", all.concat());
    check(&place, &["own.jsonl"]).exits_with_snapshot(2);
    assert_eq!(recorded(&place), (1, 1), "only the whole one is recorded");
    let queued = place.run(&["queue", "list", "--json"]).exits_with(0).json();
    assert_eq!(queued["runs"].as_array().map(Vec::len), Some(1), "{queued:#}");

    let results = json_lines(check(&place, &["own.jsonl", "--format", "jsonl"]).exits_with(2));
    let error = |index: usize| results[index]["error"].as_str().unwrap();
    assert_eq!(results[1]["decision"], Value::Null);
    let told =
        "cannot judge own.jsonl:2: `campaign`, `cost` and `model` are missing in its context";
    assert!(error(1).starts_with(told), "{}", error(1));
    assert!(
        error(1).contains(r#"`--context '{"campaign": …, "cost": …, "model": …}'`"#),
        "{}",
        error(1)
    );
    assert!(error(2).starts_with("cannot judge own.jsonl:3: `region` is missing in its context"));
    assert!(error(3).starts_with("cannot judge own.jsonl:4: `cost` is missing in its context"));
    assert!(error(5).contains("its `prompt` is missing"), "{}", error(5));
    let trial =
        check(&place, &["own.jsonl", "--no-record", "--format", "json"]).exits_with(2).json();
    assert_eq!(trial["summary"]["not-judged"], 5, "a trial says the same: {trial:#}");
}

#[test]
fn the_options_of_a_check_supply_what_is_missing() {
    let place = newsletter();
    place.write("letter.txt", "Welcome.").write("context.json", context().to_string());
    check(&place, &["letter.txt"]).exits_with_snapshot(2);
    let context = ["letter.txt", "--context", "@context.json"];
    let nameless = check(&place, &context);
    assert!(nameless.exits_with(2).out.contains("`--prompt NAME@VERSION`"), "{nameless:#?}");
    let prompt = ["--prompt", "prompts/welcome-email.prompt"];
    check(&place, &[&context[..], &prompt].concat()).exits_with_snapshot(1);
    assert_eq!(recorded(&place).0, 1);
}

#[test]
fn values_that_cannot_be_read_are_told_as_well() {
    let place = newsletter();
    let mut output: Value = serde_json::from_str(&line("a", "Welcome.")).unwrap();
    output["context"]["confidence"] = json!("very");
    place.write("own.jsonl", format!("{output}\n"));
    let ran = check(&place, &["own.jsonl"]);
    assert!(
        ran.exits_with(2).out.contains("`confidence` in its context cannot be read: "),
        "{ran:#?}"
    );
    assert_eq!(recorded(&place), (0, 0));
}

#[test]
fn an_attempt_that_is_blocked_in_any_case_is_recorded() {
    let place = newsletter();
    let action = json!({"tool": "bank.wire", "arguments": {}});
    place.write("own.jsonl", json!({"id": "wire", "action": action}).to_string() + "\n");
    let results = json_lines(check(&place, &["own.jsonl", "--format", "jsonl"]).exits_with(1));
    assert_eq!(results[0]["decision"], "block");
    assert_eq!(recorded(&place), (1, 1));
}

#[test]
fn a_check_says_that_files_are_not_released() {
    let place = newsletter();
    place.write("a.jsonl", line("a", "Welcome."));
    let note = "differ from its active release";
    let told = |arguments: &[&str]| {
        check(&place, &[&["a.jsonl"][..], arguments].concat()).exits_with(1).err.contains(note)
    };
    assert!(!told(&[]), "init has released the files");
    let path = "gates/welcome-email.toml";
    let gate = std::fs::read_to_string(place.path(path)).unwrap();
    place.write(path, gate.replace("confidence = 0.8", "confidence = 0.7"));
    check(&place, &["a.jsonl"]).exits_with_snapshot(1);
    assert!(told(&[]));
    assert!(!told(&["--format", "jsonl"]), "programs are not told");
    assert!(!told(&["--no-record"]), "a trial is of the files");
    release(&place).exits_with(0);
    assert!(!told(&[]));
}
