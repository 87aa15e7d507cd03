//! The file `tollgate.lock`: the exact packages that each gate of a project runs.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use tollgate_model::{Capability, Digest, PromptName, TextSpan, covers_prompt};

use crate::package::{ListedPackage, PackageId, PackageName};
use crate::resolve::GateRequirements;
use crate::trust::KeyId;

/// Current version of the file format.
const FORMAT: u32 = 2;
const HEADER: &str = "\
# The exact packages that this project runs. Tollgate writes this file: keep it under version
# control, and do not edit it.
";

/// Content of the lock file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockFile {
    /// Locked versions by name of the gate.
    pub gates: BTreeMap<String, LockedGate>,
    /// Every package that a gate runs.
    pub packages: BTreeMap<PackageId, LockedPackage>,
}

/// Versions that a gate runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedGate {
    /// Prompt that produces the outputs; `None` if the gate names none.
    pub prompt: Option<PackageId>,
    /// Contracts in the order of the gate.
    pub contracts: Vec<PackageId>,
}

/// A locked package, identified by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LockedPackage {
    /// Digest of the package's bytes.
    pub digest: Digest,
    /// Label of the source that it came from.
    pub source: String,
    /// WIT version that a contract is built for; `None` for prompts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wit: Option<Version>,
    /// Capabilities that a contract requires. Locking a contract approves them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub capabilities: BTreeSet<Capability>,
    /// Prompt versions that a contract supports; empty if it supports any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
    /// Trusted key whose signature was verified; `None` if the project requires no signature.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<KeyId>,
}

/// Error in a lock file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockFileError {
    /// The text is not a valid lock file.
    #[error("{message}")]
    Malformed { span: TextSpan, message: String },
    /// Another version of the tool wrote the file.
    #[error(
        "it has format {found}, and this tool reads format {FORMAT}: {remedy}",
        found = .0,
        remedy = format_remedy(*.0)
    )]
    UnsupportedFormat(u32),
    /// A gate or package occurs twice, for example after a merge of two lock files.
    #[error("`{0}` occurs twice")]
    DuplicateEntry(String),
    /// A gate runs a package that has no entry.
    #[error("gate `{gate}` runs `{package}`, which has no entry in the file")]
    MissingEntry { gate: String, package: PackageId },
}

/// A gate whose locked versions no longer match its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleGate {
    pub gate: String,
    /// Mismatch, as a sentence about the gate.
    pub reason: String,
}

/// A capability that a contract requires in its new version and did not require in the locked one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCapability {
    pub gate: String,
    /// Version locked before.
    pub locked_version: PackageId,
    /// Version that would be locked now.
    pub new_version: PackageId,
    pub capability: Capability,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileToml {
    format: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gate: Vec<GateToml>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    prompt: Vec<PackageToml>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contract: Vec<PackageToml>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GateToml {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt: Option<PackageId>,
    contracts: Vec<PackageId>,
}

/// Entry of a package. Flat, because a flat table is easier to read in TOML.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PackageToml {
    name: PackageName,
    version: Version,
    digest: Digest,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wit: Option<Version>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    capabilities: BTreeSet<Capability>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<KeyId>,
    // Last, because in TOML a table follows all plain values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    prompts: BTreeMap<PromptName, VersionReq>,
}

impl LockFile {
    /// Parses the text of a lock file and checks that every gate's packages have an entry.
    pub fn parse(text: &str) -> Result<Self, LockFileError> {
        let malformed = |error: toml::de::Error| {
            let span = error.span().unwrap_or_default().into();
            LockFileError::Malformed { span, message: error.message().into() }
        };
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        // The format is read alone first, so that a newer file is not reported as malformed.
        let Format { format } = toml::from_str(text).map_err(malformed)?;
        if format != FORMAT {
            return Err(LockFileError::UnsupportedFormat(format));
        }
        let file: FileToml = toml::from_str(text).map_err(malformed)?;
        let mut lock = Self::default();
        for GateToml { name, prompt, contracts } in file.gate {
            if lock.gates.insert(name.clone(), LockedGate { prompt, contracts }).is_some() {
                return Err(LockFileError::DuplicateEntry(name));
            }
        }
        for entry in file.prompt.into_iter().chain(file.contract) {
            let (package, locked) = entry.into_parts();
            if lock.packages.insert(package.clone(), locked).is_some() {
                return Err(LockFileError::DuplicateEntry(package.to_string()));
            }
        }
        lock.check_entries()?;
        Ok(lock)
    }

