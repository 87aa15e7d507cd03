//! What a gate can set, and the checks that it has to pass.

use std::collections::BTreeMap;

use jsonschema::Validator;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;
use tollgate_sdk::{Pointer, Refusal};

use crate::compile::Source;
use crate::document::Flat;
use crate::documents::Documents;
use crate::{dialect, keywords, warm_up};

/// More would only be skimmed: a document with a hundred errors is another document.
const MAX_FINDINGS: usize = 100;

/// The schema, and how to read it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The JSON Schema that outputs have to follow: an object, or `true` or `false`.
    #[schemars(schema_with = "a_schema")]
    pub schema: Value,
    /// The draft that the schema is written in. Where it is left out, the schema's own
    /// `$schema` says, and where that is missing too, it is 2020-12.
    #[serde(default)]
    pub draft: Option<DraftName>,
    /// Whether `format` is checked, and not only noted. The standard leaves it off for
    /// 2020-12, unless the metaschema asks for it.
    #[serde(default)]
    pub formats: bool,
    /// What references may lead to: schemas by their URIs. Nothing is ever fetched.
    #[serde(default)]
    #[schemars(schema_with = "schemas_by_uri")]
    pub documents: BTreeMap<String, Value>,
    /// What to do about keywords that the draft does not know. The standard ignores
    /// them, and with them every misspelt one.
    #[serde(default)]
    pub unknown_keywords: UnknownKeywords,
    /// Whether a text is judged as the JSON that it should be. Otherwise texts are
    /// refused.
    #[serde(default)]
    pub parse_text: bool,
    /// At most so many findings are listed. A last one says how many more there are.
    #[serde(default = "max_findings")]
    #[schemars(range(min = 1))]
    pub max_findings: usize,
}

/// The drafts that are served.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
pub enum DraftName {
    /// The current one.
    #[serde(rename = "2020-12")]
    Draft202012,
    /// What most schemas before 2020 were written in.
    #[serde(rename = "7")]
    Draft7,
}

/// What to do about keywords that the draft does not know.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UnknownKeywords {
    /// Ignore them, as the standard does.
    #[default]
    Ignore,
    /// Refuse the configuration.
    Refuse,
}

fn max_findings() -> usize {
    MAX_FINDINGS
}

fn a_schema(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": ["object", "boolean"] })
}

fn schemas_by_uri(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "additionalProperties": a_schema(generator) })
}

/// A schema that has been compiled.
#[derive(Debug)]
pub struct State {
    pub(crate) validator: Validator<Flat>,
    pub(crate) parse_text: bool,
    pub(crate) max_findings: usize,
}

/// Compiles the schema, or says where in the configuration it cannot be honoured.
pub fn configure(config: Config) -> Result<State, Refusal> {
    if config.max_findings == 0 {
        let pointer = Pointer::root().key("max_findings");
        return Err(Refusal::bad_config(&pointer, "at least one finding has to fit"));
    }
    let Config { schema, formats, parse_text, max_findings, unknown_keywords, .. } = config;
    let documents = Documents::new(config.documents);
    let draft = dialect::of(&schema, config.draft, &documents)?;
    let source = Source { schema: &schema, documents: &documents, draft, formats };
    let validator = source.compile()?;
    if unknown_keywords == UnknownKeywords::Refuse {
        keywords::check(&source)?;
    }
    warm_up::run(&validator, &schema, &documents);
    Ok(State { validator, parse_text, max_findings })
}
