//! What is known of a package: what it says of itself, and what others say of it.

use semver::VersionReq;
use serde::{Deserialize, Serialize};
use serde_json::to_value;
use tollgate_model::{ContractFile, Digest, Manifest, canonical_json};

use super::{IdentityError, PackageId, PackageName};
use crate::prompt::{Faults, PromptFile};
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
pub type ReadManifest = fn(&[u8]) -> Result<Manifest, String>;

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
        let contract = &manifest.contract;
        let name = PackageName::Contract(contract.name.clone());
        let as_value =
            to_value(manifest).map_err(|error| PackageError::NoContract(error.to_string()))?;
        let about = About {
            package: PackageId::new(name, contract.version.clone())?,
            digest: Digest::of(&bytes),
            size_bytes: bytes.len() as u64,
            manifest: Digest::of(canonical_json(&as_value)),
            contract: Some(Box::new(contract.clone())),
        };
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

    /// Reads the bytes of a package of this identity.
    pub fn read(
        package: &PackageId,
        bytes: Vec<u8>,
        manifest: ReadManifest,
    ) -> Result<Self, PackageError> {
        let read = match &package.name {
            PackageName::Contract(_) => {
                let manifest = manifest(&bytes).map_err(PackageError::NoContract)?;
                Self::contract(bytes, &manifest)?
            }
            PackageName::Prompt(name) => {
                let file = format!("{name}@{}.prompt", package.version);
                Self::prompt(&PromptFile::unpack(&file, &bytes)?)?
            }
        };
        let found = &read.about.package;
        match found == package {
            true => Ok(read),
            false => Err(mismatch(package, package, found)),
        }
    }

    /// Reads bytes that somebody else has described, and believes no word of it.
    pub fn expect(
        about: &About,
        bytes: Vec<u8>,
        manifest: ReadManifest,
    ) -> Result<Self, PackageError> {
        let digest = Digest::of(&bytes);
        if digest != about.digest {
            return Err(mismatch(&about.package, about.digest, digest));
        }
        let read = Self::read(&about.package, bytes, manifest)?;
        match read.about == *about {
            true => Ok(read),
            false => {
                Err(mismatch(&about.package, "as it is described", "described otherwise in itself"))
            }
        }
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Its bytes alone.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl About {
    /// What whoever vouches for it signs.
    pub fn statement(&self) -> Statement {
        Statement {
            package: self.package.to_string(),
            digest: self.digest,
            manifest: self.manifest,
        }
    }

    /// The versions of a prompt that a contract was written for; nothing, where it was written
    /// for any output.
    pub fn covers(&self, prompt: &PackageId) -> bool {
        let prompts = self.contract.iter().flat_map(|contract| &contract.prompts);
        let mut named = prompts.peekable();
        let is_it = |(name, wanted): (_, &VersionReq)| {
            prompt.name == PackageName::Prompt(Clone::clone(name))
                && wanted.matches(&prompt.version)
        };
        named.peek().is_none() || named.any(is_it)
    }
}

fn mismatch(package: &PackageId, expected: impl ToString, found: impl ToString) -> PackageError {
    let mismatch = Mismatch {
        package: package.clone(),
        expected: expected.to_string(),
        found: found.to_string(),
    };
    PackageError::Mismatch(Box::new(mismatch))
}
