//! Manifest of a contract: written by its author in `contract.toml`, and embedded in the component
//! when it is built.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{Capability, ContractName, PromptName, Severity, Subject};

/// Content of the file `contract.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    pub name: ContractName,
    /// Contract version.
    #[serde(deserialize_with = "read_version")]
    pub version: Version,
    /// Purpose of the contract, in a sentence.
    pub description: String,
    /// SPDX license expression.
    pub license: String,
    /// WIT version that the contract is built for.
    #[serde(deserialize_with = "read_version")]
    pub wit: Version,
    /// Rules by name. A finding may name no other rule.
    #[serde(default)]
    pub rules: BTreeMap<String, ContractRule>,
    /// Capabilities that the contract uses, with the reason for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capabilities: BTreeMap<Capability, String>,
    /// Whether the contract can judge a text while it is still being written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// Prompt versions that the contract covers; empty if it judges outputs of any prompt.
    #[serde(
        default,
        skip_serializing_if = "BTreeMap::is_empty",
        deserialize_with = "read_prompts"
    )]
    #[schemars(with = "BTreeMap<PromptName, String>")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
}

/// Rule of a contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractRule {
    /// Usual severity of the rule's findings.
    pub severity: Severity,
    /// Description of the problem that the rule finds.
    pub description: String,
}

/// Manifest as it is embedded in a component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// Content of `contract.toml`.
    pub contract: ContractFile,
    /// JSON Schema (2020-12) of the configuration.
    pub config_schema: Value,
    /// Subjects from the contract's own cases. Judging them before the snapshot fills caches that each
    /// judgement would have to fill again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warm_up: Vec<WarmUp>,
}

/// Judgement to make before the snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WarmUp {
    pub subject: Subject,
    /// Answers of the host during the judgement.
    #[serde(default, skip_serializing_if = "HostFixture::is_empty")]
    pub given: HostFixture,
}

/// Answers of the host in a test case or warm-up, the same in every run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct HostFixture {
    /// Moment of the run, in milliseconds since 1970 (UTC).
    #[serde(default)]
    pub clock: u64,
    /// Text of the pinned prompt; empty if no prompt is pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_text: Option<String>,
    /// Tables by name. No other table is granted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Capabilities that are not granted. All others are granted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub denied: BTreeSet<Capability>,
}

/// Reads a version. The error shows the form in a line of its own.
fn read_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Version, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|error| {
        let message = format!("`{text}` is not a version: {error}");
        D::Error::custom(format!("{message}\nwrite three numbers, such as `1.0.0`"))
    })
}

/// Reads the prompts that a contract covers. The error about a list shows the form in a line of its own.
fn read_prompts<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<PromptName, VersionReq>, D::Error> {
    struct PromptsVisitor;

    impl<'de> Visitor<'de> for PromptsVisitor {
        type Value = BTreeMap<PromptName, VersionReq>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table with a version for each prompt, such as `welcome-email = \"^2\"`")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            BTreeMap::deserialize(MapAccessDeserializer::new(map))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, _: A) -> Result<Self::Value, A::Error> {
            Err(A::Error::custom(
                "`prompts` is a table, and not a list\nwrite `[prompts]`, and below it a line for each prompt with the \
                 versions that it covers, such as `welcome-email = \"^2\"`",
            ))
        }
    }

    // Not `deserialize_map`: JSON would refuse a list before the visitor can say what is wrong with it.
    deserializer.deserialize_any(PromptsVisitor)
}

/// Returns whether a contract that covers `prompts` judges outputs of `prompt`. Without `prompts` it
/// judges all outputs; with them it judges no output whose prompt is unknown.
pub fn covers_prompt(
    prompts: &BTreeMap<PromptName, VersionReq>,
    prompt: Option<(&str, &Version)>,
) -> bool {
    let is_covered = |(name, version): (&str, &Version)| {
        let mut same_name = prompts.iter().filter(|(covered, _)| covered.as_str() == name);
        same_name.any(|(_, versions)| versions.matches(version))
    };
    prompts.is_empty() || prompt.is_some_and(is_covered)
}

impl HostFixture {
    /// Returns whether all answers are the defaults, so that the key can be omitted.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_form_of_versions_and_prompts() {
        let read = |key: &str, value: serde_json::Value| {
            let mut file = serde_json::json!({
                "name": "acme/calm", "version": "1.0.0", "description": "d", "license": "MIT", "wit": "0.1.0",
                "prompts": {"welcome-email": "^2"},
            });
            file[key] = value;
            serde_json::from_value::<ContractFile>(file).map_err(|error| error.to_string())
        };
        let prompts = read("version", "1.2.0".into()).unwrap().prompts;
        assert_eq!(prompts.len(), 1);
        let error = read("version", "1".into()).unwrap_err();
        assert!(
            error.starts_with("`1` is not a version: ") && error.contains("`1.0.0`"),
            "{error}"
        );
        let error = read("prompts", serde_json::json!(["welcome-email"])).unwrap_err();
        assert!(error.contains("not a list\nwrite `[prompts]`"), "{error}");
        let error = read("prompts", "welcome-email".into()).unwrap_err();
        assert!(error.contains("expected a table"), "{error}");
    }

    #[test]
    fn covers_only_the_named_prompt_versions() {
        let is_covered = |prompts: &[(&str, &str)], prompt: Option<(&str, &str)>| {
            let prompts = prompts
                .iter()
                .map(|(name, versions)| (name.parse().unwrap(), versions.parse().unwrap()));
            let prompt = prompt.map(|(name, version)| (name, version.parse().unwrap()));
            covers_prompt(
                &prompts.collect(),
                prompt.as_ref().map(|(name, version)| (*name, version)),
            )
        };
        let some = [("welcome", "^2.1"), ("farewell", "=1.0.0")];
        assert!(is_covered(&[], None) && is_covered(&[], Some(("other", "1.0.0"))));
        assert!(is_covered(&some, Some(("welcome", "2.9.3"))));
        assert!(is_covered(&some, Some(("farewell", "1.0.0"))));
        for other in [
            ("welcome", "3.0.0"),
            ("farewell", "2.1.0"),
            ("Welcome", "2.1.0"),
            ("welcome", "2.2.0-rc.1"),
        ] {
            assert!(!is_covered(&some, Some(other)), "{other:?}");
        }
        assert!(!is_covered(&some, None));
    }
}
