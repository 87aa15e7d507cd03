//! The configured documents, which references are resolved from.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::{Retrieve, Uri};
use serde_json::Value;

/// Base URI of a schema without `$id`. Relative references resolve against it.
pub(crate) const DEFAULT_BASE_URI: &str = "json-schema:///";

/// Vocabularies of 2020-12 and 2019-09 in which `format` is an assertion.
const ASSERTIONS: [&str; 2] = [
    "https://json-schema.org/draft/2020-12/vocab/format-assertion",
    "https://json-schema.org/draft/2019-09/vocab/format",
];

/// All documents that references may use. Nothing else exists for them: nothing is fetched.
#[derive(Clone)]
pub(crate) struct Documents(Arc<DocumentStore>);

struct DocumentStore {
    by_uri: BTreeMap<String, Value>,
    /// URIs of the documents that were retrieved.
    used: Mutex<BTreeSet<String>>,
}

impl Documents {
    pub(crate) fn new(by_uri: BTreeMap<String, Value>) -> Self {
        Self(Arc::new(DocumentStore { by_uri, used: Mutex::default() }))
    }

    /// Returns the document with this URI. An empty fragment is ignored.
    pub(crate) fn get(&self, uri: &str) -> Option<(&str, &Value)> {
        let uri = uri.trim_end_matches('#');
        let found = self.0.by_uri.get_key_value(uri);
        let found =
            found.or_else(|| self.0.by_uri.get_key_value(uri.strip_prefix(DEFAULT_BASE_URI)?));
        found.map(|(uri, document)| (uri.as_str(), document))
    }

    /// Returns the documents that are used, directly or through others.
    pub(crate) fn used(&self) -> impl Iterator<Item = (&str, &Value)> {
        let used = self.0.used.lock().unwrap_or_else(PoisonError::into_inner).clone();
        used.into_iter().filter_map(|uri| self.get(&uri))
    }

    /// Returns whether a metaschema among the documents has a vocabulary that makes formats assertions.
    pub(crate) fn assert_formats(&self) -> bool {
        let vocabularies =
            self.iter().filter_map(|(_, document)| document.get("$vocabulary")?.as_object());
        vocabularies.flat_map(|names| names.keys()).any(|name| ASSERTIONS.contains(&&**name))
    }

    pub(crate) fn len(&self) -> usize {
        self.0.by_uri.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.by_uri.iter().map(|(uri, document)| (uri.as_str(), document))
    }
}

impl Retrieve for Documents {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn Error + Send + Sync>> {
        let (uri, document) = self.get(uri.as_str()).ok_or("nothing is fetched")?;
        self.0.used.lock().unwrap_or_else(PoisonError::into_inner).insert(uri.to_owned());
        Ok(document.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn documents() -> Documents {
        let by_uri = [("http://a", json!({"type": "string"})), ("b.json", json!(true))];
        Documents::new(by_uri.map(|(uri, document)| (uri.to_owned(), document)).into())
    }

    #[test]
    fn finds_documents_by_uri_or_relative_name() {
        let documents = documents();
        assert_eq!(documents.get("http://a#"), Some(("http://a", &json!({"type": "string"}))));
        assert_eq!(documents.get("json-schema:///b.json"), Some(("b.json", &json!(true))));
        assert_eq!(documents.get("http://a/b.json"), None);
    }

    #[test]
    fn remembers_retrieved_documents() {
        let documents = documents();
        let retrieve = |uri| documents.retrieve(&jsonschema::uri::from_str(uri).unwrap());
        assert!(retrieve("json-schema:///b.json").is_ok());
        assert!(retrieve("http://c").is_err());
        assert_eq!(documents.used().map(|(uri, _)| uri).collect::<Vec<_>>(), ["b.json"]);
    }
}
