//! Signatures of packages, stored in a file beside the component or prompt: `NAME.wasm.sig`.

use std::path::{Path, PathBuf};

use anyhow::Context;
use tollgate_library::package::Package;
use tollgate_library::trust::{Envelope, SecretKey};

use crate::files;

/// Returns the path of a package's signature file.
pub fn signature_path(package: &Path) -> PathBuf {
    let mut name = package.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Signs a package and adds the signature to those that its signature file already has.
pub fn sign(package: &Package, file: &Path, key: &SecretKey) -> anyhow::Result<PathBuf> {
    let path = signature_path(file);
    let new = package.metadata().statement().sign(key)?;
    // Earlier signatures of different bytes are dropped.
    let joined = read_signature(file)?.and_then(|old| old.merged_with(new.clone()));
    files::write(&path, &joined.unwrap_or(new).to_json()?)?;
    Ok(path)
}

/// Reads the signatures of a package, or `None` if there is no signature file.
pub fn read_signature(package: &Path) -> anyhow::Result<Option<Envelope>> {
    let path = signature_path(package);
    if !path.is_file() {
        return Ok(None);
    }
    let envelope = Envelope::parse(&files::read(&path)?);
    envelope.map(Some).with_context(|| format!("cannot read `{}` as a signature", path.display()))
}
