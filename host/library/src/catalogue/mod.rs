//! Everything that a project can get packages from: its sources in their order, and the store.
//!
//! A package is of the first source that has it, and of no other: whoever adds a source behind the
//! others cannot slip a higher version of a package under them. And a source that cannot be asked
//! is an error, for the same reason.

use std::collections::BTreeMap;

use futures_util::{StreamExt, TryStreamExt, stream};
use semver::Version;

use crate::lock::LockedGate;
use crate::package::{
    About, Listed, PackageError, PackageId, PackageName, ReadManifest, Requirement,
};
use crate::resolve::{Conflict, Kept, Known, Offer, Resolution, Unknown, Wants, resolve};
use crate::source::{Progress, Source, SourceError};
use crate::store::{Store, StoreError};

/// How many questions are asked at once: registries answer slowly, and turn away those who ask
/// too much.
pub const QUESTIONS_MAX: usize = 16;

/// The sources of a project, and the store.
#[derive(Debug)]
pub struct Catalogue {
    /// In the order in which they are asked.
    pub sources: Vec<Listing>,
    /// Where the bytes of packages are kept.
    pub store: Store,
    /// How a contract's manifest is read.
    pub manifest: ReadManifest,
}

/// A source, and what it is asked for.
#[derive(Debug)]
pub struct Listing {
    /// The source.
    pub source: Source,
    /// The namespaces that it may have packages of; any, where none is named.
    pub namespaces: Vec<String>,
}

/// The versions that gates run, and what is known of them.
#[derive(Debug)]
pub struct Resolved {
    /// The versions of each gate.
    pub gates: BTreeMap<String, LockedGate>,
    /// What is known of each.
    pub packages: BTreeMap<PackageId, Found>,
}

/// A package, and where it was found.
#[derive(Clone, Debug)]
pub struct Found {
    /// What is known of it.
    pub listed: Listed,
    /// Which source: its place among the sources.
    pub source: usize,
}

/// Why packages cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A source does not do as asked.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// Gates ask for what there is not.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Conflict(Vec<Conflict>),
    /// The store does not give what it has.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A source had a version, and has not any more.
    #[error(
        "{place} had `{package}`, and has it no longer: versions are yanked and never removed, so \
         ask whoever keeps it"
    )]
    Vanished {
        /// Which source.
        place: String,
        /// Which version.
        package: Box<PackageId>,
    },
    /// What came is not what was said to come.
    #[error("{place}: {problem}")]
    Package {
        /// Which source.
        place: String,
        /// Why.
        problem: Box<PackageError>,
    },
}

impl Catalogue {
    /// The versions that gates run.
    pub async fn resolve(
        &self,
        wants: &[Wants],
        kept: &Kept,
        wit: &Version,
    ) -> Result<Resolved, CatalogueError> {
        let mut known = Known::default();
        loop {
            match resolve(wants, &known, kept, wit) {
                Resolution::Done(gates) => return Ok(found(gates, &known)),
                Resolution::Conflict(conflicts) => return Err(CatalogueError::Conflict(conflicts)),
                Resolution::Unknown(unknown) => self.learn(unknown, &mut known).await?,
            }
        }
    }

    async fn learn(&self, unknown: Unknown, known: &mut Known) -> Result<(), CatalogueError> {
        let offers = stream::iter(unknown.versions)
            .map(async |name| Ok::<_, CatalogueError>((name.clone(), self.offer(&name).await?)));
        let offers: Vec<_> = offers.buffer_unordered(QUESTIONS_MAX).try_collect().await?;
        known.versions.extend(offers);
        let sources: Vec<_> = unknown
            .listed
            .into_iter()
            .filter_map(|package| {
                let source = known.versions.get(&package.name)?.as_ref()?.source;
                Some((package, source))
            })
            .collect();
        let listed = stream::iter(sources).map(async |(package, source)| {
            Ok::<_, CatalogueError>((package.clone(), self.listed(&package, source).await?))
        });
        let listed: Vec<_> = listed.buffer_unordered(QUESTIONS_MAX).try_collect().await?;
        known.listed.extend(listed);
        Ok(())
    }

    /// The versions of a package in the first source that has it.
    pub async fn offer(&self, name: &PackageName) -> Result<Option<Offer>, CatalogueError> {
        for (index, listing) in self.sources.iter().enumerate() {
            if !listing.may_have(name) {
                continue;
            }
            let versions = listing.source.versions(name).await?;
            if !versions.is_empty() {
                let (label, versions) = (listing.source.label(), versions.into_iter().collect());
                return Ok(Some(Offer { source: index, label, versions }));
            }
        }
        Ok(None)
    }

    /// The highest version that would do and that nobody has yanked.
    pub async fn find(&self, wanted: &Requirement) -> Result<Option<Found>, CatalogueError> {
        let Some(offer) = self.offer(&wanted.name).await? else { return Ok(None) };
        for version in offer.versions.iter().rev().filter(|version| wanted.admits(version)) {
            let package = PackageId { name: wanted.name.clone(), version: version.clone() };
            let listed = self.listed(&package, offer.source).await?;
            if listed.yanked.is_none() {
                return Ok(Some(Found { listed, source: offer.source }));
            }
        }
        Ok(None)
    }

    /// What a source says of a version that it has.
    pub async fn listed(
        &self,
        package: &PackageId,
        source: usize,
    ) -> Result<Listed, CatalogueError> {
        let vanished = || CatalogueError::Vanished {
            place: self.label(source),
            package: Box::new(package.clone()),
        };
        let listing = self.sources.get(source).ok_or_else(vanished)?;
        listing.source.listed(package).await?.ok_or_else(vanished)
    }

    /// Brings a package into the store, and looks whether it is what its source says.
    pub async fn fetch(
        &self,
        about: &About,
        source: usize,
        progress: &dyn Progress,
    ) -> Result<(), CatalogueError> {
        let place = self.label(source);
        if !self.store.check(about.digest)?
            && let Some(listing) = self.sources.get(source)
        {
            listing.source.fetch(about, &self.store, progress).await?;
        }
        let checked = about.check(&self.store, self.manifest);
        checked.map_err(|problem| CatalogueError::Package { place, problem: Box::new(problem) })
    }

    /// What a source is called.
    pub fn label(&self, source: usize) -> String {
        self.sources.get(source).map(|listing| listing.source.label()).unwrap_or_default()
    }
}

impl Listing {
    /// Whether it is asked for a package at all.
    pub fn may_have(&self, name: &PackageName) -> bool {
        self.namespaces.is_empty() || self.namespaces.iter().any(|one| one == name.namespace())
    }
}

fn found(gates: BTreeMap<String, LockedGate>, known: &Known) -> Resolved {
    let packages = gates.values().flat_map(LockedGate::packages).filter_map(|package| {
        let source = known.versions.get(&package.name)?.as_ref()?.source;
        let listed = known.listed.get(&package)?.clone();
        Some((package, Found { listed, source }))
    });
    Resolved { packages: packages.collect(), gates }
}

#[cfg(test)]
mod tests;
