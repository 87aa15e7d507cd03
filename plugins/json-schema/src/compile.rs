//! Compiles a schema into a validator.
//!
//! References are resolved from the configuration alone: an unresolved one is refused here,
//! so that no document passes because of it later.

use jsonschema::{Draft, PatternOptions, Registry, ValidationError, Validator};
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::document::FlatJson;
use crate::documents::{DEFAULT_BASE_URI, Documents};
use crate::references;
use crate::refusal::RefusalBuilder;

/// Only patterns with look-around or back references backtrack. A match is given up after
/// this many attempts, well before a sandbox runs out of fuel.
const BACKTRACKS_MAX: usize = 50_000;

/// A schema with the documents that it may refer to, before compilation.
pub(crate) struct SchemaSource<'c> {
    pub(crate) schema: &'c Value,
    pub(crate) documents: &'c Documents,
    pub(crate) draft: Draft,
    pub(crate) check_formats: bool,
}

impl SchemaSource<'_> {
    pub(crate) fn compile(&self) -> Result<Validator<FlatJson>, Refusal> {
        let refuse = RefusalBuilder { schema: self.schema, documents: self.documents };
        let registry = self.build_registry().map_err(|error| refuse.refuse_reference(&error))?;
        self.check_documents()?;
        references::check_references(self, &registry)?;
        // A format that cannot be checked must not pass, so unknown ones are errors.
        let options = jsonschema::options_for::<FlatJson>()
            .with_draft(self.draft)
            .with_registry(&registry)
            .with_retriever(self.documents.clone())
            .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(BACKTRACKS_MAX))
            .should_ignore_unknown_formats(false);
        // Left alone, documents of draft 7 check formats, and those of 2020-12 follow their metaschema.
        let options = match self.check_formats || !self.documents.assert_formats() {
            true => options.should_validate_formats(self.check_formats),
            false => options,
        };
        options.build(self.schema).map_err(|error| refuse.refuse_schema(&error))
    }

    /// Returns the schema's own URI, or the default base URI if it has none.
    pub(crate) fn id(&self) -> String {
        self.draft.create_resource_ref(self.schema).id().unwrap_or(DEFAULT_BASE_URI).to_owned()
    }

    /// Collects the schema and every document that it refers to.
    fn build_registry(&self) -> Result<Registry<'_>, jsonschema::ReferencingError> {
        Registry::new()
            .retriever(self.documents.clone())
            .draft(self.draft)
            .add(self.id(), self.draft.create_resource_ref(self.schema))?
            .prepare()
    }

    /// Checks the used documents against their metaschemas. The compiler does that only for
    /// the schema itself.
    fn check_documents(&self) -> Result<(), Refusal> {
        let documents = Pointer::root().key("documents");
        self.documents.used().try_for_each(|(uri, document)| {
            let draft = self.draft.detect(document);
            validate_against_metaschema(document, draft)
                .map_err(|error| crate::refusal::refuse_at(&documents.clone().key(uri), &error))
        })
    }
}

fn validate_against_metaschema(document: &Value, draft: Draft) -> Result<(), ValidationError<'_>> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validate(document),
        Draft::Draft6 => jsonschema::draft6::meta::validate(document),
        Draft::Draft7 => jsonschema::draft7::meta::validate(document),
        Draft::Draft201909 => jsonschema::draft201909::meta::validate(document),
        _ => jsonschema::draft202012::meta::validate(document),
    }
}
