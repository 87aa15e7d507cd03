//! Reviews of held outputs: permissions, checklists and results.

use super::{
    CHECKS, KIM, LOU, approve, check, count_events, decision, hold_output, project, review, short,
};

#[test]
fn approving_needs_the_checklist_and_a_permitted_reviewer() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let before = count_events(&place);
    review(&place, &dana, &[&["--approve"], &KIM]).exits_with_snapshot(1);
    let without = ["--check", "promises=yes", "--check", "tone=no"];
    review(&place, &dana, &[&["--approve"], &KIM, &without]).exits_with_snapshot(1);
    let other = [&CHECKS[..], &["--check", "spelling=yes"]].concat();
    review(&place, &dana, &[&["--approve"], &KIM, &other]).exits_with_snapshot(1);
    let author = ["--reviewer", "dana  HILL", "--role", "marketing-operations"];
    approve(&place, &dana, &author).exits_with_snapshot(1);
    approve(&place, &dana, &["--reviewer", "Eve"]).exits_with_snapshot(1);
    assert_eq!(count_events(&place), before, "a refused review is not recorded");

    approve(&place, &dana, &KIM[..]).exits_with_snapshot(0);
    assert_eq!(decision(&place, &dana), "allow");
    let queue = place.run(&["queue", "list"]).exits_with(0).out.clone();
    assert!(!queue.contains(&dana), "{queue}");
    approve(&place, &dana, &LOU).exits_with_snapshot(1);
    place.run(&["log", "show", &dana]).exits_with_snapshot(0);
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn queue_shows_what_a_reviewer_needs() {
    let place = project(&[]);
    let noor = hold_output(&place, "noor");
    let shown = place.run(&["queue", "show", &noor]);
    shown.exits_with_snapshot(0);
    assert!(!shown.out.contains("7946"), "personal data is masked: {}", shown.out);
    let listed = place.run(&["queue", "list", "--gate", "welcome-email", "--json"]).json();
    let runs = listed["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 4, "{listed:#}");
    assert!(runs.iter().any(|run| short(run) == noor && run["required-approvals"] == 2));
    assert_eq!(runs[0]["overdue"], false);
    let json = place.run(&["queue", "show", &noor, "--json"]).json();
    assert_eq!(json["checklist"][0]["item"], "promises");
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    let one = place.run(&["queue", "list", "--quiet", "--limit", "1"]);
    assert_eq!(one.exits_with_snapshot(0).out.lines().count(), 1, "{one:#?}");
    place.run(&["queue", "show", "0000"]).exits_with_snapshot(2);
}

#[test]
fn a_second_reviewer_is_another_person() {
    let place = project(&[]);
    let noor = hold_output(&place, "noor");
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    assert_eq!(decision(&place, &noor), "hold");
    approve(&place, &noor, &["--reviewer", "kim osei"]).exits_with_snapshot(1);
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
    assert_eq!(decision(&place, &noor), "allow");
}

#[test]
fn too_few_reviewers_for_two_approvals_are_told() {
    let place = project(&[]);
    let few = "`[[review.reviewers]]` names too few people (1) for outputs that need 2 approvals";
    let checked = place.run(&["gate", "check"]).out.clone();
    assert!(!checked.contains(few), "anybody with the role can be the second: {checked}");
    let roles = "roles = [\"marketing-operations\"] # people with one of these roles may review\n";
    super::change(&place, super::GATE, &[(roles, "")]);
    let checked = place.run(&["gate", "check"]).out.clone();
    assert!(checked.contains(few), "{checked}");
}

#[test]
fn who_has_approved_an_escalated_output_may_still_reject_it() {
    let one_person = (
        "[[review.escalate-to]]\nname = \"Sam Reed\"\nrole = \"Head of Lifecycle Marketing\"\n\n",
        "",
    );
    let place = project(&[one_person]);
    let checked = place.run(&["gate", "check"]).out.clone();
    assert!(checked.contains("`[[review.escalate-to]]` names too few people (1)"), "{checked}");
    let noor = hold_output(&place, "noor");
    let ines = ["--reviewer", "Ines Duarte"];
    review(&place, &noor, &[&["--escalate", "is this health?"], &KIM]).exits_with(0);
    approve(&place, &noor, &ines).exits_with(0);
    let shown = place.run(&["queue", "show", &noor]).exits_with(0).out.clone();
    assert!(shown.contains("Ines Duarte (Legal), who has approved it already"), "{shown}");
    approve(&place, &noor, &ines).exits_with(1);
    review(&place, &noor, &[&["--reject", "it promises too much"], &ines]).exits_with(0);
    let queue = place.run(&["queue", "list"]).out.clone();
    assert!(!queue.contains(&noor), "{queue}");
}

#[test]
fn an_edited_output_is_judged_again() {
    let place = project(&[]);
    let runs = check(&place, "outputs.jsonl");
    let (dana, lee) = (short(&runs["dana"]), short(&runs["lee"]));
    place.write("clean.txt", "Hello Dana,\n\nwelcome! One letter each week.\n\nAll the best\nKim");
    place.write("banned.txt", "Hello Lee,\n\nour tea is a miracle cure.\n\nYours\nKim");
    let spent = |place: &super::Place| {
        let shown = place.run(&["gate", "show", "welcome-email", "--json"]).json();
        shown["spent"]["day"].clone()
    };
    let before = spent(&place);

    review(&place, &dana, &[&["--edit", "@clean.txt"], &KIM]).exits_with_snapshot(1);
    let edit = |run: &str, file: &str| review(&place, run, &[&["--edit", file], &KIM, &CHECKS]);
    edit(&dana, "@clean.txt").exits_with_snapshot(0);
    edit(&dana, "@clean.txt").exits_with_snapshot(1);
    assert_eq!(spent(&place), before, "an edit costs nothing");
    let events = place.run(&["log", "show", &dana, "--json"]).json()["history"].clone();
    let mut runs = events.as_array().unwrap().iter().map(|event| &event["event"]["run"]);
    let edited = short(runs.find(|run| run["edited-from"].is_string()).unwrap());
    let shown = place.run(&["log", "show", &edited]);
    shown.exits_with_snapshot(0);
    assert!(
        shown.out.contains(&format!("edited by Kim Osei from the output of run {dana}")),
        "{shown:?}"
    );

    edit(&lee, "@banned.txt").exits_with_snapshot(1);
    let queue = place.run(&["queue", "list"]).out.clone();
    assert!(!queue.contains(&lee), "{queue}");
    let shown = place.run(&["log", "show", &lee]).exits_with(0).out.clone();
    assert!(shown.contains("hold, edited: the edited output was blocked (run "), "{shown}");
    assert!(shown.contains("nothing: edited: the edited output was blocked (run "), "{shown}");
    assert!(shown.contains(": edit, judged as run "), "{shown}");
    assert!(!shown.contains("nothing yet"), "{shown}");
}

#[test]
fn an_editor_becomes_an_author() {
    let place = project(&[]);
    let lee = hold_output(&place, "lee");
    place.write("phone.txt", "Hello Lee,\n\ncall me on +44 20 7946 0958.\n\nYours\nKim");
    review(&place, &lee, &[&["--edit", "@phone.txt"], &KIM, &CHECKS]).exits_with_snapshot(1);
    let queue = place.run(&["queue", "list", "--json"]).json();
    let edited = queue["runs"].as_array().unwrap().last().unwrap();
    assert_eq!(edited["authors"][0], "Kim Osei", "{edited:#}");
    let run = short(edited);
    approve(&place, &run, &KIM).exits_with_snapshot(1);
    approve(&place, &run, &LOU).exits_with_snapshot(0);
}

#[test]
fn rejects_an_edit_without_changes() {
    let place = project(&[("contents = \"masked\"", "contents = \"full\"")]);
    let lee = hold_output(&place, "lee");
    let shown = place.run(&["queue", "show", &lee, "--json"]).json();
    place.write("same.txt", shown["content"]["subject"]["text"].as_str().unwrap());
    review(&place, &lee, &[&["--edit", "@same.txt"], &KIM, &CHECKS]).exits_with_snapshot(1);
}

#[test]
fn a_rejection_is_final() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let reject = ["--reject", "the offer is over"];
    review(&place, &dana, &[&reject, &["--reviewer", "Eve"]]).exits_with_snapshot(1);
    review(&place, &dana, &[&reject, &KIM, &["--time", "3m"]]).exits_with_snapshot(0);
    approve(&place, &dana, &LOU).exits_with_snapshot(1);
    review(&place, &dana, &[&reject, &LOU]).exits_with_snapshot(1);
    place.run(&["queue", "claim", &dana, "--reviewer", "Kim Osei"]).exits_with_snapshot(1);
    place.run(&["log", "show", &dana]).exits_with_snapshot(0);
    review(&place, &dana, &[&KIM]).exits_with_snapshot(2);
}

#[test]
fn a_reviewer_can_escalate() {
    let place = project(&[]);
    let dana = hold_output(&place, "dana");
    let sam = ["--reviewer", "Sam Reed"];
    approve(&place, &dana, &sam).exits_with_snapshot(1);
    review(&place, &dana, &[&["--escalate", "is this still our offer?"], &KIM])
        .exits_with_snapshot(0);
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    let shown = place.run(&["queue", "show", &dana]);
    let reviewers = shown.exits_with(0).out.split("who may review\n").nth(1).unwrap();
    let reviewers = reviewers.split("command to approve").next().unwrap();
    assert!(reviewers.contains("Sam Reed"), "{reviewers}");
    for refused in ["Kim Osei", "anybody with the role"] {
        assert!(!reviewers.contains(refused), "{reviewers}");
    }
    approve(&place, &dana, &sam).exits_with_snapshot(0);
}

#[test]
fn a_claim_reserves_a_run_for_a_while() {
    let place = project(&[("claim = \"30m\"", "claim = \"3s\"")]);
    let runs = check(&place, "outputs.jsonl");
    let (dana, lee) = (short(&runs["dana"]), short(&runs["lee"]));
    let claim = |run: &str, who: &[&str]| place.run(&[&["queue", "claim", run], who].concat());
    claim(&dana, &["--reviewer", "Eve"]).exits_with_snapshot(1);
    claim(&dana, &KIM).exits_with_snapshot(0);
    claim(&dana, &LOU).exits_with_snapshot(1);
    approve(&place, &dana, &LOU).exits_with_snapshot(1);
    approve(&place, &dana, &KIM).exits_with_snapshot(0);

    claim(&lee, &KIM).exits_with(0);
    std::thread::sleep(std::time::Duration::from_secs(4));
    approve(&place, &lee, &LOU).exits_with_snapshot(0);
}

#[test]
fn one_of_two_concurrent_reviewers_wins() {
    let place = project(&[]);
    let runs = check(&place, "outputs.jsonl");
    for id in ["dana", "lee", "ari"] {
        let run = short(&runs[id]);
        let start = |reviewer: &[&str]| {
            let line = [&["queue", "review", &run, "--approve"], reviewer, &CHECKS].concat();
            let mut tool = place.tool(&line);
            tool.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            tool.spawn().unwrap()
        };
        let both = [start(&KIM), start(&LOU)];
        let both = both.map(|child| super::Ran::from_child("tollgate queue review", child));
        let mut codes = both.each_ref().map(|ran| ran.code);
        codes.sort_unstable();
        assert_eq!(codes, [0, 1], "{both:#?}");
        let loser = both.iter().find(|ran| ran.code == 1).unwrap();
        assert!(loser.out.contains("refused"), "{loser:#?}");
        let history = place.run(&["queue", "show", &run, "--json"]).json();
        let history = history["history"].as_array().unwrap();
        assert_eq!(history.iter().filter(|event| event["kind"] == "review").count(), 1);
    }
}
