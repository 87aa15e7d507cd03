//! Package names: `namespace/name` for contracts, `name` for prompts.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_model::{ContractName, ContractNameError, PromptName, PromptNameError};

/// Namespace under which folders and registries keep prompts. Contracts cannot use it.
pub(super) const PROMPT_NAMESPACE: &str = "prompts";

/// Kind of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackageKind {
    Contract,
    Prompt,
}

/// Name of a contract or a prompt.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageName {
    Contract(ContractName),
    Prompt(PromptName),
}

/// Reason why a text is not a package name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageNameError {
    /// The text has a slash, so it was read as a contract name.
    #[error(transparent)]
    Contract(#[from] ContractNameError),
    /// The text has no slash, so it was read as a prompt name.
    #[error(transparent)]
    Prompt(#[from] PromptNameError),
}

impl PackageName {
    pub fn kind(&self) -> PackageKind {
        match self {
            Self::Contract(_) => PackageKind::Contract,
            Self::Prompt(_) => PackageKind::Prompt,
        }
    }

    /// Returns the namespace that trust and source settings apply to. All prompts share the
    /// namespace
    /// `prompts`.
    pub fn namespace(&self) -> &str {
        match self {
            Self::Contract(name) => name.namespace(),
            Self::Prompt(_) => PROMPT_NAMESPACE,
        }
    }

    /// Returns the path of the package in a folder or a registry: two parts joined by a slash.
    pub fn path(&self) -> String {
        match self {
            Self::Contract(name) => name.to_string(),
            Self::Prompt(name) => format!("{PROMPT_NAMESPACE}/{name}"),
        }
    }
}

impl From<ContractName> for PackageName {
    fn from(name: ContractName) -> Self {
        Self::Contract(name)
    }
}

impl From<PromptName> for PackageName {
    fn from(name: PromptName) -> Self {
        Self::Prompt(name)
    }
}

impl FromStr for PackageName {
    type Err = PackageNameError;

    fn from_str(text: &str) -> Result<Self, PackageNameError> {
        match text.split_once('/') {
            Some((PROMPT_NAMESPACE, name)) => Ok(Self::Prompt(name.parse()?)),
            Some(_) => Ok(Self::Contract(text.parse()?)),
            None => Ok(Self::Prompt(text.parse()?)),
        }
    }
}

impl fmt::Display for PackageKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Contract => "contract",
            Self::Prompt => "prompt",
        })
    }
}

impl fmt::Display for PackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(name) => name.fmt(f),
            Self::Prompt(name) => name.fmt(f),
        }
    }
}

impl Serialize for PackageName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PackageName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_distinguishes_contracts_from_prompts() {
        let name = |text: &str| text.parse::<PackageName>().unwrap();
        assert_eq!(name("acme/claims").kind(), PackageKind::Contract);
        assert_eq!(name("acme/claims").path(), "acme/claims");
        assert_eq!(name("welcome-email").kind(), PackageKind::Prompt);
        assert_eq!(name("welcome-email").path(), "prompts/welcome-email");
        assert_eq!(name("prompts/tellJoke"), name("tellJoke"), "the path is a name, too");
    }

    #[test]
    fn rejects_names_that_escape_a_folder() {
        for text in ["", "/", "../x", "a/../b", "prompts/../x", "a/b/c", "a\\b", "prompts/", "."] {
            assert!(text.parse::<PackageName>().is_err(), "{text}");
        }
    }
}
