//! Package ids: a name and one exact version, written `acme/claims@1.2.0`.

use std::{fmt, str::FromStr};

use semver::Version;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::name::PROMPT_NAMESPACE;
use super::{PackageName, PackageNameError};

/// Versions become file names and registry tags. Tags are limited to 128 characters, and
/// referrer tags need room for a prefix.
const VERSION_CHARACTERS_MAX: usize = 64;

/// A package name with one exact version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageId {
    pub name: PackageName,
    /// Version of the contract or the prompt. Never has build metadata (`+…`).
    pub version: Version,
}

/// Reason why a text or a version cannot identify a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageIdError {
    #[error("`{0}` has no version: write `NAME@1.2.0`")]
    MissingVersion(String),
    #[error(transparent)]
    Name(#[from] PackageNameError),
    #[error("`{0}` is not a version: write three numbers, e.g. `1.2.0` or `1.2.0-beta.1`")]
    InvalidVersion(String),
    /// Semver ignores build metadata when it compares, so two packages would share one version.
    #[error(
        "`{0}` has build metadata (`+…`), which does not distinguish versions: remove it, or use \
         the next version"
    )]
    BuildMetadata(Version),
    #[error("`{0}` is not a contract name: the namespace `prompts/` is reserved for prompts")]
    ReservedNamespace(PackageName),
    #[error(
        "the version `{0}` is too long: at most {VERSION_CHARACTERS_MAX} characters are allowed"
    )]
    VersionTooLong(Version),
}

impl PackageId {
    /// Checks that the version may be published under this name.
    pub fn new(name: impl Into<PackageName>, version: Version) -> Result<Self, PackageIdError> {
        if !version.build.is_empty() {
            return Err(PackageIdError::BuildMetadata(version));
        }
        if version.to_string().len() > VERSION_CHARACTERS_MAX {
            return Err(PackageIdError::VersionTooLong(version));
        }
        let name = name.into();
        match &name {
            PackageName::Contract(contract) if contract.namespace() == PROMPT_NAMESPACE => {
                Err(PackageIdError::ReservedNamespace(name))
            }
            _ => Ok(Self { name, version }),
        }
    }

    /// Returns the prompt's name and version, or `None` for a contract.
    pub(crate) fn as_prompt(&self) -> Option<(&str, &Version)> {
        match &self.name {
            PackageName::Prompt(name) => Some((name.as_str(), &self.version)),
            PackageName::Contract(_) => None,
        }
    }
}

impl FromStr for PackageId {
    type Err = PackageIdError;

    fn from_str(text: &str) -> Result<Self, PackageIdError> {
        let parts = text.split_once('@');
        let (name, version) = parts.ok_or_else(|| PackageIdError::MissingVersion(text.into()))?;
        let version =
            Version::parse(version).map_err(|_| PackageIdError::InvalidVersion(version.into()))?;
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
    fn ids_round_trip_through_text() {
        for text in ["acme/claims@1.2.0", "welcome-email@2.0.0-beta.1"] {
            assert_eq!(text.parse::<PackageId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn rejects_contracts_in_the_namespace_of_prompts() {
        let contract: tollgate_model::ContractName = "prompts/welcome".parse().unwrap();
        let refused = PackageId::new(contract, Version::new(1, 0, 0)).unwrap_err();
        assert!(refused.to_string().contains("`prompts/welcome`"), "{refused}");
    }

    #[test]
    fn rejects_ids_that_cannot_be_published() {
        let long = format!("a/b@1.0.0-{}", "a".repeat(64));
        for text in ["a/b", "a/b@", "a/b@1", "a/b@^1.0.0", "a/b@1.0.0+linux", "a/b@1.0.0/..", &long]
        {
            assert!(text.parse::<PackageId>().is_err(), "{text}");
        }
    }
}
