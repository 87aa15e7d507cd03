//! Property tests: any input is either read completely or rejected with a reason.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tollgate_model::Content;

use super::*;

fn members(context: &Value) -> JsonMembers {
    JsonMembers::read_member("context", &context.to_string()).unwrap()
}

fn any_context() -> impl Strategy<Value = Map<String, Value>> {
    let value =
        prop_oneof![any::<String>().prop_map(Value::from), any::<u32>().prop_map(Value::from)];
    proptest::collection::btree_map("[a-z-]{1,8}", value, 0..4).prop_map(Map::from_iter)
}

/// Text that resembles a line and mostly is not a valid one.
fn broken_line() -> impl Strategy<Value = String> {
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
    fn reads_an_output_or_gives_a_reason(text in prop_oneof![any::<String>(), broken_line()]) {
        if let (_, Err(error)) = SubjectReader::default().read_line(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn keeps_a_text_exactly_as_sent(id: String, text: String, context in any_context()) {
        let line = json!({"id": id, "text": text, "context": context}).to_string();
        let (read_id, subject) = SubjectReader::default().read_line(&line);
        let subject = subject.unwrap();
        prop_assert_eq!(read_id, Some(id));
        prop_assert_eq!(subject.content, Content::Text(text));
        let actual: Map<String, Value> = serde_json::from_str(subject.context.as_str()).unwrap();
        prop_assert_eq!(actual, context);
    }

    /// An output's own context overrides the context of all outputs key by key.
    #[test]
    fn prefers_an_output_s_own_context(shared in any_context(), own in any_context()) {
        let reader = SubjectReader::default().with_context(members(&json!(shared)));
        let (_, subject) = reader.read_line(&json!({"text": "Hello", "context": own}).to_string());
        let actual: Map<String, Value> =
            serde_json::from_str(subject.unwrap().context.as_str()).unwrap();
        let mut expected = shared;
        expected.extend(own);
        prop_assert_eq!(actual, expected);
    }

    #[test]
    fn rejects_more_than_one_content(first in 0_usize..4, second in 0_usize..4) {
        let members = ["text", "json", "action", "content"];
        let value = |member| match member {
            "action" => json!({"tool": "t", "arguments": {}}),
            _ => json!("Hello"),
        };
        let mut line = Map::new();
        for member in [members[first], members[second]] {
            line.insert(member.into(), value(member));
        }
        let (_, subject) = SubjectReader::default().read_line(&Value::Object(line).to_string());
        prop_assert_eq!(subject.is_ok(), first == second);
    }
}

/// The value that counts would otherwise depend on what else is merged into the context.
#[test]
fn rejects_a_context_key_that_is_there_twice() {
    let shared = members(&json!({"region": "eu"}));
    let readers = [
        SubjectReader::default(),
        SubjectReader::default().with_context(shared),
        SubjectReader::default().with_mapping("context.region=place".parse().unwrap()).unwrap(),
    ];
    for reader in readers {
        for context in [
            r#"{"channel": "billboard", "channel": "email"}"#,
            r#"{"confidence": 0.1, "channel": "email", "confid\u0065nce": 0.93}"#,
        ] {
            let line = format!(r#"{{"text": "Hello", "context": {context}}}"#);
            let error = reader.read_line(&line).1.unwrap_err().to_string();
            assert!(error.starts_with("`context`: duplicate member `c"), "{error}");
        }
        let line = r#"{"text": "Hello", "context": {"channel": "email", "note": {"a": 1}}}"#;
        assert!(reader.read_line(line).1.is_ok());
        for context in ["[]", "\"email\"", "7"] {
            let line = format!(r#"{{"text": "Hello", "context": {context}}}"#);
            let error = reader.read_line(&line).1.unwrap_err();
            assert!(matches!(error, IntakeError::ContextNotAnObject), "{error}");
        }
    }
}

/// A number with many digits would otherwise be another one once something is merged into the context.
#[test]
fn merging_changes_no_digit_of_a_context() {
    let shared = JsonMembers::read_member("context", r#"{"cost": 0.10000000000000000001}"#);
    let reader = SubjectReader::default().with_context(shared.unwrap());
    let reader = reader.with_mapping("context.score=score".parse().unwrap()).unwrap();
    let line = r#"{"text": "a", "score": 1E2, "context": {"confidence": 0.79999999999999999999}}"#;
    let context = reader.read_line(line).1.unwrap().context;
    let expected =
        r#"{"confidence":0.79999999999999999999,"cost":0.10000000000000000001,"score":1E2}"#;
    assert_eq!(context.as_str(), expected);
}

/// Somebody who reads the input without the mappings takes the other value.
#[test]
fn rejects_a_value_that_is_there_under_two_names() {
    let reader = |mappings: &[&str]| {
        let reader = SubjectReader::default();
        mappings.iter().try_fold(reader, |reader, one| reader.with_mapping(one.parse().unwrap()))
    };
    for (mappings, line) in [
        (
            &["context.channel=medium"][..],
            r#"{"text": "a", "medium": "sms", "context": {"channel": "email"}}"#,
        ),
        (
            &["context.channel=medium"],
            r#"{"text": "a", "medium": "sms", "context": {"channel": null}}"#,
        ),
        (&["text=body"], r#"{"text": "a", "body": "b"}"#),
        (&["text=body"], r#"{"text": "a", "json": 1}"#),
        (&["context=facts"], r#"{"text": "a", "facts": {}, "context": {}}"#),
    ] {
        let error = reader(mappings).unwrap().read_line(line).1.unwrap_err();
        assert!(matches!(error, IntakeError::MappedNamePresent { .. }), "{line}: {error}");
    }
    for (mappings, line) in [
        (
            &["context.channel=medium"][..],
            r#"{"text": "a", "medium": "sms", "context": {"region": "eu"}}"#,
        ),
        (&["text=body"], r#"{"text": null, "body": "b", "title": "c"}"#),
        (&["text=text"], r#"{"text": "a"}"#),
        (&["id=text", "text=body"], r#"{"text": "a", "body": "b"}"#),
    ] {
        assert!(reader(mappings).unwrap().read_line(line).1.is_ok(), "{line}");
    }
    let twice = reader(&["context.channel=medium", "context.channel=way"]).unwrap_err();
    assert_eq!(twice, MappingError::NameTwice { name: "context.channel".into() });
}

#[test]
fn a_document_is_read_without_its_byte_order_mark() {
    let read = |kind, text: &str| {
        let item = SubjectReader::default().read_document(kind, text.into(), "a.json");
        item.subject.unwrap().content
    };
    assert_eq!(read(ContentKind::Json, "\u{feff}{}"), Content::from_json_text("{}"));
    let action = read(ContentKind::Action, "\u{feff}{\"tool\": \"mail\", \"arguments\": {}}");
    assert_eq!(action.kind(), ContentKind::Action);
    let twice = read(ContentKind::Json, "\u{feff}\u{feff}{}");
    assert!(matches!(twice, Content::InvalidJson(_)), "{twice:?}");
    let text = "\u{feff}Hello";
    assert_eq!(
        read(ContentKind::Text, text),
        Content::Text(text.into()),
        "it may be sent like this"
    );
}
