//! What contracts are called: `namespace/name`, in lower case.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Names become file names and registry paths, which cut off at 128 in places.
const PART_CHARACTERS_MAX: usize = 64;

/// A contract's name without its version, such as `tollgate/pii`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContractName {
    namespace: String,
    name: String,
}

/// Why a text is not a contract's name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a contract name: it should be `namespace/name`, each of 1 to 64 lower-case \
     letters, digits and single hyphens, starting with a letter"
)]
pub struct NameError(String);

impl ContractName {
    /// Who answers for the contract.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// What the contract is called there.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl FromStr for ContractName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.split_once('/') {
            Some((namespace, name)) if is_part(namespace) && is_part(name) => {
                Ok(Self { namespace: namespace.into(), name: name.into() })
            }
            _ => Err(NameError(text.into())),
        }
    }
}

fn is_part(part: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    part.starts_with(|c: char| c.is_ascii_lowercase())
        && part.len() <= PART_CHARACTERS_MAX
        && part.chars().all(allowed)
        && !part.ends_with('-')
        && !part.contains("--")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_names_read_back() {
        for name in ["tollgate/pii", "acme/claims-2", "a/b"] {
            assert_eq!(name.parse::<ContractName>().unwrap().to_string(), name);
        }
    }

    #[test]
    fn bad_names_are_refused() {
        let long = format!("a/{}", "b".repeat(65));
        for name in
            ["pii", "A/b", "a/b/c", "../x", "a/", "/b", "a/-b", "a/b-", "a/b--c", "1/b", &long]
        {
            assert!(name.parse::<ContractName>().is_err(), "{name}");
        }
    }
}
