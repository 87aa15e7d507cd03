//! The standard contracts, which the tool carries so that it works on its own. The tool itself is trusted, so they
//! need no signature.

use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::read_manifest;
use tollgate_library::package::{Package, PackageMetadata, Requirement};
use tollgate_model::Digest;

include!(concat!(env!("OUT_DIR"), "/standard_contracts.rs"));

/// Namespace of the standard contracts.
pub const NAMESPACE: &str = "tollgate";
const PREFIX: &str = "tollgate/";

/// Returns the names of the standard contracts in this build. Empty in a build without contracts.
pub fn names() -> Vec<String> {
    let name = |(path, _): &(&str, &[u8])| Some(format!("{PREFIX}{}", plugin_name(path)?));
    CONTRACTS.iter().filter_map(name).collect()
}

/// Returns the standard contract with this digest.
pub fn by_digest(digest: Digest) -> Option<&'static [u8]> {
    CONTRACTS.iter().map(|(_, bytes)| *bytes).find(|bytes| Digest::of(bytes) == digest)
}

/// Returns the standard contract that meets a requirement, or `None` if the requirement names another namespace.
pub(crate) fn read(requirement: &Requirement) -> anyhow::Result<Option<Arc<[u8]>>> {
    let full_name = requirement.name.to_string();
    let Some(name) = full_name.strip_prefix(PREFIX) else { return Ok(None) };
    let found = CONTRACTS.iter().find(|(path, _)| plugin_name(path) == Some(name));
    match found {
        Some((_, bytes)) => {
            let version = read_manifest(bytes)?.contract.version;
            if !requirement.admits(&version) {
                bail!("this tool includes `{full_name}` {version}, but `{requirement}` is required");
            }
            Ok(Some((*bytes).into()))
        }
        None if CONTRACTS.is_empty() => {
            bail!(
                "this build of `tollgate` includes no standard contracts: create a complete one with `cargo xtask build`"
            )
        }
        None => {
            let names = names().join("`, `");
            bail!("there is no standard contract `{full_name}`; the standard contracts are `{names}`")
        }
    }
}

/// Returns whether a package is a standard contract, byte for byte.
pub(crate) fn contains(about: &PackageMetadata) -> bool {
    let same = |(_, bytes): &(&str, &[u8])| {
        bytes.len() as u64 == about.size_bytes && Digest::of(bytes) == about.digest
    };
    about.package.name.namespace() == NAMESPACE && CONTRACTS.iter().any(same)
}

/// Returns the standard contracts as packages.
pub(crate) fn packages() -> anyhow::Result<Vec<Package>> {
    let packages = CONTRACTS.iter().map(|(path, bytes)| {
        let manifest = read_manifest(bytes).with_context(|| (*path).to_owned())?;
        Package::from_contract(bytes.to_vec(), &manifest).with_context(|| (*path).to_owned())
    });
    packages.collect()
}

/// Returns NAME from `plugins/NAME/dist/…`.
fn plugin_name(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}
