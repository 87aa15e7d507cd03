//! Every reference leads somewhere, and every dialect is known: also in parts of the
//! schema that no other part leads to, where a mistake would show only later.

use jsonschema::{Draft, Registry};
use referencing::{Resolver, ResourceRef};
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::compile::Source;
use crate::locate;
use crate::refuse::{self, Refuse};

const REFERENCES: [&str; 2] = ["$ref", "$dynamicRef"];

pub(crate) fn check(source: &Source, registry: &Registry) -> Result<(), Refusal> {
    let schema = Pointer::root().key("schema");
    check_one(source, registry, &source.id(), source.schema, schema)?;
    source.documents.used().try_for_each(|(uri, document)| {
        let at = Pointer::root().key("documents").key(uri);
        check_one(source, registry, uri, document, at)
    })
}

fn check_one(
    source: &Source,
    registry: &Registry,
    uri: &str,
    root: &Value,
    at: Pointer,
) -> Result<(), Refusal> {
    let walk = Walk { source, root, at };
    let base = referencing::uri::from_str(uri).map_err(|error| walk.reference(&error))?;
    walk.schema(&registry.resolver(base), source.draft.detect(root), root)
}

struct Walk<'s> {
    source: &'s Source<'s>,
    /// The schema or document that is walked, and where it stands.
    root: &'s Value,
    at: Pointer,
}

impl Walk<'_> {
    fn schema(&self, outer: &Resolver, draft: Draft, schema: &Value) -> Result<(), Refusal> {
        if let Some(uri) = self.unknown_dialect(schema) {
            return Err(self.refuse(schema, "$schema", format!("`{uri}` is not served")));
        }
        let resolver = outer.in_subresource(ResourceRef::new(schema, draft));
        let resolver = resolver.map_err(|error| self.reference(&error))?;
        for name in REFERENCES {
            if let Some(reference) = schema.get(name).and_then(Value::as_str)
                && let Err(error) = resolver.lookup(reference)
            {
                return Err(self.refuse(schema, name, refuse::explain(&error).1));
            }
        }
        let mut below = draft.subresources_of(schema);
        below.try_for_each(|schema| self.schema(&resolver, draft.detect(schema), schema))
    }

    fn unknown_dialect<'v>(&self, schema: &'v Value) -> Option<&'v str> {
        let uri = schema.get("$schema")?.as_str()?;
        let known = Draft::from_schema_uri(uri) != Draft::Unknown
            || self.source.documents.get(uri).is_some();
        (!known).then_some(uri)
    }

    fn refuse(&self, schema: &Value, name: &str, reason: String) -> Refusal {
        Refusal::bad_config(&locate::value(self.root, schema, &self.at).key(name), reason)
    }

    fn reference(&self, error: &referencing::Error) -> Refusal {
        Refuse { schema: self.source.schema, documents: self.source.documents }.reference(error)
    }
}
