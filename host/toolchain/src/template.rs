//! Creates new contracts from templates. The SDK is copied into each of them because it is not
//! published yet.

use std::path::Path;

use anyhow::{Context, bail};
use tollgate_model::ContractName;

use super::{Language, VENDOR_FOLDER};
use crate::{embedded, files};

/// Folder of the template files that all languages share.
const COMMON_FOLDER: &str = "common/";
/// Suffix of template files, removed on creation. It keeps tools such as cargo and npm from
/// treating a template as a real project.
const DISGUISE_SUFFIX: &str = ".txt";

/// Creates a new contract in a folder that must not exist yet.
pub fn create_contract(
    folder: &Path,
    name: &ContractName,
    language: Language,
) -> anyhow::Result<()> {
    if folder.exists() {
        bail!("`{}` exists already: choose another name, or remove it first", folder.display());
    }
    let language_folder = format!("{}/", language.name());
    for (path, bytes) in embedded::TEMPLATE {
        let path = path.strip_prefix(COMMON_FOLDER).or_else(|| path.strip_prefix(&language_folder));
        // Other languages' templates are skipped.
        let Some(path) = path else { continue };
        let path = fill_placeholders(path.strip_suffix(DISGUISE_SUFFIX).unwrap_or(path), name);
        let text = std::str::from_utf8(bytes).context("a template is text")?;
        files::write(
            &folder.join(restore_hidden_name(&path)),
            fill_placeholders(text, name).as_bytes(),
        )?;
    }
    let sdk = format!("sdk/{}/", language.sdk_name());
    for (path, bytes) in embedded::SDK {
        if path.starts_with(&sdk) || path.starts_with("wit/") {
            files::write(&folder.join(VENDOR_FOLDER).join(path), bytes)?;
        }
    }
    Ok(())
}

/// Replaces the placeholders `{namespace}` and `{name}`.
fn fill_placeholders(text: &str, name: &ContractName) -> String {
    text.replace("{namespace}", name.namespace()).replace("{name}", name.name())
}

/// Restores the leading dot of `.gitignore`. Templates omit it, because git would obey the file.
fn restore_hidden_name(path: &str) -> String {
    if path == "gitignore" { format!(".{path}") } else { path.to_owned() }
}

/// Returns the folder for a new contract: its name without the namespace, in the current folder.
pub fn contract_folder(name: &ContractName) -> anyhow::Result<std::path::PathBuf> {
    let here = std::env::current_dir().context("cannot determine the current folder")?;
    Ok(here.join(name.name()))
}
