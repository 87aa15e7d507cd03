//! Signatures of contracts: in a file beside the component, `NAME.wasm.sig`.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::to_value;
use tollgate_engine::read_manifest;
use tollgate_library::trust::{Envelope, KeyId, PublicKey, SecretKey, Signed, Statement};
use tollgate_model::{ContractName, Digest, canonical_json};

use crate::files;
use crate::project::{FILE, Project, Trusted};

/// What a component is called when one vouches for it.
pub(crate) struct Package {
    pub(crate) name: ContractName,
    pub(crate) statement: Statement,
}

impl Package {
    /// Of a component's bytes.
    pub(crate) fn of(component: &[u8]) -> anyhow::Result<Self> {
        let manifest = read_manifest(component)?;
        let package = format!("{}@{}", manifest.contract.name, manifest.contract.version);
        let digest = Digest::of(component);
        let manifest_digest = Digest::of(canonical_json(&to_value(&manifest)?));
        let statement = Statement { package, digest, manifest: manifest_digest };
        Ok(Self { name: manifest.contract.name, statement })
    }
}

/// Where the signatures of a component lie.
pub(crate) fn path_of(component: &Path) -> PathBuf {
    let mut name = component.as_os_str().to_owned();
    name.push(".sig");
    name.into()
}

/// Signs a component, beside those who have signed it already.
pub(crate) fn sign(component: &Path, key: &SecretKey) -> anyhow::Result<(Package, PathBuf)> {
    let package = Package::of(&files::read(component)?)?;
    let path = path_of(component);
    let new = package.statement.sign(key)?;
    // Signatures of earlier bytes say nothing of these.
    let joined = if path.is_file() { read(&path)?.joined(new.clone()) } else { None };
    files::write(&path, &joined.unwrap_or(new).to_json()?)?;
    Ok((package, path))
}

/// Which of these keys have signed a component, by what lies beside it.
pub(crate) fn signers(
    component: &Path,
    package: &Package,
    keys: &[PublicKey],
) -> anyhow::Result<Vec<KeyId>> {
    let path = path_of(component);
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let signed =
        Signed::open(&read(&path)?, keys).with_context(|| format!("`{}`", path.display()))?;
    if signed.statement != package.statement {
        let (then, now) = (signed.statement, &package.statement);
        bail!(
            "`{}` is a signature of something else: of {} with {}, and this is {} with {}",
            path.display(),
            then.package,
            then.digest,
            now.package,
            now.digest
        );
    }
    Ok(signed.by)
}

fn read(path: &Path) -> anyhow::Result<Envelope> {
    Envelope::parse(&files::read(path)?)
        .with_context(|| format!("`{}` is no signature", path.display()))
}

/// Lets a component through, where its project wants no signature of its namespace or one of
/// those that it wants is there.
pub(crate) fn admit(component: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let Some(project) = Project::around(Path::new("."))? else { return Ok(()) };
    // What is no contract is refused for that, with its own words.
    let Ok(package) = Package::of(bytes) else { return Ok(()) };
    let Some(keys) = project.keys_for(package.name.namespace())? else { return Ok(()) };
    let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
    if signers(component, &package, &public)?.is_empty() {
        let names: Vec<_> = keys.iter().map(|Trusted { name, .. }| format!("`{name}`")).collect();
        bail!(
            "`{}` is not signed, and `{}` wants a signature of {} for `{}`: `tollgate sign {}` makes \
             one, for whoever has the key",
            package.statement.package,
            project.folder.join(FILE).display(),
            names.join(" or "),
            package.name.namespace(),
            component.display(),
        );
    }
    Ok(())
}
