//! Errors of finding, reading and fetching packages.

use std::path::PathBuf;

use tollgate_engine::{InspectError, ManifestError};
use tollgate_model::{Digest, TextFileErrors};
use tollgate_packages::catalogue::CatalogueError;
use tollgate_packages::package::{PackageError, PackageId, Requirement};
use tollgate_packages::registry::{CredentialsError, RegistryNameError};
use tollgate_packages::store::StoreError;

use crate::contract_folder::ContractFolderError;
use crate::files::FileError;
use crate::gates::{GateReadError, quote_names};
use crate::lock::{LOCK_FILE, LockError};
use crate::project::{PROJECT_FILE, ProjectError};
use crate::signatures::SignatureError;
use crate::standard::StandardContractError;

/// Reason why a package on this machine cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageAccessError {
    #[error("no folder for packages is known")]
    NoStore,
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The stored bytes do not match the description of the package.
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Standard(#[from] StandardContractError),
    #[error(transparent)]
    ContractFolder(#[from] ContractFolderError),
    #[error("{0}")]
    Prompt(#[source] TextFileErrors),
    #[error("`{package}` is locked as {digest}, but it is not on this machine")]
    LockedNotFetched { package: Box<PackageId>, digest: Digest },
    /// A release pins a package that the store does not have.
    #[error("`{package}` ({digest}) is not on this machine")]
    PinnedNotFetched { package: Box<PackageId>, digest: Digest },
    #[error("`{package}` is not on this machine")]
    NotFetched { package: Box<PackageId> },
    /// The store has the description of the package, and no longer its bytes.
    #[error("`{package}` is no longer on this machine")]
    Removed { package: Box<PackageId> },
    #[error(
        "the store's entry for `{requirement}` describes `{found}`: something else has changed the store"
    )]
    WrongEntry { requirement: Box<Requirement>, found: Box<PackageId> },
    #[error("there is no contract `{requirement}` on this machine")]
    UnknownContract { requirement: Box<Requirement> },
    #[error(
        "there is no contract `{reference}`: give the path of a component, or a name such as `acme/claims@^1.2`"
    )]
    NoContractFile { reference: String, source: FileError },
    /// The component in a file lacks a signature that the project requires.
    #[error("refused to run `{}`", .path.display())]
    Refused { path: PathBuf, source: SignatureError },
}

/// Reason why a file is not a package.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PackageFileError {
    #[error(transparent)]
    ContractFolder(#[from] ContractFolderError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("`{}` is not a contract", .path.display())]
    NotContract { path: PathBuf, source: InspectError },
    #[error("{0}")]
    Prompt(#[source] TextFileErrors),
    #[error("`{}` cannot be a package", .path.display())]
    Invalid { path: PathBuf, source: PackageError },
}

/// Reason why the sources of a project cannot be used, or the packages in them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceAccessError {
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error(transparent)]
    Lock(#[from] LockError),
    #[error(transparent)]
    Gate(#[from] GateReadError),
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Standard(#[from] StandardContractError),
    #[error(transparent)]
    Catalogue(#[from] CatalogueError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Address(#[from] RegistryNameError),
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    #[error(
        "there is no source `{name}`: `{PROJECT_FILE}` names {}; a folder starts with `./` or `/`, and a registry is \
         written `HOST/PREFIX`",
        if .known.is_empty() { "no source".into() } else { quote_names(.known) }
    )]
    UnknownSource {
        name: String,
        /// Names of the sources that the project has.
        known: Vec<String>,
    },
    #[error(transparent)]
    Locked(#[from] LockedPackageError),
}

/// Reason why a locked package cannot be fetched as it was locked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LockedPackageError {
    #[error(
        "`{package}` is locked from `{source_label}`, which is no longer a source of this project for `{}`",
        .package.name.namespace()
    )]
    SourceGone { package: Box<PackageId>, source_label: String },
    #[error(
        "`{package}` is locked as {locked}, but {source_label} has {found} under this version: one of them was changed, \
         and nothing was downloaded"
    )]
    OtherBytes { package: Box<PackageId>, source_label: String, locked: Digest, found: Digest },
    #[error(
        "the entry of `{package}` in `{LOCK_FILE}` does not match the package: the lock was edited"
    )]
    EditedLock { package: Box<PackageId> },
    /// Locking again found other bytes under a version that was locked before.
    #[error(
        "`{package}` is locked as {locked}, but its source now has {found}: a published version must never change. \
         Ask the publisher, and use another version"
    )]
    VersionChanged { package: Box<PackageId>, locked: Digest, found: Digest },
}
