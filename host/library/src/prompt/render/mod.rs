//! From a prompt and its variables to messages.
//!
//! What is rendered is a row of pieces: texts, and between them what says who speaks, or what
//! is no text. There are no markers within the texts, so a value that looks like one, or like a
//! tag, is a text as any other.

mod given;
mod messages;
mod pieces;
mod renderer;

use serde_json::Value;

use super::PromptFile;
use super::fault::Faults;
use super::limits::{RENDERED_BYTES_MAX, STEPS_MAX};

pub use messages::{Content, Media, Message};

/// Why a prompt cannot be rendered with what it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderProblem {
    /// A variable is missing.
    #[error("the variable `{0}` is missing: give it, or a default in `input.default`")]
    Missing(String),
    /// A variable is not known.
    #[error("there is no variable `{name}`: the prompt takes {known}")]
    Unknown {
        /// Which.
        name: String,
        /// Which there are.
        known: String,
    },
    /// A variable is not what was declared.
    #[error("the variable `{name}` does not fit: {reason}")]
    Wrong {
        /// Which.
        name: String,
        /// Why not.
        reason: String,
    },
    /// A default is for no variable.
    #[error("`{0}` has a default and is no variable: declare it in `input.schema`")]
    DefaultOfNothing(String),
    /// A default is not what was declared.
    #[error("the default of `{name}` does not fit: {reason}")]
    DefaultDoesNotFit {
        /// Which.
        name: String,
        /// Why not.
        reason: String,
    },
    /// What may be left away is written without asking.
    #[error(
        "`{0}` was not given, and is written here: put it into `{{{{#if {0}}}}}`, or give it a \
         default in `input.default`"
    )]
    NotGiven(String),
    /// It is no text.
    #[error(
        "`{path}` is {kind}, and no text: write `{{{{#each {path}}}}}` or `{{{{json {path}}}}}`"
    )]
    NoText {
        /// As it is written.
        path: String,
        /// What it is.
        kind: &'static str,
    },
    /// It cannot be gone through.
    #[error("`{0}` is nothing to go through: it has to be a list or an object")]
    NoList(String),
    /// A number that cannot be written as it was given.
    #[error("the number `{0}` is too large to be written exactly: give it as a text")]
    Inexact(String),
    /// It takes too long.
    #[error("rendering takes more than {STEPS_MAX} steps: go through less")]
    TooManySteps,
    /// There is too much of it.
    #[error("more than {RENDERED_BYTES_MAX} bytes come out, which no model reads: give it less")]
    TooLarge,
}

impl PromptFile {
    /// The messages that this prompt is with these variables, and with what was said before.
    pub fn render(&self, variables: &Value, history: &[Message]) -> Result<Vec<Message>, Faults> {
        let filled = self.front_matter.input.fill(&self.source, variables).map_err(Faults)?;
        let pieces = renderer::render(self, &filled)?;
        Ok(messages::assemble(pieces, history))
    }
}
