//! `tollgate gate new` and `tollgate init --empty`: from an empty project to a gate that checks outputs.

use std::fs;

use regex::Regex;

use crate::tool::{Place, Ran};

/// Templates of a delegation. A gate of `quality` has no questions.
const RECORDS: [&str; 4] = ["email", "social-post", "support-answer", "agent-action"];

/// Creates an empty project.
fn shop() -> Place {
    let place = Place::new();
    place.run(&["init", ".", "--empty"]).exits_with(0);
    place
}

/// Returns the keys of the placeholders that `gate check` names, each with the example of its question.
fn open_questions(checked: &Ran) -> Vec<(String, String)> {
    let named = Regex::new("`([^`]+)`: still the placeholder `<([^`]+)>`").unwrap();
    let mut questions = Vec::new();
    for found in named.captures_iter(&checked.err) {
        let question = &found[2];
        let listed = || question.split_once(": ").unwrap().1.split([',', ' ']).next().unwrap();
        let example = question.split_once(", such as ").map_or_else(listed, |(_, example)| example);
        questions.push((found[1].to_owned(), example.to_owned()));
    }
    questions
}

#[test]
fn an_empty_project_has_settings_and_no_gate() {
    let place = Place::new();
    place.run(&["init", "shop", "--empty"]).exits_with_snapshot(0);
    let files = ["tollgate.toml", "tollgate.schema.json", "gates/gate.schema.json", ".gitignore"];
    for file in files.iter().chain(&["packages/.gitkeep"]) {
        assert!(place.path("shop").join(file).is_file(), "{file}");
    }
    assert!(!place.path("shop/tollgate.lock").exists() && !place.path("shop/README.md").exists());
    place.run(&["init", "shop", "--empty"]).exits_with_snapshot(2);
}

#[test]
fn a_quality_gate_has_no_questions_and_passes_its_cases() {
    let place = shop();
    place.run(&["gate", "new", "product-texts"]).exits_with_snapshot(0);
    place.run(&["gate", "check", "product-texts"]).exits_with(0);
    place.run(&["gate", "test", "product-texts"]).exits_with_snapshot(0);
    place.write("text.txt", "Write to dana@harbour-lines.example.");
    place.run(&["check", "--gate", "product-texts", "text.txt"]).exits_with(1);
}

#[test]
fn a_placeholder_never_counts_as_an_answer() {
    let place = shop();
    place.run(&["gate", "new", "letters", "--template", "email"]).exits_with_snapshot(0);
    let gate = fs::read_to_string(place.path("gates/letters.toml")).unwrap();
    let checked = place.run(&["gate", "check", "letters"]);
    let questions = open_questions(checked.exits_with(2));
    assert_eq!(questions.len(), gate.matches("\"<").count(), "{checked:#?}");
    assert!(checked.err.contains("gates/letters.toml\n"), "{checked:#?}");
    let first = "\n    6  `task`: still the placeholder `<task of the AI in a sentence";
    assert!(checked.err.contains(first), "{checked:#?}");
    assert_eq!(checked.err.matches("help: write the answer in its place").count(), 1);
    place.run(&["lock"]).exits_with(2);
}

#[test]
fn an_answered_template_is_complete_and_passes_its_cases() {
    let place = shop();
    place.write("brand/voice.md", "Write plainly.\n");
    for template in RECORDS {
        place
            .run(&["gate", "new", "draft", "--template", template, "--no-questions"])
            .exits_with(0);
        let questions = open_questions(place.run(&["gate", "check", "draft"]).exits_with(2));
        fs::remove_file(place.path("gates/draft.toml")).unwrap();
        fs::remove_file(place.path("cases/draft.jsonl")).unwrap();

        let answers: Vec<_> =
            questions.iter().map(|(key, example)| format!("--set={key}={example}")).collect();
        let mut line = vec!["gate", "new", template, "--template", template];
        line.extend(answers.iter().map(String::as_str));
        // The example of the prompt has the name of the draft.
        let ran = place.run(&line);
        assert!(!ran.exits_with(0).out.contains("open questions"), "{ran:#?}");
        let checked = place.run(&["gate", "check", template]);
        assert!(checked.exits_with(0).out.contains("the record is complete"), "{checked:#?}");
    }
    place.write("draft.prompt", "---\nname: draft\nversion: 1.0.0\n---\nWrite.\n");
    place.run(&["publish", "draft.prompt"]).exits_with(0);
    place.run(&["lock"]).exits_with(0);
    place.run(&["gate", "test"]).exits_with_snapshot(0);
    place.run(&["release", "--by", "Sam Reed"]).exits_with(0);
}

#[test]
fn refuses_what_makes_no_gate() {
    let place = shop();
    let new = |rest: &[&str]| {
        place.run(&[&["gate", "new"], rest].concat()).exits_with_snapshot(2);
    };
    new(&["Product Texts"]);
    new(&["letters", "--template", "letter"]);
    new(&["letters", "--template", "email", "--set", "owner.name"]);
    new(&["letters", "--template", "email", "--set", "owner.nmae=Sam Reed"]);
    new(&["letters", "--template", "email", "--set", "tags.risk=tiny"]);
    new(&["letters", "--template", "email", "--set", "task=<the task>"]);
    let twice = ["--set", "task=Write", "--set", "task=Write letters"];
    let twice = [&["gate", "new", "letters", "--template", "email"][..], &twice].concat();
    assert!(place.run(&twice).exits_with(2).err.contains("`task` is answered twice"));
    let author = ["--set", "author=Kim Osei", "--set", "review.reviewers[0].name=Kim Osei"];
    new(&[&["letters", "--template", "email"][..], &author[..]].concat());
    assert!(!place.path("gates/letters.toml").exists());
    place.run(&["gate", "new", "letters"]).exits_with(0);
    new(&["letters"]);
    let outside = Place::new();
    outside.run(&["gate", "new", "letters"]).exits_with_snapshot(2);
}

#[test]
fn asks_on_a_terminal_until_an_answer_fits() {
    let place = shop();
    // Task, objective, author, cost centre, prompt, owner's name and role, risk twice, and the end of the input.
    let typed = "Write \"letters\"\n\nDana Hill\n\n\nSam Reed\n\ntiny\nlow\n\u{4}";
    let new = ["gate", "new", "letters", "--template", "email"];
    let shown = place.run_on_terminal(&new, typed).exits_with(0).out.clone();
    assert!(shown.contains("task of the AI in a sentence, such as Write the weekly"), "{shown}");
    assert!(shown.contains("unknown value `tiny`"), "{shown}");
    assert!(shown.contains("created gates/letters.toml"), "{shown}");
    let gate = fs::read_to_string(place.path("gates/letters.toml")).unwrap();
    for line in ["task = \"Write \\\"letters\\\"\"", "author = \"Dana Hill\"", "risk = \"low\""] {
        assert!(gate.contains(line), "{line}: {gate}");
    }
    assert!(gate.contains("objective = \"<"), "what is skipped stays open: {gate}");
    let quiet = ["gate", "new", "posts", "--template", "social-post", "--no-questions"];
    let shown = place.run_on_terminal(&quiet, "").exits_with(0).out.clone();
    assert!(!shown.contains("Enter skips"), "{shown}");
}
