//! Rendering of a prompt with variables to messages.
//!
//! The renderer produces a list of pieces (text, role changes, media) instead of a text with
//! markers. A value that looks like a marker or a tag therefore stays plain text: it cannot inject
//! a role.

mod messages;
mod pieces;
mod renderer;
mod value;

use serde_json::Value;
use tollgate_model::TextFileErrors;

use super::PromptFile;
use super::limits::{RENDERED_BYTES_MAX, STEPS_MAX};

pub use messages::{Media, MessageContent, PromptMessage};

/// Error of the values that a prompt is rendered with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    #[error("the variable `{0}` is missing")]
    MissingVariable(String),
    #[error("unknown variable `{name}`")]
    UnknownVariable {
        name: String,
        /// Declared names, formatted for the message.
        known: String,
    },
    #[error("the variable `{name}` does not match its schema: {reason}")]
    InvalidVariable { name: String, reason: String },
    #[error("`{0}` has a default but is not a variable")]
    DefaultOfUndeclared(String),
    #[error("the default of `{name}` does not match its schema: {reason}")]
    InvalidDefault { name: String, reason: String },
    /// An optional variable without a value is written outside of `#if`.
    #[error("`{0}` has no value here")]
    MissingValue(String),
    #[error("`{path}` is {kind}, not a text")]
    NotText { path: String, kind: &'static str },
    #[error("`{0}` cannot be iterated")]
    NotIterable(String),
    #[error("the number `{0}` is too large to be written exactly")]
    InexactNumber(String),
    #[error("rendering takes more than {STEPS_MAX} steps")]
    TooManySteps,
    #[error("the rendered prompt has more than {RENDERED_BYTES_MAX} bytes")]
    TooLarge,
}

impl RenderError {
    pub(super) fn help(&self) -> Option<String> {
        let help = match self {
            Self::InvalidVariable { .. } | Self::InvalidDefault { .. } => return None,
            Self::UnknownVariable { known, .. } => {
                return Some(format!("the prompt takes {known}"));
            }
            Self::MissingValue(path) => {
                return Some(format!(
                    "wrap it in `{{{{#if {path}}}}}`, or add a default in `input.default`"
                ));
            }
            Self::NotText { path, .. } => {
                return Some(format!("write `{{{{#each {path}}}}}` or `{{{{json {path}}}}}`"));
            }
            Self::MissingVariable(_) => "pass it, or add a default in `input.default`",
            Self::DefaultOfUndeclared(_) => "declare it in `input.schema`",
            Self::NotIterable(_) => "it must be a list or an object",
            Self::InexactNumber(_) => "pass it as a text",
            Self::TooManySteps => "pass shorter lists",
            Self::TooLarge => "pass less data",
        };
        Some(help.into())
    }
}

impl PromptFile {
    /// Renders the prompt with variables, and with the earlier messages of a conversation.
    pub fn render(
        &self,
        variables: &Value,
        history: &[PromptMessage],
    ) -> Result<Vec<PromptMessage>, TextFileErrors> {
        let filled =
            self.front_matter.input.fill_defaults(&self.text, variables).map_err(TextFileErrors)?;
        let pieces = renderer::render(self, &filled)?;
        Ok(messages::assemble_messages(pieces, history))
    }
}
