//! The packages that the tool carries.

use semver::Version;

use super::SourceError;
use crate::package::{About, Listed, Package, PackageId, PackageName};
use crate::store::Store;

/// Packages in memory.
#[derive(Debug, Default)]
pub struct Bundled {
    packages: Vec<Package>,
}

impl Bundled {
    pub(super) const LABEL: &str = "bundled";

    /// These packages.
    pub fn new(packages: Vec<Package>) -> Self {
        Self { packages }
    }

    pub(super) fn versions(&self, name: &PackageName) -> Vec<Version> {
        let packages = self.packages.iter().map(|package| &package.about().package);
        packages.filter(|package| package.name == *name).map(|one| one.version.clone()).collect()
    }

    pub(super) fn listed(&self, package: &PackageId) -> Option<Listed> {
        let about = self.find(package)?.about().clone();
        Some(Listed { about, signature: None, yanked: None, forced: None })
    }

    pub(super) fn fetch(&self, about: &About, store: &Store) -> Result<(), SourceError> {
        let absent = || SourceError::Absent {
            place: Self::LABEL.into(),
            package: Box::new(about.package.clone()),
        };
        store.put(self.find(&about.package).ok_or_else(absent)?.bytes())?;
        Ok(())
    }

    fn find(&self, package: &PackageId) -> Option<&Package> {
        self.packages.iter().find(|one| one.about().package == *package)
    }
}
