//! A new contract: a folder that builds, with the SDK in it until that is published.

use std::path::Path;

use anyhow::{Context, bail};
use tollgate_model::ContractName;

use super::{Language, VENDOR};
use crate::{carried, files};

/// What is the same in every language.
const COMMON: &str = "common/";
/// Keeps other tools from taking a template for what it is a template of.
const DISGUISE: &str = ".txt";

/// Makes a new contract in a folder that does not exist yet.
pub fn create(folder: &Path, name: &ContractName, language: Language) -> anyhow::Result<()> {
    if folder.exists() {
        bail!("`{}` is there already: choose another name, or remove it first", folder.display());
    }
    let own = format!("{}/", language.name());
    for (path, bytes) in carried::TEMPLATE {
        let path = path.strip_prefix(COMMON).or_else(|| path.strip_prefix(&own));
        let Some(path) = path else { continue };
        let path = fill(path.strip_suffix(DISGUISE).unwrap_or(path), name);
        let text = std::str::from_utf8(bytes).context("a template is text")?;
        files::write(&folder.join(unhidden(&path)), fill(text, name).as_bytes())?;
    }
    let sdk = format!("sdk/{}/", language.sdk());
    for (path, bytes) in carried::SDK {
        if path.starts_with(&sdk) || path.starts_with("wit/") {
            files::write(&folder.join(VENDOR).join(path), bytes)?;
        }
    }
    Ok(())
}

/// Puts the contract's name where it belongs.
fn fill(text: &str, name: &ContractName) -> String {
    text.replace("{namespace}", name.namespace()).replace("{name}", name.name())
}

/// A template's own `.gitignore` would be obeyed.
fn unhidden(path: &str) -> String {
    if path == "gitignore" { format!(".{path}") } else { path.to_owned() }
}

/// The folder that a new contract goes into: as its name, without the namespace.
pub fn folder_name(name: &ContractName) -> anyhow::Result<std::path::PathBuf> {
    let here = std::env::current_dir().context("cannot tell in which folder this is")?;
    Ok(here.join(name.name()))
}
