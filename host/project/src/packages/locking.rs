//! Making the lock file of resolved packages.

use std::collections::BTreeMap;

use tollgate_packages::catalogue::{FoundPackage, ResolvedPackages};
use tollgate_packages::lock::{LockFile, LockedPackage};

use super::{LockedPackageError, ProjectPackages, SourceAccessError};
use crate::lock::LOCK_PLACE;
use crate::standard;

impl ProjectPackages {
    /// Returns the lock file of resolved packages. Fails if a package lacks a signature that the project requires, or
    /// if a version that `old` locks has other bytes now. Nothing needs to be fetched before.
    pub fn lock_resolved(
        &self,
        resolved: &ResolvedPackages,
        old: &LockFile,
    ) -> Result<LockFile, SourceAccessError> {
        for (package, found) in &resolved.packages {
            let (found, locked) = (found.listed.metadata.digest, old.packages.get(package));
            if let Some(locked) = locked.filter(|locked| locked.digest != found) {
                standard::find_exact(package, locked.digest, LOCK_PLACE)?;
                let (package, locked) = (Box::new(package.clone()), locked.digest);
                return Err(LockedPackageError::VersionChanged { package, locked, found }.into());
            }
        }
        let mut packages = BTreeMap::new();
        for (package, FoundPackage { listed, source }) in &resolved.packages {
            let source = self.catalogue.label(*source);
            let signer = self.verify_trust(listed, &source)?;
            packages.insert(package.clone(), LockedPackage::new(listed, source, signer));
        }
        Ok(LockFile { gates: resolved.gates.clone(), packages })
    }
}
