//! Configurations and subjects that are refused.
#![allow(clippy::unwrap_used)]

use banned_terms::{Config, configure, judge};
use serde_json::{Value, json};
use tollgate_sdk::{Place, Refusal, Subject};

fn check(config: Value, pointer: &str, reason: &str) {
    let config: Config = serde_json::from_value(config).unwrap();
    match configure(config) {
        Err(Refusal::BadConfig(bad)) => {
            assert_eq!((&*bad.pointer, &*bad.reason), (pointer, reason))
        }
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn refuses_terms_that_cannot_match() {
    let nothing = "the term is empty or has only invisible characters";
    check(json!({ "terms": [] }), "/terms", "the list is empty: add at least one term");
    check(json!({ "terms": ["a", " \n"] }), "/terms/1", nothing);
    check(json!({ "terms": [{ "term": "" }] }), "/terms/0", nothing);
    check(json!({ "terms": ["\u{ad}"] }), "/terms/0", nothing);
    check(json!({ "terms": ["a"], "allow": ["ab", ""] }), "/allow/1", nothing);
    let mark = "the term begins with a mark that has no letter";
    check(json!({ "terms": ["\u{301}a"] }), "/terms/0", mark);
    let zalgo = "a".to_owned() + &"\u{301}".repeat(40);
    check(json!({ "terms": [zalgo] }), "/terms/0", "a letter of the term has more than 30 marks");
}

#[test]
fn refuses_duplicate_terms() {
    let here = "`FREE` is a duplicate of `free` at `/terms/1`";
    check(json!({ "terms": ["a", "free", { "term": "FREE" }] }), "/terms/2", here);
    let accents = "`cafe\u{301}` is a duplicate of `café` at `/allow/0`";
    check(json!({ "terms": ["a"], "allow": ["café", "cafe\u{301}"] }), "/allow/1", accents);
    let both = json!({ "terms": ["US", "us"], "case_sensitive": true });
    assert!(configure(serde_json::from_value(both).unwrap()).is_ok());
}

#[test]
fn refuses_lists_and_texts_beyond_their_limits() {
    let many: Vec<String> = (0..100_001).map(|number| format!("term {number}")).collect();
    let reason = "the list has 100001 entries, and at most 100000 are allowed";
    check(json!({ "terms": many }), "/terms", reason);
    check(
        json!({ "terms": ["ä".repeat(201)] }),
        "/terms/0",
        "the term has more than 200 characters",
    );
    let long = json!({ "term": "a", "message": "m".repeat(501) });
    check(json!({ "terms": [long] }), "/terms/0/message", "the text has more than 500 characters");
    let empty = json!({ "term": "a", "message": " " });
    check(
        json!({ "terms": [empty] }),
        "/terms/0/message",
        "the message is empty: write one or remove the key",
    );
    let long: Vec<String> = (0..30_000).map(|number| format!("{number:0200}")).collect();
    let reason = "the terms have 6000000 bytes together, and at most 4194304 are allowed";
    check(json!({ "terms": long }), "/terms", reason);
}

#[test]
fn accepts_the_maximum_number_of_terms() {
    let most: Vec<String> = (0..100_000).map(|number| format!("product number {number}")).collect();
    let config = serde_json::from_value(json!({ "terms": most })).unwrap();
    let report = judge(&configure(config).unwrap(), &Subject::of_text("Product number 77777 is"));
    assert_eq!(report.unwrap().findings.len(), 1);
}

#[test]
fn explains_the_form_of_an_entry() {
    let error = serde_json::from_value::<Config>(json!({ "terms": [{ "words": "a" }] }));
    assert!(
        error.unwrap_err().to_string().starts_with("a term is a string, or an object with `term`")
    );
}

#[test]
fn refuses_invalid_json() {
    let lookup = configure(serde_json::from_value(json!({ "terms": ["a"] })).unwrap()).unwrap();
    for json in ["", "{", "[1,]", "\"a\" 2", "nul"] {
        let refusal = judge(&lookup, &Subject::of_json(json)).unwrap_err();
        assert!(
            matches!(refusal, Refusal::Broken(why) if why.starts_with("the JSON cannot be read"))
        );
    }
}

#[test]
fn judges_every_json_string_including_duplicate_keys() {
    let lookup = configure(serde_json::from_value(json!({ "terms": ["bad"] })).unwrap()).unwrap();
    let json =
        r#"{"bad": 1, "a": "Bad", "a": ["ok", "b\u0061d bad"], "m/n~": {"": "bad"}, "n": 1.5e9}"#;
    let report = judge(&lookup, &Subject::of_json(json)).unwrap();
    let place = |place: &Place| match place {
        Place::Pointer(pointer) => pointer.clone(),
        other => unreachable!("{other:?}"),
    };
    let places: Vec<_> = report.findings.iter().map(|finding| place(&finding.place)).collect();
    assert_eq!(places, ["/a", "/a/1", "/a/1", "/m~1n~0/"]);
    let report = judge(&lookup, &Subject::of_action("bad", "\"bad\"")).unwrap();
    assert_eq!(report.findings.len(), 1);
}