    fn check_entries(&self) -> Result<(), LockFileError> {
        for (gate, locked) in &self.gates {
            let missing = locked.packages().find(|package| !self.packages.contains_key(package));
            if let Some(package) = missing {
                return Err(LockFileError::MissingEntry { gate: gate.clone(), package });
            }
        }
        Ok(())
    }

    /// Formats the lock file.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        let entry =
            |(package, locked): (&PackageId, &LockedPackage)| PackageToml::new(package, locked);
        let (mut prompt, mut contract) = (Vec::new(), Vec::new());
        for package in &self.packages {
            match package.0.name {
                PackageName::Prompt(_) => prompt.push(entry(package)),
                PackageName::Contract(_) => contract.push(entry(package)),
            }
        }
        let gate = self.gates.iter().map(|(name, locked)| GateToml {
            name: name.clone(),
            prompt: locked.prompt.clone(),
            contracts: locked.contracts.clone(),
        });
        let file = FileToml { format: FORMAT, gate: gate.collect(), prompt, contract };
        Ok(format!("{HEADER}{}", toml::to_string_pretty(&file)?))
    }

    /// Returns the gates whose locked versions no longer match their files. Needs no source.
    pub fn stale_gates(&self, requirements: &[GateRequirements]) -> Vec<StaleGate> {
        let stale_reasons = |gate: &GateRequirements| {
            let reasons = match self.gates.get(&gate.gate) {
                None => vec!["it is not locked".into()],
                Some(locked) => self.mismatches(gate, locked),
            };
            let name = gate.gate.clone();
            reasons.into_iter().map(move |reason| StaleGate { gate: name.clone(), reason })
        };
        let mut stale: Vec<_> = requirements.iter().flat_map(stale_reasons).collect();
        let removed =
            self.gates.keys().filter(|name| requirements.iter().all(|gate| gate.gate != **name));
        stale.extend(removed.map(|gate| StaleGate {
            gate: gate.clone(),
            reason: "it is locked but no longer exists".into(),
        }));
        stale
    }

    fn mismatches(&self, gate: &GateRequirements, locked: &LockedGate) -> Vec<String> {
        let mut reasons = Vec::new();
        let required: Vec<_> = gate.prompt.iter().chain(&gate.contracts).collect();
        let packages: Vec<_> = locked.packages().collect();
        let required_names: Vec<_> = required.iter().map(|required| &required.name).collect();
        let locked_names: Vec<_> = packages.iter().map(|package| &package.name).collect();
        if required_names != locked_names {
            let missing = required_names.iter().filter(|name| !locked_names.contains(name));
            reasons
                .extend(missing.map(|name| format!("it requires `{name}`, which is not locked")));
            let surplus = locked_names.iter().filter(|name| !required_names.contains(name));
            reasons.extend(
                surplus.map(|name| format!("it no longer requires `{name}`, which is locked")),
            );
            if reasons.is_empty() {
                reasons.push("its packages are locked in another order".into());
            }
            return reasons;
        }
        for (requirement, package) in required.iter().zip(&packages) {
            if !requirement.admits(&package.version) {
                reasons.push(format!(
                    "it requires `{requirement}`, but {} is locked",
                    package.version
                ));
            }
        }
        let unsupported =
            locked.contracts.iter().filter(|contract| !self.supports_prompt_of(contract, locked));
        reasons.extend(unsupported.map(|contract| match &locked.prompt {
            Some(prompt) => format!("`{contract}` was written for other versions than `{prompt}`"),
            None => format!("`{contract}` was written for a prompt, but the gate names none"),
        }));
        reasons
    }

    /// Returns whether a contract supports the prompt of its gate.
    fn supports_prompt_of(&self, contract: &PackageId, gate: &LockedGate) -> bool {
        let prompt = gate.prompt.as_ref().and_then(PackageId::as_prompt);
        self.packages.get(contract).is_none_or(|locked| covers_prompt(&locked.prompts, prompt))
    }

    /// Returns the capabilities that contracts in `new` require beyond those of the locked
    /// versions. A contract that is new to a gate is not listed.
    pub fn new_capabilities(&self, new: &Self) -> Vec<NewCapability> {
        let mut capabilities = Vec::new();
        for (gate, old_gate) in &self.gates {
            let new_contracts = new
                .gates
                .get(gate)
                .map(|new_gate| new_gate.contracts.as_slice())
                .unwrap_or_default();
            for new_contract in new_contracts {
                let Some(old_contract) = old_gate
                    .contracts
                    .iter()
                    .find(|old_contract| old_contract.name == new_contract.name)
                else {
                    continue;
                };
                let capabilities_of = |lock: &Self, package| {
                    lock.packages
                        .get(package)
                        .map(|locked: &LockedPackage| locked.capabilities.clone())
                };
                let (before, after) =
                    (capabilities_of(self, old_contract), capabilities_of(new, new_contract));
                let before = before.unwrap_or_default();
                let after = after.unwrap_or_default().into_iter();
                capabilities.extend(after.filter(|capability| !before.contains(capability)).map(
                    |capability| NewCapability {
                        gate: gate.clone(),
                        locked_version: old_contract.clone(),
                        new_version: new_contract.clone(),
                        capability,
                    },
                ));
            }
        }
        capabilities
    }
}

