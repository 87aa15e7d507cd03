//! From a subject to a report: parse it, validate it, say what does not fit.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use tollgate_sdk::{Content, Finding, Outcome, Place, Refusal, Report, Subject};

use crate::config::State;
use crate::document::{Document, Unread, parse};
use crate::message;

/// Something in the document does not follow the schema.
const SCHEMA: &str = "schema";
/// The subject should be JSON, and is not.
const NOT_JSON: &str = "not-json";
/// A member is named twice.
const AMBIGUOUS: &str = "ambiguous";
/// The subject is nested too deep to be read.
const TOO_DEEP: &str = "too-deep";
/// A pattern could not be matched to its end.
const UNDECIDED: &str = "undecided";
/// There are more findings than may be listed.
const TRUNCATED: &str = "truncated";
/// Counts what does not fit, listed or not.
const ERRORS: &str = "errors";

/// Validates a JSON document, the arguments of an action, or a text that should be JSON.
pub fn judge(state: &State, subject: &Subject) -> Result<Report, Refusal> {
    let text = match &subject.content {
        Content::Text(text) if state.parse_text => text,
        _ => subject.json()?,
    };
    Ok(match parse(text) {
        Ok(document) => validated(state, &document),
        Err(unread) => unreadable(&unread),
    })
}

fn validated(state: &State, document: &Document) -> Report {
    let mut findings = Vec::new();
    let (mut errors, mut undecided) = (0, 0);
    for error in state.validator.iter_errors(document.root()) {
        let decided = is_decided(&error);
        if decided {
            errors += 1
        } else {
            undecided += 1
        }
        if findings.len() < state.max_findings {
            findings.push(finding(&error, decided));
        }
    }
    let more = errors + undecided - findings.len();
    if more > 0 {
        let message = format!("{more} more findings are not listed");
        findings.push(Finding::info(TRUNCATED, message));
    }
    let outcome = match (errors, undecided) {
        (0, 0) => Outcome::Pass,
        (0, _) => Outcome::Unsure,
        _ => Outcome::Fail,
    };
    Report { outcome, ..Report::of(findings).measure(ERRORS, errors as f64) }
}

/// A pattern with look-around or back references can take longer than anybody waits.
fn is_decided(error: &ValidationError) -> bool {
    !matches!(
        error.kind(),
        ValidationErrorKind::BacktrackLimitExceeded { .. }
            | ValidationErrorKind::RegexEngineFailure { .. }
    )
}

fn finding(error: &ValidationError, decided: bool) -> Finding {
    let message = message::of(error.kind());
    let finding = match decided {
        true => Finding::error(SCHEMA, message),
        false => Finding::warning(UNDECIDED, message),
    };
    Finding { place: Place::Pointer(error.instance_path().as_str().to_owned()), ..finding }
}

fn unreadable(unread: &Unread) -> Report {
    match unread {
        Unread::NotJson(reason) => {
            Report::of(vec![Finding::error(NOT_JSON, format!("this is not JSON: {reason}"))])
        }
        Unread::Ambiguous(reason) => Report::of(vec![Finding::error(AMBIGUOUS, reason.as_str())]),
        Unread::TooDeep => {
            let message = "nested too deep to be read, so it was not validated";
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

    /// The pointers and messages of all findings.
    fn findings(schema: Json, document: Json) -> Vec<(String, String)> {
        let report = judged(json!({"schema": schema}), &Subject::of_json(document.to_string()));
        let told = |finding: Finding| match finding.place {
            Place::Pointer(pointer) => (pointer, finding.message),
            other => panic!("{other:?}"),
        };
        report.findings.into_iter().map(told).collect()
    }

    #[test]
    fn every_error_is_told_with_its_keyword_and_its_place() {
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
    fn messages_stay_short_and_hold_no_value() {
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
    fn a_text_is_judged_only_if_it_should_be_json() {
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
    fn what_readers_disagree_on_fails() {
        let report = judged(json!({"schema": true}), &Subject::of_json(r#"{"a": 1, "a": 2}"#));
        assert_eq!((report.outcome, report.findings[0].rule.as_str()), (Outcome::Fail, AMBIGUOUS));
        assert!(report.findings[0].message.contains("`a` is named twice"));
    }

    #[test]
    fn arguments_of_an_action_are_judged() {
        let config = json!({"schema": {"properties": {"to": {"type": "string"}}}});
        let report = judged(config, &Subject::of_action("mail", r#"{"to": 7}"#));
        assert_eq!(report.findings[0].place, Place::Pointer("/to".into()));
        assert_eq!(report.findings[0].message, "`type`: has to be of type string");
    }
}
