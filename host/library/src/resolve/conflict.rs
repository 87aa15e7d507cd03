//! Why a gate cannot have what it asks for, in words.

use std::fmt;

use semver::{Version, VersionReq};
use tollgate_model::PromptName;

use crate::package::{About, PackageId, Requirement};

/// What is told of many versions: the highest.
const SHOWN_MAX: usize = 6;

/// A gate that cannot have what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which gate.
    pub gate: String,
    /// Why.
    pub excluded: Excluded,
}

/// What stands in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Excluded {
    /// No source has the package at all.
    Absent(Requirement),
    /// No version of it would do.
    NoVersion {
        /// What was asked for.
        wanted: Requirement,
        /// Where it is.
        source: String,
        /// The versions that were asked for, and why each would not do.
        tried: Vec<(Version, Unfit)>,
        /// The versions that were not.
        not_asked_for: Vec<Version>,
    },
    /// For each prompt version, contracts that were not written for it.
    Contracts {
        /// One for each prompt version that was asked for.
        prompts: Vec<Uncovered>,
    },
}

/// A prompt version, and contracts that do not go with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncovered {
    /// Which; nothing, where the gate names no prompt.
    pub prompt: Option<PackageId>,
    /// Which contracts, and why each of their versions would not do.
    pub contracts: Vec<(Requirement, Vec<(Version, Unfit)>)>,
}

/// Why a version would not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Somebody took it back.
    Yanked(String),
    /// It is built for another host.
    Wit(Version),
    /// It was written for other prompt versions.
    NotCovered(Vec<(PromptName, VersionReq)>),
}

impl Unfit {
    pub(super) fn not_covered(about: &About) -> Self {
        let prompts = about.contract.iter().flat_map(|contract| contract.prompts.clone());
        Self::NotCovered(prompts.collect())
    }
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gate `{}` cannot have what it asks for:", self.gate)?;
        match &self.excluded {
            Excluded::Absent(wanted) => {
                write!(
                    f,
                    "\n  `{wanted}`: no source has a {} `{}`",
                    wanted.name.kind(),
                    wanted.name
                )
            }
            Excluded::NoVersion { wanted, source, tried, not_asked_for } => {
                no_version(f, wanted, source, tried, not_asked_for)
            }
            Excluded::Contracts { prompts } => {
                prompts.iter().take(SHOWN_MAX).try_for_each(|uncovered| uncovered.fmt(f))?;
                more(f, prompts.len())
            }
        }
    }
}

fn no_version(
    f: &mut fmt::Formatter<'_>,
    wanted: &Requirement,
    source: &str,
    tried: &[(Version, Unfit)],
    not_asked_for: &[Version],
) -> fmt::Result {
    let (name, versions) = (&wanted.name, &wanted.versions);
    write!(f, "\n  `{name}`: no version satisfies `{versions}`")?;
    for (version, unfit) in tried.iter().take(SHOWN_MAX) {
        write!(f, "\n    {version} {unfit}")?;
    }
    more(f, tried.len())?;
    if !not_asked_for.is_empty() {
        let shown: Vec<_> =
            not_asked_for.iter().rev().take(SHOWN_MAX).map(ToString::to_string).collect();
        write!(f, "\n    {source} has {}", shown.join(", "))?;
        more(f, not_asked_for.len())?;
    }
    let is_newest = |version: &&Version| !version.pre.is_empty();
    if let Some(version) = not_asked_for.iter().rev().find(is_newest).filter(|_| tried.is_empty()) {
        write!(f, "\n    a pre-release has to be asked for: `{name}@^{version}`")?;
    }
    Ok(())
}

fn more(f: &mut fmt::Formatter<'_>, count: usize) -> fmt::Result {
    match count.checked_sub(SHOWN_MAX) {
        None | Some(0) => Ok(()),
        Some(left) => write!(f, "\n    and {left} more"),
    }
}

impl fmt::Display for Uncovered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.prompt {
            Some(prompt) => write!(f, "\n  with prompt {} {}:", prompt.name, prompt.version)?,
            None => write!(f, "\n  it names no prompt, and so:")?,
        }
        for (wanted, tried) in &self.contracts {
            write!(f, "\n    `{wanted}` has no version that goes with it")?;
            for (version, unfit) in tried.iter().take(SHOWN_MAX) {
                write!(f, "\n      {version} {unfit}")?;
            }
            more(f, tried.len())?;
        }
        Ok(())
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Yanked(reason) => write!(f, "is yanked: {reason}"),
            Self::Wit(wit) => {
                write!(f, "is built for WIT version {wit}, which this tool does not know")
            }
            Self::NotCovered(prompts) => {
                let prompt = |(name, wanted): &(PromptName, VersionReq)| format!("{name} {wanted}");
                let prompts: Vec<_> = prompts.iter().map(prompt).collect();
                write!(f, "was written for {}", prompts.join(" and "))
            }
        }
    }
}
