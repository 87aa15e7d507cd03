//! Refuses keywords that the draft does not define, if the configuration asks for that.

use jsonschema::Draft;
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::compile::SchemaSource;
use crate::locate;

/// Keywords of both drafts.
#[rustfmt::skip]
const COMMON_KEYWORDS: [&str; 45] = [
    "$comment", "$id", "$ref", "$schema", "additionalProperties", "allOf", "anyOf", "const",
    "contains", "contentEncoding", "contentMediaType", "default", "definitions", "dependencies",
    "description", "else", "enum", "examples", "exclusiveMaximum", "exclusiveMinimum", "format",
    "if", "items", "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength",
    "minProperties", "minimum", "multipleOf", "not", "oneOf", "pattern", "patternProperties",
    "properties", "propertyNames", "readOnly", "required", "then", "title", "type", "uniqueItems",
    "writeOnly",
];

const DRAFT_7_KEYWORDS: [&str; 1] = ["additionalItems"];

#[rustfmt::skip]
const DRAFT_2020_12_KEYWORDS: [&str; 14] = [
    "$anchor", "$defs", "$dynamicAnchor", "$dynamicRef", "$vocabulary", "contentSchema",
    "dependentRequired", "dependentSchemas", "deprecated", "maxContains", "minContains",
    "prefixItems", "unevaluatedItems", "unevaluatedProperties",
];

/// Refuses the configuration if a schema contains a keyword that would be ignored.
pub(crate) fn check_keywords(source: &SchemaSource) -> Result<(), Refusal> {
    let check = |schema, at| check_schema(schema, source.draft.detect(schema), schema, &at);
    check(source.schema, Pointer::root().key("schema"))?;
    let documents = Pointer::root().key("documents");
    source
        .documents
        .used()
        .try_for_each(|(uri, document)| check(document, documents.clone().key(uri)))
}

fn check_schema(root: &Value, draft: Draft, schema: &Value, at: &Pointer) -> Result<(), Refusal> {
    let mut names = schema.as_object().into_iter().flat_map(|members| members.keys());
    if let Some(unknown) = names.find(|name| !is_known(draft, name)) {
        let pointer = locate::locate_value(root, schema, at).key(unknown);
        let reason = format!("`{unknown}` is not a keyword of this draft, so it would be ignored");
        return Err(Refusal::bad_config(&pointer, reason));
    }
    let mut below = draft.subresources_of(schema);
    below.try_for_each(|schema| check_schema(root, draft.detect(schema), schema, at))
}

fn is_known(draft: Draft, name: &str) -> bool {
    let own: &[&str] = match draft {
        Draft::Draft202012 => &DRAFT_2020_12_KEYWORDS,
        Draft::Draft7 => &DRAFT_7_KEYWORDS,
        // Schemas of other drafts are possible only as referenced documents.
        _ => return true,
    };
    COMMON_KEYWORDS.contains(&name) || own.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Documents;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn refused(draft: Draft, schema: Value) -> Option<String> {
        let documents = Documents::new(BTreeMap::new());
        let source =
            SchemaSource { schema: &schema, documents: &documents, draft, check_formats: false };
        match check_keywords(&source) {
            Ok(()) => None,
            Err(Refusal::BadConfig(bad)) => Some(bad.pointer),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn refuses_a_misspelt_keyword_at_its_place() {
        let schema = json!({"properties": {"a/b": {"allOf": [true, {"minLenght": 3}]}}});
        let pointer = Some("/schema/properties/a~1b/allOf/1/minLenght".into());
        assert_eq!(refused(Draft::Draft202012, schema), pointer);
    }

    #[test]
    fn accepts_names_that_are_not_keywords() {
        let schema = json!({
            "properties": {"minLenght": true}, "const": {"x": 1}, "enum": [{"x": 1}],
            "default": {"x": {}}, "examples": [{"x": 1}], "$defs": {"x": {"type": "string"}},
        });
        assert_eq!(refused(Draft::Draft202012, schema), None);
        assert_eq!(refused(Draft::Draft202012, json!(false)), None);
    }

    #[test]
    fn distinguishes_the_keywords_of_the_drafts() {
        let schema = json!({"dependentRequired": {}});
        assert_eq!(
            refused(Draft::Draft7, schema.clone()),
            Some("/schema/dependentRequired".into())
        );
        assert_eq!(refused(Draft::Draft202012, schema), None);
        assert_eq!(refused(Draft::Draft7, json!({"additionalItems": true})), None);
    }
}
