//! Comparison of two versions of a contract or a prompt.

use schemars::JsonSchema;
use semver::Version;
use serde::Serialize;
use tollgate_model::FormatVersion;
use tollgate_packages::Bump;
use tollgate_packages::semver_check::ContractChange;

/// Part of a version number that has to be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionBump {
    None,
    Patch,
    Minor,
    Major,
}

/// Comparison of two versions of a contract or a prompt.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct VersionComparisonDocument {
    pub format: FormatVersion<1>,
    /// Name of the contract or prompt.
    pub name: String,
    pub old: Version,
    pub new: Version,
    /// Bump that the differences require together.
    pub required_bump: VersionBump,
    /// Lowest version with that bump.
    pub lowest_version: Version,
    /// Whether the new version is at least that.
    pub sufficient: bool,
    /// Number of subjects or pairs of outputs that both versions were compared on.
    pub subjects: usize,
    /// Differences, the largest bump first.
    pub differences: Vec<VersionDifference>,
}

/// Difference between two versions.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct VersionDifference {
    pub description: String,
    /// Bump that it requires.
    pub bump: VersionBump,
    /// Subject that shows it; absent if it follows from the manifests or files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
}

impl From<Bump> for VersionBump {
    fn from(bump: Bump) -> Self {
        match bump {
            Bump::None => Self::None,
            Bump::Patch => Self::Patch,
            Bump::Minor => Self::Minor,
            Bump::Major => Self::Major,
        }
    }
}

impl From<&ContractChange> for VersionDifference {
    fn from(change: &ContractChange) -> Self {
        let ContractChange { description, bump, subject } = change;
        Self { description: description.clone(), bump: (*bump).into(), subject: subject.clone() }
    }
}
