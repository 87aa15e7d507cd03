//! Which versions of a package would do: `acme/claims@^1.2`.

use std::{fmt, str::FromStr};

use semver::{Version, VersionReq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{PackageName, PackageNameError};

/// What somebody asks for. A name alone asks for any version that is no pre-release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement {
    /// Which package.
    pub name: PackageName,
    /// Which versions of it.
    pub wanted: VersionReq,
}

/// Why a text asks for nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// Its name is none.
    #[error(transparent)]
    Name(#[from] PackageNameError),
    /// It says no versions.
    #[error("`{0}` says no versions: write `^2.1`, `2.1`, `=2.1.0` or `>=2, <4`")]
    Versions(String),
}

impl Requirement {
    /// Whether a version would do. A pre-release has to be asked for.
    pub fn admits(&self, version: &Version) -> bool {
        self.wanted.matches(version)
    }
}

impl FromStr for Requirement {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (name, wanted) = text.split_once('@').unwrap_or((text, "*"));
        let versions = |_| RequirementError::Versions(wanted.into());
        Ok(Self { name: name.parse()?, wanted: VersionReq::parse(wanted).map_err(versions)? })
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.wanted)
    }
}

impl Serialize for Requirement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Requirement {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pre_releases_are_asked_for() {
        let admits = |wanted: &str, version: &str| {
            wanted.parse::<Requirement>().unwrap().admits(&version.parse().unwrap())
        };
        assert!(admits("acme/claims", "3.0.0"));
        assert!(admits("acme/claims@^1.2", "1.9.0"));
        assert!(!admits("acme/claims@^1.2", "2.0.0"));
        assert!(!admits("acme/claims", "3.0.0-beta.1"));
        assert!(admits("acme/claims@^3.0.0-beta", "3.0.0-beta.1"));
    }

    #[test]
    fn what_asks_for_nothing_is_refused() {
        for text in ["", "acme/claims@", "acme/claims@newest", "Acme/claims@1", "a b@1"] {
            assert!(text.parse::<Requirement>().is_err(), "{text}");
        }
    }
}
