//! Packages and their metadata, as listed by a source and as read from the bytes.

use std::fs::File;

use serde::{Deserialize, Serialize};
use tollgate_model::{
    ContractFile, Digest, Manifest, TextFileErrors, canonical_json, covers_prompt,
};

use super::{PackageId, PackageIdError, PackageName};
use crate::prompt::PromptFile;
use crate::store::{Store, StoreError};
use crate::trust::{Envelope, PackageStatement};

/// Metadata that can be read from a package's bytes. A source lists the same values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PackageMetadata {
    pub package: PackageId,
    /// Digest of the package's bytes.
    pub digest: Digest,
    pub size_bytes: u64,
    /// Digest of a contract's manifest in canonical form. For a prompt, the same as `digest`.
    pub manifest: Digest,
    /// The `[contract]` part of a contract's manifest. `None` for a prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<Box<ContractFile>>,
}

/// A version as listed by a source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ListedPackage {
    pub metadata: PackageMetadata,
    /// Signature published with the package, not yet verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<Envelope>,
    /// Set if the version should no longer be chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yanked: Option<YankNotice>,
    /// Reason why the version was published although it rises less than its behaviour requires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forced_reason: Option<String>,
}

/// Notice that a version should no longer be chosen. Projects that have locked it keep it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YankNotice {
    /// Free text by the person who yanked the version.
    pub reason: String,
}

/// A package with its bytes.
#[derive(Clone, Debug)]
pub struct Package {
    metadata: PackageMetadata,
    bytes: Vec<u8>,
}

/// Function that reads the manifest from a component. A parameter, because only the engine can
/// parse components.
pub type ManifestReader = fn(&mut File) -> Result<Manifest, String>;

/// Reason why bytes are not the expected package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error(transparent)]
    Identity(#[from] PackageIdError),
    /// A prompt file whose front matter has no name or no version.
    #[error("`{0}` has no name or no version: add both to its front matter")]
    MissingIdentity(String),
    #[error("not a valid contract: {0}")]
    InvalidContract(String),
    #[error("not a valid prompt: {0}")]
    InvalidPrompt(#[from] TextFileErrors),
    #[error("{0} is not in the store")]
    NotInStore(Digest),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The bytes contradict the metadata that the source listed.
    #[error(transparent)]
    Mismatch(#[from] Box<PackageMismatchError>),
}

/// A package differs from its listing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{package}` should be {expected}, but is {found}: it was modified or is another package")]
pub struct PackageMismatchError {
    pub package: PackageId,
    /// Expected identity or description.
    pub expected: String,
    pub found: String,
}

impl Package {
    /// Creates a contract package from a component and the manifest that was read from it.
    pub fn from_contract(bytes: Vec<u8>, manifest: &Manifest) -> Result<Self, PackageError> {
        let metadata =
            PackageMetadata::of_contract(manifest, Digest::of(&bytes), bytes.len() as u64)?;
        Ok(Self { metadata, bytes })
    }

    /// Creates a prompt package from a prompt file with a name and a version.
    pub fn from_prompt(prompt: &PromptFile) -> Result<Self, PackageError> {
        let unnamed = || PackageError::MissingIdentity(prompt.text().file().into());
        let name = prompt.name().ok_or_else(unnamed)?;
        let version = prompt.version().ok_or_else(unnamed)?.clone();
        let bytes = prompt.canonical_bytes();
        let metadata = PackageMetadata {
            package: PackageId::new(name, version)?,
            digest: prompt.digest(),
            size_bytes: bytes.len() as u64,
            manifest: prompt.digest(),
            contract: None,
        };
        Ok(Self { metadata, bytes })
    }

    pub fn metadata(&self) -> &PackageMetadata {
        &self.metadata
    }

    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl PackageMetadata {
    fn of_contract(
        manifest: &Manifest,
        digest: Digest,
        size_bytes: u64,
    ) -> Result<Self, PackageError> {
        let contract = &manifest.contract;
        let manifest_json = canonical_json(manifest)
            .map_err(|error| PackageError::InvalidContract(format!("its manifest: {error}")))?;
        Ok(Self {
            package: PackageId::new(contract.name.clone(), contract.version.clone())?,
            digest,
            size_bytes,
            manifest: Digest::of(manifest_json),
            contract: Some(Box::new(contract.clone())),
        })
    }

    /// Verifies that the stored package has exactly this metadata. A contract is read from its
    /// file, not loaded into memory.
    pub fn verify_stored(
        &self,
        store: &Store,
        read_manifest: ManifestReader,
    ) -> Result<(), PackageError> {
        let found: PackageMetadata = match &self.package.name {
            PackageName::Contract(_) => {
                let missing = || PackageError::NotInStore(self.digest);
                let mut file = store.open_unverified(self.digest)?.ok_or_else(missing)?;
                let manifest = read_manifest(&mut file).map_err(PackageError::InvalidContract)?;
                let size_bytes = file.metadata().map_err(|_| missing())?.len();
                Self::of_contract(&manifest, self.digest, size_bytes)?
            }
            PackageName::Prompt(name) => {
                let bytes = store.get(self.digest)?.ok_or(PackageError::NotInStore(self.digest))?;
                let file = format!("{name}@{}.prompt", self.package.version);
                Package::from_prompt(&PromptFile::from_canonical_bytes(&file, &bytes)?)?.metadata
            }
        };
        let mismatch = |expected: String, found: String| {
            let package = self.package.clone();
            PackageError::Mismatch(Box::new(PackageMismatchError { package, expected, found }))
        };
        match found {
            found if found == *self => Ok(()),
            found if found.package != self.package => {
                Err(mismatch(self.package.to_string(), found.package.to_string()))
            }
            _ => Err(mismatch("as described by its source".into(), "different".into())),
        }
    }

    /// Returns the statement that a signer of this package signs.
    pub fn statement(&self) -> PackageStatement {
        PackageStatement {
            package: self.package.to_string(),
            digest: self.digest,
            manifest: self.manifest,
        }
    }

    /// Returns whether the contract accepts outputs of this prompt, or outputs without a prompt.
    pub fn covers_prompt(&self, prompt: Option<&PackageId>) -> bool {
        let contract = self.contract.as_ref();
        contract.is_none_or(|contract| {
            covers_prompt(&contract.prompts, prompt.and_then(PackageId::as_prompt))
        })
    }
}
