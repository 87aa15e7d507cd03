//! What packages are called: contracts `namespace/name`, prompts `name`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tollgate_model::{ContractName, NameError, PromptName, PromptNameError};

/// Where prompts lie among packages, and so no namespace of contracts.
pub(super) const PROMPTS: &str = "prompts";

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A component.
    Contract,
    /// A prompt.
    Prompt,
}

/// The name of a package, of either kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PackageName {
    /// Of a contract.
    Contract(ContractName),
    /// Of a prompt.
    Prompt(PromptName),
}

/// Why a text is no name of a package.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackageNameError {
    /// It has a slash, and is no contract.
    #[error(transparent)]
    Contract(#[from] NameError),
    /// It has none, and is no prompt.
    #[error(transparent)]
    Prompt(#[from] PromptNameError),
}

impl PackageName {
    /// What it is a name of.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Contract(_) => Kind::Contract,
            Self::Prompt(_) => Kind::Prompt,
        }
    }

    /// Who answers for it. Prompts are of one namespace, which is called `prompts`.
    pub fn namespace(&self) -> &str {
        match self {
            Self::Contract(name) => name.namespace(),
            Self::Prompt(_) => PROMPTS,
        }
    }

    /// Where it lies in a folder or a registry: two parts, with a slash between them.
    pub fn path(&self) -> String {
        match self {
            Self::Contract(name) => name.to_string(),
            Self::Prompt(name) => format!("{PROMPTS}/{name}"),
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
            Some((PROMPTS, name)) => Ok(Self::Prompt(name.parse()?)),
            Some(_) => Ok(Self::Contract(text.parse()?)),
            None => Ok(Self::Prompt(text.parse()?)),
        }
    }
}

impl fmt::Display for Kind {
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
    fn a_slash_makes_a_contract() {
        let name = |text: &str| text.parse::<PackageName>().unwrap();
        assert_eq!(name("acme/claims").kind(), Kind::Contract);
        assert_eq!(name("acme/claims").path(), "acme/claims");
        assert_eq!(name("welcome-email").kind(), Kind::Prompt);
        assert_eq!(name("welcome-email").path(), "prompts/welcome-email");
        assert_eq!(name("prompts/tellJoke"), name("tellJoke"), "as it lies there");
    }

    #[test]
    fn nothing_leads_out_of_a_folder() {
        for text in ["", "/", "../x", "a/../b", "prompts/../x", "a/b/c", "a\\b", "prompts/", "."] {
            assert!(text.parse::<PackageName>().is_err(), "{text}");
        }
    }
}
