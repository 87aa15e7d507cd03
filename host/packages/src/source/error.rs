//! Errors of package sources, and options of publishing.

use std::io;
use std::path::PathBuf;

use semver::Version;
use tollgate_model::Digest;

use crate::Bump;
use crate::package::PackageId;
use crate::registry::{RegistryError, RegistryNameError};
use crate::store::StoreError;
use crate::trust::Envelope;

/// Additions to a package that are published with it.
#[derive(Clone, Debug, Default)]
pub struct PublishOptions {
    pub signature: Option<Envelope>,
    /// Reason why the version rises less than its behaviour requires.
    pub forced_reason: Option<String>,
}

/// Reason why a source cannot do what was requested.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{source_name}: `{path}`: {source}")]
    File { source_name: String, path: PathBuf, source: io::Error },
    /// The source lists metadata or a signature that cannot be read or does not match.
    #[error("{source_name}: the description of `{package}` is invalid: {reason}")]
    UnreadableDescription { source_name: String, package: Box<PackageId>, reason: String },
    #[error("{source_name} has no `{package}`")]
    NotFound { source_name: String, package: Box<PackageId> },
    /// The size differs from the listed size, or is above the limit for packages.
    #[error("{source_name}: `{package}` has {bytes} bytes instead of {expected}")]
    WrongSize {
        source_name: String,
        package: Box<PackageId>,
        bytes: u64,
        /// Number of bytes, or a bound such as `at most 5`.
        expected: String,
    },
    /// The bytes do not have the listed digest.
    #[error("{source_name}: `{package}` has {found} instead of {expected}: nothing was kept")]
    WrongDigest { source_name: String, package: Box<PackageId>, expected: Digest, found: Digest },
    #[error(transparent)]
    Immutable(#[from] Box<ImmutableVersionError>),
    /// The source holds the packages that the tool carries.
    #[error("{0} is read-only: publish to a folder or a registry from `tollgate.toml`")]
    ReadOnly(String),
    #[error(transparent)]
    Registry(#[from] Box<RegistryError>),
    /// The registry does not allow this name.
    #[error("`{package}` cannot be stored in {source_name}: {reason}")]
    InvalidName {
        source_name: String,
        /// Package name or id.
        package: String,
        reason: RegistryNameError,
    },
    /// The registry must not be contacted, and the metadata cache has no entry.
    #[error("{0} was not asked about `{1}`, because this run is offline, and nothing is cached")]
    Offline(String, String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A version is already published with other bytes.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{package}` is already published in {source_name} with digest {published}, but this is {offered}: \
     published versions never change. Use {} (patch: nothing passes that failed before), {} (minor: \
     more findings) or {} (major: anything else)",
    free_versions[0], free_versions[1], free_versions[2]
)]
pub struct ImmutableVersionError {
    pub source_name: String,
    pub package: PackageId,
    /// Digest of the published bytes.
    pub published: Digest,
    /// Digest of the bytes that were to be published.
    pub offered: Digest,
    /// Unpublished versions: the next patch, minor and major version.
    pub free_versions: [Version; 3],
}

/// Returns the next patch, minor and major versions that are not published yet.
pub(super) fn next_free_versions(package: &PackageId, versions: &[Version]) -> [Version; 3] {
    let after = |bump: Bump| {
        let mut next = bump.next(&package.version);
        while versions.contains(&next) {
            next = bump.next(&next);
        }
        next
    };
    [after(Bump::Patch), after(Bump::Minor), after(Bump::Major)]
}

impl From<RegistryError> for SourceError {
    fn from(error: RegistryError) -> Self {
        Self::Registry(Box::new(error))
    }
}
