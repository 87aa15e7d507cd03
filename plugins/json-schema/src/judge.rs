//! Judges a subject: parses it, validates it, and reports the errors.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use tollgate_sdk::{Content, Finding, Outcome, Place, Refusal, Report, Subject};

use crate::config::CompiledSchema;
use crate::document::{Document, ParseError, parse};
use crate::message;

/// Rule: the document violates the schema.
const SCHEMA: &str = "schema";
/// Rule: the text is not JSON.
const NOT_JSON: &str = "not-json";
/// Rule: an object has two members of the same name.
const AMBIGUOUS: &str = "ambiguous";
/// Rule: the document is nested too deep to be read.
const TOO_DEEP: &str = "too-deep";
/// Rule: matching a pattern took too long.
const UNDECIDED: &str = "undecided";
/// Rule: more findings than the report lists.
const TRUNCATED: &str = "truncated";
/// Measure: number of schema errors, listed or not.
const ERRORS: &str = "errors";

/// Validates a JSON document, the arguments of an action, or with `parse_text` a text.
pub fn judge(schema: &CompiledSchema, subject: &Subject) -> Result<Report, Refusal> {
    let text = match &subject.content {
        Content::Text(text) if schema.parse_text => text,
        _ => subject.json()?,
    };
    Ok(match parse(text) {
        Ok(document) => validate(schema, &document),
        Err(unread) => report_parse_error(&unread),
    })
}

fn validate(schema: &CompiledSchema, document: &Document) -> Report {
    let mut findings = Vec::new();
    let (mut errors, mut undecided) = (0, 0);
    for error in schema.validator.iter_errors(document.root()) {
        let decided = is_decided(&error);
        if decided {
            errors += 1
        } else {
            undecided += 1
        }
        if findings.len() < schema.max_findings {
            findings.push(convert_error(&error, decided));
        }
    }
    let more = errors + undecided - findings.len();
    if more > 0 {
        let message = format!("{more} more findings are not listed");
        findings.push(Finding::info(TRUNCATED, message));
    }
    // An undecided pattern alone neither passes nor fails.
    let outcome = match (errors, undecided) {
        (0, 0) => Outcome::Pass,
        (0, _) => Outcome::Unsure,
        _ => Outcome::Fail,
    };
    Report { outcome, ..Report::of(findings).measure(ERRORS, errors as f64) }
}

/// Returns whether the validator decided. A pattern with look-around or back references can
/// take practically forever, so it is given up.
fn is_decided(error: &ValidationError) -> bool {
    !matches!(
        error.kind(),
        ValidationErrorKind::BacktrackLimitExceeded { .. }
            | ValidationErrorKind::RegexEngineFailure { .. }
    )
}

fn convert_error(error: &ValidationError, decided: bool) -> Finding {
    let message = message::describe_error(error);
    let finding = match decided {
        true => Finding::error(SCHEMA, message),
        false => Finding::warning(UNDECIDED, message),
    };
    Finding { place: Place::Pointer(error.instance_path().as_str().to_owned()), ..finding }
}

