//! The standard packages that are compiled into the tool.

use semver::Version;

use super::SourceError;
use crate::package::{ListedPackage, Package, PackageId, PackageMetadata, PackageName};
use crate::store::Store;

/// Packages held in memory.
#[derive(Debug, Default)]
pub struct BundledSource {
    packages: Vec<Package>,
}

impl BundledSource {
    /// Label of the source. No folder and no registry has it.
    pub const LABEL: &str = "bundled";

    pub fn new(packages: Vec<Package>) -> Self {
        Self { packages }
    }

    pub(super) fn versions(&self, name: &PackageName) -> Vec<Version> {
        let packages = self.packages.iter().map(|package| &package.metadata().package);
        packages.filter(|package| package.name == *name).map(|one| one.version.clone()).collect()
    }

    pub(super) fn lookup(&self, package: &PackageId) -> Option<ListedPackage> {
        let metadata = self.find(package)?.metadata().clone();
        Some(ListedPackage { metadata, signature: None, yanked: None, forced_reason: None })
    }

    pub(super) fn fetch(
        &self,
        metadata: &PackageMetadata,
        store: &Store,
    ) -> Result<(), SourceError> {
        let absent = || SourceError::NotFound {
            source_name: Self::LABEL.into(),
            package: Box::new(metadata.package.clone()),
        };
        store.put(self.find(&metadata.package).ok_or_else(absent)?.bytes())?;
        Ok(())
    }

    fn find(&self, package: &PackageId) -> Option<&Package> {
        self.packages.iter().find(|one| one.metadata().package == *package)
    }
}
