//! From a schema to a validator.
//!
//! What the configuration holds is all there is: a reference that it does not answer
//! is an error now, not a document that passes later.

use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::document::Flat;
use crate::documents::{Documents, NAMELESS};
use crate::references;
use crate::refuse::Refuse;

/// Only patterns with look-around or back references are matched by trial and error. At
/// this many errors a match is given up, well before a sandbox runs out of fuel.
const BACKTRACKS_MAX: usize = 50_000;

/// A schema with what it may refer to, before it is compiled.
pub(crate) struct Source<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) documents: &'c Documents,
    pub(crate) draft: Draft,
    pub(crate) formats: bool,
}

impl Source<'_> {
    pub(crate) fn compile(&self) -> Result<Validator<Flat>, Refusal> {
        let refuse = Refuse { schema: self.schema, documents: self.documents };
        let registry = self.registry().map_err(|error| refuse.reference(&error))?;
        self.check_documents()?;
        references::check(self, &registry)?;
        let options = jsonschema::options_for::<Flat>()
            .with_draft(self.draft)
            .with_registry(&registry)
            .with_retriever(self.documents.clone())
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS_MAX))
            .should_ignore_unknown_formats(false);
        // Left to itself, draft 7 checks formats, and 2020-12 asks the metaschema.
        let options = match self.formats || self.draft == Draft::Draft7 {
            true => options.should_validate_formats(self.formats),
            false => options,
        };
        options.build(self.schema).map_err(|error| refuse.invalid(&error))
    }

    /// The URI that the schema gives itself, or the one that it has without any.
    pub(crate) fn id(&self) -> String {
        self.draft.create_resource_ref(self.schema).id().unwrap_or(NAMELESS).to_owned()
    }

    /// The schema and every document that it leads to.
    fn registry(&self) -> Result<Registry<'_>, jsonschema::ReferencingError> {
        Registry::new()
            .retriever(self.documents.clone())
            .draft(self.draft)
            .add(self.id(), self.draft.create_resource_ref(self.schema))?
            .prepare()
    }

    /// The schema is held against its metaschema when it is compiled; documents are not.
    fn check_documents(&self) -> Result<(), Refusal> {
        let documents = Pointer::root().key("documents");
        self.documents.used().try_for_each(|(uri, document)| {
            let draft = self.draft.detect(document);
            validate(document, draft)
                .map_err(|error| crate::refuse::at(&documents.clone().key(uri), &error))
        })
    }
}

fn validate(document: &Value, draft: Draft) -> Result<(), ValidationError<'_>> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validate(document),
        Draft::Draft6 => jsonschema::draft6::meta::validate(document),
        Draft::Draft7 => jsonschema::draft7::meta::validate(document),
        Draft::Draft201909 => jsonschema::draft201909::meta::validate(document),
        _ => jsonschema::draft202012::meta::validate(document),
    }
}
