//! Contracts, as far as they can be described without running them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::Serialize;
use serde_json::Value;
use tollgate_engine::Inspection;
use tollgate_model::{
    Capability, ContractName, ContractRule, Determinism, Digest, FormatVersion, PromptName,
};

/// Description of a contract.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct InspectionDocument {
    pub format: FormatVersion<1>,
    pub name: ContractName,
    pub version: Version,
    pub description: String,
    /// SPDX license expression.
    pub license: String,
    /// WIT version that the contract is built for.
    pub wit: Version,
    /// Digest of the component.
    pub digest: Digest,
    /// Size of the component.
    pub bytes: usize,
    pub capabilities: Vec<RequestedCapability>,
    pub determinism: Determinism,
    /// Whether it can judge a text while it is being written.
    pub stream: bool,
    pub snapshot: SnapshotSupport,
    /// Rules by name.
    pub rules: BTreeMap<String, ContractRule>,
    /// Prompt versions that it covers; empty if it judges outputs of any prompt.
    #[schemars(with = "BTreeMap<PromptName, String>")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
    /// JSON Schema of the configuration.
    pub config_schema: Value,
}

/// Capability that a contract imports.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RequestedCapability {
    pub name: Capability,
    /// Reason that its author gives.
    pub reason: Option<String>,
}

/// Whether the configured state of a contract can be snapshotted.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SnapshotSupport {
    pub possible: bool,
    /// Reason why not.
    pub reason: Option<String>,
}

impl From<&Inspection> for InspectionDocument {
    fn from(inspection: &Inspection) -> Self {
        let contract = &inspection.manifest.contract;
        let capability = |capability: &Capability| RequestedCapability {
            name: *capability,
            reason: contract.capabilities.get(capability).cloned(),
        };
        Self {
            format: FormatVersion,
            name: contract.name.clone(),
            version: contract.version.clone(),
            description: contract.description.clone(),
            license: contract.license.clone(),
            wit: contract.wit.clone(),
            digest: inspection.digest,
            bytes: inspection.bytes,
            capabilities: inspection.capabilities.iter().map(capability).collect(),
            determinism: inspection.determinism,
            stream: contract.stream,
            snapshot: SnapshotSupport {
                possible: inspection.snapshot.is_ok(),
                reason: inspection.snapshot.as_ref().err().map(ToString::to_string),
            },
            rules: contract.rules.clone(),
            prompts: contract.prompts.clone(),
            config_schema: inspection.manifest.config_schema.clone(),
        }
    }
}
