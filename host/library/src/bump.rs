//! How far a version has to move for a change.

use std::fmt;

use semver::{Prerelease, Version};
use serde::Serialize;

/// How far a version has to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Nobody has to do anything.
    Patch,
    /// Something is new.
    Minor,
    /// Somebody has to do something.
    Major,
}

impl Bump {
    /// The version that follows. Before 1.0.0 a minor step is what a major one is later, as
    /// requirements such as `^0.2` have it.
    pub fn next(self, version: &Version) -> Version {
        let Version { major, minor, patch, .. } = *version;
        if !version.pre.is_empty() && self != Self::None {
            // A pre-release promises nothing: the release that it announces will do.
            return Version { pre: Prerelease::EMPTY, ..version.clone() };
        }
        match (self, major) {
            (Self::None, _) => version.clone(),
            (Self::Major, 0) => Version::new(0, minor + 1, 0),
            (Self::Major, _) => Version::new(major + 1, 0, 0),
            (Self::Patch, _) | (Self::Minor, 0) => Version::new(major, minor, patch + 1),
            (Self::Minor, _) => Version::new(major, minor + 1, 0),
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        })
    }
}
