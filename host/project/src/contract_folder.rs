//! The folder in which an author writes a contract: its `contract.toml`, and the component that is built from it.

use std::path::{Path, PathBuf};

use tollgate_model::ContractFile;

use crate::files::{self, FileError};

/// File that describes a contract. A folder that has it is the folder of a contract.
pub const CONTRACT_FILE: &str = "contract.toml";

/// Reason why the folder of a contract, or the component built in it, cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ContractFolderError {
    #[error("`{}` has no `{CONTRACT_FILE}`", .folder.display())]
    NoContractFile { folder: PathBuf },
    /// There is no component of the version that `contract.toml` names.
    #[error("`{}` has not been built", .folder.display())]
    NotBuilt { folder: PathBuf },
    #[error(transparent)]
    File(#[from] FileError),
}

/// Reads the `contract.toml` of a contract's folder.
pub fn read_contract_file(folder: &Path) -> Result<ContractFile, ContractFolderError> {
    let path = folder.join(CONTRACT_FILE);
    files::read_toml(&path).map_err(|error| match error.is_missing() {
        true => ContractFolderError::NoContractFile { folder: folder.to_owned() },
        false => ContractFolderError::File(error),
    })
}

/// Returns the path that a contract's component is built to.
pub fn component_path(folder: &Path, about: &ContractFile) -> PathBuf {
    folder.join("dist").join(format!("{}-{}.wasm", about.name.name(), about.version))
}

/// Returns the path of the component that was built from a contract's folder.
pub fn built_component(folder: &Path) -> Result<PathBuf, ContractFolderError> {
    let about = read_contract_file(folder)?;
    let path = component_path(folder, &about);
    if !path.is_file() {
        return Err(ContractFolderError::NotBuilt { folder: folder.to_owned() });
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONTRACT: &str = "name = \"acme/calm\"\nversion = \"1.2.0\"\ndescription = \"Calm.\"\nlicense = \"MIT\"\n\
                            wit = \"0.1.0\"\n";

    #[test]
    fn finds_the_component_of_the_current_version_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let error = built_component(folder).unwrap_err();
        assert!(matches!(error, ContractFolderError::NoContractFile { .. }), "{error}");
        files::write(&folder.join(CONTRACT_FILE), CONTRACT.as_bytes()).unwrap();
        files::write(&folder.join("dist/calm-1.1.0.wasm"), b"old").unwrap();
        let error = built_component(folder).unwrap_err();
        assert!(matches!(error, ContractFolderError::NotBuilt { .. }), "{error}");
        files::write(&folder.join("dist/calm-1.2.0.wasm"), b"new").unwrap();
        assert_eq!(built_component(folder).unwrap(), folder.join("dist/calm-1.2.0.wasm"));
    }
}
