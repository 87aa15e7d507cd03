//! Configurations that cannot be applied in full are refused, with a pointer to the place.
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

/// Expects a refusal at this pointer, with a reason that contains `reason`.
#[track_caller]
fn check(config: Value, pointer: &str, reason: &str) {
    let bad = refused(config);
    assert_eq!(bad.pointer, pointer, "{}", bad.reason);
    assert!(bad.reason.contains(reason), "{}", bad.reason);
}

#[test]
fn refuses_schemas_that_violate_their_metaschema() {
    let typo = json!({"properties": {"a/b": {"type": "strin"}}});
    check(json!({"schema": typo}), "/schema/properties/a~1b/type", "\"array\" or \"boolean\"");
    check(json!({"schema": 3}), "/schema", "of type boolean or object");
    check(json!({"schema": {"minLength": -1}}), "/schema/minLength", "0 or more");
    let seven = json!({"$schema": DRAFT_7, "items": [{"required": "a"}]});
    check(json!({"schema": seven}), "/schema/items/0/required", "of type array");
}

#[test]
fn refuses_invalid_patterns() {
    let schema = json!({"items": {"pattern": "(a"}});
    check(json!({"schema": schema}), "/schema/items/pattern", "not a valid regular expression");
    let schema = json!({"patternProperties": {"[": true}});
    let bad = refused(json!({"schema": schema}));
    assert!(bad.pointer.starts_with("/schema/patternProperties"), "{}", bad.pointer);
}

#[test]
fn refuses_unresolved_references() {
    let away = "`https://example.com/x` is not among `documents`";
    check(json!({"schema": {"$ref": "https://example.com/x"}}), "/schema/$ref", away);
    let nowhere = json!({"properties": {"a": {"$ref": "#/$defs/b"}}});
    check(json!({"schema": nowhere}), "/schema/properties/a/$ref", "`#/$defs/b` does not exist");
    check(json!({"schema": {"$ref": "#b"}}), "/schema/$ref", "`#b` does not exist");
    check(json!({"schema": {"$dynamicRef": "#b"}}), "/schema/$dynamicRef", "does not exist");
    check(json!({"schema": {"$ref": "a b"}}), "/schema/$ref", "`a b` is not a URI");
    check(json!({"schema": {"$id": "a b"}}), "/schema/$id", "`a b` is not a URI");
}

#[test]
fn refuses_unresolved_references_in_unused_parts() {
    let unused = json!({"$defs": {"a": {"$ref": "#/$defs/b"}}});
    check(json!({"schema": unused}), "/schema/$defs/a/$ref", "does not exist");
    let unused = json!({"$schema": DRAFT_7, "definitions": {"a": {"$ref": "http://x/y"}}});
    check(json!({"schema": unused}), "/schema/definitions/a/$ref", "`http://x/y`");
}

#[test]
fn checks_used_documents_like_the_schema() {
    let with = |document: Value| json!({"schema": {"$ref": "http://d"}, "documents": {"http://d": document}});
    check(with(json!({"type": 1})), "/documents/http:~1~1d/type", "");
    check(with(json!({"$ref": "http://e"})), "/documents/http:~1~1d/$ref", "`http://e`");
    check(with(json!({"$defs": {"a": {"$ref": "#/b"}}})), "/documents/http:~1~1d/$defs/a/$ref", "");
    let unused = json!({"schema": true, "documents": {"http://d": {"type": 1}}});
    assert!(configure(serde_json::from_value(unused).unwrap()).is_ok());
}

#[test]
fn refuses_unsupported_dialects() {
    let four = "http://json-schema.org/draft-04/schema#";
    check(json!({"schema": {"$schema": four}}), "/schema/$schema", "2020-12");
    let inner = json!({"$defs": {"a": {"$id": "http://a", "$schema": "http://unknown"}}});
    check(json!({"schema": inner}), "/schema/$defs/a/$schema", "`http://unknown`");
    let current = "http://json-schema.org/schema#";
    check(json!({"schema": {"$schema": current}}), "/schema/$schema", "2020-12");
    let inner = json!({"$defs": {"a": {"$id": "http://a", "$schema": current}}});
    check(json!({"schema": inner}), "/schema/$defs/a/$schema", "`http://json-schema.org/schema#`");
    let config = json!({"schema": {"$schema": DRAFT_7}, "draft": "2020-12"});
    check(config, "/draft", "declares another draft");
}

