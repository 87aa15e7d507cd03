//! Which draft a schema is written in.

use jsonschema::Draft;
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::config::DraftName;
use crate::documents::Documents;

const SERVED: &str = "2020-12 (`https://json-schema.org/draft/2020-12/schema`) and draft 7 \
                      (`http://json-schema.org/draft-07/schema#`) are, and metaschemas in \
                      `documents` that build on one of them";

impl DraftName {
    fn draft(self) -> Draft {
        match self {
            Self::Draft202012 => Draft::Draft202012,
            Self::Draft7 => Draft::Draft7,
        }
    }
}

/// The draft that the configuration names, or else the schema.
pub(crate) fn of(
    schema: &Value,
    named: Option<DraftName>,
    documents: &Documents,
) -> Result<Draft, Refusal> {
    let named = named.map(DraftName::draft);
    let Some(own) = metaschema(schema) else {
        return Ok(named.unwrap_or(Draft::Draft202012));
    };
    let draft = resolve(own, documents).ok_or_else(|| {
        let pointer = Pointer::root().key("schema").key("$schema");
        Refusal::bad_config(&pointer, format!("`{own}` is not served: {SERVED}"))
    })?;
    match named {
        Some(named) if named != draft => {
            let reason = format!("the schema is written in another draft: `{own}`");
            Err(Refusal::bad_config(&Pointer::root().key("draft"), reason))
        }
        _ => Ok(draft),
    }
}

fn metaschema(schema: &Value) -> Option<&str> {
    schema.get("$schema").and_then(Value::as_str)
}

/// The draft that a metaschema is, or builds on.
fn resolve(uri: &str, documents: &Documents) -> Option<Draft> {
    let mut uri = uri;
    // A chain of metaschemas that is longer than there are documents goes in a circle.
    for _ in 0..=documents.len() {
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
        of(&config.schema, config.draft, &documents).map_err(|refusal| match refusal {
            Refusal::BadConfig(bad) => bad.pointer,
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn the_configuration_names_it_or_the_schema_does() {
        assert_eq!(draft(json!({"schema": true})), Ok(Draft::Draft202012));
        assert_eq!(draft(json!({"schema": {}, "draft": "7"})), Ok(Draft::Draft7));
        let seven = json!({"$schema": "http://json-schema.org/draft-07/schema#"});
        assert_eq!(draft(json!({"schema": seven})), Ok(Draft::Draft7));
        assert_eq!(draft(json!({"schema": seven, "draft": "7"})), Ok(Draft::Draft7));
        assert_eq!(draft(json!({"schema": seven, "draft": "2020-12"})), Err("/draft".into()));
    }

    #[test]
    fn other_dialects_are_refused() {
        for uri in [
            "http://json-schema.org/draft-04/schema#",
            "https://json-schema.org/draft/2019-09/schema",
            "x",
        ] {
            let refused = draft(json!({"schema": {"$schema": uri}}));
            assert_eq!(refused, Err("/schema/$schema".into()), "{uri}");
        }
    }

    #[test]
    fn a_metaschema_is_followed_to_its_draft() {
        let documents = json!({
            "http://a": {"$schema": "http://b#"}, "http://c": {"$schema": "http://c"},
            "http://b": {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        });
        let with = |uri: &str| draft(json!({"schema": {"$schema": uri}, "documents": documents}));
        assert_eq!(with("http://a#"), Ok(Draft::Draft202012));
        assert_eq!(with("http://c"), Err("/schema/$schema".into()));
    }
}
