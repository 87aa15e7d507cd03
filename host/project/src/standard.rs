//! The standard contracts, which the tool carries so that it works on its own. The tool itself is trusted, so they
//! need no signature, and no other bytes are taken for them, wherever those come from.

use semver::Version;
use tollgate_engine::{ManifestError, read_manifest};
use tollgate_model::Digest;
use tollgate_packages::package::{Package, PackageError, PackageId, PackageName, Requirement};

include!(concat!(env!("OUT_DIR"), "/standard_contracts.rs"));

/// Namespace of the standard contracts.
pub(crate) const NAMESPACE: &str = "tollgate";

/// Reason why a standard contract cannot be used, or why a package is not one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StandardContractError {
    #[error("this build of `tollgate` includes no standard contracts")]
    NoneIncluded,
    #[error("there is no standard contract `{name}`; the standard contracts are `{}`", names().join("`, `"))]
    Unknown { name: String },
    #[error("this tool includes `{name}` {included}, but `{requirement}` is required")]
    OtherVersion { name: String, included: Version, requirement: Box<Requirement> },
    #[error(transparent)]
    OtherBytes(#[from] Box<StandardContractMismatchError>),
    /// A package in the namespace of the standard contracts that this tool does not include, and that nobody whom the
    /// project trusts has signed.
    #[error(
        "{place} has `{package}`, which is not a standard contract of this tool: any other package in the namespace \
         `{NAMESPACE}` needs a signature by a key of `[trust.{NAMESPACE}]`"
    )]
    NotIncluded { package: Box<PackageId>, place: String },
    /// A component in this build is damaged.
    #[error("{path}")]
    Manifest { path: &'static str, source: ManifestError },
    #[error("{path}")]
    Package { path: &'static str, source: Box<PackageError> },
}

/// Other bytes under a version that this tool includes.
#[derive(Debug, thiserror::Error)]
#[error(
    "{place} has `{package}` as {found}, but this tool includes that version as {included}: one of them was altered"
)]
pub struct StandardContractMismatchError {
    pub package: PackageId,
    /// Place where the package was found, in words for a message: `the bundle`.
    pub place: String,
    pub found: Digest,
    pub included: Digest,
}

/// Returns the names of the standard contracts in this build. Empty in a build without contracts.
fn names() -> Vec<String> {
    CONTRACTS.iter().filter_map(|(path, _)| full_name(path)).collect()
}

/// Returns the standard contract with this name.
pub(crate) fn find(name: &PackageName) -> Result<Option<Package>, StandardContractError> {
    let name = name.to_string();
    let found = CONTRACTS.iter().find(|(path, _)| full_name(path).as_ref() == Some(&name));
    found.map(|(path, bytes)| open(path, bytes)).transpose()
}

/// Returns the standard contract in exactly this version. Fails if it has another digest than the package that was
/// found; `place` says where.
pub(crate) fn find_exact(
    package: &PackageId,
    digest: Digest,
    place: &str,
) -> Result<Option<Package>, StandardContractError> {
    let standard = find(&package.name)?.filter(|one| one.metadata().package == *package);
    let included = standard.as_ref().map(|one| one.metadata().digest);
    if let Some(included) = included.filter(|included| *included != digest) {
        let (package, place) = (package.clone(), place.to_owned());
        let mismatch = StandardContractMismatchError { package, place, found: digest, included };
        return Err(Box::new(mismatch).into());
    }
    Ok(standard)
}

/// Returns why no standard contract meets a requirement, or `None` if it names another namespace.
pub(crate) fn explain_absence(requirement: &Requirement) -> Option<StandardContractError> {
    if requirement.name.namespace() != NAMESPACE {
        return None;
    }
    let name = requirement.name.to_string();
    Some(match find(&requirement.name) {
        Err(error) => error,
        Ok(Some(found)) => StandardContractError::OtherVersion {
            name,
            included: found.metadata().package.version.clone(),
            requirement: Box::new(requirement.clone()),
        },
        Ok(None) if CONTRACTS.is_empty() => StandardContractError::NoneIncluded,
        Ok(None) => StandardContractError::Unknown { name },
    })
}

/// Returns the standard contracts as packages.
pub(crate) fn packages() -> Result<Vec<Package>, StandardContractError> {
    CONTRACTS.iter().map(|(path, bytes)| open(path, bytes)).collect()
}

fn open(path: &'static str, bytes: &[u8]) -> Result<Package, StandardContractError> {
    let manifest =
        read_manifest(bytes).map_err(|source| StandardContractError::Manifest { path, source })?;
    Package::from_contract(bytes.to_vec(), &manifest)
        .map_err(|error| StandardContractError::Package { path, source: Box::new(error) })
}

/// Returns `tollgate/NAME` from `plugins/NAME/dist/…`.
fn full_name(path: &str) -> Option<String> {
    Some(format!("{NAMESPACE}/{}", path.split('/').nth(1)?))
}
