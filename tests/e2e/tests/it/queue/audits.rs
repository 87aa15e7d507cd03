//! Audits: reviews of outputs that have already gone out.

use super::{CHECKS, KIM, approve, check, count_events, level, review, short};
use crate::tool::Place;

/// Checks outputs at a gate that allows them and samples all for audit, and audits them.
pub(super) fn audit_outputs(place: &Place, outputs: &str) {
    place.write("more.jsonl", outputs);
    let runs = check(place, "more.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().cloned().collect();
    assert!(runs.iter().all(|run| run["decision"] == "allow" && run["audit"] == true), "{runs:#?}");
    let runs: Vec<_> = runs.iter().map(short).collect();
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    let listed = place.run(&["queue", "list", "--audit", "--json"]).json();
    assert_eq!(listed["runs"][0]["waiting-for"], "audit");

    let before = count_events(place);
    review(place, &runs[0], &[&["--approve"], &KIM]).exits_with_snapshot(1);
    review(place, &runs[0], &[&["--edit", "@more.jsonl"], &KIM, &CHECKS]).exits_with_snapshot(1);
    approve(place, &runs[0], &["--reviewer", "Eve"]).exits_with_snapshot(1);
    // On a terminal, only what an audit can do is offered.
    let typed = "edit\nescalate\napprove\n\n\n\n\n\u{4}";
    let asked = place.run_on_terminal(&["queue", "review", &runs[0], KIM[0], KIM[1]], typed);
    let out = &asked.exits_with(1).out;
    for shown in [
        "approve or reject: ",
        "write approve or reject, or how the word begins",
        "with these answers, the output can only be rejected",
    ] {
        assert!(out.contains(shown), "{shown}: {out}");
    }
    assert!(!out.contains("edit, reject or escalate") && !out.contains("or escalated"), "{out}");
    assert_eq!(count_events(place), before);
    approve(place, &runs[0], &KIM).exits_with_snapshot(0);
    approve(place, &runs[0], &KIM).exits_with_snapshot(1);
    assert_eq!(level(place), 4);

    let reject = ["--reject", "it promises what ended"];
    review(place, &runs[1], &[&reject, &KIM]).exits_with_snapshot(0);
    assert_eq!(level(place), 3);
    place.run(&["gate", "history", "welcome-email"]).exits_with_snapshot(0);

    let retract = ["retract", &runs[2], "--by", "Kim Osei", "--reason", "the offer had ended"];
    place.run(&retract).exits_with_snapshot(0);
    place.run(&retract).exits_with_snapshot(1);
    assert_eq!(level(place), 2);
    // Nobody can say afterwards that it was right to go out.
    approve(place, &runs[2], &KIM).exits_with_snapshot(1);
    let listed = place.run(&["queue", "list", "--audit", "--json"]).json();
    assert_eq!(listed["runs"].as_array().map(Vec::len), Some(0), "{listed:#}");
}
