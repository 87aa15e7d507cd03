//! Signatures of packages, stored in a file beside the component or prompt: `NAME.wasm.sig`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tollgate_engine::read_manifest;
use tollgate_library::package::{ListedPackage, Package};
use tollgate_library::trust::{Envelope, SecretKey};

use crate::project::Project;
use crate::{files, packages};

/// Returns the path of a package's signature file.
pub(crate) fn signature_path(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Signs a package and adds the signature to those that its signature file already has.
pub(crate) fn sign(package: &Package, file: &Path, key: &SecretKey) -> anyhow::Result<PathBuf> {
    let path = signature_path(file);
    let new = package.metadata().statement().sign(key)?;
    // Earlier signatures of different bytes are dropped.
    let joined = read_signature(file)?.and_then(|old| old.merged_with(new.clone()));
    files::write(&path, &joined.unwrap_or(new).to_json()?)?;
    Ok(path)
}

/// Reads the signatures of a package, or `None` if there is no signature file.
pub(crate) fn read_signature(package: &Path) -> anyhow::Result<Option<Envelope>> {
    let path = signature_path(package);
    if !path.is_file() {
        return Ok(None);
    }
    let envelope = Envelope::parse(&files::read(&path)?);
    envelope.map(Some).with_context(|| format!("cannot read `{}` as a signature", path.display()))
}

/// Admits a component for running. Fails if the project requires a signature for its namespace and none of the
/// required ones exists.
pub(crate) fn check_component(component: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(project) = Project::find(Path::new("."))? else { return Ok(()) };
    // Loading the component later gives a better error for bytes that are not a contract.
    let Ok(manifest) = read_manifest(bytes) else { return Ok(()) };
    let namespace = manifest.contract.name.namespace().to_owned();
    if project.required_keys(&namespace)?.is_none() {
        return Ok(());
    }
    let about = Package::from_contract(bytes.to_vec(), &manifest)?.metadata().clone();
    let listed = ListedPackage {
        metadata: about,
        signature: read_signature(component)?,
        yanked: None,
        forced_reason: None,
    };
    let vouched = packages::verify_signature(Some(&project), &listed);
    vouched.map(drop).map_err(|error| {
        let path = component.display();
        error.context(format!(
            "refused to run `{path}`; the owner of the key can sign it with `tollgate sign {path}`"
        ))
    })
}
