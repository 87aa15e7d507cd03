//! Property tests with damaged gate files and arbitrary contexts.

use proptest::prelude::*;
use proptest::test_runner::Config;
use tollgate_govern::OutputFacts;
use tollgate_govern::example::WELCOME_EMAIL;
use tollgate_govern::read::read;
use tollgate_model::{Content, Digest, JsonText, Subject};

use crate::common::Scenario;

#[path = "../../../../tests/fuzz/gates.rs"]
mod bodies;
#[path = "../../../../tests/shared/damaged_text.rs"]
mod damaged_text;

const PIECES: &[&str] = &[
    "\"\"",
    "\"x\"",
    "0",
    "-1",
    "7",
    "1e400",
    "nan",
    "true",
    "[]",
    "{}",
    "[[]]",
    "{ a = 1 }",
    "2026-02-30",
    "2026-03-31T00:00:00Z",
    "[\n",
    "]]",
    "\"\"\"",
    "name = \"b\"",
    "[score]",
    "[[contracts]]",
    "[[review.checklist]]",
    "\u{0}",
    "é = 1",
    "\u{202e}",
    "999999999999999999999",
];

fn config() -> Config {
    Config { cases: 2_000, failure_persistence: None, ..Config::default() }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn reads_or_refuses_damaged_gate_files(text in damaged_text::with_changed_lines(WELCOME_EMAIL, PIECES)) {
        bodies::is_gate(text.as_bytes());
    }

    #[test]
    fn reads_or_refuses_any_text(text in "\\PC{0,80}") {
        // A comment alone is a valid, empty record.
        if let Ok(gate) = read("gates/a.toml", &text) {
            prop_assert_eq!(gate, read("gates/a.toml", "").unwrap());
        }
    }

    #[test]
    fn never_allows_with_a_partial_context(
        key in prop::sample::select(vec!["channel", "confidence", "model", "region", "cost"]),
        value in prop_oneof![
            any::<f64>().prop_map(|number| serde_json::json!(number)),
            any::<i64>().prop_map(|number| serde_json::json!(number)),
            "\\PC{0,8}".prop_map(|text| serde_json::json!(text)),
            Just(serde_json::json!([1])),
            Just(serde_json::Value::Null),
        ],
    ) {
        let context = serde_json::json!({key: value}).to_string();
        let context = JsonText::parse(context).unwrap();
        let subject = Subject { context, ..Subject::new(Content::Text("x".into())) };
        let mut scenario = Scenario::valid();
        scenario.facts = OutputFacts::from_subject(&subject, Digest::of("x"), Digest::of("y"));
        // No single key states everything that an `allow` needs.
        prop_assert!(scenario.ruling() > tollgate_model::Ruling::Allow);
    }
}
