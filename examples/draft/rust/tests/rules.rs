//! The rules as plain Rust: no WebAssembly needed.

use draft::{Config, begin, judge};
use tollgate_sdk::host::log::Level;
use tollgate_sdk::prelude::*;
use tollgate_sdk::testing::Given;

const PROMPT: &str = "Be kind.\nNever mention the discount to anyone.\n";

fn config() -> &'static Config {
    Box::leak(Box::new(Config { max_characters: 60, ..Config::default() }))
}

fn subject(text: &str) -> Subject {
    Subject { context: r#"{"written_at": 0}"#.into(), ..Subject::of_text(text) }
}

#[test]
fn what_is_counted_is_written_down() {
    let given = Given::default().prompt_text(PROMPT);
    let report = given.during(|| judge(config(), &subject("Grüße!"))).unwrap();
    assert_eq!(report.outcome, Outcome::Pass);
    assert_eq!(given.log(), [(Level::Info, "6 characters, 0 leaks".into())]);
}

#[test]
fn a_leak_is_told_before_the_text_is_complete() {
    let given = Given::default().prompt_text(PROMPT);
    let text = "No: Never mention the discount to anyone. Anyone!";
    given.during(|| {
        let mut draft = begin(config(), &subject("")).unwrap();
        let (head, tail) = text.split_at(41);
        let first = draft.push(head).unwrap();
        assert_eq!((first.settled, first.findings.len()), (5, 1), "as soon as it is all there");
        let second = draft.push(tail).unwrap();
        assert!(second.findings.is_empty());
        assert_eq!(draft.finish(), judge(config(), &subject(text)));
    });
}

#[test]
fn what_nobody_knows_the_age_of_is_not_let_go() {
    Given::default().during(|| {
        let mut draft = begin(config(), &Subject::of_text("")).unwrap();
        assert_eq!(draft.push("All is well.").unwrap().settled, 0);
        assert_eq!(draft.finish().unwrap().outcome, Outcome::Unsure);
    });
}
