//! Package lookup over the sources of a project, in their order, and the local store.
//!
//! A package is taken only from the first source that has it, so that a later source cannot shadow
//! it with a higher version. For the same reason, an unreachable source is an error and is not
//! skipped, and a namespace that sources are named for comes from these alone.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use semver::Version;

use crate::lock::LockedGate;
use crate::package::{
    ListedPackage, ManifestReader, PackageError, PackageId, PackageMetadata, PackageName,
    Requirement,
};
use crate::resolve::{
    AvailableVersions, GateConflict, GateRequirements, KnownPackages, LockedVersions, Resolution,
    UnknownPackages, resolve,
};
use crate::source::{PackageSource, SourceError, TransferProgress};
use crate::store::{Store, StoreError};

/// Number of concurrent requests: registries are slow to answer, and throttle clients that ask for
/// too much.
pub const CONCURRENT_REQUESTS_MAX: usize = 16;

/// Sources of a project, and the local store.
#[derive(Debug)]
pub struct Catalogue {
    /// Sources in the order in which they are asked.
    pub sources: Vec<CatalogueSource>,
    /// Local store of package bytes.
    pub store: Store,
    /// Reads the manifest from a contract's component.
    pub read_manifest: ManifestReader,
}

/// A source with the namespaces that it is asked for.
#[derive(Debug)]
pub struct CatalogueSource {
    pub source: PackageSource,
    /// Namespaces that it is named for; empty for all that no source is named for.
    pub namespaces: Vec<String>,
}

/// Chosen versions of all gates, with the descriptions of the packages.
#[derive(Debug)]
pub struct ResolvedPackages {
    pub gates: BTreeMap<String, LockedGate>,
    pub packages: BTreeMap<PackageId, FoundPackage>,
}

/// A package and the source in which it was found.
#[derive(Clone, Debug)]
pub struct FoundPackage {
    pub listed: ListedPackage,
    /// Index of the source in [`Catalogue::sources`].
    pub source: usize,
}

/// Error of looking up or fetching packages.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error(transparent)]
    Source(SourceError),
    /// Some gates cannot be resolved.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Conflict(Vec<GateConflict>),
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A source listed a version and no longer has it.
    #[error(
        "{place} listed `{package}` and no longer has it: versions are yanked, never removed, so ask \
         the operator of the source"
    )]
    Vanished { place: String, package: Box<PackageId> },
    /// A fetched package does not match its description.
    #[error("{place}: {error}")]
    Package { place: String, error: Box<PackageError> },
}

impl Catalogue {
    /// Resolves the versions of all gates, asking sources for what is needed.
    pub async fn resolve(
        &self,
        gates: &[GateRequirements],
        locked: &LockedVersions,
        wit: &Version,
    ) -> Result<ResolvedPackages, CatalogueError> {
        let mut known = KnownPackages::default();
        loop {
            match resolve(gates, &known, locked, wit) {
                Resolution::Resolved(gates) => return Ok(collect_packages(gates, &known)),
                Resolution::Conflict(conflicts) => return Err(CatalogueError::Conflict(conflicts)),
                Resolution::NeedsInfo(unknown) => self.fetch_info(unknown, &mut known).await?,
            }
        }
    }

    async fn fetch_info(
        &self,
        unknown: UnknownPackages,
        known: &mut KnownPackages,
    ) -> Result<(), CatalogueError> {
        // Answers may arrive in any order, because they are collected into maps.
        let available = stream::iter(unknown.versions).map(async |name| {
            Ok::<_, CatalogueError>((name.clone(), self.available_versions(&name).await?))
        });
        let available: Vec<_> =
            available.buffer_unordered(CONCURRENT_REQUESTS_MAX).try_collect().await?;
        known.versions.extend(available);
        let sources: Vec<_> = unknown
            .packages
            .into_iter()
            .filter_map(|package| {
                let source = known.versions.get(&package.name)?.as_ref()?.source;
                Some((package, source))
            })
            .collect();
        let listed = stream::iter(sources).map(async |(package, source)| {
            Ok::<_, CatalogueError>((package.clone(), self.describe(&package, source).await?))
        });
        let listed: Vec<_> = listed.buffer_unordered(CONCURRENT_REQUESTS_MAX).try_collect().await?;
        known.packages.extend(listed);
        Ok(())
    }

