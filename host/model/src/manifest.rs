//! What a contract says of itself: written by its author in `contract.toml`, and
//! embedded in the component when it is built.

use std::collections::{BTreeMap, BTreeSet};

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Capability, ContractName, PromptName, Severity, Subject};

/// The file `contract.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContractFile {
    /// `namespace/name`.
    pub name: ContractName,
    /// The contract version.
    pub version: Version,
    /// What it checks, in a sentence.
    pub description: String,
    /// An SPDX expression.
    pub license: String,
    /// The WIT version that it is built for.
    pub wit: Version,
    /// Every rule that a finding may name.
    #[serde(default)]
    pub rules: BTreeMap<String, Rule>,
    /// What it asks of its host, with the reason for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub capabilities: BTreeMap<Capability, String>,
    /// Whether it can judge a text while it is still being written.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// The prompt versions that it was written for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
}

/// One thing that a contract looks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// How bad its findings usually are.
    pub severity: Severity,
    /// What it looks for.
    pub description: String,
}

/// What is embedded in a component.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// What its author wrote.
    pub contract: ContractFile,
    /// The JSON Schema (2020-12) of its configuration.
    pub config_schema: Value,
    /// Subjects from the contract's own cases. Judging them before the snapshot is
    /// taken fills caches that would otherwise be filled in every judgement.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warm_up: Vec<WarmUp>,
}

/// One judgement to make before the snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct WarmUp {
    /// What is judged.
    pub subject: Subject,
    /// What the host answers meanwhile.
    #[serde(default, skip_serializing_if = "Given::is_empty")]
    pub given: Given,
}

/// What the host answers in a case: a small world that is always the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Given {
    /// The moment of the run, in milliseconds since 1970 (UTC).
    #[serde(default)]
    pub clock: u64,
    /// The text of the pinned prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_text: Option<String>,
    /// Tables, by name. Others are not granted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Capabilities that are not granted. All others are.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub denied: BTreeSet<Capability>,
}

/// Whether a contract that was written for these prompt versions judges outputs of this one. Where it
/// names none, it judges all; where it names some, those alone, and outputs of none not at all.
pub fn covers(
    prompts: &BTreeMap<PromptName, VersionReq>,
    prompt: Option<(&str, &Version)>,
) -> bool {
    let is_it = |(name, version): (&str, &Version)| {
        let mut named = prompts.iter().filter(|(wanted, _)| wanted.as_str() == name);
        named.any(|(_, wanted)| wanted.matches(version))
    };
    prompts.is_empty() || prompt.is_some_and(is_it)
}

impl Given {
    /// Whether it gives nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_judges_what_it_was_written_for() {
        let judges = |prompts: &[(&str, &str)], prompt: Option<(&str, &str)>| {
            let prompts = prompts
                .iter()
                .map(|(name, wanted)| (name.parse().unwrap(), wanted.parse().unwrap()));
            let prompt = prompt.map(|(name, version)| (name, version.parse().unwrap()));
            covers(&prompts.collect(), prompt.as_ref().map(|(name, version)| (*name, version)))
        };
        let some = [("welcome", "^2.1"), ("farewell", "=1.0.0")];
        assert!(judges(&[], None) && judges(&[], Some(("other", "1.0.0"))));
        assert!(judges(&some, Some(("welcome", "2.9.3"))));
        assert!(judges(&some, Some(("farewell", "1.0.0"))));
        for other in [
            ("welcome", "3.0.0"),
            ("farewell", "2.1.0"),
            ("Welcome", "2.1.0"),
            ("welcome", "2.2.0-rc.1"),
        ] {
            assert!(!judges(&some, Some(other)), "{other:?}");
        }
        assert!(!judges(&some, None));
    }
}
