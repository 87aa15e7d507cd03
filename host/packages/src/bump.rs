//! Semver bumps: which part of a version number a change has to raise.

use std::fmt;

use semver::{Prerelease, Version};

/// Part of a version number that has to be raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    None,
    /// Users need not react.
    Patch,
    /// Something was added or behaves differently; nothing breaks.
    Minor,
    /// Some users have to change something.
    Major,
}

impl Bump {
    /// Returns the lowest version after `version` that satisfies the bump. Before 1.0.0 a major
    /// bump raises the minor number and a minor one the patch number, as requirements such as
    /// `^0.2` expect.
    pub fn next(self, version: &Version) -> Version {
        let Version { major, minor, patch, .. } = *version;
        if !version.pre.is_empty() && self != Self::None {
            // A pre-release promises no compatibility: its final release satisfies any bump.
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
