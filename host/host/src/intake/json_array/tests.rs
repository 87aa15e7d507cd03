//! Tests of the elements: each is read or told.

use std::io::{BufReader, Read};

use proptest::prelude::*;
use serde_json::Value;
use tollgate_model::{Content, Subject};

use super::*;
use crate::intake::subject_reader::SubjectReader;

fn array<R: BufRead>(source: R) -> JsonArray<R> {
    JsonArray::new(SubjectReader::default().into_row_reader(), source, "a.json".into())
}

fn read(text: &str) -> Vec<(String, Option<u64>, Result<String, String>)> {
    let read = |item: InputItem| {
        let place = item.origin.place();
        let content = match item.subject {
            Ok(Subject { content: Content::Text(text), .. }) => Ok(format!("text {text}")),
            Ok(Subject { content: Content::Json(json), .. }) => {
                Ok(format!("json {}", json.as_str()))
            }
            other => Err(other.map_or_else(|error| error.to_string(), |_| "no JSON".into())),
        };
        (place, item.origin.line, content)
    };
    array(text.as_bytes()).map(read).collect()
}

fn is_read_whole(text: &str) -> bool {
    read(text).iter().all(|(.., content)| content.is_ok())
}

#[test]
fn reads_texts_and_documents_with_their_places() {
    let text = "[\n  \"a, ]\\\"\",\n  {\"b\": [1, {\"c\": \"}\"}]},\n\n  7.50, null\n]\n";
    let items = read(text);
    let places: Vec<_> = items.iter().map(|(place, line, _)| (place.as_str(), *line)).collect();
    let expected = [
        ("a.json#/0", Some(2)),
        ("a.json#/1", Some(3)),
        ("a.json#/2", Some(5)),
        ("a.json#/3", Some(5)),
    ];
    assert_eq!(places, expected);
    let contents: Vec<_> = items.into_iter().map(|(.., content)| content.unwrap()).collect();
    let document = "json {\"b\": [1, {\"c\": \"}\"}]}";
    assert_eq!(contents, ["text a, ]\"", document, "json 7.50", "json null"]);
    assert_eq!(read(" [ ] "), []);
    let marked = read("\u{feff}[1]");
    assert_eq!(marked, [("a.json#/0".into(), Some(1), Ok("json 1".into()))]);
    for text in ["\u{feff}\u{feff}[1]", " \u{feff}[1]", "\u{feff}", "\u{fefe}[1]"] {
        assert!(!is_read_whole(text), "{text:?}");
    }
}

#[test]
fn goes_on_after_an_element_that_is_not_json() {
    let read = read("[\"a\", nope, \"b\"]");
    let is_ok: Vec<_> = read.iter().map(|(.., content)| content.is_ok()).collect();
    assert_eq!(is_ok, [true, false, true]);
    assert_eq!(read[1].0, "a.json#/1");
}

#[test]
fn ends_with_an_error_where_the_array_is_broken() {
    for (text, expected) in [
        ("", "the document is not a JSON array"),
        ("{\"a\": 1}", "the document is not a JSON array"),
        ("[\"a\",\n\"b", "the array is not closed"),
        ("[\"a\"\n", "the array is not closed"),
        ("[1] [2]", "text behind the end of the array"),
    ] {
        let (place, _, error) = read(text).pop().unwrap();
        assert_eq!(error.unwrap_err(), expected, "{text}");
        assert!(place.starts_with("a.json:"), "{place}");
    }
    assert_eq!(read("[\"a\",\n\"b").last().unwrap().1, Some(2));
}

#[test]
fn ends_at_an_element_that_is_too_long() {
    let endless = BufReader::with_capacity(1 << 20, b"[\"".as_slice().chain(std::io::repeat(b'a')));
    let mut items = array(endless);
    let failed = items.next().unwrap().subject;
    assert!(matches!(failed, Err(IntakeError::ElementTooLong { .. })), "{failed:?}");
    assert!(items.next().is_none());
}

proptest! {
    /// Nothing is lost or read in part: a document is read without an error only if it is an array.
    #[test]
    fn reads_what_a_parser_reads(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec!["[", "]", "{", "}", ",", ":", "\"", "\\", "a", "1", "null", " "]),
            0..24,
        ),
    ) {
        let text = pieces.concat();
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Array(elements)) => {
                prop_assert!(is_read_whole(&text), "{}", text);
                prop_assert_eq!(read(&text).len(), elements.len());
            }
            _ => prop_assert!(!is_read_whole(&text), "{}", text),
        }
    }
}
