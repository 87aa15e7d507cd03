//! Packages on this machine, as the lock file pins them. Nothing is fetched.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context, bail};
use tollgate_engine::read_manifest;
use tollgate_library::lock::LockFile;
use tollgate_library::package::{
    ListedPackage, Package, PackageId, PackageMetadata, PackageName, Requirement,
};
use tollgate_library::prompt::PromptFile;
use tollgate_library::store::Store;
use tollgate_model::Digest;

use super::{contract_at_path, join_prompt_errors, read_component_manifest};
use crate::project::Project;
use crate::signatures::read_signature;
use crate::standard;

/// Packages on this machine. Made once and passed on: the lock file is read when it is first needed, and not again.
#[derive(Debug)]
pub struct LocalPackages {
    /// `None` outside of a project. Nothing is locked then, and no signature is required.
    pub project: Option<Project>,
    /// `None` if no folder for packages is known. Contracts in files and standard contracts can be read without it.
    pub store: Option<Store>,
    lock: OnceLock<Option<LockFile>>,
}

impl LocalPackages {
    /// Creates access to the packages in a store, for a project.
    pub fn new(project: Option<Project>, store: Option<Store>) -> Self {
        Self { project, store, lock: OnceLock::new() }
    }

    /// Returns the lock file. `None` if the project is not locked yet, or if there is no project.
    pub fn lock(&self) -> anyhow::Result<Option<&LockFile>> {
        if let Some(lock) = self.lock.get() {
            return Ok(lock.as_ref());
        }
        let lock = self.project.as_ref().map(Project::read_lock).transpose()?.flatten();
        Ok(self.lock.get_or_init(|| lock).as_ref())
    }

    /// Finds a package, by the lock file first and then among the pulled packages, and returns it with its bytes.
    /// `None` if it is neither locked nor pulled.
    pub fn resolve(
        &self,
        requirement: &Requirement,
    ) -> anyhow::Result<Option<(PackageId, Vec<u8>)>> {
        let store = self.require_store()?;
        let of_lock = self.lock()?.into_iter().flat_map(|lock| &lock.packages);
        let locked = of_lock
            .filter(|(package, _)| {
                package.name == requirement.name && requirement.admits(&package.version)
            })
            .max_by(|(one, _), (other, _)| one.version.cmp(&other.version));
        let listed = match locked {
            Some((package, locked)) => {
                let listed = store.cached_metadata(&locked.source, package)?;
                let found = listed.filter(|listed| listed.metadata.digest == locked.digest);
                let missing = || {
                    format!(
                        "`{package}` is locked as {}, but it is not on this machine: run `tollgate pull`",
                        locked.digest
                    )
                };
                Some(found.with_context(missing)?)
            }
            None => store.highest_available(requirement)?.map(|(listed, _)| listed),
        };
        let Some(listed) = listed else { return Ok(None) };
        if let Some(project) = &self.project {
            project.verify_signature(&listed)?;
        }
        let PackageMetadata { package, digest, .. } = &listed.metadata;
        if package.name != requirement.name {
            bail!(
                "the store's entry for `{requirement}` describes `{package}`: something else has changed the store"
            );
        }
        let bytes = store.get(*digest)?.with_context(|| {
            format!("`{package}` is no longer on this machine: run `tollgate pull {package}`")
        })?;
        listed.metadata.verify_stored(store, read_component_manifest)?;
        Ok(Some((package.clone(), bytes)))
    }

    /// Finds a prompt in the same way.
    pub fn resolve_prompt(&self, requirement: &Requirement) -> anyhow::Result<Option<PromptFile>> {
        let Some((package, bytes)) = self.resolve(requirement)? else { return Ok(None) };
        let PackageName::Prompt(name) = &package.name else { return Ok(None) };
        let file = format!("{name}@{}.prompt", package.version);
        let prompt = PromptFile::from_canonical_bytes(&file, &bytes);
        prompt.map(Some).map_err(|errors| join_prompt_errors(&errors))
    }

    /// Reads a contract in order to run it: a path, or a name with a version requirement. Fails if it lacks a
    /// signature that the project requires.
    pub fn read_contract(&self, reference: &str) -> anyhow::Result<Arc<[u8]>> {
        let (path, component) = self.locate_contract(reference)?;
        if let Some(path) = path {
            self.check_component(&path, &component)?;
        }
        Ok(component)
    }

    /// Reads a contract without checking the signature of a file, and returns the path of its file if it has one.
    /// The result must not be run.
    pub fn locate_contract(&self, reference: &str) -> anyhow::Result<(Option<PathBuf>, Arc<[u8]>)> {
        let path = Path::new(reference);
        // An existing path takes precedence over a package with the same spelling.
        if !path.exists()
            && let Ok(requirement @ Requirement { name: PackageName::Contract(_), .. }) =
                reference.parse()
        {
            return Ok((None, self.read_by_name(&requirement)?));
        }
        let (path, component) = contract_at_path(path)?;
        Ok((Some(path), component))
    }

    /// Returns the component with this digest, from the store or among the standard contracts.
    pub fn component_by_digest(&self, digest: Digest) -> anyhow::Result<Option<Vec<u8>>> {
        let stored = self.require_store()?.get(digest)?;
        Ok(stored.or_else(|| standard::by_digest(digest).map(<[u8]>::to_vec)))
    }

    /// Admits a component in a file for running. Fails if the project requires a signature for its namespace and
    /// none of the required ones exists.
    pub fn check_component(&self, component: &Path, bytes: &[u8]) -> anyhow::Result<()> {
        let Some(project) = &self.project else { return Ok(()) };
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
        project.verify_signature(&listed).map(drop).map_err(|error| {
            let path = component.display();
            error.context(format!(
                "refused to run `{path}`; the owner of the key can sign it with `tollgate sign {path}`"
            ))
        })
    }

    /// Reads a contract by name: as it is locked, else as it was pulled, else the standard contract.
    fn read_by_name(&self, requirement: &Requirement) -> anyhow::Result<Arc<[u8]>> {
        if let Some((_, component)) = self.resolve(requirement)? {
            return Ok(component.into());
        }
        standard::read(requirement)?.with_context(|| {
            format!(
                "there is no contract `{requirement}` on this machine: run `tollgate pull {requirement}` if a source in \
                 `tollgate.toml` has it"
            )
        })
    }

    fn require_store(&self) -> anyhow::Result<&Store> {
        self.store
            .as_ref()
            .context("no folder for packages was found: set `TOLLGATE_STORE`")
    }
}
