//! The configuration, and its checks.

use std::collections::BTreeMap;

use jsonschema::Validator;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::compile::SchemaSource;
use crate::document::FlatJson;
use crate::documents::Documents;
use crate::{dialect, keywords, warm_up};

/// A document with a hundred errors is wrong as a whole, so nobody would read more.
const DEFAULT_MAX_FINDINGS: usize = 100;

/// The schema, and how it is applied.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// JSON Schema for the outputs: an object, or `true` or `false`.
    #[schemars(schema_with = "any_schema")]
    pub schema: Value,
    /// Draft of the schema. Defaults to the schema's own `$schema`, or 2020-12 if it has
    /// none.
    #[serde(default)]
    pub draft: Option<DraftName>,
    /// Whether `format` is checked. By default it is only an annotation in 2020-12, unless
    /// the metaschema asserts it.
    #[serde(default)]
    pub formats: bool,
    /// Schemas that references may use, by their URIs. Nothing is ever fetched.
    #[serde(default)]
    #[schemars(schema_with = "schemas_by_uri")]
    pub documents: BTreeMap<String, Value>,
    /// Treatment of keywords that the draft does not define. The standard ignores them,
    /// including every misspelt keyword.
    #[serde(default)]
    pub unknown_keywords: UnknownKeywordPolicy,
    /// Whether texts are parsed and judged as JSON. If not, texts are refused.
    #[serde(default)]
    pub parse_text: bool,
    /// Maximum number of findings in the report. One more finding gives the number of
    /// omitted ones.
    #[serde(default = "default_max_findings")]
    #[schemars(range(min = 1))]
    pub max_findings: usize,
}

/// Supported drafts.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
pub enum DraftName {
    /// The current draft.
    #[serde(rename = "2020-12")]
    Draft202012,
    /// The draft of most schemas written before 2020.
    #[serde(rename = "7")]
    Draft7,
}

/// Treatment of keywords that the draft does not define.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UnknownKeywordPolicy {
    /// Ignore them, as the standard does.
    #[default]
    Ignore,
    /// Refuse the configuration.
    Refuse,
}

fn default_max_findings() -> usize {
    DEFAULT_MAX_FINDINGS
}

fn any_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["object", "boolean"] })
}

fn schemas_by_uri(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": any_schema(generator) })
}

/// The compiled schema.
#[derive(Debug)]
pub struct CompiledSchema {
    pub(crate) validator: Validator<FlatJson>,
    pub(crate) parse_text: bool,
    pub(crate) max_findings: usize,
}

/// Compiles the schema. Refuses the configuration, with the place, if it cannot be applied
/// in full.
pub fn configure(config: Config) -> Result<CompiledSchema, Refusal> {
    if config.max_findings == 0 {
        let pointer = Pointer::root().key("max_findings");
        return Err(Refusal::bad_config(&pointer, "must be at least 1"));
    }
    let Config { schema, formats, parse_text, max_findings, unknown_keywords, .. } = config;
    let documents = Documents::new(config.documents);
    let draft = dialect::detect_draft(&schema, config.draft, &documents)?;
    let source =
        SchemaSource { schema: &schema, documents: &documents, draft, check_formats: formats };
    // Compiling comes before the check for keywords: it retrieves the documents to check.
    let validator = source.compile()?;
    if unknown_keywords == UnknownKeywordPolicy::Refuse {
        keywords::check_keywords(&source)?;
    }
    warm_up::run(&validator, &schema, &documents);
    Ok(CompiledSchema { validator, parse_text, max_findings })
}
