//! Looks afterwards: what has gone out, and whether it should have.

use super::{CHECKS, KIM, approve, check, events, level, review, short};
use crate::tool::Place;

/// At a gate whose outputs go out, and are all looked at afterwards.
pub(super) fn of(place: &Place, outputs: &str) {
    place.write("more.jsonl", outputs);
    let runs = check(place, "more.jsonl");
    let runs: Vec<_> = runs.as_object().unwrap().values().cloned().collect();
    assert!(runs.iter().all(|run| run["decision"] == "allow" && run["audit"] == true), "{runs:#?}");
    let runs: Vec<_> = runs.iter().map(short).collect();
    place.run(&["queue", "list"]).check(0, &["nothing waits"]);
    let listed = place.run(&["queue", "list", "--audit", "--json"]).json();
    assert_eq!(listed[0]["waiting-for"], "audit");

    let before = events(place);
    review(place, &runs[0], &[&["--approve"], &KIM]).check(1, &["`tone` is not answered"]);
    review(place, &runs[0], &[&["--edit", "@more.jsonl"], &KIM, &CHECKS]).check(1, &["gone out"]);
    approve(place, &runs[0], &["--reviewer", "Eve"]).check(1, &["no reviewer"]);
    assert_eq!(events(place), before);
    approve(place, &runs[0], &KIM).check(0, &["confirmed"]);
    approve(place, &runs[0], &KIM).check(1, &["does not wait any more"]);
    assert_eq!(level(place), 4);

    let reject = ["--reject", "it promises what ended"];
    let words = ["should not have", "https://mailer.example.com", "Kim Osei", "tollgate rollback"];
    let rejected = review(place, &runs[1], &[&reject, &KIM]);
    rejected.check(0, &words);
    rejected.check(0, &["went from level 4 to level 3", "it promises what ended"]);
    assert_eq!(level(place), 3);
    place.run(&["gate", "history", "welcome-email"]).check(0, &["incident"]);

    let back = ["rollback", &runs[2], "--by", "Kim Osei", "--reason", "the offer had ended"];
    place.run(&back).check(0, &["taken back", "mailer.example.com", "from level 3 to level 2"]);
    place.run(&back).check(1, &["Kim Osei has taken it back already"]);
    assert_eq!(level(place), 2);
}
