//! Reviews after the gate has changed, and of outputs that are not stored.

use crate::check::{agree_on_changed_brand_voice, change_brand_voice};

use super::{KIM, LOU, approve, change_gate, count_events, decision, hold_output, project, review};

/// A change that affects no decision.
const COST_CENTRE: (&str, &str) = ("cost-centre = \"MKT-4410\"", "cost-centre = \"MKT-4411\"");
const FULL: (&str, &str) = ("contents = \"masked\"", "contents = \"full\"");
const NO_PHONES: (&str, &str) = ("\"email\", \"phone\",", "\"email\",");
/// Binds the contract about personal data once more, for telephone numbers.
const PHONES: (&str, &str) = (
    "[[contracts]]\ncontract = \"tollgate/banned-terms@^1\"",
    "[[contracts]]\ncontract = \"tollgate/pii@^1\"\nas = \"phones\"\nconfig = { kinds = [\"phone\"] }\n\
     on-fail = { error = \"hold\" }\n\n[[contracts]]\ncontract = \"tollgate/banned-terms@^1\"",
);

#[test]
fn judges_again_if_the_gate_has_changed() {
    let place = project(&[FULL]);
    let dana = hold_output(&place, "dana");
    change_gate(&place, &[COST_CENTRE]);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
    place.run(&["gate", "history", "welcome-email"]).exits_with_snapshot(0);
}

#[test]
fn an_approval_does_not_cover_new_findings() {
    let place = project(&[FULL, NO_PHONES]);
    let noor = hold_output(&place, "noor");
    change_gate(&place, &[("\"email\",", "\"email\", \"phone\",")]);
    approve(&place, &noor, &KIM).exits_with_snapshot(1);
    assert_eq!(decision(&place, &noor), "hold");
    place.run(&["queue", "show", &noor]).exits_with_snapshot(0);
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
}

#[test]
fn a_second_approval_does_not_cover_new_findings() {
    let place = project(&[FULL, NO_PHONES]);
    let noor = hold_output(&place, "noor");
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    change_gate(&place, &[("\"email\",", "\"email\", \"phone\",")]);
    approve(&place, &noor, &LOU).exits_with_snapshot(1);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
}

#[test]
fn a_newly_blocked_output_cannot_be_approved() {
    let place = project(&[FULL]);
    let dana = hold_output(&place, "dana");
    super::change(&place, "config/banned-terms.json", &[("miracle cure", "free delivery")]);
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
    approve(&place, &dana, &KIM).exits_with_snapshot(1);
    approve(&place, &dana, &KIM).exits_with_snapshot(1);
}

#[test]
fn a_masked_output_cannot_be_judged_again() {
    let place = project(&[]);
    let noor = hold_output(&place, "noor");
    change_gate(&place, &[COST_CENTRE]);
    let before = count_events(&place);
    approve(&place, &noor, &KIM).exits_with_snapshot(1);
    assert_eq!(count_events(&place), before);
    review(&place, &noor, &[&["--reject", "judged again"], &KIM]).exits_with(0);
}

#[test]
fn what_each_binding_finds_of_personal_data_is_not_kept() {
    let place = project(&[NO_PHONES, PHONES]);
    let noor = hold_output(&place, "noor");
    let ran = place.run(&["queue", "show", &noor, "--json"]);
    let shown = &ran.exits_with(0).out;
    assert!(shown.contains("If anything is unclear"), "{shown}");
    assert!(!shown.contains("kim.osei@example.com") && !shown.contains("7946"), "{shown}");
}

#[test]
fn a_reviewer_can_supply_an_output_that_is_not_stored() {
    let place = project(&[("contents = \"masked\"", "contents = \"digest\"")]);
    let line = r#"{"id": "a", "text": "Hello. Welcome to us.", "prompt": "welcome-email@2.1.0", "context": {"campaign":"autumn","channel":"email","confidence":0.9,"data-classes":["contact"],"input-tokens":1,"model":"acme/large","output-tokens":1,"region":"eu"}}"#;
    place.write("one.jsonl", line);
    let run = super::short(&super::check(&place, "one.jsonl")["a"]);
    let shown = place.run(&["queue", "show", &run, "--json"]).exits_with(0).json();
    place.run(&["queue", "show", &run]).exits_with_snapshot(0);
    let before = count_events(&place);
    approve(&place, &run, &KIM).exits_with_snapshot(1);

    let mut subject: serde_json::Value = serde_json::from_str(line).unwrap();
    subject["prompt"] = shown["prompt"].clone();
    subject.as_object_mut().unwrap().remove("id");
    place.write("subject.json", subject.to_string().replace("Hello", "Hallo"));
    let reviewer = [&["--subject", "subject.json"], &KIM[..]].concat();
    approve(&place, &run, &reviewer).exits_with_snapshot(1);
    assert_eq!(count_events(&place), before);
    place.write("subject.json", r#"{"txt": "Hello"}"#);
    let misspelt = approve(&place, &run, &reviewer);
    assert!(misspelt.exits_with(2).err.contains("`subject.json`"), "{misspelt:#?}");
    assert!(misspelt.err.contains("unknown member `txt`"), "{misspelt:#?}");
    // The line as it was checked, with its id and without the digest of the prompt.
    place.write("subject.json", line);
    approve(&place, &run, &reviewer).exits_with_snapshot(0);
    let stored = place.run(&["queue", "show", &run, "--json"]).json();
    assert_eq!(stored["content"]["kind"], "digest", "the supplied output is not stored");
}

#[test]
fn a_held_output_is_not_erased_when_it_expires() {
    let place = project(&[("retention = \"400d\"", "retention = \"1s\"")]);
    let dana = hold_output(&place, "dana");
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    let erase = ["log", "erase", "--expired", "--by", "Dana Hill", "--reason", "over"];
    place.run(&erase).exits_with_snapshot(0);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
}

#[test]
fn a_changed_brand_voice_must_be_agreed_first() {
    let place = project(&[FULL]);
    let release = || place.run(&["release", "--by", "Sam Reed"]);
    let dana = hold_output(&place, "dana");
    change_brand_voice(&place);
    // Nobody has released the changed document.
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
    let dana = hold_output(&place, "dana");
    release().exits_with(2);
    agree_on_changed_brand_voice(&place);
    release().exits_with(0);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);
}

#[test]
fn a_cap_stops_new_outputs_and_no_reviews() {
    let place = project(&[("per-day = \"12.00\"", "per-day = \"0.004\"")]);
    let lines = std::fs::read_to_string(place.path("outputs.jsonl")).unwrap();
    let two: Vec<_> = lines.lines().take(2).collect();
    place.write("two.jsonl", two.join("\n"));
    let runs = super::check(&place, "two.jsonl");
    assert_eq!(
        (&runs["dana"]["decision"], &runs["lee"]["decision"]),
        (&"hold".into(), &"block".into())
    );
    approve(&place, &super::short(&runs["dana"]), &KIM).exits_with_snapshot(0);
    assert_eq!(super::check(&place, "two.jsonl")["dana"]["decision"], "block");
}

#[test]
fn an_approval_does_not_spend_again() {
    let place = project(&[("per-day = \"12.00\"", "per-day = \"0.003\"")]);
    let lines = std::fs::read_to_string(place.path("outputs.jsonl")).unwrap();
    place.write("one.jsonl", lines.lines().next().unwrap());
    let run = super::short(&super::check(&place, "one.jsonl")["dana"]);
    approve(&place, &run, &KIM).exits_with_snapshot(0);
}
