//! The project and the packages that a command works with: those of the current folder and of this user.

use std::path::Path;

use tollgate_packages::store::Store;
use tollgate_project::{
    LocalPackages, PackageAccessError, Project, ProjectError, ProjectPackages, RegistryAccess,
};

use crate::environment;

/// Finds the project that the current folder is in.
pub(crate) fn find_project() -> Result<Option<Project>, ProjectError> {
    Project::find_above(Path::new("."))
}

/// Returns the project that the current folder is in, and fails if there is none.
pub(crate) fn require_project() -> Result<Project, ProjectError> {
    find_project()?.ok_or(ProjectError::NotInProject)
}

/// Opens the packages on this machine for the project that the current folder is in, if there is one.
pub(crate) fn local_packages() -> Result<LocalPackages, ProjectError> {
    Ok(LocalPackages::new(find_project()?, find_store()))
}

/// Opens the sources of the project that the current folder is in, and the store.
pub(crate) fn project_packages(offline: bool) -> anyhow::Result<ProjectPackages> {
    packages_of(find_project()?, offline)
}

/// Opens the sources of a project, and the store.
pub(crate) fn packages_of(
    project: Option<Project>,
    offline: bool,
) -> anyhow::Result<ProjectPackages> {
    let store = find_store().ok_or(PackageAccessError::NoStore)?;
    let access = RegistryAccess { offline, credentials: environment::registry_credentials() };
    Ok(ProjectPackages::open(project, store, access)?)
}

/// Opens the package store of the user. `None` if no folder for it is known.
pub(crate) fn find_store() -> Option<Store> {
    environment::store_folder().map(Store::new)
}