#[test]
fn refuses_unsupported_required_vocabularies() {
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
fn refuses_references_that_only_lead_back_to_themselves() {
    let back = "only leads back to itself";
    check(json!({"schema": {"$ref": "#"}}), "/schema/$ref", back);
    let anchor = json!({"$dynamicAnchor": "a", "$dynamicRef": "#a"});
    check(json!({"schema": anchor}), "/schema/$dynamicRef", back);
    let seven = json!({"$schema": DRAFT_7, "$ref": "#", "type": "string"});
    check(json!({"schema": seven}), "/schema/$ref", back);
    let pair = json!({"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [true, {"$ref": "#/$defs/a"}]}});
    check(json!({"schema": {"type": "object", "$defs": pair}}), "/schema/$defs/a/$ref", back);
    let choice = json!({"anyOf": [{"type": "string"}, {"$ref": "#"}]});
    check(json!({"schema": choice}), "/schema/anyOf/1/$ref", back);
    let documents = json!({"http://d": {"$ref": "http://d"}});
    let config = json!({"schema": {"items": {"$ref": "http://d"}}, "documents": documents});
    check(config, "/schema/items/$ref", back);
}

#[test]
fn accepts_references_that_lead_back_at_another_value() {
    for schema in [
        json!({"properties": {"next": {"$ref": "#"}}, "anyOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}],
            "$defs": {"a": {"items": {"$ref": "#"}}}}),
        json!({"$dynamicAnchor": "node", "items": {"$dynamicRef": "#node"}}),
        json!({"$schema": DRAFT_7, "$ref": "#/definitions/a", "allOf": [{"$ref": "#"}],
            "definitions": {"a": {"type": "string"}}}),
        json!({"$ref": "https://json-schema.org/draft/2020-12/schema"}),
    ] {
        let config = serde_json::from_value(json!({"schema": schema})).unwrap();
        assert!(configure(config).is_ok(), "{schema}");
    }
}

#[test]
fn refuses_unknown_formats_in_documents_at_their_place() {
    let document = json!({"$schema": DRAFT_7, "properties": {"a": {"format": "emial"}}});
    let config = |formats: bool| {
        json!({
            "schema": {"$ref": "http://d"}, "documents": {"http://d": document},
            "formats": formats,
        })
    };
    check(config(true), "/documents/http:~1~1d/properties/a/format", "`emial`");
    assert!(configure(serde_json::from_value(config(false)).unwrap()).is_ok());
}

#[test]
fn refuses_unknown_formats_that_are_checked() {
    let schema = json!({"properties": {"a": {"format": "emial"}}});
    let config = json!({"schema": schema, "formats": true});
    check(config, "/schema/properties/a/format", "`emial`");
    assert!(configure(serde_json::from_value(json!({"schema": schema})).unwrap()).is_ok());
}

#[test]
fn refuses_unknown_keywords_if_configured() {
    let schema = json!({"properties": {"a": {"minLenght": 3}}});
    let config = json!({"schema": schema, "unknown_keywords": "refuse"});
    check(config, "/schema/properties/a/minLenght", "not a keyword of this draft");
    assert!(configure(serde_json::from_value(json!({"schema": schema})).unwrap()).is_ok());
}

#[test]
fn refuses_a_limit_of_zero_findings() {
    check(json!({"schema": true, "max_findings": 0}), "/max_findings", "");
}

#[test]
fn refuses_unknown_configuration_keys() {
    for config in
        [json!({}), json!({"schema": true, "shcema": true}), json!({"schema": true, "draft": "4"})]
    {
        assert!(serde_json::from_value::<json_schema::Config>(config).is_err());
    }
}
