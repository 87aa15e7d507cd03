//! Checks that every reference can be resolved and every dialect is known. This includes
//! unused parts of the schema, where a mistake would surface only after a later change.

use jsonschema::{Draft, Registry};
use referencing::{Resolver, ResourceRef};
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::compile::SchemaSource;
use crate::cycles;
use crate::dialect;
use crate::locate;
use crate::refusal::{self, RefusalBuilder};

pub(crate) const REFERENCE_KEYWORDS: [&str; 2] = ["$ref", "$dynamicRef"];

pub(crate) fn check_references(source: &SchemaSource, registry: &Registry) -> Result<(), Refusal> {
    let schema = Pointer::root().key("schema");
    check_document_references(source, registry, &source.id(), source.schema, schema)?;
    source.documents.used().try_for_each(|(uri, document)| {
        let at = Pointer::root().key("documents").key(uri);
        check_document_references(source, registry, uri, document, at)
    })
}

fn check_document_references(
    source: &SchemaSource,
    registry: &Registry,
    uri: &str,
    root: &Value,
    at: Pointer,
) -> Result<(), Refusal> {
    let walk = ReferenceWalker { source, root, at };
    let base = referencing::uri::from_str(uri).map_err(|error| walk.refuse_reference(&error))?;
    walk.check_schema(&registry.resolver(base), source.draft.detect(root), root)
}

struct ReferenceWalker<'s> {
    source: &'s SchemaSource<'s>,
    /// The schema or document that is checked, and its pointer in the configuration.
    root: &'s Value,
    at: Pointer,
}

impl ReferenceWalker<'_> {
    fn check_schema(&self, outer: &Resolver, draft: Draft, schema: &Value) -> Result<(), Refusal> {
        if let Some(uri) = self.unknown_dialect(schema) {
            return Err(self.refuse(
                schema,
                "$schema",
                format!("`{uri}` is neither a supported draft nor among `documents`"),
            ));
        }
        let resolver = outer.in_subresource(ResourceRef::new(schema, draft));
        let resolver = resolver.map_err(|error| self.refuse_reference(&error))?;
        for name in REFERENCE_KEYWORDS {
            let Some(reference) = schema.get(name).and_then(Value::as_str) else { continue };
            let target = resolver.lookup(reference).map_err(|error| {
                self.refuse(schema, name, refusal::explain_reference_error(&error).1)
            })?;
            if cycles::leads_back(target) {
                let reason = format!(
                    "`{reference}` only leads back to itself, so it would let everything pass"
                );
                return Err(self.refuse(schema, name, reason));
            }
        }
        let mut below = draft.subresources_of(schema);
        below.try_for_each(|schema| self.check_schema(&resolver, draft.detect(schema), schema))
    }

    fn unknown_dialect<'v>(&self, schema: &'v Value) -> Option<&'v str> {
        let uri = schema.get("$schema")?.as_str()?;
        let is_known = Draft::from_schema_uri(uri) != Draft::Unknown
            || self.source.documents.get(uri).is_some();
        (!is_known || dialect::names_no_draft(uri)).then_some(uri)
    }

    fn refuse(&self, schema: &Value, name: &str, reason: String) -> Refusal {
        Refusal::bad_config(&locate::locate_value(self.root, schema, &self.at).key(name), reason)
    }

    fn refuse_reference(&self, error: &referencing::Error) -> Refusal {
        RefusalBuilder { schema: self.source.schema, documents: self.source.documents }
            .refuse_reference(error)
    }
}
