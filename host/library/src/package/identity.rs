//! One version of a package: `acme/claims@1.2.0`.

use std::{fmt, str::FromStr};

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::name::PROMPTS;
use super::{PackageName, PackageNameError};

/// Versions become file names and tags, which registries cut off at 128.
const VERSION_CHARACTERS_MAX: usize = 64;

/// A package, and which version of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId {
    /// What it is called.
    pub name: PackageName,
    /// The contract version, or the prompt version.
    pub version: Version,
}

/// Why something is no version of a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// It has no version.
    #[error("`{0}` names no version: write `NAME@1.2.0`")]
    NoVersion(String),
    /// Its name is none.
    #[error(transparent)]
    Name(#[from] PackageNameError),
    /// Its version is none.
    #[error("`{0}` is no version: it should be three numbers, as `1.2.0`, or `1.2.0-beta.1`")]
    Version(String),
    /// Two of them would be one version.
    #[error(
        "`{0}` says how it was built (`+…`), which is no part of a version: leave it away, or \
         take the next version"
    )]
    Build(Version),
    /// What lies under this name is a prompt.
    #[error("a contract cannot be called `{0}`: `prompts/` is where prompts lie")]
    Reserved(PackageName),
    /// It is too long.
    #[error("a version has at most {VERSION_CHARACTERS_MAX} characters, and `{0}` has more")]
    Long(Version),
}

impl PackageId {
    /// A version as it may be published.
    pub fn new(name: impl Into<PackageName>, version: Version) -> Result<Self, IdentityError> {
        if !version.build.is_empty() {
            return Err(IdentityError::Build(version));
        }
        if version.to_string().len() > VERSION_CHARACTERS_MAX {
            return Err(IdentityError::Long(version));
        }
        let name = name.into();
        match &name {
            PackageName::Contract(contract) if contract.namespace() == PROMPTS => {
                Err(IdentityError::Reserved(name))
            }
            _ => Ok(Self { name, version }),
        }
    }
    /// Its name and version, where it is a prompt.
    pub(crate) fn as_prompt(&self) -> Option<(&str, &Version)> {
        match &self.name {
            PackageName::Prompt(name) => Some((name.as_str(), &self.version)),
            PackageName::Contract(_) => None,
        }
    }
}

impl FromStr for PackageId {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        let parts = text.split_once('@');
        let (name, version) = parts.ok_or_else(|| IdentityError::NoVersion(text.into()))?;
        let version =
            Version::parse(version).map_err(|_| IdentityError::Version(version.into()))?;
        Self::new(name.parse::<PackageName>()?, version)
    }
}

impl fmt::Display for PackageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

impl Serialize for PackageId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PackageId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_read_back() {
        for text in ["acme/claims@1.2.0", "welcome-email@2.0.0-beta.1"] {
            assert_eq!(text.parse::<PackageId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn contracts_do_not_lie_among_prompts() {
        let contract: tollgate_model::ContractName = "prompts/welcome".parse().unwrap();
        let refused = PackageId::new(contract, Version::new(1, 0, 0)).unwrap_err();
        assert!(refused.to_string().contains("`prompts/welcome`"), "{refused}");
    }

    #[test]
    fn what_could_not_be_published_is_none() {
        let long = format!("a/b@1.0.0-{}", "a".repeat(64));
        for text in ["a/b", "a/b@", "a/b@1", "a/b@^1.0.0", "a/b@1.0.0+linux", "a/b@1.0.0/..", &long]
        {
            assert!(text.parse::<PackageId>().is_err(), "{text}");
        }
    }
}