fn format_remedy(format: u32) -> &'static str {
    if format > FORMAT { "use a newer tool" } else { "remove the file and lock the project again" }
}

impl LockedGate {
    /// Iterates over the prompt, then the contracts.
    pub fn packages(&self) -> impl Iterator<Item = PackageId> {
        self.prompt.clone().into_iter().chain(self.contracts.clone())
    }
}

impl LockedPackage {
    /// Creates the entry of a package as a source lists it.
    pub fn new(listed: &ListedPackage, source: String, signer: Option<KeyId>) -> Self {
        let contract = listed.metadata.contract.as_ref();
        Self {
            digest: listed.metadata.digest,
            source,
            wit: contract.map(|contract| contract.wit.clone()),
            capabilities: contract
                .iter()
                .flat_map(|one| one.capabilities.keys().copied())
                .collect(),
            prompts: contract.map(|contract| contract.prompts.clone()).unwrap_or_default(),
            signer,
        }
    }

    /// Returns whether the entry matches the listed package. Source and signer are ignored:
    /// signatures are verified again on each use.
    pub fn matches(&self, listed: &ListedPackage) -> bool {
        *self == Self::new(listed, self.source.clone(), self.signer.clone())
    }
}

impl PackageToml {
    fn new(package: &PackageId, locked: &LockedPackage) -> Self {
        let LockedPackage { digest, source, wit, capabilities, prompts, signer } = locked.clone();
        let (name, version) = (package.name.clone(), package.version.clone());
        Self { name, version, digest, source, wit, capabilities, signer, prompts }
    }

    fn into_parts(self) -> (PackageId, LockedPackage) {
        let Self { name, version, digest, source, wit, capabilities, signer, prompts } = self;
        let locked = LockedPackage { digest, source, wit, capabilities, prompts, signer };
        (PackageId { name, version }, locked)
    }
}

impl fmt::Display for StaleGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gate `{}`: {}", self.gate, self.reason)
    }
}
