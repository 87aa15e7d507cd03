//! The standard contracts, which the tool carries so that it works on its own. The tool itself is trusted, so they
//! need no signature.

use std::sync::Arc;

use semver::Version;
use tollgate_engine::{ManifestError, read_manifest};
use tollgate_model::Digest;
use tollgate_packages::package::{Package, PackageError, PackageMetadata, Requirement};

include!(concat!(env!("OUT_DIR"), "/standard_contracts.rs"));

/// Namespace of the standard contracts.
pub const NAMESPACE: &str = "tollgate";
const PREFIX: &str = "tollgate/";

/// Reason why a standard contract cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandardContractError {
    #[error("this build of `tollgate` includes no standard contracts")]
    NoneIncluded,
    #[error("there is no standard contract `{name}`; the standard contracts are `{}`", names().join("`, `"))]
    Unknown { name: String },
    #[error("this tool includes `{name}` {included}, but `{requirement}` is required")]
    OtherVersion { name: String, included: Version, requirement: Box<Requirement> },
    /// A component in this build is damaged.
    #[error("{path}")]
    Manifest { path: &'static str, source: ManifestError },
    #[error("{path}")]
    Package { path: &'static str, source: Box<PackageError> },
}

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
pub(crate) fn read(requirement: &Requirement) -> Result<Option<Arc<[u8]>>, StandardContractError> {
    let full_name = requirement.name.to_string();
    let Some(name) = full_name.strip_prefix(PREFIX) else { return Ok(None) };
    let found = CONTRACTS.iter().find(|(path, _)| plugin_name(path) == Some(name));
    let Some((path, bytes)) = found else {
        return Err(match CONTRACTS.is_empty() {
            true => StandardContractError::NoneIncluded,
            false => StandardContractError::Unknown { name: full_name },
        });
    };
    let manifest =
        read_manifest(bytes).map_err(|source| StandardContractError::Manifest { path, source })?;
    let included = manifest.contract.version;
    if !requirement.admits(&included) {
        let requirement = Box::new(requirement.clone());
        return Err(StandardContractError::OtherVersion { name: full_name, included, requirement });
    }
    Ok(Some((*bytes).into()))
}

/// Returns whether a package is a standard contract, byte for byte.
pub(crate) fn contains(about: &PackageMetadata) -> bool {
    let same = |(_, bytes): &(&str, &[u8])| {
        bytes.len() as u64 == about.size_bytes && Digest::of(bytes) == about.digest
    };
    about.package.name.namespace() == NAMESPACE && CONTRACTS.iter().any(same)
}

/// Returns the standard contracts as packages.
pub(crate) fn packages() -> Result<Vec<Package>, StandardContractError> {
    let packages = CONTRACTS.iter().map(|(path, bytes)| {
        let manifest = read_manifest(bytes)
            .map_err(|source| StandardContractError::Manifest { path, source })?;
        Package::from_contract(bytes.to_vec(), &manifest)
            .map_err(|error| StandardContractError::Package { path, source: Box::new(error) })
    });
    packages.collect()
}

/// Returns NAME from `plugins/NAME/dist/…`.
fn plugin_name(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}
