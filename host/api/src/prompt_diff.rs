//! Comparison of two versions of a prompt.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use tollgate_model::FormatVersion;
use tollgate_packages::prompt::{ChangeSection, Hunk, PromptChange, PromptDiff, PromptFile};

use crate::VersionBump;
use crate::prompt::PromptIdentity;

/// Changes between two versions of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PromptDiffDocument {
    pub format: FormatVersion<1>,
    pub from: PromptIdentity,
    pub to: PromptIdentity,
    /// Bump that the changes require together.
    pub required_bump: VersionBump,
    /// Lowest version with that bump; `null` if the earlier prompt has no version.
    pub lowest_version: Option<Version>,
    /// Whether the later version is at least that; `null` if a prompt has no version.
    pub sufficient: Option<bool>,
    /// Changes, the largest bump of each section first.
    pub changes: Vec<PromptDifference>,
    /// Changed lines of the template and its partials.
    pub wording: Vec<ChangedLines>,
}

/// Change of a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromptDifference {
    pub section: PromptSection,
    pub description: String,
    /// Bump that it requires.
    pub bump: VersionBump,
    /// Reason for the bump.
    pub reason: String,
}

/// Part of a prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PromptSection {
    /// Text of the template.
    Wording,
    /// Input variables.
    Variables,
    /// Output format and schema.
    Schema,
    /// Model, its settings and its tools.
    Model,
    /// Descriptions and metadata.
    About,
}

/// Group of adjacent lines that changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChangedLines {
    /// Partial that has the lines; `null` for the prompt itself.
    pub partial: Option<String>,
    /// Line in the earlier version, counted from 1.
    pub line_before: usize,
    /// Line in the later version, counted from 1.
    pub line_after: usize,
    pub removed: Vec<String>,
    pub added: Vec<String>,
}

impl PromptDiffDocument {
    pub fn new(from: &PromptFile, to: &PromptFile, diff: PromptDiff) -> Self {
        Self {
            format: FormatVersion,
            from: from.into(),
            to: to.into(),
            required_bump: diff.required_bump.into(),
            lowest_version: diff.lowest_version,
            sufficient: diff.is_sufficient,
            changes: diff.changes.into_iter().map(Into::into).collect(),
            wording: diff.wording.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<PromptChange> for PromptDifference {
    fn from(change: PromptChange) -> Self {
        let PromptChange { section, description, bump, reason } = change;
        Self { section: section.into(), description, bump: bump.into(), reason: reason.to_string() }
    }
}

impl From<ChangeSection> for PromptSection {
    fn from(section: ChangeSection) -> Self {
        match section {
            ChangeSection::Wording => Self::Wording,
            ChangeSection::Variables => Self::Variables,
            ChangeSection::Schema => Self::Schema,
            ChangeSection::Model => Self::Model,
            ChangeSection::About => Self::About,
        }
    }
}

impl From<Hunk> for ChangedLines {
    fn from(hunk: Hunk) -> Self {
        let Hunk { partial, line_before, line_after, removed, added } = hunk;
        Self { partial, line_before, line_after, removed, added }
    }
}
