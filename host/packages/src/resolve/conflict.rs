//! Reasons why a gate cannot be resolved, and their text.

use std::fmt;

use semver::{Version, VersionReq};
use tollgate_model::PromptName;

use crate::package::{PackageId, PackageMetadata, Requirement};

/// Number of versions that a message lists, starting with the highest.
const LISTED_VERSIONS_MAX: usize = 6;

/// A gate that cannot be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateConflict {
    pub gate: String,
    pub reason: ConflictReason,
}

/// Reason why a gate cannot be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConflictReason {
    /// No source has the package.
    UnknownPackage(Requirement),
    /// No version satisfies the requirement.
    NoMatchingVersion {
        requirement: Requirement,
        /// Label of the source that has the package.
        source: String,
        /// Versions that the requirement admits, each with the reason for its rejection.
        rejected: Vec<(Version, RejectionReason)>,
        /// Versions that the requirement does not admit.
        not_requested: Vec<Version>,
    },
    /// Every admitted prompt version lacks a matching version of some contract.
    IncompatibleContracts { rejected: Vec<PromptConflict> },
}

/// A prompt version with the contracts that have no version for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromptConflict {
    /// Prompt version; `None` if the gate names no prompt.
    pub prompt: Option<PackageId>,
    /// Contracts, with the rejected versions of each.
    pub contracts: Vec<(Requirement, Vec<(Version, RejectionReason)>)>,
}

/// Reason for the rejection of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RejectionReason {
    /// Yanked, with the publisher's reason.
    Yanked(String),
    /// Built for a WIT version that this host does not support.
    Wit(Version),
    /// Written for other prompt versions, which are listed.
    OtherPrompts(Vec<(PromptName, VersionReq)>),
}

impl RejectionReason {
    pub(super) fn from_package(metadata: &PackageMetadata) -> Self {
        let prompts = metadata.contract.iter().flat_map(|contract| contract.prompts.clone());
        Self::OtherPrompts(prompts.collect())
    }
}

impl fmt::Display for GateConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gate `{}` cannot be resolved:", self.gate)?;
        match &self.reason {
            ConflictReason::UnknownPackage(requirement) => {
                write!(
                    f,
                    "\n  `{requirement}`: no source has a {} `{}`",
                    requirement.name.kind(),
                    requirement.name
                )
            }
            ConflictReason::NoMatchingVersion { requirement, source, rejected, not_requested } => {
                write_no_version(f, requirement, source, rejected, not_requested)
            }
            ConflictReason::IncompatibleContracts { rejected: prompts } => {
                prompts
                    .iter()
                    .take(LISTED_VERSIONS_MAX)
                    .try_for_each(|conflict| conflict.fmt(f))?;
                write_remaining(f, prompts.len())
            }
        }
    }
}

fn write_no_version(
    f: &mut fmt::Formatter<'_>,
    requirement: &Requirement,
    source: &str,
    rejected: &[(Version, RejectionReason)],
    not_requested: &[Version],
) -> fmt::Result {
    let (name, versions) = (&requirement.name, &requirement.versions);
    write!(f, "\n  `{name}`: no version satisfies `{versions}`")?;
    for (version, reason) in rejected.iter().take(LISTED_VERSIONS_MAX) {
        write!(f, "\n    {version} {reason}")?;
    }
    write_remaining(f, rejected.len())?;
    if !not_requested.is_empty() {
        let shown: Vec<_> =
            not_requested.iter().rev().take(LISTED_VERSIONS_MAX).map(ToString::to_string).collect();
        write!(f, "\n    {source} has {}", shown.join(", "))?;
        write_remaining(f, not_requested.len())?;
    }
    let is_prerelease = |version: &&Version| !version.pre.is_empty();
    let newest = not_requested.iter().rev().find(is_prerelease);
    if let Some(version) = newest.filter(|_| rejected.is_empty()) {
        write!(f, "\n    a pre-release must be requested explicitly: `{name}@^{version}`")?;
    }
    Ok(())
}

fn write_remaining(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(LISTED_VERSIONS_MAX) {
        None | Some(0) => Ok(()),
        Some(left) => write!(f, "\n    and {left} more"),
    }
}

impl fmt::Display for PromptConflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prompt {
            Some(prompt) => write!(f, "\n  with prompt {} {}:", prompt.name, prompt.version)?,
            None => write!(f, "\n  the gate names no prompt:")?,
        }
        for (requirement, rejected) in &self.contracts {
            write!(f, "\n    `{requirement}` has no matching version")?;
            for (version, reason) in rejected.iter().take(LISTED_VERSIONS_MAX) {
                write!(f, "\n      {version} {reason}")?;
            }
            write_remaining(f, rejected.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for RejectionReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yanked(reason) => write!(f, "is yanked: {reason}"),
            Self::Wit(wit) => {
                write!(f, "is built for WIT version {wit}, which this tool does not support")
            }
            Self::OtherPrompts(prompts) => {
                let prompt =
                    |(name, versions): &(PromptName, VersionReq)| format!("{name} {versions}");
                let prompts: Vec<_> = prompts.iter().map(prompt).collect();
                write!(f, "was written for {}", prompts.join(" and "))
            }
        }
    }
}
