//! Reviews when the gate is another by now, and of outputs that are not kept.

use super::{GATE, KIM, LOU, approve, change, decision, events, held, project, review};

/// What anybody may change in a record.
const OTHER: (&str, &str) = ("cost-centre = \"MKT-4410\"", "cost-centre = \"MKT-4411\"");
const FULL: (&str, &str) = ("contents = \"masked\"", "contents = \"full\"");
const NO_PHONES: (&str, &str) = ("\"email\", \"phone\",", "\"email\",");

#[test]
fn a_gate_that_has_changed_judges_again() {
    let place = project(&[FULL]);
    let dana = held(&place, "dana");
    change(&place, GATE, &[OTHER]);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
    place.run(&["gate", "history", "welcome-email"]).exits_with_snapshot(0);
}

#[test]
fn what_nobody_has_seen_is_not_approved() {
    let place = project(&[FULL, NO_PHONES]);
    let noor = held(&place, "noor");
    change(&place, GATE, &[("\"email\",", "\"email\", \"phone\",")]);
    approve(&place, &noor, &KIM).exits_with_snapshot(1);
    assert_eq!(decision(&place, &noor), "hold");
    place.run(&["queue", "show", &noor]).exits_with_snapshot(0);
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
}

#[test]
fn an_approval_is_of_what_was_seen() {
    let place = project(&[FULL, NO_PHONES]);
    let noor = held(&place, "noor");
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    change(&place, GATE, &[("\"email\",", "\"email\", \"phone\",")]);
    approve(&place, &noor, &LOU).exits_with_snapshot(1);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
}

#[test]
fn what_the_gate_blocks_by_now_is_not_approved() {
    let place = project(&[FULL]);
    let dana = held(&place, "dana");
    change(&place, "config/banned-terms.json", &[("miracle cure", "free delivery")]);
    approve(&place, &dana, &KIM).exits_with_snapshot(1);
    approve(&place, &dana, &KIM).exits_with_snapshot(1);
}

#[test]
fn without_the_whole_output_nothing_is_judged_again() {
    let place = project(&[]);
    let noor = held(&place, "noor");
    change(&place, GATE, &[OTHER]);
    let before = events(&place);
    approve(&place, &noor, &KIM).exits_with_snapshot(1);
    assert_eq!(events(&place), before);
    review(&place, &noor, &[&["--reject", "judged again"], &KIM]).exits_with(0);
}

#[test]
fn what_is_not_kept_is_brought() {
    let place = project(&[("contents = \"masked\"", "contents = \"digest\"")]);
    let line = r#"{"id": "a", "text": "Hello. Welcome to us.", "prompt": "welcome-email@2.1.0", "context": {"campaign":"autumn","channel":"email","confidence":0.9,"data-classes":["contact"],"input-tokens":1,"model":"acme/large","output-tokens":1,"region":"eu"}}"#;
    place.write("one.jsonl", line);
    let run = super::short(&super::check(&place, "one.jsonl")["a"]);
    let shown = place.run(&["queue", "show", &run, "--json"]).exits_with(0).json();
    place.run(&["queue", "show", &run]).exits_with_snapshot(0);
    let before = events(&place);
    approve(&place, &run, &KIM).exits_with_snapshot(1);

    let mut subject: serde_json::Value = serde_json::from_str(line).unwrap();
    subject["prompt"] = shown["prompt"].clone();
    subject.as_object_mut().unwrap().remove("id");
    place.write("subject.json", subject.to_string().replace("Hello", "Hallo"));
    let given = [&["--subject", "subject.json"], &KIM[..]].concat();
    approve(&place, &run, &given).exits_with_snapshot(1);
    assert_eq!(events(&place), before);
    place.write("subject.json", subject.to_string());
    approve(&place, &run, &given).exits_with_snapshot(0);
    let kept = place.run(&["queue", "show", &run, "--json"]).json();
    assert_eq!(kept["content"]["kind"], "digest", "it is not kept because it was brought");
}

#[test]
fn what_was_said_of_it_is_gone_and_so_nobody_approves_it() {
    let place = project(&[("retention = \"400d\"", "retention = \"1s\"")]);
    let dana = held(&place, "dana");
    // A hold is not erased as long as it waits; the tool says so.
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let erase = ["log", "erase", "--expired", "--by", "Dana Hill", "--reason", "over"];
    place.run(&erase).exits_with_snapshot(0);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
}

#[test]
fn what_is_still_wrong_is_put_right_before_it_is_approved() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let voice = std::fs::read(place.path("brand/voice.md")).unwrap();
    place.write("brand/voice.md", "Shout!\n");
    let before = events(&place);
    approve(&place, &dana, &KIM).exits_with_snapshot(1);
    assert_eq!(events(&place), before);
    place.write("brand/voice.md", voice);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
}

#[test]
fn what_was_paid_for_is_not_counted_twice() {
    let place = project(&[("per-day = \"12.00\"", "per-day = \"0.003\"")]);
    let lines = std::fs::read_to_string(place.path("outputs.jsonl")).unwrap();
    place.write("one.jsonl", lines.lines().next().unwrap());
    let run = super::short(&super::check(&place, "one.jsonl")["dana"]);
    approve(&place, &run, &KIM).exits_with_snapshot(0);
}
