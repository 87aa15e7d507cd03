//! Reviews of what is held: who may, what they answer, and what comes of it.

use super::{CHECKS, KIM, LOU, approve, check, decision, events, held, project, review, short};

#[test]
fn approving_takes_the_checklist_and_a_reviewer() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let before = events(&place);
    let open = ["refused", "nothing is recorded", "`promises` is not answered", "`tone`"];
    review(&place, &dana, &[&["--approve"], &KIM]).check(1, &open);
    let without = ["--check", "promises=yes", "--check", "tone=no"];
    let words = ["`promises` takes evidence", "`tone` takes the answer `yes`"];
    review(&place, &dana, &[&["--approve"], &KIM, &without]).check(1, &words);
    let other = [&CHECKS[..], &["--check", "spelling=yes"]].concat();
    let words = ["the checklist of the gate has no `spelling`", "`promises`, `tone`"];
    review(&place, &dana, &[&["--approve"], &KIM, &other]).check(1, &words);
    let author = ["--reviewer", "dana  HILL", "--role", "marketing-operations"];
    approve(&place, &dana, &author).check(1, &["authors do not approve their own work"]);
    approve(&place, &dana, &["--reviewer", "Eve"]).check(1, &["Eve is no reviewer", "--role"]);
    assert_eq!(events(&place), before, "a refusal is not recorded");

    let words = ["allow", "it goes out, approved by Kim Osei", "can be taken back until"];
    approve(&place, &dana, &KIM[..]).check(0, &words[..2]);
    assert_eq!(decision(&place, &dana), "allow");
    let queue = place.run(&["queue", "list"]).check(0, &[]).out.clone();
    assert!(!queue.contains(&dana), "{queue}");
    approve(&place, &dana, &LOU).check(1, &["does not wait any more"]);
    let log =
        place.run(&["log", "show", &dana]).check(0, &["Kim Osei", "the offer page"]).out.clone();
    assert!(log.contains("approve"), "{log}");
    place.run(&["log", "verify"]).check(0, &[]);
}

#[test]
fn a_reviewer_sees_what_there_is_to_see() {
    let place = project(&[]);
    let noor = held(&place, "noor");
    let shown = place.run(&["queue", "show", &noor]);
    shown.check(
        0,
        &[
            "the output, without what is personal",
            "call my colleague on [phone]",
            "welcome-email 2.1.0",
            "tollgate/pii",
            "Is everything that it promises on the offer page?",
            "it takes `yes`, and evidence",
            "Kim Osei (Marketing Operations)",
            "but not Dana Hill",
            "people that have to approve: 2",
            &format!("tollgate queue review {noor} --approve"),
        ],
    );
    assert!(!shown.out.contains("7946"), "what is personal is not shown: {}", shown.out);
    let listed = place.run(&["queue", "list", "--gate", "welcome-email", "--json"]).json();
    let runs = listed.as_array().unwrap();
    assert_eq!(runs.len(), 4, "the oldest first: {listed:#}");
    assert!(runs.iter().any(|run| short(run) == noor && run["people-wanted"] == 2));
    assert_eq!(runs[0]["overdue"], false);
    let json = place.run(&["queue", "show", &noor, "--json"]).json();
    assert_eq!(json["checklist"][0]["item"], "promises");
    place.run(&["queue", "list"]).check(0, &["waits", "due in 24.0 h", &noor]);
    let one = place.run(&["queue", "list", "--quiet", "--limit", "1"]);
    assert_eq!(one.check(0, &["what came later: `--after"]).out.lines().count(), 1, "{one:#?}");
    place.run(&["queue", "show", "0000"]).check(2, &["there is no run `0000`"]);
}

#[test]
fn a_second_reviewer_is_another_person() {
    let place = project(&[]);
    let noor = held(&place, "noor");
    approve(&place, &noor, &KIM).check(0, &["one other person has to approve it too"]);
    assert_eq!(decision(&place, &noor), "hold");
    approve(&place, &noor, &["--reviewer", "kim osei"]).check(1, &["has approved it already"]);
    place.run(&["queue", "list"]).check(0, &["approved by Kim Osei; it takes 2"]);
    approve(&place, &noor, &LOU).check(0, &["it goes out"]);
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

    review(&place, &dana, &[&["--edit", "@clean.txt"], &KIM]).check(1, &["is not answered"]);
    let edit = |run: &str, file: &str| review(&place, run, &[&["--edit", file], &KIM, &CHECKS]);
    edit(&dana, "@clean.txt").check(0, &["allow", &format!("edited from {dana}"), "it goes out"]);
    edit(&dana, "@clean.txt").check(1, &["does not wait any more"]);
    assert_eq!(spent(&place), before, "an edit is not paid again");

    edit(&lee, "@banned.txt").check(1, &["block", "it does not go out", "tollgate/banned-terms"]);
    let queue = place.run(&["queue", "list"]).out.clone();
    assert!(!queue.contains(&lee), "{queue}");
}

