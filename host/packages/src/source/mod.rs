//! Package sources: folders, registries, and the packages that the tool carries.
//!
//! A source lists the versions of a package, the metadata of a version, and its bytes. None of it
//! is trusted: bytes enter the store only under the digest that was listed, and the metadata read
//! from them must equal the listed metadata.

pub(crate) mod artefact;
mod bundled;
mod error;
mod folder;
mod registry;

use semver::Version;
use tollgate_model::Digest;

use crate::package::{ListedPackage, Package, PackageId, PackageMetadata, PackageName};
use crate::store::Store;

pub use bundled::BundledSource;
pub use error::{ImmutableVersionError, PublishOptions, SourceError};
pub use folder::FolderSource;
pub use registry::RegistrySource;

/// Receives the progress of a transfer.
pub trait TransferProgress: Send + Sync {
    /// Reports `bytes` more transferred; a negative number means that they are transferred again.
    fn advance(&self, bytes: i64);
}

/// Ignores progress.
impl TransferProgress for () {
    fn advance(&self, _: i64) {}
}

/// A place that packages are read from and published to.
#[derive(Debug)]
pub enum PackageSource {
    /// The packages that the tool carries. Read-only.
    Bundled(BundledSource),
    Folder(FolderSource),
    Registry(Box<RegistrySource>),
}

/// Result of publishing a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublishOutcome {
    Created,
    /// The same bytes were published before.
    AlreadyPublished,
    /// Other bytes are published under this version; this is their digest.
    Conflict(Digest),
}

impl PackageSource {
    /// Returns the source's name in messages and in the lock file, e.g. `folder packages`.
    pub fn label(&self) -> String {
        match self {
            Self::Bundled(_) => BundledSource::LABEL.into(),
            Self::Folder(folder) => folder.label(),
            Self::Registry(registry) => registry.label(),
        }
    }

    /// Returns the name by which the store knows the source. The store is shared by all projects on a machine, and
    /// `folder packages` is another folder in each of them.
    pub fn store_key(&self) -> String {
        match self {
            Self::Folder(folder) => folder.store_key(),
            Self::Bundled(_) | Self::Registry(_) => self.label(),
        }
    }

    /// Returns the versions of a package, or none if the source does not have it.
    pub async fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        match self {
            Self::Bundled(bundled) => Ok(bundled.versions(name)),
            Self::Folder(folder) => folder.versions(name),
            Self::Registry(registry) => registry.versions(name).await,
        }
    }

    /// Returns the listing of a version, or `None` if the source does not have it.
    pub async fn lookup(&self, package: &PackageId) -> Result<Option<ListedPackage>, SourceError> {
        match self {
            Self::Bundled(bundled) => Ok(bundled.lookup(package)),
            Self::Folder(folder) => folder.lookup(package),
            Self::Registry(registry) => registry.lookup(package).await,
        }
    }

    /// Copies the bytes of a package into the store.
    pub async fn fetch(
        &self,
        metadata: &PackageMetadata,
        store: &Store,
        progress: &dyn TransferProgress,
    ) -> Result<(), SourceError> {
        match self {
            Self::Bundled(bundled) => bundled.fetch(metadata, store),
            Self::Folder(folder) => folder.fetch(metadata, store, progress),
            Self::Registry(registry) => registry.fetch(metadata, store, progress).await,
        }
    }

    /// Publishes a package. A version that is already published never changes.
    pub async fn publish(
        &self,
        package: &Package,
        options: &PublishOptions,
        progress: &dyn TransferProgress,
    ) -> Result<PublishOutcome, SourceError> {
        let publication = match self {
            Self::Bundled(_) => return Err(SourceError::ReadOnly(self.label())),
            Self::Folder(folder) => folder.publish(package, options, progress)?,
            Self::Registry(registry) => registry.publish(package, options, progress).await?,
        };
        match publication {
            PublishOutcome::Conflict(published) => {
                Err(self.immutable_error(package.metadata(), published).await?.into())
            }
            publication => Ok(publication),
        }
    }

    async fn immutable_error(
        &self,
        metadata: &PackageMetadata,
        published: Digest,
    ) -> Result<Box<ImmutableVersionError>, SourceError> {
        let versions = self.versions(&metadata.package.name).await?;
        Ok(Box::new(ImmutableVersionError {
            source_name: self.label(),
            package: metadata.package.clone(),
            published,
            offered: metadata.digest,
            free_versions: error::next_free_versions(&metadata.package, &versions),
        }))
    }

    /// Marks a version as yanked, or removes the mark if `reason` is `None`.
    pub async fn yank(&self, package: &PackageId, reason: Option<&str>) -> Result<(), SourceError> {
        match self {
            Self::Bundled(_) => Err(SourceError::ReadOnly(self.label())),
            Self::Folder(folder) => folder.yank(package, reason),
            Self::Registry(registry) => registry.yank(package, reason).await,
        }
    }
}

#[cfg(test)]
mod tests;
