//! Finding a contract: by a path, or by its name and the versions that would do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use tollgate_engine::read_manifest;
use tollgate_library::package::{PackageName, Requirement};

use crate::{carried, files, packages, signatures};

/// The namespace of the standard contracts.
pub(crate) const STANDARD_NAMESPACE: &str = "tollgate";
const STANDARD: &str = "tollgate/";

/// The bytes of a contract that is going to be run: signed by those whom the project wants.
pub(crate) fn read(reference: &str) -> anyhow::Result<Arc<[u8]>> {
    let (path, component) = look(reference)?;
    if let Some(path) = path {
        signatures::admit(&path, &component)?;
    }
    Ok(component)
}

/// The bytes of a contract, and the file that they are of, if they are of one. Not to be run:
/// nobody has asked whether it may be.
pub(crate) fn look(reference: &str) -> anyhow::Result<(Option<PathBuf>, Arc<[u8]>)> {
    let path = Path::new(reference);
    if !path.exists()
        && let Ok(wanted @ Requirement { name: PackageName::Contract(_), .. }) = reference.parse()
    {
        return Ok((None, named(&wanted)?));
    }
    let path = if path.is_dir() { built(path)? } else { path.to_owned() };
    let component = files::read(&path).with_context(|| no_contract(reference))?;
    Ok((Some(path), component.into()))
}

/// A contract by its name: as it is locked, or else as the tool carries it, or as it was pulled.
fn named(wanted: &Requirement) -> anyhow::Result<Arc<[u8]>> {
    let name = wanted.name.to_string();
    let (at_hand, standard) = (packages::at_hand(wanted)?, name.strip_prefix(STANDARD));
    match (at_hand, standard) {
        (Some((_, component)), _) => Ok(component.into()),
        (None, Some(standard)) => self::standard(standard, wanted),
        (None, None) => bail!(
            "there is no contract `{wanted}` on this machine: `tollgate pull {wanted}` brings it, if one \
             of the sources in `tollgate.toml` has it"
        ),
    }
}

/// The names of the standard contracts.
pub(crate) fn standard_names() -> Vec<String> {
    let name = |(path, _): &(&str, &[u8])| Some(format!("{STANDARD}{}", plugin(path)?));
    carried::CONTRACTS.iter().filter_map(name).collect()
}

fn standard(name: &str, wanted: &Requirement) -> anyhow::Result<Arc<[u8]>> {
    let found = carried::CONTRACTS.iter().find(|(path, _)| plugin(path) == Some(name));
    match found {
        Some((_, bytes)) => {
            let version = read_manifest(bytes)?.contract.version;
            if !wanted.admits(&version) {
                bail!(
                    "this tool carries `{STANDARD}{name}` {version}, and `{wanted}` is asked for"
                );
            }
            Ok((*bytes).into())
        }
        None if carried::CONTRACTS.is_empty() => {
            bail!(
                "this build of `tollgate` carries no standard contracts: make one with `cargo xtask build`"
            )
        }
        None => {
            let names = standard_names().join("`, `");
            bail!("there is no standard contract `{STANDARD}{name}`; there are `{names}`")
        }
    }
}

/// `plugins/NAME/dist/…`
fn plugin(path: &str) -> Option<&str> {
    path.split('/').nth(1)
}

/// The component that was built from a plugin's folder last.
pub(crate) fn built(folder: &Path) -> anyhow::Result<PathBuf> {
    let about = crate::author::read_contract_file(folder)?;
    let path = crate::author::component_path(folder, &about);
    if !path.is_file() {
        bail!("`{}` is not built: run `tollgate build {}`", folder.display(), folder.display());
    }
    Ok(path)
}

fn no_contract(reference: &str) -> String {
    format!(
        "there is no contract `{reference}`: give the path of a component, or a name as `acme/claims@^1.2`"
    )
}
