//! The folder in which an author writes a contract: its `contract.toml`, and the component that is built from it.

use std::path::{Path, PathBuf};

use anyhow::bail;
use tollgate_model::ContractFile;

use crate::files;

/// File that describes a contract. A folder that has it is the folder of a contract.
pub const CONTRACT_FILE: &str = "contract.toml";

/// Reads the `contract.toml` of a contract's folder.
pub fn read_contract_file(folder: &Path) -> anyhow::Result<ContractFile> {
    let path = folder.join(CONTRACT_FILE);
    if !path.is_file() {
        bail!(
            "`{}` has no `{CONTRACT_FILE}`: name the folder of a contract, or create one with \
             `tollgate new`",
            folder.display()
        );
    }
    files::read_toml(&path)
}

/// Returns the path that a contract's component is built to.
pub fn component_path(folder: &Path, about: &ContractFile) -> PathBuf {
    folder.join("dist").join(format!("{}-{}.wasm", about.name.name(), about.version))
}

/// Returns the path of the component that was built from a contract's folder.
pub fn built_component(folder: &Path) -> anyhow::Result<PathBuf> {
    let about = read_contract_file(folder)?;
    let path = component_path(folder, &about);
    if !path.is_file() {
        bail!(
            "`{}` has not been built: run `tollgate build {}`",
            folder.display(),
            folder.display()
        );
    }
    Ok(path)
}
