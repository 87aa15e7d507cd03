//! The packages of a project: those on this machine, and the sources that others are fetched from.

mod local;
mod sources;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use tollgate_engine::{read_manifest, read_manifest_from};
use tollgate_library::package::{ListedPackage, Package, PackageMetadata};
use tollgate_library::prompt::{PromptFile, PromptErrors};
use tollgate_library::trust::{Envelope, KeyId, PublicKey, SignedStatement};
use tollgate_model::Manifest;

pub use local::LocalPackages;
pub use sources::{ProjectPackages, RegistryAccess};

use crate::contract_folder::built_component;
use crate::project::Project;
use crate::{files, standard};

impl Project {
    /// Returns the trusted key that signed a package, or `None` if the project requires no signature for it. Fails
    /// if a required signature is missing.
    pub fn verify_signature(&self, listed: &ListedPackage) -> anyhow::Result<Option<KeyId>> {
        if standard::contains(&listed.metadata) {
            return Ok(None);
        }
        let package = &listed.metadata.package;
        let Some(keys) = self.required_keys(package.name.namespace())? else { return Ok(None) };
        let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
        let names: Vec<_> = keys.iter().map(|trusted| format!("`{}`", trusted.name)).collect();
        let required = format!(
            "`{}` requires a signature by {} for `{}`",
            self.file_path().display(),
            names.join(" or "),
            package.name.namespace()
        );
        let Some(envelope) = &listed.signature else {
            bail!("`{package}` is not signed, but {required}");
        };
        match verified_signers(&listed.metadata, envelope, &public)?.into_iter().next() {
            Some(key) => Ok(Some(key)),
            None => bail!("`{package}` is not signed by a trusted key, but {required}"),
        }
    }
}

/// Returns which of these keys have signed a package. Fails if the signature belongs to another package.
pub fn verified_signers(
    about: &PackageMetadata,
    envelope: &Envelope,
    keys: &[PublicKey],
) -> anyhow::Result<Vec<KeyId>> {
    let signed = SignedStatement::open(envelope, keys)
        .with_context(|| format!("cannot read the signature of `{}`", about.package))?;
    let (stated, actual) = (&signed.statement, about.statement());
    if *stated != actual {
        bail!(
            "the signature belongs to {} with {}, but this package is {} with {}",
            stated.package,
            stated.digest,
            actual.package,
            actual.digest
        );
    }
    Ok(signed.signers)
}

/// Reads a package from a file: a contract's component, the folder in which one was built, or a prompt file. Also
/// returns the path of the file.
pub fn open_package(path: &Path) -> anyhow::Result<(Package, PathBuf)> {
    let is_prompt = path.extension().is_some_and(|extension| extension == "prompt");
    let shown = || format!("cannot publish `{}`", path.display());
    if is_prompt {
        let prompt = PromptFile::read(path).map_err(|errors| join_prompt_errors(&errors))?;
        return Ok((Package::from_prompt(&prompt).with_context(shown)?, path.to_owned()));
    }
    let path = if path.is_dir() { built_component(path)? } else { path.to_owned() };
    let bytes = files::read(&path)?;
    tollgate_engine::inspect(&bytes)
        .with_context(|| format!("`{}` is not a contract", path.display()))?;
    let manifest = read_manifest(&bytes)?;
    Ok((Package::from_contract(bytes, &manifest).with_context(shown)?, path))
}

/// Reads a contract from a component or from the folder in which one was built, without checking signatures. Also
/// returns the path of the component. The result must not be run.
pub fn contract_at_path(path: &Path) -> anyhow::Result<(PathBuf, Arc<[u8]>)> {
    let component = if path.is_dir() { built_component(path)? } else { path.to_owned() };
    let bytes = files::read(&component).with_context(|| {
        format!(
            "there is no contract `{}`: give the path of a component, or a name such as `acme/claims@^1.2`",
            path.display()
        )
    })?;
    Ok((component, bytes.into()))
}

fn read_component_manifest(component: &mut File) -> Result<Manifest, String> {
    read_manifest_from(component).map_err(|error| error.to_string())
}

fn join_prompt_errors(errors: &PromptErrors) -> anyhow::Error {
    let all: Vec<_> = errors.0.iter().map(ToString::to_string).collect();
    match all.as_slice() {
        [only] => anyhow!(only.clone()),
        all => anyhow!("{} errors:\n  {}", all.len(), all.join("\n").replace('\n', "\n  ")),
    }
}
