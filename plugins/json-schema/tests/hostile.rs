//! Documents that are slow to judge or try to slip through: the contract always answers,
//! and never passes what it could not decide.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

use std::time::{Duration, Instant};

use json_schema::{configure, judge};
use serde_json::{Value, json};
use tollgate_sdk::{Outcome, Report, Subject};

/// The slowest of these takes a tenth of it without optimisation.
const PATIENCE: Duration = Duration::from_secs(20);

#[track_caller]
fn judged(config: Value, document: impl Into<String>) -> Report {
    let state = configure(serde_json::from_value(config).unwrap()).unwrap();
    let start = Instant::now();
    let report = judge(&state, &Subject::of_json(document)).unwrap();
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    report
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    let items: Vec<_> = (0..count).map(item).collect();
    format!("[{}]", items.join(","))
}

#[test]
fn reads_megabytes_to_the_end() {
    let schema = json!({"items": {"type": "string", "pattern": "^[a-z ]*$"}});
    let words = "no two gardens are alike ".repeat(40);
    let document = list(4000, |at| format!("\"{words}{}\"", if at == 3999 { "9" } else { "" }));
    assert!(document.len() > 4_000_000);
    assert_eq!(judged(json!({"schema": schema}), document).findings.len(), 1);
}

#[test]
fn does_not_copy_the_document_into_errors() {
    let names: Vec<_> = (0..200).map(|name| format!("m{name}")).collect();
    let document = format!("{{\"big\": \"{}\"}}", "x".repeat(4_000_000));
    let report = judged(json!({"schema": {"required": names}}), document);
    assert_eq!(report.findings.len(), 101);
    assert_eq!(report.findings[100].message, "100 more findings are not listed");
}

#[test]
fn does_not_copy_the_document_into_errors_of_branches() {
    let branches = json!([{"type": "string"}, {"required": ["a", "b"]}, {"type": "array"}]);
    let schema = json!({"items": {"anyOf": branches}});
    let document = list(20_000, |_| format!("{{\"c\": [\"{}\"]}}", "x".repeat(100)));
    assert_eq!(judged(json!({"schema": schema}), document).measures[0].value, 20_000.0);
}

#[test]
fn counts_a_hundred_thousand_errors() {
    let config = json!({"schema": {"items": {"type": "string"}}, "max_findings": 1});
    let report = judged(config, list(100_000, |at| at.to_string()));
    assert_eq!((report.findings.len(), report.measures[0].value), (2, 100_000.0));
}

#[test]
fn compares_wide_objects_and_long_lists_in_time() {
    let object = |value: &str| {
        let members: Vec<_> = (0..20_000).map(|at| format!("\"m{at}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    };
    let properties: Value =
        (0..2000).map(|at| (format!("m{at}"), json!({"type": "integer"}))).collect();
    let schema = json!({"properties": properties, "propertyNames": {"maxLength": 6}});
    assert_eq!(judged(json!({"schema": schema}), object("1")).outcome, Outcome::Pass);
    let unique = json!({"schema": {"uniqueItems": true}});
    assert_eq!(judged(unique.clone(), list(50_000, |at| at.to_string())).outcome, Outcome::Pass);
    assert_eq!(
        judged(unique, list(50_000, |at| format!("\"{}\"", at % 49_999))).outcome,
        Outcome::Fail
    );
}

#[test]
fn does_not_pass_documents_nested_too_deep() {
    let nested = |levels| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    let schema = json!({"schema": {"$ref": "#/$defs/list", "$defs": {"list": {"items": {"$ref": "#/$defs/list"}}}}});
    assert_eq!(judged(schema.clone(), nested(127)).outcome, Outcome::Pass);
    assert_eq!(judged(schema, nested(128)).outcome, Outcome::Unsure);
}

/// Matching this against a long string takes exponential time.
const ENDLESS: &str = "^(?:(?=a)a|a)+$";

#[test]
fn is_unsure_about_endless_patterns_even_if_negated() {
    let document = format!("\"{}!\"", "a".repeat(40));
    for schema in [
        json!({"pattern": ENDLESS}),
        json!({"not": {"pattern": ENDLESS}}),
        json!({"if": {"pattern": ENDLESS}, "then": false}),
        json!({"items": {"pattern": ENDLESS}}),
        json!({"propertyNames": {"pattern": ENDLESS}}),
        json!({"patternProperties": {ENDLESS: false}}),
    ] {
        let document = match schema.to_string() {
            text if text.contains("items") => format!("[{document}]"),
            text if text.contains("ropert") => format!("{{{document}: 1}}"),
            _ => document.clone(),
        };
        let report = judged(json!({"schema": schema}), document);
        assert_eq!(report.outcome, Outcome::Unsure, "{schema}: {report:?}");
        assert_eq!(report.findings[0].rule, "undecided");
    }
    let decided = json!({"pattern": ENDLESS, "maxLength": 3});
    assert_eq!(judged(json!({"schema": decided}), document).outcome, Outcome::Fail);
}
