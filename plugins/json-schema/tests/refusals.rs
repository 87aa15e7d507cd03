//! Configurations that could not be honoured in full are refused, at the place that is
//! to be changed.
#![allow(clippy::unwrap_used, clippy::panic)]

use json_schema::configure;
use serde_json::{Value, json};
use tollgate_sdk::{BadConfig, Refusal};

const DRAFT_7: &str = "http://json-schema.org/draft-07/schema#";

fn refused(config: Value) -> BadConfig {
    match configure(serde_json::from_value(config).unwrap()) {
        Err(Refusal::BadConfig(bad)) => bad,
        other => panic!("{other:?}"),
    }
}

/// Refused at this pointer, for a reason that holds this.
#[track_caller]
fn check(config: Value, pointer: &str, reason: &str) {
    let bad = refused(config);
    assert_eq!(bad.pointer, pointer, "{}", bad.reason);
    assert!(bad.reason.contains(reason), "{}", bad.reason);
}

#[test]
fn a_schema_has_to_follow_its_metaschema() {
    let typo = json!({"properties": {"a/b": {"type": "strin"}}});
    check(json!({"schema": typo}), "/schema/properties/a~1b/type", "\"array\" or \"boolean\"");
    check(json!({"schema": 3}), "/schema", "of type boolean or object");
    check(json!({"schema": {"minLength": -1}}), "/schema/minLength", "0 or more");
    let seven = json!({"$schema": DRAFT_7, "items": [{"required": "a"}]});
    check(json!({"schema": seven}), "/schema/items/0/required", "of type array");
}

#[test]
fn patterns_have_to_compile() {
    let schema = json!({"items": {"pattern": "(a"}});
    check(json!({"schema": schema}), "/schema/items/pattern", "not a regular expression");
    let schema = json!({"patternProperties": {"[": true}});
    let bad = refused(json!({"schema": schema}));
    assert!(bad.pointer.starts_with("/schema/patternProperties"), "{}", bad.pointer);
}

#[test]
fn references_have_to_lead_somewhere() {
    let away = "`https://example.com/x` is not among `documents`";
    check(json!({"schema": {"$ref": "https://example.com/x"}}), "/schema/$ref", away);
    let nowhere = json!({"properties": {"a": {"$ref": "#/$defs/b"}}});
    check(json!({"schema": nowhere}), "/schema/properties/a/$ref", "`#/$defs/b` leads nowhere");
    check(json!({"schema": {"$ref": "#b"}}), "/schema/$ref", "`#b` leads nowhere");
    check(json!({"schema": {"$dynamicRef": "#b"}}), "/schema/$dynamicRef", "leads nowhere");
    check(json!({"schema": {"$ref": "a b"}}), "/schema/$ref", "`a b` is not a URI");
    check(json!({"schema": {"$id": "a b"}}), "/schema/$id", "`a b` is not a URI");
}

#[test]
fn also_where_nothing_leads_to_them() {
    let unused = json!({"$defs": {"a": {"$ref": "#/$defs/b"}}});
    check(json!({"schema": unused}), "/schema/$defs/a/$ref", "leads nowhere");
    let unused = json!({"$schema": DRAFT_7, "definitions": {"a": {"$ref": "http://x/y"}}});
    check(json!({"schema": unused}), "/schema/definitions/a/$ref", "`http://x/y`");
}

#[test]
fn documents_are_held_to_the_same() {
    let with = |document: Value| json!({"schema": {"$ref": "http://d"}, "documents": {"http://d": document}});
    check(with(json!({"type": 1})), "/documents/http:~1~1d/type", "");
    check(with(json!({"$ref": "http://e"})), "/documents/http:~1~1d/$ref", "`http://e`");
    check(with(json!({"$defs": {"a": {"$ref": "#/b"}}})), "/documents/http:~1~1d/$defs/a/$ref", "");
    let unused = json!({"schema": true, "documents": {"http://d": {"type": 1}}});
    assert!(configure(serde_json::from_value(unused).unwrap()).is_ok());
}

#[test]
fn dialects_have_to_be_served() {
    let four = "http://json-schema.org/draft-04/schema#";
    check(json!({"schema": {"$schema": four}}), "/schema/$schema", "2020-12");
    let inner = json!({"$defs": {"a": {"$id": "http://a", "$schema": "http://unknown"}}});
    check(json!({"schema": inner}), "/schema/$defs/a/$schema", "`http://unknown`");
    let config = json!({"schema": {"$schema": DRAFT_7}, "draft": "2020-12"});
    check(config, "/draft", "written in another draft");
}

#[test]
fn vocabularies_that_are_required_have_to_be_served() {
    let metaschema = |required: bool| {
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$vocabulary": {
                "https://json-schema.org/draft/2020-12/vocab/core": true,
                "http://example.com/units": required,
            },
        })
    };
    let with = |required| {
        json!({
            "schema": {"$schema": "http://m"}, "documents": {"http://m": metaschema(required)},
        })
    };
    check(with(true), "/schema/$schema", "`http://example.com/units`");
    assert!(configure(serde_json::from_value(with(false)).unwrap()).is_ok());
}

#[test]
fn formats_that_are_checked_have_to_be_known() {
    let schema = json!({"properties": {"a": {"format": "emial"}}});
    let config = json!({"schema": schema, "formats": true});
    check(config, "/schema/properties/a/format", "`emial`");
    assert!(configure(serde_json::from_value(json!({"schema": schema})).unwrap()).is_ok());
}

#[test]
fn keywords_have_to_be_known_if_the_gate_wants_it() {
    let schema = json!({"properties": {"a": {"minLenght": 3}}});
    let config = json!({"schema": schema, "unknown_keywords": "refuse"});
    check(config, "/schema/properties/a/minLenght", "no keyword of this draft");
    assert!(configure(serde_json::from_value(json!({"schema": schema})).unwrap()).is_ok());
}

#[test]
fn at_least_one_finding_has_to_fit() {
    check(json!({"schema": true, "max_findings": 0}), "/max_findings", "");
}

#[test]
fn the_configuration_itself_has_no_unknown_keys() {
    for config in
        [json!({}), json!({"schema": true, "shcema": true}), json!({"schema": true, "draft": "4"})]
    {
        assert!(serde_json::from_value::<json_schema::Config>(config).is_err());
    }
}
