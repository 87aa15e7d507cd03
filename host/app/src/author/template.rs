//! A new contract: a folder that builds, with the SDK in it until that is published.

use std::path::Path;

use anyhow::{Context, bail};
use tollgate_model::ContractName;

use crate::{carried, files};

/// Where the SDK and the WIT lie in a new contract, as they lie in the repository.
const VENDOR: &str = "vendor/tollgate";
/// The files of a new contract. `{name}` and `{namespace}` stand for its name.
const FILES: [(&str, &str); 8] = [
    ("Cargo.toml", include_str!("template/Cargo.toml.txt")),
    ("contract.toml", include_str!("template/contract.toml.txt")),
    ("README.md", include_str!("template/README.md.txt")),
    (".gitignore", include_str!("template/gitignore.txt")),
    ("src/lib.rs", include_str!("template/lib.rs.txt")),
    ("cases/calm.json", include_str!("template/calm.json.txt")),
    ("cases/shouting.json", include_str!("template/shouting.json.txt")),
    ("cases/wrong-kind.json", include_str!("template/wrong-kind.json.txt")),
];

/// Makes a new contract in a folder that does not exist yet.
pub fn create(folder: &Path, name: &ContractName) -> anyhow::Result<()> {
    if folder.exists() {
        bail!("`{}` is there already: choose another name, or remove it first", folder.display());
    }
    for (path, text) in FILES {
        let text = text.replace("{namespace}", name.namespace()).replace("{name}", name.name());
        files::write(&folder.join(path), text.as_bytes())?;
    }
    for (path, bytes) in carried::SDK {
        files::write(&folder.join(VENDOR).join(path), bytes)?;
    }
    Ok(())
}

/// The folder that a new contract goes into: as its name, without the namespace.
pub fn folder_name(name: &ContractName) -> anyhow::Result<std::path::PathBuf> {
    let here = std::env::current_dir().context("cannot tell in which folder this is")?;
    Ok(here.join(name.name()))
}
