//! What is known of a package: what it says of itself, and what others say of it.

use std::fs::File;

use serde::{Deserialize, Serialize};
use serde_json::to_value;
use tollgate_model::{ContractFile, Digest, Manifest, canonical_json, covers};

use super::{IdentityError, PackageId, PackageName};
use crate::prompt::{Faults, PromptFile};
use crate::store::{Store, StoreError};
use crate::trust::{Envelope, Statement};

/// What a package says of itself, and what its bytes are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct About {
    /// Which package it is.
    pub package: PackageId,
    /// Of its bytes.
    pub digest: Digest,
    /// How many they are.
    pub size_bytes: u64,
    /// Of a contract's manifest, in canonical form; of a prompt, which has none, the digest again.
    pub manifest: Digest,
    /// What a contract's author wrote of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Box<ContractFile>>,
}

/// A package as a source has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Listed {
    /// What it says of itself.
    pub about: About,
    /// Who vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Envelope>,
    /// That nobody should take it any more, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<Yanked>,
    /// Why its version moves less than its behaviour does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced: Option<String>,
}

/// Why nobody should take a version any more. Those who have locked it keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Yanked {
    /// In the words of who yanked it.
    pub reason: String,
}

/// A package, its bytes included.
#[derive(Clone, Debug)]
pub struct Package {
    about: About,
    bytes: Vec<u8>,
}

/// How a component's manifest is read. What a component is, this crate does not know.
pub type ReadManifest = fn(&mut File) -> Result<Manifest, String>;

/// Why bytes are no package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// They cannot be published under this version.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A prompt without a name or a version.
    #[error("`{0}` has no name or no version: add both to its front matter")]
    NoIdentity(String),
    /// They are no contract.
    #[error("it is no contract: {0}")]
    NoContract(String),
    /// They are no prompt.
    #[error("it is no prompt: {0}")]
    NoPrompt(#[from] Faults),
    /// They are not there.
    #[error("the store does not have {0}")]
    Absent(Digest),
    /// The store does not give them.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// They are not what was said of them.
    #[error(transparent)]
    Mismatch(#[from] Box<Mismatch>),
}

/// Something is not what was said of it.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{package}` should be {expected}, and is {found}: it was changed, or is another one")]
pub struct Mismatch {
    /// What was asked for.
    pub package: PackageId,
    /// What was said.
    pub expected: String,
    /// What is there.
    pub found: String,
}

impl Package {
    /// A contract, with the manifest that is in it.
    pub fn contract(bytes: Vec<u8>, manifest: &Manifest) -> Result<Self, PackageError> {
        let about = About::contract(manifest, Digest::of(&bytes), bytes.len() as u64)?;
        Ok(Self { about, bytes })
    }

    /// A prompt.
    pub fn prompt(prompt: &PromptFile) -> Result<Self, PackageError> {
        let unnamed = || PackageError::NoIdentity(prompt.source().file().into());
        let name = prompt.name().ok_or_else(unnamed)?;
        let version = prompt.version().ok_or_else(unnamed)?.clone();
        let bytes = prompt.canonical();
        let about = About {
            package: PackageId::new(name, version)?,
            digest: prompt.digest(),
            size_bytes: bytes.len() as u64,
            manifest: prompt.digest(),
            contract: None,
        };
        Ok(Self { about, bytes })
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl About {
    fn contract(
        manifest: &Manifest,
        digest: Digest,
        size_bytes: u64,
    ) -> Result<Self, PackageError> {
        let contract = &manifest.contract;
        let as_value =
            to_value(manifest).map_err(|error| PackageError::NoContract(error.to_string()))?;
        Ok(Self {
            package: PackageId::new(contract.name.clone(), contract.version.clone())?,
            digest,
            size_bytes,
            manifest: Digest::of(canonical_json(&as_value)),
            contract: Some(Box::new(contract.clone())),
        })
    }

    /// Looks whether what lies in the store says of itself what somebody else has said of it. A
    /// contract is not read into memory for that.
    pub fn check(&self, store: &Store, manifest: ReadManifest) -> Result<(), PackageError> {
        let found = match &self.package.name {
            PackageName::Contract(_) => {
                let mut file = store.open(self.digest)?.ok_or(PackageError::Absent(self.digest))?;
                let manifest = manifest(&mut file).map_err(PackageError::NoContract)?;
                let about = file.metadata().map_err(|_| PackageError::Absent(self.digest))?;
                Self::contract(&manifest, self.digest, about.len())?
            }
            PackageName::Prompt(name) => {
                let bytes = store.get(self.digest)?.ok_or(PackageError::Absent(self.digest))?;
                let file = format!("{name}@{}.prompt", self.package.version);
                Package::prompt(&PromptFile::unpack(&file, &bytes)?)?.about
            }
        };
        let mismatch = |expected: String, found: String| {
            let package = self.package.clone();
            PackageError::Mismatch(Box::new(Mismatch { package, expected, found }))
        };
        match found {
            found if found == *self => Ok(()),
            found if found.package != self.package => {
                Err(mismatch(self.package.to_string(), found.package.to_string()))
            }
            _ => Err(mismatch("as it is described".into(), "described otherwise in itself".into())),
        }
    }

    /// What whoever vouches for it signs.
    pub fn statement(&self) -> Statement {
        Statement {
            package: self.package.to_string(),
            digest: self.digest,
            manifest: self.manifest,
        }
    }

    /// Whether it judges outputs of this prompt, or of none.
    pub fn covers(&self, prompt: Option<&PackageId>) -> bool {
        let contract = self.contract.as_ref();
        contract
            .is_none_or(|contract| covers(&contract.prompts, prompt.and_then(PackageId::as_prompt)))
    }
}
