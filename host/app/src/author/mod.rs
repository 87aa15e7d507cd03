//! Tools for authors of contracts: create a project from a template, check the machine, and build
//! a folder with a `contract.toml` into a component. Running contracts is not done here.

mod case;
mod component;
mod languages;
mod requirements;
mod template;
mod toolbox;

use std::path::{Path, PathBuf};

use anyhow::bail;
use tollgate_model::ContractFile;

pub use case::{CaseExpectation, ContractCase, read_cases};
pub use component::{BuiltContract, build_contract};
pub use languages::Language;
pub(crate) use languages::WIT_VERSION;
pub use template::{contract_folder, create_contract};
pub use toolbox::Toolbox;

use crate::files;

/// File that describes a contract. A folder that has it is a plugin.
pub const CONTRACT_FILE: &str = "contract.toml";

/// JSON Schema of the configuration. In Rust it is derived from the code; in other languages the
/// author writes it.
pub(crate) const SCHEMA_FILE: &str = "config.schema.json";

/// Folder for the SDK and the WIT in a new contract; below it the paths are those of the repository.
const VENDOR_FOLDER: &str = "vendor/tollgate";

/// Reads the `contract.toml` of a plugin's folder.
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

/// Returns the path that a plugin's component is built to.
pub fn component_path(folder: &Path, about: &ContractFile) -> PathBuf {
    folder.join("dist").join(format!("{}-{}.wasm", about.name.name(), about.version))
}