#[test]
fn who_edited_it_is_an_author_of_it() {
    let place = project(&[]);
    let lee = held(&place, "lee");
    place.write("phone.txt", "Hello Lee,\n\ncall me on +44 20 7946 0958.\n\nYours\nKim");
    let edited = review(&place, &lee, &[&["--edit", "@phone.txt"], &KIM, &CHECKS]);
    edited.check(1, &["hold", "it waits for another review", "`tollgate/pii` found"]);
    let waits = place.run(&["queue", "list", "--json"]).json();
    let waits = waits.as_array().unwrap().last().unwrap().clone();
    assert_eq!(waits["authors"][0], "Kim Osei", "{waits:#}");
    let run = short(&waits);
    approve(&place, &run, &KIM).check(1, &["authors do not approve their own work"]);
    let same = place.path("same.txt");
    std::fs::copy(place.path("phone.txt"), same).unwrap();
    approve(&place, &run, &LOU).check(0, &["one other person"]);
}

#[test]
fn what_was_not_edited_is_no_edit() {
    let place = project(&[("contents = \"masked\"", "contents = \"full\"")]);
    let lee = held(&place, "lee");
    let shown = place.run(&["queue", "show", &lee, "--json"]).json();
    place.write("same.txt", shown["content"]["full"]["text"].as_str().unwrap());
    review(&place, &lee, &[&["--edit", "@same.txt"], &KIM, &CHECKS])
        .check(1, &["nothing was edited"]);
}

#[test]
fn rejected_is_rejected() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let reject = ["--reject", "the offer is over"];
    review(&place, &dana, &[&reject, &["--reviewer", "Eve"]]).check(1, &["Eve is no reviewer"]);
    review(&place, &dana, &[&reject, &KIM, &["--time", "3m"]]).check(0, &["does not go out"]);
    approve(&place, &dana, &LOU).check(1, &["does not wait any more"]);
    review(&place, &dana, &[&reject, &LOU]).check(1, &["does not wait any more"]);
    place.run(&["queue", "claim", &dana, "--reviewer", "Kim Osei"]).check(1, &["any more"]);
    place.run(&["log", "show", &dana]).check(0, &["the offer is over"]);
    let words = ["one of", "--approve"];
    assert_eq!(review(&place, &dana, &[&KIM]).check(2, &words[1..]).code, 2);
}

#[test]
fn what_somebody_cannot_decide_goes_up() {
    let place = project(&[]);
    let dana = held(&place, "dana");
    let sam = ["--reviewer", "Sam Reed"];
    approve(&place, &dana, &sam).check(1, &["Sam Reed is no reviewer"]);
    review(&place, &dana, &[&["--escalate", "is this still our offer?"], &KIM])
        .check(0, &["Sam Reed (Head of Lifecycle Marketing) has it"]);
    place.run(&["queue", "list"]).check(0, &["with Sam Reed"]);
    approve(&place, &dana, &sam).check(0, &["it goes out, approved by Sam Reed"]);
}

#[test]
fn a_claim_is_one_persons_for_a_while() {
    let place = project(&[("claim = \"30m\"", "claim = \"3s\"")]);
    let runs = check(&place, "outputs.jsonl");
    let (dana, lee) = (short(&runs["dana"]), short(&runs["lee"]));
    let claim = |run: &str, who: &[&str]| place.run(&[&["queue", "claim", run], who].concat());
    claim(&dana, &["--reviewer", "Eve"]).check(1, &["Eve is no reviewer"]);
    claim(&dana, &KIM).check(0, &["is Kim Osei's until"]);
    claim(&dana, &LOU).check(1, &["Kim Osei has taken it, until 2"]);
    approve(&place, &dana, &LOU).check(1, &["Kim Osei has taken it"]);
    approve(&place, &dana, &KIM).check(0, &["it goes out"]);

    claim(&lee, &KIM).check(0, &[]);
    std::thread::sleep(std::time::Duration::from_secs(4));
    approve(&place, &lee, &LOU).check(0, &["it goes out"]);
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
        let is_told = ["somebody else was first", "does not wait"];
        assert!(is_told.iter().any(|words| loser.out.contains(words)), "{loser:#?}");
        let history = place.run(&["queue", "show", &run, "--json"]).json();
        let history = history["history"].as_array().unwrap();
        assert_eq!(history.iter().filter(|event| event["kind"] == "review").count(), 1);
    }
}
