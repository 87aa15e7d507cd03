//! What a template names, looked at before there are any values: every variable has to be
//! declared, every partial has to be there.

mod look;

use std::sync::LazyLock;

use serde::Serialize;
use serde_json::{Value, json};

use super::PromptFile;
use super::fault::Fault;
use super::limits::{PARTIAL_DEPTH_MAX, STEPS_MAX};

/// A place that names a variable.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Use {
    /// Which variable.
    pub variable: String,
    /// In which file.
    pub file: String,
    /// At which line.
    pub line: usize,
}

/// Why a template cannot be rendered, whatever it is given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UsageProblem {
    /// A name is not declared.
    #[error("`{path}` is not declared: there is {known}; declare it in `input.schema`")]
    Undeclared {
        /// As it is written.
        path: String,
        /// What is declared.
        known: String,
    },
    /// A list or an object is written as a text.
    #[error(
        "`{path}` is {kind}, and no text: write `{{{{#each {path}}}}}` or `{{{{json {path}}}}}`"
    )]
    NoText {
        /// As it is written.
        path: String,
        /// What it is.
        kind: &'static str,
    },
    /// A single value is gone through.
    #[error(
        "`{0}` is a single value, and nothing to go through: write `{{{{#if {0}}}}}` or `{{{{{0}}}}}`"
    )]
    NoList(String),
    /// A way leads out.
    #[error("`{0}` leads out of what is known here: give it to the partial, as `name=value`")]
    Outside(String),
    /// There is no loop.
    #[error("`{0}` is known only within `{{{{#each}}}}`")]
    NoLoop(String),
    /// A partial is not there.
    #[error("there is no partial `{0}`: it has to be the file `_{0}.prompt` in the same folder")]
    NoPartial(String),
    /// Partials name each other.
    #[error("partials name each other in a circle: {0}")]
    Circle(String),
    /// Partials within partials.
    #[error("more than {PARTIAL_DEPTH_MAX} partials within each other: put some together")]
    TooDeep,
    /// Partials multiply.
    #[error("it has more than {STEPS_MAX} parts, partials counted as often as they are named")]
    TooMany,
}

/// What a prompt without a schema takes.
static NOTHING: LazyLock<Value> =
    LazyLock::new(|| json!({"type": "object", "properties": {}, "additionalProperties": false}));

/// Every place that names a variable, and everything that cannot be.
pub(super) fn look(prompt: &PromptFile) -> (Vec<Use>, Vec<Fault>) {
    let schema = prompt.front_matter.input.schema.as_ref().unwrap_or(&NOTHING);
    look::Looker::new(&prompt.partials, schema).all(&prompt.source.file, &prompt.template)
}
