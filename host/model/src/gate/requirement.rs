//! Requirements for packages: a name and the accepted versions, such as `tollgate/pii@^1.2`.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use semver::{Version, VersionReq};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{ContractName, PromptName};

/// A name and the accepted versions. A name alone accepts every version but pre-releases.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Requirement<N> {
    pub name: N,
    /// Accepted versions, in the syntax of Cargo.
    pub versions: VersionReq,
}

pub type ContractRequirement = Requirement<ContractName>;
pub type PromptRequirement = Requirement<PromptName>;

/// The text is not a requirement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequirementError {
    /// Message about the invalid name.
    #[error("{0}")]
    Name(String),
    /// The text after the `@`.
    #[error("`{0}` is not a version requirement: write `^2.1`, `2.1`, `=2.1.0` or `>=2, <4`")]
    Versions(String),
}

impl<N> Requirement<N> {
    /// Returns whether a version is accepted. A pre-release is accepted only if the requirement names
    /// one of the same version.
    pub fn admits(&self, version: &Version) -> bool {
        self.versions.matches(version)
    }
}

impl<N: FromStr<Err: fmt::Display>> FromStr for Requirement<N> {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (name, versions) = text.split_once('@').unwrap_or((text, "*"));
        let name = name.parse::<N>().map_err(|error| RequirementError::Name(error.to_string()))?;
        let invalid = |_| RequirementError::Versions(versions.into());
        Ok(Self { name, versions: VersionReq::parse(versions).map_err(invalid)? })
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
            "description": "A name and the accepted versions: `tollgate/pii@^1.2`. \
                A name alone accepts every version but pre-releases.",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_requirements() {
        for text in ["tollgate/pii@^1.2", "tollgate/pii", "tollgate/pii@>=1, <3"] {
            assert_eq!(text.parse::<ContractRequirement>().unwrap().to_string(), text);
        }
        assert_eq!("a/b@*".parse::<ContractRequirement>().unwrap().to_string(), "a/b");
        assert!("welcome-email@^2.1".parse::<PromptRequirement>().is_ok());
    }

    #[test]
    fn admits_pre_releases_only_by_name() {
        let admits = |requirement: &str, version: &str| {
            requirement.parse::<ContractRequirement>().unwrap().admits(&version.parse().unwrap())
        };
        assert!(admits("acme/claims", "3.0.0"));
        assert!(admits("acme/claims@^1.2", "1.9.0"));
        assert!(!admits("acme/claims@^1.2", "2.0.0"));
        assert!(!admits("acme/claims", "3.0.0-beta.1"));
        assert!(admits("acme/claims@^3.0.0-beta", "3.0.0-beta.1"));
    }

    #[test]
    fn rejects_invalid_requirements() {
        for text in ["pii@1", "tollgate/pii@", "tollgate/pii@latest", "tollgate/pii@1@2", "@1", ""]
        {
            assert!(text.parse::<ContractRequirement>().is_err(), "{text}");
        }
        let message = "acme/claims@newest".parse::<ContractRequirement>().unwrap_err().to_string();
        assert!(message.starts_with("`newest` is not a version requirement: write"), "{message}");
    }
}
