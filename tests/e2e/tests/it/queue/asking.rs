//! A review on a terminal: the reviewer is asked question by question.

use super::{count_events, decision, hold_output, project};

#[test]
fn a_reviewer_is_asked_on_a_terminal() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let review = ["queue", "review", &dana, "--reviewer", "Kim Osei"];
    // Without a terminal nobody can be asked.
    place.run(&review).exits_with_snapshot(2);
    let before = count_events(&place);
    let ended = place.run_on_terminal(&review, "yes\nthe offer page\n\u{4}");
    assert!(ended.exits_with(1).out.contains("nothing is recorded"), "{ended:#?}");
    assert_eq!(count_events(&place), before);

    let unanswered = place.run_on_terminal(&review, "\nyes\napprove\n");
    let missing = "question `promises` has no answer";
    assert!(unanswered.exits_with(1).out.contains(missing), "{unanswered:#?}");

    let typed = "yes\nthe offer page\nyes\ne\napprove\n";
    let approved = place.run_on_terminal(&review, typed);
    for shown in [
        "free delivery until the end of the month",
        "Is everything that it promises on the offer page? (an approval needs `yes`)",
        "what did you look at",
        "write one of the four words",
        "it goes out, approved by Kim Osei",
    ] {
        assert!(approved.exits_with(0).out.contains(shown), "{shown}: {approved:#?}");
    }
    assert_eq!(decision(&place, &dana), "allow");

    let again = place.run_on_terminal(&review, "");
    assert!(again.exits_with(1).out.contains("the run is not waiting any more"), "{again:#?}");
    assert!(!again.out.contains("what did you look at"), "{again:#?}");
}

#[test]
fn an_edit_and_a_rejection_are_asked_for_what_they_need() {
    let place = project(&[]);
    let runs = super::check(&place, "outputs.jsonl");
    let (dana, lee) = (super::short(&runs["dana"]), super::short(&runs["lee"]));
    place.write("better.txt", "Hello Dana,\n\nwelcome! One letter each week.\n\nAll the best\nKim");
    let review = |run: &str, typed: &str| {
        place.run_on_terminal(&["queue", "review", run, "--reviewer", "Kim Osei"], typed)
    };
    let typed = "yes\nthe offer page\nyes\nedit\nmissing.txt\nedit\nbetter.txt\n";
    let edited = review(&dana, typed);
    assert!(edited.exits_with(0).out.contains("cannot read `missing.txt`"), "{edited:#?}");
    let rejected = review(&lee, "\n\nreject\n\nreject\nthe offer is over\n");
    assert!(rejected.exits_with(0).out.contains("a reason is needed"), "{rejected:#?}");
    let shown = place.run(&["log", "show", &lee]).exits_with(0).out.clone();
    assert!(shown.contains("the offer is over"), "{shown}");
}
