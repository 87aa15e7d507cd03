//! What anybody may send is read as what it is, or is no output: nothing in between.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_model::Content;

use super::*;

fn context() -> impl Strategy<Value = Map<String, Value>> {
    let value =
        prop_oneof![any::<String>().prop_map(Value::from), any::<u32>().prop_map(Value::from)];
    proptest::collection::btree_map("[a-z-]{1,8}", value, 0..4).prop_map(Map::from_iter)
}

/// What looks like a line, and mostly is none.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"",
            "\\",
            "null",
            "1e999",
            "-0",
            "\"text\"",
            "\"json\"",
            "\"action\"",
            "\"tool\"",
            "\"arguments\"",
            "\"content\"",
            "\"context\"",
            "\"prompt\"",
            "\"id\"",
            "\"a@1.0.0\"",
            "\\ud800",
        ])
        .prop_map(str::to_owned),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn whatever_comes_is_an_output_or_has_a_reason(text in prop_oneof![any::<String>(), nearly()]) {
        if let (_, Err(error)) = Fields::default().line(&text) {
            let reason = format!("{error:#}");
            prop_assert!(!reason.is_empty());
        }
    }

    #[test]
    fn a_text_comes_in_as_it_was_sent(id: String, text: String, context in context()) {
        let line = json!({"id": id, "text": text, "context": context}).to_string();
        let (called, subject) = Fields::default().line(&line);
        let subject = subject.unwrap();
        prop_assert_eq!(called, Some(id));
        prop_assert_eq!(subject.content, Content::Text(text));
        let known: Map<String, Value> = serde_json::from_str(subject.context.as_str()).unwrap();
        prop_assert_eq!(known, context);
    }

    /// What is said of all outputs gives way to what an output says of itself, and adds the rest.
    #[test]
    fn what_an_output_says_of_itself_counts(all in context(), own in context()) {
        let fields = Fields { context: all.clone(), ..Fields::default() };
        let (_, subject) = fields.line(&json!({"text": "Hello", "context": own}).to_string());
        let known: Map<String, Value> =
            serde_json::from_str(subject.unwrap().context.as_str()).unwrap();
        let mut expected = all;
        expected.extend(own);
        prop_assert_eq!(known, expected);
    }

    #[test]
    fn an_output_says_one_thing(first in 0_usize..4, second in 0_usize..4) {
        let members = ["text", "json", "action", "content"];
        let value = |member| match member {
            "action" => json!({"tool": "t", "arguments": {}}),
            _ => json!("Hello"),
        };
        let mut line = Map::new();
        for member in [members[first], members[second]] {
            line.insert(member.into(), value(member));
        }
        let (_, subject) = Fields::default().line(&Value::Object(line).to_string());
        prop_assert_eq!(subject.is_ok(), first == second);
    }
}
