//! For authors: from a folder with a `contract.toml` to a component that carries it.

mod case;
mod component;
mod languages;
mod needs;
mod template;
mod toolbox;

use std::path::{Path, PathBuf};

use anyhow::bail;
use tollgate_model::ContractFile;

pub use case::{Case, Expectation, read_cases};
pub use component::{Built, build};
pub use languages::Language;
pub(crate) use languages::WIT_VERSION;
pub use template::{create, folder_name};
pub use toolbox::Toolbox;

use crate::files;

/// What a contract says of itself; it makes a folder a plugin.
pub const CONTRACT_FILE: &str = "contract.toml";

/// What a configuration has to be. It is derived from the code where a language can, and
/// written by the author otherwise.
pub(crate) const SCHEMA_FILE: &str = "config.schema.json";

/// Where the SDK and the WIT lie in a new contract, as they lie in the repository.
const VENDOR: &str = "vendor/tollgate";

/// Reads the `contract.toml` of a plugin's folder.
pub fn read_contract_file(folder: &Path) -> anyhow::Result<ContractFile> {
    let path = folder.join(CONTRACT_FILE);
    if !path.is_file() {
        bail!(
            "`{}` holds no `{CONTRACT_FILE}`: name the folder of a contract, or make one with \
             `tollgate new`",
            folder.display()
        );
    }
    files::read_toml(&path)
}

/// Where the component of a plugin is built to.
pub fn component_path(folder: &Path, about: &ContractFile) -> PathBuf {
    folder.join("dist").join(format!("{}-{}.wasm", about.name.name(), about.version))
}
