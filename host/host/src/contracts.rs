//! Contracts of a project, described without running them.

use tollgate_engine::{InspectError, Inspection};
use tollgate_model::Digest;
use tollgate_packages::package::{PackageId, Requirement};
use tollgate_project::PackageAccessError;

use crate::host::Host;

/// The reason why a contract cannot be described.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractInspectionError {
    #[error(transparent)]
    Package(#[from] PackageAccessError),
    #[error("`{package}` is not a usable contract")]
    Component { package: Box<PackageId>, source: InspectError },
}

impl Host {
    /// Describes the highest locked version of a contract that meets a requirement, or the one that this tool includes.
    /// Returns `None` if there is neither. It blocks while it reads.
    pub fn inspect_contract(
        &self,
        wanted: &Requirement,
    ) -> Result<Option<Inspection>, ContractInspectionError> {
        match self.shared.packages.resolve_project_package(wanted)? {
            Some((package, component)) => inspect(&package, &component).map(Some),
            None => Ok(None),
        }
    }

    /// Describes the version of a contract that a release or the lock file pins. It blocks while it reads.
    pub fn inspect_pinned_contract(
        &self,
        package: &PackageId,
        digest: Digest,
    ) -> Result<Inspection, ContractInspectionError> {
        inspect(package, &self.shared.packages.read_pinned(package, digest)?)
    }
}

fn inspect(package: &PackageId, component: &[u8]) -> Result<Inspection, ContractInspectionError> {
    tollgate_engine::inspect(component).map_err(|source| {
        let package = Box::new(package.clone());
        ContractInspectionError::Component { package, source }
    })
}
