//! Names of contracts, `namespace/name` in lower case, and names of prompts.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names become file names and registry paths, and some registries truncate paths at 128 characters.
const PART_CHARACTERS_MAX: usize = 64;

/// A contract's name without its version, such as `tollgate/pii`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractName {
    namespace: String,
    name: String,
}

/// A prompt's name without its version, such as `welcome-email`. A variant of a prompt is a
/// prompt of its own: `welcome-email.formal`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PromptName(String);

/// The text is not a contract name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a contract name: it should be `namespace/name`, each of 1 to 64 lower-case \
     letters, digits and single hyphens, starting with a letter"
)]
pub struct ContractNameError(String);

/// The text is not a prompt name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a prompt name: it should be 1 to 64 letters and digits, starting with a letter, \
     with single `-`, `_` or `.` between them"
)]
pub struct PromptNameError(String);

impl ContractName {
    /// Returns the part before the slash: the publisher of the contract.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the part after the slash.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for ContractName {
    type Err = ContractNameError;

    fn from_str(text: &str) -> Result<Self, ContractNameError> {
        match text.split_once('/') {
            Some((namespace, name)) if is_part(namespace) && is_part(name) => {
                Ok(Self { namespace: namespace.into(), name: name.into() })
            }
            _ => Err(ContractNameError(text.into())),
        }
    }
}

fn is_part(part: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.len() <= PART_CHARACTERS_MAX
        && part.chars().all(is_allowed)
        && !part.ends_with('-')
        && !part.contains("--")
}

impl PromptName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PromptName {
    type Err = PromptNameError;

    /// Accepts more than contract names, because existing prompt files have names such as `tellJoke`,
    /// `pii_detection` and `recipe.robot`.
    fn from_str(text: &str) -> Result<Self, PromptNameError> {
        let is_word =
            |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric());
        let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.len() <= PART_CHARACTERS_MAX
            && text.split(['-', '_', '.']).all(is_word);
        if is_name { Ok(Self(text.into())) } else { Err(PromptNameError(text.into())) }
    }
}

impl fmt::Display for PromptName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PromptName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PromptName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ContractName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

impl Serialize for ContractName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ContractName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for ContractName {
    fn schema_name() -> Cow<'static, str> {
        "ContractName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[a-z][a-z0-9-]*/[a-z][a-z0-9-]*$",
            "description": "Name of a contract without its version, such as `tollgate/pii`.",
        })
    }
}

impl JsonSchema for PromptName {
    fn schema_name() -> Cow<'static, str> {
        "PromptName".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[A-Za-z][A-Za-z0-9_.-]*$",
            "description": "Name of a prompt without its version, such as `welcome-email`.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_contract_names() {
        for name in ["tollgate/pii", "acme/claims-2", "a/b"] {
            assert_eq!(name.parse::<ContractName>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn rejects_invalid_contract_names() {
        let long = format!("a/{}", "b".repeat(65));
        for name in
            ["pii", "A/b", "a/b/c", "../x", "a/", "/b", "a/-b", "a/b-", "a/b--c", "1/b", &long]
        {
            assert!(name.parse::<ContractName>().is_err(), "{name}");
        }
    }

    #[test]
    fn accepts_names_of_existing_prompt_files() {
        for name in ["welcome-email", "tellJoke", "pii_detection", "recipe.robot", "a2"] {
            assert_eq!(name.parse::<PromptName>().unwrap().to_string(), name);
        }
        let long = "a".repeat(65);
        for name in ["", "2a", "_style", "a/b", "../a", "a..b", "a.", "a b", "a@1", "é", &long] {
            assert!(name.parse::<PromptName>().is_err(), "{name}");
        }
    }
}