    /// Returns the sources that serve a package, with their indices in [`Self::sources`]: those that
    /// are named for its namespace, or those that are named for none if there are no such.
    pub fn serving_sources(
        &self,
        name: &PackageName,
    ) -> impl Iterator<Item = (usize, &CatalogueSource)> {
        let namespace = name.namespace();
        let is_named = self.sources.iter().any(|entry| entry.is_named_for(namespace));
        self.sources.iter().enumerate().filter(move |(_, entry)| match is_named {
            true => entry.is_named_for(namespace),
            false => entry.namespaces.is_empty(),
        })
    }

    /// Returns the versions of a package in the first source that has it.
    pub async fn available_versions(
        &self,
        name: &PackageName,
    ) -> Result<Option<AvailableVersions>, CatalogueError> {
        for (index, entry) in self.serving_sources(name) {
            let versions = entry.source.versions(name).await?;
            if !versions.is_empty() {
                let (label, versions) = (entry.source.label(), versions.into_iter().collect());
                return Ok(Some(AvailableVersions { source: index, label, versions }));
            }
        }
        Ok(None)
    }

    /// Returns the highest matching version that is not yanked.
    pub async fn find(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<FoundPackage>, CatalogueError> {
        let Some(available) = self.available_versions(&requirement.name).await? else {
            return Ok(None);
        };
        for version in available.versions.iter().rev().filter(|version| requirement.admits(version))
        {
            let package = PackageId { name: requirement.name.clone(), version: version.clone() };
            let listed = self.describe(&package, available.source).await?;
            if listed.yanked.is_none() {
                return Ok(Some(FoundPackage { listed, source: available.source }));
            }
        }
        Ok(None)
    }

    /// Returns a source's description of a version that it has. Fails if it has described other bytes
    /// before.
    pub async fn describe(
        &self,
        package: &PackageId,
        source: usize,
    ) -> Result<ListedPackage, CatalogueError> {
        let vanished = || CatalogueError::Vanished {
            place: self.label(source),
            package: Box::new(package.clone()),
        };
        let entry = self.sources.get(source).ok_or_else(vanished)?;
        let listed = entry.source.lookup(package).await?.ok_or_else(vanished)?;
        // The tool is right about what it carries, whatever another build of it left in the store.
        if !matches!(entry.source, PackageSource::Bundled(_)) {
            self.store.check_listing(&entry.source.store_key(), &listed)?;
        }
        Ok(listed)
    }

    /// Caches a source's description of a version in the store. Fails if it has described other bytes
    /// before.
    pub fn cache_description(
        &self,
        listed: &ListedPackage,
        source: usize,
    ) -> Result<(), StoreError> {
        let Some(CatalogueSource { source, .. }) = self.sources.get(source) else { return Ok(()) };
        match self.store.cache_labelled_metadata(&source.store_key(), &source.label(), listed) {
            // The tool is right about what it carries, also if another build of it was here before.
            Err(StoreError::VersionChanged(_)) if matches!(source, PackageSource::Bundled(_)) => {
                Ok(())
            }
            cached => cached,
        }
    }

    /// Fetches a package into the store and verifies that it matches its source's description.
    pub async fn fetch(
        &self,
        metadata: &PackageMetadata,
        source: usize,
        progress: &dyn TransferProgress,
    ) -> Result<(), CatalogueError> {
        let place = self.label(source);
        if !self.store.verify(metadata.digest)?
            && let Some(entry) = self.sources.get(source)
        {
            entry.source.fetch(metadata, &self.store, progress).await?;
        }
        // Bytes that were in the store already are verified too: their description may be new.
        let checked = metadata.verify_stored(&self.store, self.read_manifest);
        checked.map_err(|error| CatalogueError::Package { place, error: Box::new(error) })
    }

    /// Returns the label of a source, for messages.
    pub fn label(&self, source: usize) -> String {
        self.sources.get(source).map(|entry| entry.source.label()).unwrap_or_default()
    }
}

impl CatalogueSource {
    fn is_named_for(&self, namespace: &str) -> bool {
        self.namespaces.iter().any(|named| named == namespace)
    }
}

impl From<SourceError> for CatalogueError {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Store(error) => Self::Store(error),
            error => Self::Source(error),
        }
    }
}

fn collect_packages(
    gates: BTreeMap<String, LockedGate>,
    known: &KnownPackages,
) -> ResolvedPackages {
    let packages = gates.values().flat_map(LockedGate::packages).filter_map(|package| {
        let source = known.versions.get(&package.name)?.as_ref()?.source;
        let listed = known.packages.get(&package)?.clone();
        Some((package, FoundPackage { listed, source }))
    });
    ResolvedPackages { packages: packages.collect(), gates }
}

#[cfg(test)]
mod tests;
