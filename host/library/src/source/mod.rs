//! Where packages come from and are published to: folders, registries, and what the tool carries.
//!
//! A source is asked which versions there are, what is known of one, and for its bytes. What it
//! says is never believed: bytes come into the store only as what they were said to be, and
//! what they say of themselves has to be what the source said of them.

pub(crate) mod artefact;
mod bundled;
mod folder;
mod problem;
mod registry;

use semver::Version;
use tollgate_model::Digest;

use crate::package::{About, Listed, Package, PackageId, PackageName};
use crate::store::Store;

pub use bundled::Bundled;
pub use folder::Folder;
pub use problem::{Immutable, Published, SourceError};
pub use registry::Registry;

/// How much has come, or gone, of something that may take long.
pub trait Progress: Send + Sync {
    /// So many more bytes; fewer, where something has to come again.
    fn moved(&self, bytes: i64);
}

/// Nobody looks.
impl Progress for () {
    fn moved(&self, _: i64) {}
}

/// A place where packages are.
#[derive(Debug)]
pub enum Source {
    /// Those that the tool carries.
    Bundled(Bundled),
    /// A folder.
    Folder(Folder),
    /// A registry.
    Registry(Box<Registry>),
}

/// How something came to be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Publication {
    /// It was not there before.
    New,
    /// The very same was there already.
    Same,
    /// Another is there, of this digest, and stays.
    Another(Digest),
}

impl Source {
    /// What it is, in messages and in the lock file: `folder packages`.
    pub fn label(&self) -> String {
        match self {
            Self::Bundled(_) => Bundled::LABEL.into(),
            Self::Folder(folder) => folder.label(),
            Self::Registry(registry) => registry.label(),
        }
    }

    /// Which versions of a package there are; none, where it is not here.
    pub async fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        match self {
            Self::Bundled(bundled) => Ok(bundled.versions(name)),
            Self::Folder(folder) => folder.versions(name),
            Self::Registry(registry) => registry.versions(name).await,
        }
    }

    /// What is known of a version; nothing, where it is not here.
    pub async fn listed(&self, package: &PackageId) -> Result<Option<Listed>, SourceError> {
        match self {
            Self::Bundled(bundled) => Ok(bundled.listed(package)),
            Self::Folder(folder) => folder.listed(package),
            Self::Registry(registry) => registry.listed(package).await,
        }
    }

    /// Brings the bytes of a package into the store.
    pub async fn fetch(
        &self,
        about: &About,
        store: &Store,
        progress: &dyn Progress,
    ) -> Result<(), SourceError> {
        match self {
            Self::Bundled(bundled) => bundled.fetch(about, store),
            Self::Folder(folder) => folder.fetch(about, store, progress),
            Self::Registry(registry) => registry.fetch(about, store, progress).await,
        }
    }

    /// Puts a package where others find it. What is published stays as it is.
    pub async fn publish(
        &self,
        package: &Package,
        published: &Published,
        progress: &dyn Progress,
    ) -> Result<Publication, SourceError> {
        let publication = match self {
            Self::Bundled(_) => return Err(SourceError::ReadOnly(self.label())),
            Self::Folder(folder) => folder.publish(package, published, progress)?,
            Self::Registry(registry) => registry.publish(package, published, progress).await?,
        };
        match publication {
            Publication::Another(there) => {
                Err(self.immutable(package.about(), there).await?.into())
            }
            publication => Ok(publication),
        }
    }

    async fn immutable(&self, about: &About, there: Digest) -> Result<Box<Immutable>, SourceError> {
        let versions = self.versions(&about.package.name).await?;
        Ok(Box::new(Immutable {
            place: self.label(),
            package: about.package.clone(),
            there,
            new: about.digest,
            next: problem::next(&about.package, &versions),
        }))
    }

    /// Says that nobody should take a version any more, or that they may again.
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
