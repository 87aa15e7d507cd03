//! Errors of reading outputs, and of answering them.

use std::error::Error;

use tollgate_model::JsonTextError;

use super::csv_rows::CsvError;
use super::member_mapping::MEMBER_NAMES;
use crate::gate::{CheckError, TrialError};

/// The reason why an output could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntakeError {
    /// The source could not be opened or read. The caller that opens it gives the reason.
    #[error(transparent)]
    Source(Box<dyn Error + Send + Sync>),
    #[error(transparent)]
    Read(#[from] std::io::Error),
    #[error("the line is longer than {bytes_max} bytes; the rest of the file was not read")]
    LineTooLong { bytes_max: u64 },
    #[error("the element is longer than {bytes_max} bytes; the rest of the file was not read")]
    ElementTooLong { bytes_max: u64 },
    #[error("invalid UTF-8 at byte {at}")]
    InvalidUtf8 { at: usize },
    #[error(
        "{reason} (column {column}): a line must be a JSON object with `text`, `json` or `action`"
    )]
    NotAnObject { reason: String, column: usize },
    /// A member that may be misspelt.
    #[error("unknown member `{member}`: use one of {}", MEMBER_NAMES.join(", "))]
    UnknownMember { member: String },
    #[error("`{member}`: {reason}")]
    InvalidMember { member: String, reason: String },
    /// A member or context key that is mapped to another name, and that the input also has under its own.
    #[error("`{name}` is read from `{member}`, but is there under its own name, too")]
    MappedNamePresent { name: String, member: String },
    #[error("an output needs exactly one of `text`, `json`, `action` and `content`")]
    NotOneContent,
    #[error("`text` is not a string")]
    TextNotAString,
    #[error("an action must be an object with `tool` and `arguments`")]
    InvalidAction,
    #[error("`context` is not a JSON object")]
    ContextNotAnObject,
    /// The source should be an array whose elements are rows.
    #[error("the document is not a JSON array")]
    NotAnArray,
    #[error("the array is not closed")]
    UnclosedArray,
    #[error("text behind the end of the array")]
    TextAfterArray,
    /// A row of which members are mapped.
    #[error("the row is not a JSON object, so it has none of the mapped members")]
    RowNotAnObject,
    #[error("{reason}")]
    InvalidRow { reason: String },
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    NotJson(#[from] JsonTextError),
    /// JSON whose values cannot be represented, such as a lone surrogate in a string.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// The reason why a name cannot be mapped to a member.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MappingError {
    #[error("expected `NAME=MEMBER`")]
    NoEqualsSign,
    #[error("unknown name `{name}`: use one of {} or `context.KEY`", MEMBER_NAMES.join(", "))]
    UnknownName { name: String },
    #[error("`{name}` is mapped twice: keep one mapping")]
    NameTwice { name: String },
}

/// The reason why one output has no decision. Nothing of it is recorded, and the others go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    #[error(transparent)]
    Intake(#[from] IntakeError),
    #[error(transparent)]
    Check(#[from] CheckError),
}

/// The reason why the rest of many outputs is not checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckManyError {
    /// An error that concerns the gate.
    #[error(transparent)]
    Check(CheckError),
    #[error(transparent)]
    Trial(TrialError),
    #[error("the thread that reads outputs cannot be started")]
    NoThread(#[source] std::io::Error),
    /// Reading or judging panicked, or the runtime was shut down.
    #[error("a worker stopped unexpectedly")]
    WorkerStopped,
}

/// The reason why an output has no answer with a decision: it is answered with an error, or nothing is any more.
pub(super) enum PipelineError {
    Output(AnswerError),
    Stop(CheckManyError),
}

impl From<IntakeError> for PipelineError {
    fn from(error: IntakeError) -> Self {
        Self::Output(error.into())
    }
}

impl From<CheckError> for PipelineError {
    fn from(error: CheckError) -> Self {
        match error.concerns_one_output() {
            true => Self::Output(error.into()),
            false => Self::Stop(CheckManyError::Check(error)),
        }
    }
}

impl From<TrialError> for PipelineError {
    fn from(error: TrialError) -> Self {
        match error {
            TrialError::Output(error) => CheckError::Output(error).into(),
            error => Self::Stop(CheckManyError::Trial(error)),
        }
    }
}
