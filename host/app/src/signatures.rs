//! Signatures of packages: in a file beside the component or the prompt, `NAME.wasm.sig`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tollgate_engine::read_manifest;
use tollgate_library::package::{Listed, Package};
use tollgate_library::trust::{Envelope, SecretKey};

use crate::project::Project;
use crate::{files, packages};

/// Where the signatures of a package lie.
pub(crate) fn path_of(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Signs a package, beside those who have signed it already.
pub(crate) fn sign(package: &Package, file: &Path, key: &SecretKey) -> anyhow::Result<PathBuf> {
    let path = path_of(file);
    let new = package.about().statement().sign(key)?;
    // Signatures of earlier bytes say nothing of these.
    let joined = beside(file)?.and_then(|old| old.joined(new.clone()));
    files::write(&path, &joined.unwrap_or(new).to_json()?)?;
    Ok(path)
}

/// What lies beside a package, if something does.
pub(crate) fn beside(package: &Path) -> anyhow::Result<Option<Envelope>> {
    let path = path_of(package);
    if !path.is_file() {
        return Ok(None);
    }
    let envelope = Envelope::parse(&files::read(&path)?);
    envelope.map(Some).with_context(|| format!("`{}` is no signature", path.display()))
}

/// Lets a component through, where its project wants no signature of its namespace or one of
/// those that it wants is there.
pub(crate) fn admit(component: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(project) = Project::around(Path::new("."))? else { return Ok(()) };
    // What is no contract is refused for that, with its own words.
    let Ok(manifest) = read_manifest(bytes) else { return Ok(()) };
    let namespace = manifest.contract.name.namespace().to_owned();
    if project.keys_for(&namespace)?.is_none() {
        return Ok(());
    }
    let about = Package::contract(bytes.to_vec(), &manifest)?.about().clone();
    let listed = Listed { about, signature: beside(component)?, yanked: None, forced: None };
    let vouched = packages::vouched(Some(&project), &listed);
    vouched.map(drop).map_err(|error| {
        let path = component.display();
        error.context(format!(
            "`{path}` is not run; `tollgate sign {path}` signs it, for whoever has the key"
        ))
    })
}
