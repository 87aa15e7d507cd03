//! Determines the draft of a schema.

use jsonschema::Draft;
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::config::DraftName;
use crate::documents::Documents;

const SUPPORTED: &str = "2020-12 (`https://json-schema.org/draft/2020-12/schema`), draft 7 \
                         (`http://json-schema.org/draft-07/schema#`), and metaschemas in \
                         `documents` that build on one of them";

impl DraftName {
    fn draft(self) -> Draft {
        match self {
            Self::Draft202012 => Draft::Draft202012,
            Self::Draft7 => Draft::Draft7,
        }
    }
}

/// Returns the draft that the schema declares, else the configured one, else 2020-12.
/// Refuses contradictions and unsupported drafts.
pub(crate) fn detect_draft(
    schema: &Value,
    named: Option<DraftName>,
    documents: &Documents,
) -> Result<Draft, Refusal> {
    let configured = named.map(DraftName::draft);
    let Some(declared) = metaschema(schema) else {
        return Ok(configured.unwrap_or(Draft::Draft202012));
    };
    let draft = resolve_draft(declared, documents).ok_or_else(|| {
        let pointer = Pointer::root().key("schema").key("$schema");
        Refusal::bad_config(
            &pointer,
            format!("`{declared}` is not supported; supported are {SUPPORTED}"),
        )
    })?;
    match configured {
        Some(named) if named != draft => {
            let reason = format!("the schema declares another draft: `{declared}`");
            Err(Refusal::bad_config(&Pointer::root().key("draft"), reason))
        }
        _ => Ok(draft),
    }
}

fn metaschema(schema: &Value) -> Option<&str> {
    schema.get("$schema").and_then(Value::as_str)
}

/// Returns whether a URI names no draft but whichever is the current one. What a schema with it means would change with
/// the library.
pub(crate) fn names_no_draft(uri: &str) -> bool {
    let uri = uri.trim_end_matches('#');
    matches!(uri, "http://json-schema.org/schema" | "https://json-schema.org/schema")
}

/// Returns the draft of a metaschema, or the one that it builds on.
fn resolve_draft(uri: &str, documents: &Documents) -> Option<Draft> {
    let mut uri = uri;
    // A chain of metaschemas that is longer than the number of documents is a cycle.
    for _ in 0..=documents.len() {
        if names_no_draft(uri) {
            return None;
        }
        match Draft::from_schema_uri(uri) {
            served @ (Draft::Draft202012 | Draft::Draft7) => return Some(served),
            Draft::Unknown => uri = metaschema(documents.get(uri)?.1)?,
            _ => return None,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn draft(config: Value) -> Result<Draft, String> {
        let config: crate::Config = serde_json::from_value(config).unwrap();
        let documents = Documents::new(config.documents);
        detect_draft(&config.schema, config.draft, &documents).map_err(|refusal| match refusal {
            Refusal::BadConfig(bad) => bad.pointer,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn takes_the_draft_from_schema_or_configuration() {
        assert_eq!(draft(json!({"schema": true})), Ok(Draft::Draft202012));
        assert_eq!(draft(json!({"schema": {}, "draft": "7"})), Ok(Draft::Draft7));
        let seven = json!({"$schema": "http://json-schema.org/draft-07/schema#"});
        assert_eq!(draft(json!({"schema": seven})), Ok(Draft::Draft7));
        assert_eq!(draft(json!({"schema": seven, "draft": "7"})), Ok(Draft::Draft7));
        assert_eq!(draft(json!({"schema": seven, "draft": "2020-12"})), Err("/draft".into()));
    }

    #[test]
    fn refuses_other_dialects() {
        for uri in [
            "http://json-schema.org/draft-04/schema#",
            "https://json-schema.org/draft/2019-09/schema",
            "http://json-schema.org/schema#",
            "https://json-schema.org/schema",
            "x",
        ] {
            let refused = draft(json!({"schema": {"$schema": uri}}));
            assert_eq!(refused, Err("/schema/$schema".into()), "{uri}");
        }
    }

    #[test]
    fn resolves_a_metaschema_to_its_draft() {
        let documents = json!({
            "http://a": {"$schema": "http://b#"}, "http://c": {"$schema": "http://c"},
            "http://b": {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        });
        let with = |uri: &str| draft(json!({"schema": {"$schema": uri}, "documents": documents}));
        assert_eq!(with("http://a#"), Ok(Draft::Draft202012));
        assert_eq!(with("http://c"), Err("/schema/$schema".into()));
    }
}
