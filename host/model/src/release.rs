//! Releases: a gate with everything that decides about its outputs, pinned by its digest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{
    CanonicalJsonError, ContractName, Digest, FormatVersion, GateName, PromptName, ScoreThresholds,
    canonical_json,
};

/// A gate with everything pinned that decides about an output. It never changes; its digest is its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Release {
    pub format: FormatVersion<{ Release::FORMAT }>,
    pub gate: GateName,
    /// Digest of the gate record.
    pub gate_digest: Digest,
    /// Prompt that the outputs come from; empty if the gate names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PinnedPrompt>,
    /// Digest of the brand voice document; empty if the gate names none, or if it could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand_voice: Option<Digest>,
    /// Thresholds of the project for the delegation score.
    pub score_thresholds: ScoreThresholds,
    /// Contracts, in the order of the gate file.
    pub contracts: Vec<PinnedContract>,
}

/// Prompt version, pinned by its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PinnedPrompt {
    pub name: PromptName,
    /// Prompt version.
    pub version: Version,
    /// Digest of the prompt file.
    pub digest: Digest,
}

/// Contract version, configuration and tables, pinned by their digests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PinnedContract {
    /// Id of the contract in the gate.
    pub id: String,
    pub name: ContractName,
    /// Contract version.
    pub version: Version,
    /// Digest of the component.
    pub digest: Digest,
    /// Digest of the configuration.
    pub config_digest: Digest,
    /// Digests of the tables that the contract may read, by the contract's name for each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tables: BTreeMap<String, Digest>,
}

impl Release {
    /// Version of the format. A release of another version does not have everything that decides.
    pub const FORMAT: u32 = 3;

    /// Returns the digest that is the id of the release.
    pub fn digest(&self) -> Result<Digest, CanonicalJsonError> {
        Ok(Digest::of(canonical_json(self)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            format: FormatVersion,
            gate: "welcome-email".parse().unwrap(),
            gate_digest: Digest::of("gate"),
            prompt: None,
            brand_voice: None,
            score_thresholds: ScoreThresholds::default(),
            contracts: vec![PinnedContract {
                id: "tollgate/pii".into(),
                name: "tollgate/pii".parse().unwrap(),
                version: Version::new(1, 2, 0),
                digest: Digest::of("pii"),
                config_digest: Digest::of("{}"),
                tables: BTreeMap::from([("claims".into(), Digest::of("claims"))]),
            }],
        }
    }

    #[test]
    fn any_change_makes_another_release() {
        let digest = release().digest().unwrap();
        let text = serde_json::to_string(&release()).unwrap();
        let back: Release = serde_json::from_str(&text).unwrap();
        assert_eq!(back.digest().unwrap(), digest);
        let mut other = release();
        other.contracts[0].config_digest = Digest::of("{ }");
        assert_ne!(other.digest().unwrap(), digest);
        let mut other = release();
        other.contracts[0].tables.insert("claims".into(), Digest::of("more claims"));
        assert_ne!(other.digest().unwrap(), digest);
        let other = Release { brand_voice: Some(Digest::of("voice")), ..release() };
        assert_ne!(other.digest().unwrap(), digest);
        let mut other = release();
        other.score_thresholds.human_max += 1;
        assert_ne!(other.digest().unwrap(), digest);
        let prompt = PinnedPrompt {
            name: "welcome-email".parse().unwrap(),
            version: Version::new(2, 1, 0),
            digest: Digest::of("prompt"),
        };
        let other = Release { prompt: Some(prompt), ..release() };
        assert_ne!(other.digest().unwrap(), digest);
    }
}
