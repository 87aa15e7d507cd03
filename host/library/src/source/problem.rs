//! Why a source does not do as asked.

use std::io;
use std::path::PathBuf;

use semver::Version;
use tollgate_model::Digest;

use crate::Bump;
use crate::package::PackageId;
use crate::registry::{PlaceError, RegistryError};
use crate::store::StoreError;
use crate::trust::Envelope;

/// What is told beside a package when it is published.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Who vouches for it.
    pub signature: Option<Envelope>,
    /// Why its version moves less than its behaviour does.
    pub forced: Option<String>,
}

/// Why a source does not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// A file of it cannot be used.
    #[error("{place}: `{path}`: {source}")]
    File {
        /// Which source.
        place: String,
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// What it says cannot be read.
    #[error("{place}: what it says of `{package}` cannot be read: {reason}")]
    Unreadable {
        /// Which source.
        place: String,
        /// Of what.
        package: Box<PackageId>,
        /// Why.
        reason: String,
    },
    /// It does not have what it is asked for.
    #[error("{place} has no `{package}`")]
    Absent {
        /// Which source.
        place: String,
        /// What was asked for.
        package: Box<PackageId>,
    },
    /// It is larger than any package, or than it was said to be.
    #[error("{place}: `{package}` has {bytes} bytes, and should have {expected}")]
    Size {
        /// Which source.
        place: String,
        /// What was asked for.
        package: Box<PackageId>,
        /// How many there are.
        bytes: u64,
        /// How many there should be.
        expected: String,
    },
    /// Another package is there under this version.
    #[error(transparent)]
    Immutable(#[from] Box<Immutable>),
    /// Nothing can be published there.
    #[error("nothing can be published to {0}: name a folder or a registry in `tollgate.toml`")]
    ReadOnly(String),
    /// The registry does not do it.
    #[error(transparent)]
    Registry(#[from] Box<RegistryError>),
    /// It cannot be called so in a registry.
    #[error("`{package}` cannot lie in {place}: {reason}")]
    Name {
        /// Which registry.
        place: String,
        /// What was asked for.
        package: String,
        /// Why.
        reason: PlaceError,
    },
    /// It cannot be asked.
    #[error(
        "{0} was not asked about `{1}`, because of `--offline`, and nothing is known of it here"
    )]
    Offline(String, String),
    /// The store does not take it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Another package is there under this version.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{package}` is published already in {place}, as {there}, and this is {new}: a version never \
     changes. Take {} (nothing passes that did not), {} (more is said) or {} (something changes for \
     those who use it)",
    next[0], next[1], next[2]
)]
pub struct Immutable {
    /// Which source.
    pub place: String,
    /// Which version.
    pub package: PackageId,
    /// The digest of what is there.
    pub there: Digest,
    /// The digest of what should come there.
    pub new: Digest,
    /// Versions that are free: a patch, a minor and a major one.
    pub next: [Version; 3],
}

/// The next versions that are free, above all that there are of the same major version.
pub(super) fn next(package: &PackageId, versions: &[Version]) -> [Version; 3] {
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
