//! Finding a contract by a path, or by a name with a version requirement.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::read_manifest;
use tollgate_library::package::{PackageName, Requirement};

use crate::{embedded, files, packages, signatures};

/// Namespace of the standard contracts.
pub(crate) const STANDARD_NAMESPACE: &str = "tollgate";
const STANDARD_PREFIX: &str = "tollgate/";

/// Reads a contract in order to run it. Fails if it lacks a signature that the project requires.
pub(crate) fn read_contract(reference: &str) -> anyhow::Result<Arc<[u8]>> {
    let (path, component) = locate_contract(reference)?;
    if let Some(path) = path {
        signatures::check_component(&path, &component)?;
    }
    Ok(component)
}

/// Reads a contract without checking signatures, and returns the path of its file if it has one. The result must
/// not be run.
pub(crate) fn locate_contract(reference: &str) -> anyhow::Result<(Option<PathBuf>, Arc<[u8]>)> {
    let path = Path::new(reference);
    // An existing path takes precedence over a package with the same spelling.
    if !path.exists()
        && let Ok(requirement @ Requirement { name: PackageName::Contract(_), .. }) =
            reference.parse()
    {
        return Ok((None, read_by_name(&requirement)?));
    }
    let path = if path.is_dir() { built_component(path)? } else { path.to_owned() };
    let component = files::read(&path).with_context(|| no_contract_message(reference))?;
    Ok((Some(path), component.into()))
}

/// Reads a contract by name: as it is locked, else as it was pulled, else the one embedded in the tool.
fn read_by_name(requirement: &Requirement) -> anyhow::Result<Arc<[u8]>> {
    let name = requirement.name.to_string();
    let (local, standard) =
        (packages::resolve_local_package(requirement)?, name.strip_prefix(STANDARD_PREFIX));
    match (local, standard) {
        (Some((_, component)), _) => Ok(component.into()),
        (None, Some(standard)) => self::read_standard(standard, requirement),
        (None, None) => bail!(
            "there is no contract `{requirement}` on this machine: run `tollgate pull {requirement}` if a source in \
             `tollgate.toml` has it"
        ),
    }
}

/// Returns the names of the embedded standard contracts.
pub(crate) fn standard_names() -> Vec<String> {
    let name = |(path, _): &(&str, &[u8])| Some(format!("{STANDARD_PREFIX}{}", plugin_name(path)?));
    embedded::CONTRACTS.iter().filter_map(name).collect()
}

fn read_standard(name: &str, requirement: &Requirement) -> anyhow::Result<Arc<[u8]>> {
    let found = embedded::CONTRACTS.iter().find(|(path, _)| plugin_name(path) == Some(name));
    match found {
        Some((_, bytes)) => {
            let version = read_manifest(bytes)?.contract.version;
            if !requirement.admits(&version) {
                bail!(
                    "this tool includes `{STANDARD_PREFIX}{name}` {version}, but `{requirement}` is required"
                );
            }
            Ok((*bytes).into())
        }
        None if embedded::CONTRACTS.is_empty() => {
            bail!(
                "this build of `tollgate` includes no standard contracts: create a complete one with `cargo xtask build`"
            )
        }
        None => {
            let names = standard_names().join("`, `");
            bail!(
                "there is no standard contract `{STANDARD_PREFIX}{name}`; the standard contracts are `{names}`"
            )
        }
    }
}

/// Returns NAME from `plugins/NAME/dist/…`.
fn plugin_name(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}

/// Returns the path of the component that was built from a contract's folder.
pub(crate) fn built_component(folder: &Path) -> anyhow::Result<PathBuf> {
    let about = crate::author::read_contract_file(folder)?;
    let path = crate::author::component_path(folder, &about);
    if !path.is_file() {
        bail!(
            "`{}` has not been built: run `tollgate build {}`",
            folder.display(),
            folder.display()
        );
    }
    Ok(path)
}

fn no_contract_message(reference: &str) -> String {
    format!(
        "there is no contract `{reference}`: give the path of a component, or a name such as `acme/claims@^1.2`"
    )
}
