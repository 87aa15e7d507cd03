//! A review on a terminal: the reviewer is asked question by question.

use super::{count_events, decision, hold_output, project, short};

#[test]
fn a_reviewer_is_asked_on_a_terminal() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let review = ["queue", "review", &dana, "--reviewer", "Kim Osei"];
    // Without a terminal nobody can be asked.
    place.run(&review).exits_with_snapshot(2);
    let before = count_events(&place);
    // Nor can somebody who does not see the output that the questions are about.
    let unseen = place.run_on_terminal_into("shown.txt", &review, "\u{4}");
    let refused = "run the command on a terminal that shows what it prints";
    assert!(unseen.exits_with(2).out.contains(refused), "{unseen:#?}");
    let ended = place.run_on_terminal(&review, "approve\nyes\nthe offer page\n\u{4}");
    assert!(ended.exits_with(1).out.contains("nothing is recorded"), "{ended:#?}");
    assert_eq!(count_events(&place), before);

    // What an approval lacks is told at once and asked again, and nothing that was answered is lost.
    let unanswered = place.run_on_terminal(&review, "approve\n\nmaybe\nyes\n\u{4}");
    for shown in [
        "without an answer, the output can only be rejected or escalated",
        "`maybe` is not an expected answer: write `yes` or `no`, or only press Enter",
        "question `promises` has no answer",
        "nothing is recorded",
    ] {
        assert!(unanswered.exits_with(1).out.contains(shown), "{shown}: {unanswered:#?}");
    }
    assert_eq!(count_events(&place), before);

    let typed = "e\napprove\n\nyes\nyes\nthe offer page\n";
    let approved = place.run_on_terminal(&review, typed);
    for shown in [
        "free delivery until the end of the month",
        "Is everything that it promises on the offer page? (an approval needs `yes`)",
        "what did you look at",
        "`e` can be `edit` or `escalate`: write more of it",
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
    let typed = "edit\nmissing.txt\n@better.txt\nyes\nthe offer page\nyes\n";
    let edited = review(&dana, typed);
    assert!(edited.exits_with(0).out.contains("cannot read `missing.txt`"), "{edited:#?}");
    // The text that would go out is shown before the questions about it.
    let asked = edited.out.rsplit("the edited output").next().unwrap_or_default();
    let (shown, _) = asked.split_once("what did you look at").unwrap_or_default();
    assert!(shown.contains("| welcome! One letter each week."), "{edited:#?}");
    let rejected = review(&lee, "reject\n\nthe offer is over\n");
    assert!(rejected.exits_with(0).out.contains("a reason is needed"), "{rejected:#?}");
    let shown = place.run(&["log", "show", &lee]).exits_with(0).out.clone();
    assert!(shown.contains("the offer is over"), "{shown}");
}

#[test]
fn nobody_is_asked_who_may_not_review() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let refused =
        place.run_on_terminal(&["queue", "review", &dana, "--reviewer", "Pat Stranger"], "");
    let out = &refused.exits_with(1).out;
    assert!(out.contains("Pat Stranger is not a reviewer of this gate"), "{out}");
    assert!(!out.contains("an approval needs"), "{out}");
}

#[test]
fn a_reviewer_is_told_first_what_no_approval_lifts() {
    let ended = "on = 2025-09-01\nuntil = 2026-01-31";
    let place = project(&[("contents = \"masked\"", "contents = \"full\"")]);
    let gate = std::fs::read_to_string(place.path("gates/welcome-email.toml")).unwrap();
    let days = gate.lines().skip_while(|line| !line.starts_with("on = ")).take(2);
    let valid = &*days.collect::<Vec<_>>().join("\n");
    super::change_gate(&place, &[(valid, ended)]);
    let dana = short(&super::check(&place, "outputs.jsonl")["dana"]);
    let told = "no approval lifts this: the approval of model `acme/large` ended on 2026-01-31";
    let shown = place.run(&["queue", "show", &dana]).exits_with_snapshot(0).out.clone();
    assert!(shown.contains(told) && !shown.contains("command to approve"), "{shown}");
    let review = ["queue", "review", &dana, "--reviewer", "Kim Osei"];
    // The checklist is not asked for an approval that is not possible.
    let asked = place.run_on_terminal(&review, "approve\n\u{4}");
    let out = &asked.exits_with(1).out;
    assert_eq!(out.matches(told).count(), 2, "shown, and told again: {out}");
    assert!(!out.contains("an approval needs") && out.contains("nothing is recorded"), "{out}");
    super::approve(&place, &dana, &super::KIM).exits_with_snapshot(1);
    // Once the gate is corrected and released, the output can be approved.
    super::change_gate(&place, &[(ended, valid)]);
    let shown = place.run(&["queue", "show", &dana]).exits_with(0).out.clone();
    assert!(
        !shown.contains("no approval lifts") && shown.contains("command to approve"),
        "{shown}"
    );
    super::approve(&place, &dana, &super::KIM).exits_with(0);
}

#[test]
fn answers_from_before_an_edit_do_not_count_for_it() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    place.write("better.txt", "Hello Dana,\n\nwelcome! One letter each week.\n\nAll the best\nKim");
    let review = ["queue", "review", &dana, "--reviewer", "Kim Osei"];
    let answers = ["--check", "promises=yes", "--evidence", "promises=a", "--check", "tone=yes"];
    let before = count_events(&place);
    let edit = [&review[..], &answers].concat();
    let unanswered = place.run_on_terminal(&edit, "edit\nbetter.txt\n\n\n\u{4}");
    let missing = "question `promises` has no answer";
    assert!(unanswered.exits_with(1).out.contains(missing), "{unanswered:#?}");
    assert_eq!(count_events(&place), before);
}

#[test]
fn what_a_reviewer_writes_is_no_heading_of_the_record() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let forged = "who owned the decision\n  Nobody";
    let name = format!("Kim Osei\n{forged}");
    let named = ["queue", "review", &dana, "--reject", "old", "--reviewer", &name];
    let refused = place.run(&named);
    assert!(refused.exits_with(2).err.contains("a line break or a tab (U+000A)"), "{refused:#?}");
    let reason = format!("the offer is over\n{forged}");
    place
        .run(&["queue", "review", &dana, "--reviewer", "Kim Osei", "--reject", &reason])
        .exits_with(0);
    let shown = place.run(&["log", "show", &dana]);
    assert!(shown.exits_with(0).out.contains("    |   Nobody\n"), "{shown:#?}");
    let is_heading = |line: &&str| line.trim() == "who owned the decision";
    assert_eq!(shown.out.lines().filter(is_heading).count(), 1, "{shown:#?}");
}
