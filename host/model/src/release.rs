//! A gate with everything pinned: what a run is judged by.

use semver::Version;
use serde::{Deserialize, Serialize};

use crate::{ContractName, Digest, GateName, PromptName, canonical_json};

/// A gate with everything pinned. It never changes, and is named by its own digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Release {
    /// Whose it is.
    pub gate: GateName,
    /// What the gate's record said.
    pub gate_digest: Digest,
    /// The prompt that the outputs come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt: Option<PinnedPrompt>,
    /// The contracts, in the order of the gate.
    pub contracts: Vec<PinnedContract>,
}

/// A prompt version and its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PinnedPrompt {
    /// What it is called.
    pub name: PromptName,
    /// Its prompt version.
    pub version: Version,
    /// What identifies its bytes.
    pub digest: Digest,
}

/// A contract version, its bytes and its configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PinnedContract {
    /// What this use of it is called in the gate.
    pub called: String,
    /// The contract's name.
    pub name: ContractName,
    /// Its contract version.
    pub version: Version,
    /// What identifies its component.
    pub digest: Digest,
    /// What identifies its configuration.
    pub config_digest: Digest,
}

impl Release {
    /// What names it.
    pub fn digest(&self) -> Result<Digest, serde_json::Error> {
        Ok(Digest::of(canonical_json(&serde_json::to_value(self)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn release() -> Release {
        Release {
            gate: "welcome-email".parse().unwrap(),
            gate_digest: Digest::of("gate"),
            prompt: None,
            contracts: vec![PinnedContract {
                called: "tollgate/pii".into(),
                name: "tollgate/pii".parse().unwrap(),
                version: Version::new(1, 2, 0),
                digest: Digest::of("pii"),
                config_digest: Digest::of("{}"),
            }],
        }
    }

    #[test]
    fn anything_else_is_another_release() {
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
