//! The project and the packages that a command works with: those of the current folder and of this user.

use std::path::{Path, PathBuf};

use tollgate_packages::store::Store;
use tollgate_project::{
    FileError, LocalPackages, PackageAccessError, Project, ProjectError, ProjectPackages,
    RegistryAccess,
};

use crate::{environment, files};

/// Folder in a project for what the tool and the server keep: the ledger, tokens, the record of access.
const STATE_FOLDER: &str = ".tollgate";
/// Keeps a folder out of version control, itself included.
const IGNORE_EVERYTHING: &[u8] = b"*\n";

/// Finds the project that the current folder is in.
pub(crate) fn find_project() -> Result<Option<Project>, ProjectError> {
    Project::find_above(Path::new("."))
}

/// Returns the project that the current folder is in, and fails if there is none.
pub(crate) fn require_project() -> Result<Project, ProjectError> {
    find_project()?.ok_or(ProjectError::NotInProject)
}

/// Returns the folder for what the tool and the server keep of a project.
pub(crate) fn state_folder(project: &Project) -> PathBuf {
    project.folder.join(STATE_FOLDER)
}

/// Makes that folder if it is missing, so that only this user can look into it.
pub(crate) fn create_state_folder(project: &Project) -> Result<(), FileError> {
    keep_out_of_version_control(&state_folder(project))
}

/// Makes a private folder if it is missing, and keeps it out of the version control of the project.
pub(crate) fn keep_out_of_version_control(folder: &Path) -> Result<(), FileError> {
    let ignore = folder.join(".gitignore");
    match ignore.exists() {
        true => Ok(()),
        false => files::write_private(&ignore, IGNORE_EVERYTHING),
    }
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
