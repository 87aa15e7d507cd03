//! Reviews of what is held: who may, what they answer, and what comes of it.

use super::{CHECKS, KIM, LOU, approve, check, decision, events, held, project, review, short};

#[test]
fn approving_takes_the_checklist_and_a_reviewer() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let before = events(&place);
    review(&place, &dana, &[&["--approve"], &KIM]).exits_with_snapshot(1);
    let without = ["--check", "promises=yes", "--check", "tone=no"];
    review(&place, &dana, &[&["--approve"], &KIM, &without]).exits_with_snapshot(1);
    let other = [&CHECKS[..], &["--check", "spelling=yes"]].concat();
    review(&place, &dana, &[&["--approve"], &KIM, &other]).exits_with_snapshot(1);
    let author = ["--reviewer", "dana  HILL", "--role", "marketing-operations"];
    approve(&place, &dana, &author).exits_with_snapshot(1);
    approve(&place, &dana, &["--reviewer", "Eve"]).exits_with_snapshot(1);
    assert_eq!(events(&place), before, "a refusal is not recorded");

    approve(&place, &dana, &KIM[..]).exits_with_snapshot(0);
    assert_eq!(decision(&place, &dana), "allow");
    let queue = place.run(&["queue", "list"]).exits_with(0).out.clone();
    assert!(!queue.contains(&dana), "{queue}");
    approve(&place, &dana, &LOU).exits_with_snapshot(1);
    let log = place.run(&["log", "show", &dana]).exits_with_snapshot(0).out.clone();
    assert!(log.contains("approve"), "{log}");
    place.run(&["log", "verify"]).exits_with(0);
}

#[test]
fn a_reviewer_sees_what_there_is_to_see() {
    let place = project(&[]);
    let noor = held(&place, "noor");
    let shown = place.run(&["queue", "show", &noor]);
    shown.exits_with_snapshot(0);
    assert!(!shown.out.contains("7946"), "what is personal is not shown: {}", shown.out);
    let listed = place.run(&["queue", "list", "--gate", "welcome-email", "--json"]).json();
    let runs = listed.as_array().unwrap();
    assert_eq!(runs.len(), 4, "the oldest first: {listed:#}");
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
    let noor = held(&place, "noor");
    approve(&place, &noor, &KIM).exits_with_snapshot(0);
    assert_eq!(decision(&place, &noor), "hold");
    approve(&place, &noor, &["--reviewer", "kim osei"]).exits_with_snapshot(1);
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    approve(&place, &noor, &LOU).exits_with_snapshot(0);
    assert_eq!(decision(&place, &noor), "allow");
}

#[test]
fn what_is_edited_is_judged_again() {
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
    assert_eq!(spent(&place), before, "an edit is not paid again");

    edit(&lee, "@banned.txt").exits_with_snapshot(1);
    let queue = place.run(&["queue", "list"]).out.clone();
    assert!(!queue.contains(&lee), "{queue}");
}

#[test]
fn who_edited_it_is_an_author_of_it() {
    let place = project(&[]);
    let lee = held(&place, "lee");
    place.write("phone.txt", "Hello Lee,\n\ncall me on +44 20 7946 0958.\n\nYours\nKim");
    let edited = review(&place, &lee, &[&["--edit", "@phone.txt"], &KIM, &CHECKS]);
    edited.exits_with_snapshot(1);
    let waits = place.run(&["queue", "list", "--json"]).json();
    let waits = waits.as_array().unwrap().last().unwrap().clone();
    assert_eq!(waits["authors"][0], "Kim Osei", "{waits:#}");
    let run = short(&waits);
    approve(&place, &run, &KIM).exits_with_snapshot(1);
    let same = place.path("same.txt");
    std::fs::copy(place.path("phone.txt"), same).unwrap();
    approve(&place, &run, &LOU).exits_with_snapshot(0);
}

#[test]
fn what_was_not_edited_is_no_edit() {
    let place = project(&[("contents = \"masked\"", "contents = \"full\"")]);
    let lee = held(&place, "lee");
    let shown = place.run(&["queue", "show", &lee, "--json"]).json();
    place.write("same.txt", shown["content"]["subject"]["text"].as_str().unwrap());
    review(&place, &lee, &[&["--edit", "@same.txt"], &KIM, &CHECKS]).exits_with_snapshot(1);
}

#[test]
fn rejected_is_rejected() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let reject = ["--reject", "the offer is over"];
    review(&place, &dana, &[&reject, &["--reviewer", "Eve"]]).exits_with_snapshot(1);
    review(&place, &dana, &[&reject, &KIM, &["--time", "3m"]]).exits_with_snapshot(0);
    approve(&place, &dana, &LOU).exits_with_snapshot(1);
    review(&place, &dana, &[&reject, &LOU]).exits_with_snapshot(1);
    place.run(&["queue", "claim", &dana, "--reviewer", "Kim Osei"]).exits_with_snapshot(1);
    place.run(&["log", "show", &dana]).exits_with_snapshot(0);
    assert_eq!(review(&place, &dana, &[&KIM]).exits_with_snapshot(2).code, 2);
}

#[test]
fn what_somebody_cannot_decide_goes_up() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let sam = ["--reviewer", "Sam Reed"];
    approve(&place, &dana, &sam).exits_with_snapshot(1);
    review(&place, &dana, &[&["--escalate", "is this still our offer?"], &KIM])
        .exits_with_snapshot(0);
    place.run(&["queue", "list"]).exits_with_snapshot(0);
    approve(&place, &dana, &sam).exits_with_snapshot(0);
}

#[test]
fn a_claim_is_one_persons_for_a_while() {
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
fn of_two_reviewers_at_once_one_is_first() {
    let place = project(&[]);
    let runs = check(&place, "outputs.jsonl");
    for id in ["dana", "lee", "ari"] {
        let run = short(&runs[id]);
        let start = |who: &[&str], act: &[&str]| {
            let line = [&["queue", "review", &run], act, who, &CHECKS].concat();
            let mut tool = place.tool(&line);
            tool.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
            tool.spawn().unwrap()
        };
        let both = [start(&KIM, &["--approve"]), start(&LOU, &["--approve"])];
        let both = both.map(|one| super::Ran::of(one.wait_with_output().unwrap()));
        let mut codes = both.each_ref().map(|one| one.code);
        codes.sort_unstable();
        assert_eq!(codes, [0, 1], "{both:#?}");
        let loser = both.iter().find(|one| one.code == 1).unwrap();
        let is_told = ["somebody else was first", "is not waiting"];
        assert!(is_told.iter().any(|words| loser.out.contains(words)), "{loser:#?}");
        let history = place.run(&["queue", "show", &run, "--json"]).json();
        let history = history["history"].as_array().unwrap();
        assert_eq!(history.iter().filter(|event| event["kind"] == "review").count(), 1);
    }
}
