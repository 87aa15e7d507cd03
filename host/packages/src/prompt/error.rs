//! Errors of prompts: a file, a line and the kind of error. Each part of this module defines its
//! own error type; they come together here.

use std::fmt;

use tollgate_model::PromptNameError;

use super::folder::PromptFolderError;
use super::front_matter::FrontMatterError;
use super::limits::NAMES_SHOWN_MAX;
use super::picoschema::PromptSchemaError;
use super::render::RenderError;
use super::template::TemplateError;
use super::text::PromptTextError;
use super::usage::TemplateUsageError;
use super::yaml::YamlError;

/// An error in a prompt file or in the values that it was rendered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptError {
    /// Path of the prompt or partial, as shown in messages.
    pub file: String,
    /// Line, counted from 1; `None` if the error concerns the whole file.
    pub line: Option<usize>,
    pub kind: PromptErrorKind,
}

/// One or more errors, in the order in which they were found. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptErrors(pub Vec<PromptError>);

/// Kind of a prompt error, by the part of the prompt it concerns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromptErrorKind {
    #[error(transparent)]
    Text(#[from] PromptTextError),
    #[error(transparent)]
    Yaml(#[from] YamlError),
    #[error(transparent)]
    FrontMatter(#[from] FrontMatterError),
    #[error(transparent)]
    Schema(#[from] PromptSchemaError),
    #[error(transparent)]
    Template(#[from] TemplateError),
    #[error(transparent)]
    Usage(#[from] TemplateUsageError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Name(#[from] PromptNameError),
    #[error(transparent)]
    Folder(#[from] PromptFolderError),
}

impl PromptError {
    pub(super) fn for_file(file: &str, kind: PromptErrorKind) -> Self {
        Self { file: file.into(), line: None, kind }
    }
}

/// Formats names for a message: `none`, all of them, or the first few and a count.
pub(super) fn list_names(names: impl ExactSizeIterator<Item = impl fmt::Display>) -> String {
    let count = names.len();
    let names: Vec<_> = names.take(NAMES_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    match count {
        0 => "none".into(),
        1..=NAMES_SHOWN_MAX => names.join(", "),
        _ => format!("{} and {} more", names.join(", "), count - NAMES_SHOWN_MAX),
    }
}

impl fmt::Display for PromptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.kind),
            None => write!(f, "{}: {}", self.file, self.kind),
        }
    }
}

impl std::error::Error for PromptError {}

impl fmt::Display for PromptErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for PromptErrors {}

impl From<PromptError> for PromptErrors {
    fn from(error: PromptError) -> Self {
        Self(vec![error])
    }
}
