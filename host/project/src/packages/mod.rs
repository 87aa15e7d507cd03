//! The packages of a project: those on this machine, and the sources that others are fetched from.

mod error;
mod fetching;
mod local;
mod locking;
mod sources;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tollgate_engine::{read_manifest, read_manifest_from};
use tollgate_model::Manifest;
use tollgate_packages::package::Package;
use tollgate_packages::prompt::PromptFile;

use crate::contract_folder::built_component;
use crate::files;

pub use error::{LockedPackageError, PackageAccessError, PackageFileError, SourceAccessError};
pub use fetching::{FoundLocked, SourceQuery};
pub use local::LocalPackages;
pub(crate) use local::parse_prompt;
pub use sources::{ProjectPackages, RegistryAccess};

/// Reads a package from a file: a contract's component, the folder in which one was built, or a prompt file. Also
/// returns the path of the file.
pub fn open_package(path: &Path) -> Result<(Package, PathBuf), PackageFileError> {
    let invalid = |source| PackageFileError::Invalid { path: path.to_owned(), source };
    if path.extension().is_some_and(|extension| extension == "prompt") {
        let prompt = PromptFile::read(path).map_err(PackageFileError::Prompt)?;
        return Ok((Package::from_prompt(&prompt).map_err(invalid)?, path.to_owned()));
    }
    let file = if path.is_dir() { built_component(path)? } else { path.to_owned() };
    let bytes = files::read(&file)?;
    tollgate_engine::inspect(&bytes)
        .map_err(|source| PackageFileError::NotContract { path: file.clone(), source })?;
    let manifest = read_manifest(&bytes)?;
    Ok((Package::from_contract(bytes, &manifest).map_err(invalid)?, file))
}

/// Reads a contract from a component or from the folder in which one was built, without checking signatures. Also
/// returns the path of the component. The result must not be run.
pub fn contract_at_path(path: &Path) -> Result<(PathBuf, Arc<[u8]>), PackageAccessError> {
    let component = if path.is_dir() { built_component(path)? } else { path.to_owned() };
    let bytes = files::read(&component).map_err(|source| PackageAccessError::NoContractFile {
        reference: path.display().to_string(),
        source,
    })?;
    Ok((component, bytes.into()))
}

fn read_component_manifest(component: &mut File) -> Result<Manifest, String> {
    read_manifest_from(component).map_err(|error| error.to_string())
}
