//! A name, and the versions that would do: `tollgate/pii@^1.2`.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use semver::VersionReq;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{ContractName, PromptName};

/// What is required: a name alone takes any release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement<N> {
    /// The name.
    pub name: N,
    /// The versions that would do, as cargo writes them.
    pub versions: VersionReq,
}

/// A contract that would do.
pub type ContractRequirement = Requirement<ContractName>;
/// A prompt that would do.
pub type PromptRequirement = Requirement<PromptName>;

/// Why a text requires nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// The name is none.
    #[error("{0}")]
    Name(String),
    /// What stands behind the `@` is no requirement.
    #[error("`{0}` requires nothing of versions: write `@^1.2`, `@1` or `@=1.2.3` behind the name")]
    Versions(String),
}

impl<N: FromStr<Err: fmt::Display>> FromStr for Requirement<N> {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (name, versions) = text.split_once('@').unwrap_or((text, "*"));
        let name = name.parse::<N>().map_err(|error| RequirementError::Name(error.to_string()))?;
        let wrong = |_| RequirementError::Versions(text.into());
        Ok(Self { name, versions: VersionReq::parse(versions).map_err(wrong)? })
    }
}

impl<N: fmt::Display> fmt::Display for Requirement<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.versions == VersionReq::STAR {
            return self.name.fmt(f);
        }
        write!(f, "{}@{}", self.name, self.versions)
    }
}

impl<N: fmt::Display> Serialize for Requirement<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, N: FromStr<Err: fmt::Display>> Deserialize<'de> for Requirement<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl<N> JsonSchema for Requirement<N> {
    fn schema_name() -> Cow<'static, str> {
        "Requirement".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": r"^[A-Za-z][A-Za-z0-9_.-]*(/[a-z][a-z0-9-]*)?(@.+)?$",
            "description": "A name and the versions that would do: `tollgate/pii@^1.2`. \
                A name alone takes any release.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_read_back() {
        for text in ["tollgate/pii@^1.2", "tollgate/pii", "tollgate/pii@>=1, <3"] {
            assert_eq!(text.parse::<ContractRequirement>().unwrap().to_string(), text);
        }
        assert_eq!("a/b@*".parse::<ContractRequirement>().unwrap().to_string(), "a/b");
        assert!("welcome-email@^2.1".parse::<PromptRequirement>().is_ok());
    }

    #[test]
    fn what_requires_nothing_is_refused() {
        for text in ["pii@1", "tollgate/pii@", "tollgate/pii@latest", "tollgate/pii@1@2", "@1", ""]
        {
            assert!(text.parse::<ContractRequirement>().is_err(), "{text}");
        }
    }
}
