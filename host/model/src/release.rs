//! Releases: a gate with prompt, contracts and configurations pinned by their digests.

use schemars::JsonSchema;
use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{
    CanonicalJsonError, ContractName, Digest, FormatVersion, GateName, PromptName, canonical_json,
};

/// A gate with everything pinned that decides about an output. It never changes; its digest is its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Release {
    pub format: FormatVersion<2>,
    pub gate: GateName,
    /// Digest of the gate record.
    pub gate_digest: Digest,
    /// Prompt that the outputs come from; empty if the gate names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PinnedPrompt>,
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

/// Contract version and configuration, pinned by their digests.
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
}

impl Release {
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
            contracts: vec![PinnedContract {
                id: "tollgate/pii".into(),
                name: "tollgate/pii".parse().unwrap(),
                version: Version::new(1, 2, 0),
                digest: Digest::of("pii"),
                config_digest: Digest::of("{}"),
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
        let prompt = PinnedPrompt {
            name: "welcome-email".parse().unwrap(),
            version: Version::new(2, 1, 0),
            digest: Digest::of("prompt"),
        };
        let other = Release { prompt: Some(prompt), ..release() };
        assert_ne!(other.digest().unwrap(), digest);
    }
}
