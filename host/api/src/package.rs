//! Packages: published ones, and those that gates run.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use semver::{Version, VersionReq};
use serde::Serialize;
use tollgate_model::{Capability, Digest, FormatVersion, PromptName};
use tollgate_packages::lock::{LockFile, LockedPackage};
use tollgate_packages::package::{PackageId, PackageKind};

/// Package that was published.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PublicationDocument {
    pub format: FormatVersion<1>,
    /// Name and version: `acme/claims@1.2.0`.
    pub package: String,
    pub digest: Digest,
    /// Source that it was published to.
    pub source: String,
    /// Whether this command published it; `false` if it was published before, unchanged.
    pub created: bool,
    /// Reason given for a version bump that is too small.
    pub forced_reason: Option<String>,
}

/// Locked packages of each gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LockedGatesDocument {
    pub format: FormatVersion<1>,
    pub gates: Vec<LockedGateEntry>,
}

/// Locked packages of one gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LockedGateEntry {
    pub gate: String,
    /// The prompt, if the gate names one, and the contracts in the order of the gate.
    pub packages: Vec<LockedPackageEntry>,
}

/// Locked package of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LockedPackageEntry {
    /// Name and version: `acme/claims@1.2.0`.
    pub package: String,
    pub kind: LockedPackageKind,
    #[serde(flatten)]
    pub pin: Option<PackagePin>,
}

/// Kind of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockedPackageKind {
    Contract,
    Prompt,
}

/// Digest and origin of a locked package.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PackagePin {
    pub digest: Digest,
    /// Label of the source that it came from.
    pub source: String,
    /// WIT version that a contract is built for; absent for prompts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wit: Option<Version>,
    /// Capabilities that a contract requires.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub capabilities: BTreeSet<Capability>,
    /// Prompt versions that a contract covers; absent if it judges outputs of any prompt.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(with = "BTreeMap<PromptName, String>")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
    /// Id of the trusted key whose signature was verified; absent if the project requires no signature.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signer: Option<String>,
}

impl From<&LockFile> for LockedGatesDocument {
    fn from(lock: &LockFile) -> Self {
        let gates = lock.gates.iter().map(|(gate, locked)| LockedGateEntry {
            gate: gate.clone(),
            packages: locked.packages().map(|id| LockedPackageEntry::new(lock, &id)).collect(),
        });
        Self { format: FormatVersion, gates: gates.collect() }
    }
}

impl LockedPackageEntry {
    fn new(lock: &LockFile, id: &PackageId) -> Self {
        Self {
            package: id.to_string(),
            kind: id.name.kind().into(),
            pin: lock.packages.get(id).map(Into::into),
        }
    }
}

impl From<PackageKind> for LockedPackageKind {
    fn from(kind: PackageKind) -> Self {
        match kind {
            PackageKind::Contract => Self::Contract,
            PackageKind::Prompt => Self::Prompt,
        }
    }
}

impl From<&LockedPackage> for PackagePin {
    fn from(locked: &LockedPackage) -> Self {
        Self {
            digest: locked.digest,
            source: locked.source.clone(),
            wit: locked.wit.clone(),
            capabilities: locked.capabilities.clone(),
            prompts: locked.prompts.clone(),
            signer: locked.signer.as_ref().map(ToString::to_string),
        }
    }
}
