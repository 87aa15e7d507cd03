//! What is wrong with a prompt, or with what it was given, and where.

use std::fmt;

use tollgate_model::PromptNameError;

use super::folder::FolderProblem;
use super::front_matter::FrontMatterProblem;
use super::limits::NAMES_SHOWN_MAX;
use super::picoschema::SchemaProblem;
use super::render::RenderProblem;
use super::source::SourceProblem;
use super::template::TemplateProblem;
use super::usage::UsageProblem;
use super::yaml::YamlProblem;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// In which file.
    pub file: String,
    /// At which line, where it is not about the whole file.
    pub line: Option<usize>,
    /// What it is, and what to do.
    pub problem: Problem,
}

/// Everything that is wrong: never nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// With a file.
    #[error(transparent)]
    Source(#[from] SourceProblem),
    /// With the YAML of its front matter.
    #[error(transparent)]
    Yaml(#[from] YamlProblem),
    /// With what its front matter says.
    #[error(transparent)]
    FrontMatter(#[from] FrontMatterProblem),
    /// With a schema.
    #[error(transparent)]
    Schema(#[from] SchemaProblem),
    /// With the way that its template is written.
    #[error(transparent)]
    Template(#[from] TemplateProblem),
    /// With what its template names.
    #[error(transparent)]
    Usage(#[from] UsageProblem),
    /// With the variables that it is rendered with.
    #[error(transparent)]
    Render(#[from] RenderProblem),
    /// With the name of a prompt.
    #[error(transparent)]
    Name(#[from] PromptNameError),
    /// With where it lies.
    #[error(transparent)]
    Folder(#[from] FolderProblem),
}

impl Fault {
    pub(super) fn whole(file: &str, problem: Problem) -> Self {
        Self { file: file.into(), line: None, problem }
    }
}

/// Names, as messages tell them: some of them, where there are many.
pub(super) fn listed(names: impl ExactSizeIterator<Item = impl fmt::Display>) -> String {
    let count = names.len();
    let names: Vec<_> = names.take(NAMES_SHOWN_MAX).map(|name| format!("`{name}`")).collect();
    match count {
        0 => "none".into(),
        1..=NAMES_SHOWN_MAX => names.join(", "),
        _ => format!("{} and {} more", names.join(", "), count - NAMES_SHOWN_MAX),
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.problem),
            None => write!(f, "{}: {}", self.file, self.problem),
        }
    }
}

impl std::error::Error for Fault {}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            fault.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl From<Fault> for Faults {
    fn from(fault: Fault) -> Self {
        Self(vec![fault])
    }
}
