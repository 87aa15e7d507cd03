//! Static check of a template: every variable must be declared and used according to its type,
//! every partial must exist.

mod checker;

use std::sync::LazyLock;

use serde_json::{Value, json};
use tollgate_model::TextFileError;

use super::PromptFile;
use super::limits::{PARTIAL_DEPTH_MAX, STEPS_MAX};

/// A place in a template that uses an input variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableUse {
    pub variable: String,
    pub file: String,
    pub line: usize,
}

/// Error in a template that would occur for any values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateUsageError {
    #[error("`{path}` is not declared (declared: {known})")]
    Undeclared {
        path: String,
        /// Declared names, formatted for the message.
        known: String,
    },
    #[error("`{path}` is {kind}, not a text")]
    NotText { path: String, kind: &'static str },
    #[error("`{0}` is a single value and cannot be iterated")]
    NotIterable(String),
    /// A path has more `../` than there are enclosing blocks in this file.
    #[error("`{0}` leads out of this file")]
    OutsideOfFile(String),
    #[error("`{0}` is available only inside `{{{{#each}}}}`")]
    OutsideOfLoop(String),
    #[error("there is no partial `{0}`")]
    UnknownPartial(String),
    #[error("partials include each other in a cycle: {0}")]
    PartialCycle(String),
    #[error("partials are nested more than {PARTIAL_DEPTH_MAX} deep")]
    TooDeep,
    #[error(
        "the template has more than {STEPS_MAX} parts, counting a partial each time it is included"
    )]
    TooManyParts,
}

impl TemplateUsageError {
    pub(super) fn help(&self) -> Option<String> {
        Some(match self {
            Self::OutsideOfLoop(_) | Self::PartialCycle(_) | Self::TooManyParts => return None,
            Self::Undeclared { .. } => "declare it in `input.schema`".into(),
            Self::NotText { path, .. } => {
                format!("write `{{{{#each {path}}}}}` or `{{{{json {path}}}}}`")
            }
            Self::NotIterable(path) => format!("write `{{{{#if {path}}}}}` or `{{{{{path}}}}}`"),
            Self::OutsideOfFile(_) => "pass the value to the partial as `name=value`".into(),
            Self::UnknownPartial(name) => {
                format!("create the file `_{name}.prompt` in the same folder")
            }
            Self::TooDeep => "merge some of them".into(),
        })
    }
}

/// Schema of a prompt that declares no variables.
static NO_VARIABLES: LazyLock<Value> =
    LazyLock::new(|| json!({"type": "object", "properties": {}, "additionalProperties": false}));

/// Checks a prompt's template and partials. Returns all uses of input variables, and all errors.
pub(super) fn check_usage(prompt: &PromptFile) -> (Vec<VariableUse>, Vec<TextFileError>) {
    let schema = prompt.front_matter.input.schema.as_ref().unwrap_or(&NO_VARIABLES);
    checker::UsageChecker::new(&prompt.partials, schema)
        .check(prompt.text.text_file(), &prompt.template)
}
