//! Finding the packages of a lock file in their sources, and fetching packages into the store.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use tollgate_model::Digest;
use tollgate_packages::catalogue::{CONCURRENT_REQUESTS_MAX, CatalogueError, FoundPackage};
use tollgate_packages::lock::{LockFile, LockedPackage};
use tollgate_packages::package::{ListedPackage, PackageId};
use tollgate_packages::source::BundledSource;

use super::{LockedPackageError, ProjectPackages, SourceAccessError};
use crate::lock::LOCK_PLACE;
use crate::progress::FetchProgress;
use crate::standard::{self, StandardContractError};

/// Maximum number of concurrent downloads.
const TRANSFERS_MAX: usize = 4;

/// Policy for asking sources about locked packages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceQuery {
    /// Ask about every package, since a version may have been yanked.
    Always,
    /// Ask only about packages whose description is not in the local store.
    IfUnknown,
}

/// The locked packages as their sources describe them.
#[derive(Debug)]
pub struct FoundLocked {
    pub packages: BTreeMap<PackageId, FoundPackage>,
    /// Packages whose source did not answer, so that they may have been yanked. The stored description is used.
    pub unasked: Vec<(PackageId, CatalogueError)>,
}

impl ProjectPackages {
    /// Finds the descriptions of all locked packages, and checks that they match the lock and are signed as required.
    pub async fn find_locked(
        &self,
        lock: &LockFile,
        query: SourceQuery,
    ) -> Result<FoundLocked, SourceAccessError> {
        let found = stream::iter(&lock.packages)
            .map(async |(package, locked)| {
                let one = self.find_one_locked(package, locked, query).await?;
                Ok::<_, SourceAccessError>((package.clone(), one))
            })
            // `buffered` keeps the order, so that the same one of several errors is reported every time.
            .buffered(CONCURRENT_REQUESTS_MAX)
            .try_collect::<Vec<_>>()
            .await?;
        let (mut packages, mut unasked) = (BTreeMap::new(), Vec::new());
        for (package, (one, error)) in found {
            unasked.extend(error.map(|error| (package.clone(), error)));
            packages.insert(package, one);
        }
        Ok(FoundLocked { packages, unasked })
    }

    /// Finds one locked package. Also returns the error of a source whose answer was not needed.
    async fn find_one_locked(
        &self,
        package: &PackageId,
        locked: &LockedPackage,
        query: SourceQuery,
    ) -> Result<(FoundPackage, Option<CatalogueError>), SourceAccessError> {
        let catalogue = &self.catalogue;
        let included = standard::find_exact(package, locked.digest, LOCK_PLACE)?;
        let mut sources = catalogue.serving_sources(&package.name).map(|(source, _)| source);
        let source = sources.find(|source| catalogue.label(*source) == locked.source);
        let source = source.ok_or_else(|| LockedPackageError::SourceGone {
            package: Box::new(package.clone()),
            source_label: locked.source.clone(),
        })?;
        let remembered = catalogue.store.cached_listings(&locked.source, package)?;
        // The stored description may lack a signature that is required by now; then the source is asked again.
        let is_sufficient = |listed: &ListedPackage| {
            listed.metadata.digest == locked.digest
                && self.verify_trust(listed, &locked.source).is_ok()
        };
        let remembered = remembered.into_iter().find(is_sufficient);
        let was_included = locked.source == BundledSource::LABEL && included.is_none();
        let (listed, error) = match (remembered, query) {
            // An earlier version of this tool included it, so nobody else can be asked.
            (Some(listed), _) if was_included => (listed, None),
            (None, _) if was_included => {
                let (package, place) = (Box::new(package.clone()), LOCK_PLACE.to_owned());
                return Err(StandardContractError::NotIncluded { package, place }.into());
            }
            (Some(listed), SourceQuery::IfUnknown) => (listed, None),
            (None, _) => (catalogue.describe(package, source).await?, None),
            (Some(remembered), SourceQuery::Always) => {
                match catalogue.describe(package, source).await {
                    Ok(listed) => (listed, None),
                    // The source lists other bytes than before.
                    Err(error @ CatalogueError::Store(_)) => return Err(error.into()),
                    // The stored package is the locked one, so an unreachable source is no reason to stop.
                    Err(error) => (remembered, Some(error)),
                }
            }
        };
        self.check_locked(package, locked, &listed)?;
        Ok((FoundPackage { listed, source }, error))
    }

    fn check_locked(
        &self,
        package: &PackageId,
        locked: &LockedPackage,
        listed: &ListedPackage,
    ) -> Result<(), SourceAccessError> {
        let package = Box::new(package.clone());
        if listed.metadata.digest != locked.digest {
            return Err(LockedPackageError::OtherBytes {
                package,
                source_label: locked.source.clone(),
                locked: locked.digest,
                found: listed.metadata.digest,
            }
            .into());
        }
        if !locked.matches(listed) {
            return Err(LockedPackageError::EditedLock { package }.into());
        }
        self.verify_trust(listed, &locked.source)?;
        Ok(())
    }

    /// Fetches packages into the store unless they are there already, and stores their descriptions.
    ///
    /// Packages with the same bytes are fetched one after the other: both would lock the same file, and on a single
    /// thread the second would wait for the lock while the first could not continue. All processes lock the files in
    /// the order of their digests, so that no two processes wait for each other.
    pub async fn fetch(
        &self,
        found: &BTreeMap<PackageId, FoundPackage>,
        progress: &dyn FetchProgress,
    ) -> Result<(), SourceAccessError> {
        let mut same: BTreeMap<Digest, Vec<&FoundPackage>> = BTreeMap::new();
        for one in found.values() {
            same.entry(one.listed.metadata.digest).or_default().push(one);
        }
        let missing = same.iter().filter(|(digest, _)| !self.catalogue.store.contains(**digest));
        let bytes =
            missing.filter_map(|(_, found)| Some(found.first()?.listed.metadata.size_bytes)).sum();
        progress.start(bytes);
        let fetched = stream::iter(same.into_values())
            .map(async |found| {
                for one in found {
                    self.fetch_one(one, progress).await?;
                }
                Ok(())
            })
            .buffer_unordered(TRANSFERS_MAX)
            .try_collect::<Vec<()>>()
            .await;
        progress.finish();
        fetched.map(drop)
    }

    async fn fetch_one(
        &self,
        found: &FoundPackage,
        progress: &dyn FetchProgress,
    ) -> Result<(), SourceAccessError> {
        let FoundPackage { listed, source } = found;
        self.catalogue.fetch(&listed.metadata, *source, progress).await?;
        Ok(self.catalogue.cache_description(listed, *source)?)
    }
}
