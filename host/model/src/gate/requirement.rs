//! A name, and the versions that would do: `tollgate/pii@^1.2`.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use semver::{Version, VersionReq};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{ContractName, PromptName};

/// What is required. A name alone asks for any version that is no pre-release.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
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
    #[error("`{0}` says no versions: write `^2.1`, `2.1`, `=2.1.0` or `>=2, <4`")]
    Versions(String),
}

impl<N> Requirement<N> {
    /// Whether a version would do. A pre-release has to be asked for.
    pub fn admits(&self, version: &Version) -> bool {
        self.versions.matches(version)
    }
}

impl<N: FromStr<Err: fmt::Display>> FromStr for Requirement<N> {
    type Err = RequirementError;

    fn from_str(text: &str) -> Result<Self, RequirementError> {
        let (name, versions) = text.split_once('@').unwrap_or((text, "*"));
        let name = name.parse::<N>().map_err(|error| RequirementError::Name(error.to_string()))?;
        let wrong = |_| RequirementError::Versions(versions.into());
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
    fn pre_releases_are_asked_for() {
        let admits = |wanted: &str, version: &str| {
            wanted.parse::<ContractRequirement>().unwrap().admits(&version.parse().unwrap())
        };
        assert!(admits("acme/claims", "3.0.0"));
        assert!(admits("acme/claims@^1.2", "1.9.0"));
        assert!(!admits("acme/claims@^1.2", "2.0.0"));
        assert!(!admits("acme/claims", "3.0.0-beta.1"));
        assert!(admits("acme/claims@^3.0.0-beta", "3.0.0-beta.1"));
    }

    #[test]
    fn what_requires_nothing_is_refused() {
        for text in ["pii@1", "tollgate/pii@", "tollgate/pii@latest", "tollgate/pii@1@2", "@1", ""]
        {
            assert!(text.parse::<ContractRequirement>().is_err(), "{text}");
        }
        let refused = "acme/claims@newest".parse::<ContractRequirement>().unwrap_err().to_string();
        assert!(refused.starts_with("`newest` says no versions: write `^2.1`"), "{refused}");
    }
}