fn report_parse_error(unread: &ParseError) -> Report {
    match unread {
        ParseError::NotJson(reason) => {
            Report::of(vec![Finding::error(NOT_JSON, format!("the subject is not JSON: {reason}"))])
        }
        ParseError::Ambiguous(reason) => {
            Report::of(vec![Finding::error(AMBIGUOUS, reason.as_str())])
        }
        ParseError::TooDeep => {
            let message = "the document is nested deeper than 127 levels, so it was not validated";
            Report::unsure(vec![Finding::warning(TOO_DEEP, message)])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configure;
    use serde_json::{Value as Json, json};

    fn judged(config: Json, subject: &Subject) -> Report {
        let state = configure(serde_json::from_value(config).unwrap()).unwrap();
        judge(&state, subject).unwrap()
    }

    /// Returns the pointers and messages of all findings.
    fn findings(schema: Json, document: Json) -> Vec<(String, String)> {
        let report = judged(json!({"schema": schema}), &Subject::of_json(document.to_string()));
        let place_and_message = |finding: Finding| match finding.place {
            Place::Pointer(pointer) => (pointer, finding.message),
            other => panic!("{other:?}"),
        };
        report.findings.into_iter().map(place_and_message).collect()
    }

    #[test]
    fn reports_every_error_with_keyword_and_place() {
        let schema = json!({
            "properties": {"a/b": {"items": {"maximum": 3}}, "c": {"enum": ["x", "y"]}},
            "required": ["d"], "additionalProperties": false,
        });
        let document = json!({"a/b": [1, 4], "c": "a secret", "e": 1, "f": 2});
        let mut found = findings(schema, document);
        found.sort();
        let expected = [
            ("", "`additionalProperties`: no such member is allowed: `e`, `f`"),
            ("", "`required`: the member `d` is missing"),
            ("/a~1b/1", "`maximum`: has to be 3 or less"),
            ("/c", "`enum`: has to be \"x\" or \"y\""),
        ];
        assert_eq!(found, expected.map(|(place, message)| (place.to_owned(), message.to_owned())));
    }

    #[test]
    fn tells_keywords_apart_that_fail_alike() {
        let message = |schema, document| findings(schema, document).remove(0).1;
        let ones = |schema: Json| message(schema, json!([1, 1, 2]));
        assert_eq!(ones(json!({"contains": {"const": 3}})), "`contains`: no item matches");
        let few = json!({"contains": {"const": 2}, "minContains": 2});
        assert_eq!(ones(few), "`minContains`: too few items match");
        let many = json!({"contains": {"const": 1}, "minContains": 0, "maxContains": 1});
        assert_eq!(ones(many), "`maxContains`: too many items match, or none");
        let card = |schema| message(schema, json!({"card": 1}));
        let missing = "the member `name` is missing, which another member requires";
        let required = json!({"dependentRequired": {"card": ["name"]}});
        assert_eq!(card(required), format!("`dependentRequired`: {missing}"));
        let seven = "http://json-schema.org/draft-07/schema#";
        let required = json!({"$schema": seven, "dependencies": {"card": ["name"]}});
        assert_eq!(card(required), format!("`dependencies`: {missing}"));
        let plain = json!({"required": ["name"]});
        assert_eq!(card(plain), "`required`: the member `name` is missing");
    }

    #[test]
    fn keeps_messages_short_and_without_values() {
        let long = "x".repeat(500);
        let names: Json = (0..50).map(|name| (format!("{name}{long}"), json!(1))).collect();
        let schemas = [
            (json!({"const": long}), json!("secret")),
            (json!({"enum": [long, long, long, long, long]}), json!("secret")),
            (json!({"additionalProperties": false}), names),
            (json!({"pattern": format!("^{long}$")}), json!("secret")),
            (json!({"anyOf": [{"type": "null"}, {"type": "object"}]}), json!("secret")),
            (json!({"not": {}}), json!("secret")),
            (json!(false), json!("secret")),
        ];
        for (schema, document) in schemas {
            let (_, message) = findings(schema, document).remove(0);
            assert!(message.chars().count() < 400 && !message.contains("secret"), "{message}");
        }
    }

    #[test]
    fn judges_texts_only_with_parse_text() {
        let schema = json!({"schema": {"required": ["a"]}});
        let state = configure(serde_json::from_value(schema).unwrap()).unwrap();
        let refusal = judge(&state, &Subject::of_text("{}")).unwrap_err();
        assert!(matches!(refusal, Refusal::NotApplicable(_)));
        let config = json!({"schema": {"required": ["a"]}, "parse_text": true});
        let report = judged(config.clone(), &Subject::of_text("{}"));
        assert_eq!(report.findings[0].rule, SCHEMA);
        let report = judged(config, &Subject::of_text("Here you are: {\"a\": 1}"));
        assert_eq!((report.outcome, report.findings[0].rule.as_str()), (Outcome::Fail, NOT_JSON));
    }

    #[test]
    fn fails_duplicate_members() {
        let report = judged(json!({"schema": true}), &Subject::of_json(r#"{"a": 1, "a": 2}"#));
        assert_eq!((report.outcome, report.findings[0].rule.as_str()), (Outcome::Fail, AMBIGUOUS));
        assert!(report.findings[0].message.contains("duplicate member `a`"));
    }

    #[test]
    fn judges_the_arguments_of_an_action() {
        let config = json!({"schema": {"properties": {"to": {"type": "string"}}}});
        let report = judged(config, &Subject::of_action("mail", r#"{"to": 7}"#));
        assert_eq!(report.findings[0].place, Place::Pointer("/to".into()));
        assert_eq!(report.findings[0].message, "`type`: has to be of type string");
    }
}
