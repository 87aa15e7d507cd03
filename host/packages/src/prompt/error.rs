//! Kinds of prompt errors. Each part of this module defines its own; they come together here and
//! become errors of a text file.

use std::fmt;

use tollgate_model::{PromptNameError, TextFile, TextFileError, TextSpan};

use super::folder::PromptFolderError;
use super::front_matter::FrontMatterError;
use super::limits::NAMES_SHOWN_MAX;
use super::picoschema::PromptSchemaError;
use super::render::RenderError;
use super::template::TemplateError;
use super::text::PromptTextError;
use super::usage::TemplateUsageError;
use super::yaml::YamlError;

/// Kind of a prompt error, by the part of the prompt it concerns.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum PromptErrorKind {
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

impl PromptErrorKind {
    fn help(&self) -> Option<String> {
        match self {
            Self::Text(error) => error.help(),
            Self::Yaml(error) => error.help(),
            Self::FrontMatter(error) => error.help(),
            Self::Schema(error) => error.help(),
            Self::Template(error) => error.help(),
            Self::Usage(error) => error.help(),
            Self::Render(error) => error.help(),
            Self::Name(_) => None,
            Self::Folder(error) => error.help(),
        }
    }
}

/// Returns an error about a part of a prompt or partial, or about the whole file.
pub(super) fn error_in(
    file: &TextFile,
    span: Option<TextSpan>,
    kind: impl Into<PromptErrorKind>,
) -> TextFileError {
    let kind = kind.into();
    let message = kind.to_string();
    TextFileError { file: file.clone(), span, message, help: kind.help() }
}

/// Returns an error about a file or folder whose text is not known.
pub(super) fn error_of_path(name: &str, kind: impl Into<PromptErrorKind>) -> TextFileError {
    error_in(&TextFile::new(name, ""), None, kind)
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
