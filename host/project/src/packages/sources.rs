//! The packages of a project together with the sources that they are fetched from.

use std::path::Path;

use anyhow::{Context, bail};
use tollgate_library::catalogue::{Catalogue, CatalogueSource};
use tollgate_library::lock::LockFile;
use tollgate_library::package::ListedPackage;
use tollgate_library::registry::{self, Client, Credentials, RegistryLocation};
use tollgate_library::resolve::GateRequirements;
use tollgate_library::source::{
    BundledSource, FolderSource, PackageSource, RegistrySource, TransferProgress,
};
use tollgate_library::store::Store;
use tollgate_library::trust::KeyId;

use super::read_component_manifest;
use crate::project::{PROJECT_FILE, Project};
use crate::settings::SourceEntry;
use crate::standard;

/// How registries are accessed.
#[derive(Clone, Debug, Default)]
pub struct RegistryAccess {
    /// Contact no registry and use only packages on this machine.
    pub offline: bool,
}

/// The packages of a project and the sources they come from. The standard contracts are the last source.
#[derive(Debug)]
pub struct ProjectPackages {
    /// `None` outside of a project. Only the standard contracts are a source then.
    pub project: Option<Project>,
    pub catalogue: Catalogue,
    access: RegistryAccess,
}

impl ProjectPackages {
    /// Opens the sources of a project. No source is contacted yet.
    pub fn open(
        project: Option<Project>,
        store: Store,
        access: RegistryAccess,
    ) -> anyhow::Result<Self> {
        let mut sources = Vec::new();
        if let Some(project) = &project {
            let entries = project.sources()?;
            let is_only = count_registries(entries) == 1;
            for entry in entries {
                sources.push(open_source(entry, &project.folder, &store, &access, is_only)?);
            }
        }
        let bundled = PackageSource::Bundled(BundledSource::new(standard::packages()?));
        sources.push(CatalogueSource { source: bundled, namespaces: Vec::new() });
        let catalogue = Catalogue { sources, store, read_manifest: read_component_manifest };
        Ok(Self { project, catalogue, access })
    }

    /// Returns the project, or an error if there is none.
    pub fn project(&self) -> anyhow::Result<&Project> {
        self.project.as_ref().with_context(|| {
            format!(
                "there is no `{PROJECT_FILE}` in this folder or a folder above it; that file makes a folder a project"
            )
        })
    }

    /// Reads the lock file. `None` means that the project is not locked yet.
    pub fn lock(&self) -> anyhow::Result<Option<LockFile>> {
        self.project()?.read_lock()
    }

    /// Writes the lock file.
    pub fn write_lock(&self, lock: &LockFile) -> anyhow::Result<()> {
        self.project()?.write_lock(lock)
    }

    /// Returns the packages that the project's gates require.
    pub fn requirements(&self) -> anyhow::Result<Vec<GateRequirements>> {
        self.project()?.read_requirements()
    }

    /// Returns the trusted key that signed a package, or `None` if no signature is required for it.
    pub fn verify_signature(&self, listed: &ListedPackage) -> anyhow::Result<Option<KeyId>> {
        match &self.project {
            Some(project) => project.verify_signature(listed),
            None => Ok(None),
        }
    }

    /// Fetches a package into the store unless it is there already, and stores its metadata.
    pub async fn fetch(
        &self,
        listed: &ListedPackage,
        source: usize,
        progress: &dyn TransferProgress,
    ) -> anyhow::Result<()> {
        self.catalogue.fetch(&listed.metadata, source, progress).await?;
        self.catalogue.store.cache_metadata(&self.catalogue.label(source), listed)?;
        Ok(())
    }

    /// Finds a source by its name in the project, its path, or its registry address.
    pub fn find_source(&self, named: &str) -> anyhow::Result<CatalogueSource> {
        let entries = self.project.as_ref().map(|project| project.sources()).transpose()?;
        let entries = entries.unwrap_or_default();
        let (store, access) = (&self.catalogue.store, &self.access);
        let entry = entries.iter().find(|entry| entry.name == named);
        if let (Some(entry), Some(project)) = (entry, &self.project) {
            let is_only = count_registries(entries) == 1;
            return open_source(entry, &project.folder, store, access, is_only);
        }
        let is_path = named.starts_with(['.', '/']);
        let source = match (is_path, named.contains('/')) {
            (true, _) => PackageSource::Folder(FolderSource::new(named, named)),
            (false, true) => {
                open_registry(named, false, store, access, count_registries(entries) == 0)?
            }
            (false, false) => {
                let names: Vec<_> = entries.iter().map(|one| format!("`{}`", one.name)).collect();
                let names = if names.is_empty() { "no source".into() } else { names.join(", ") };
                bail!(
                    "there is no source `{named}`: `{PROJECT_FILE}` names {names}; a folder starts with `./` or \
                     `/`, and a registry is written `HOST/PREFIX`"
                )
            }
        };
        Ok(CatalogueSource { source, namespaces: Vec::new() })
    }
}

fn open_source(
    entry: &SourceEntry,
    project: &Path,
    store: &Store,
    access: &RegistryAccess,
    is_only: bool,
) -> anyhow::Result<CatalogueSource> {
    let source = match (&entry.folder, &entry.registry) {
        (Some(folder), _) => PackageSource::Folder(FolderSource::new(
            project.join(folder),
            folder.display().to_string(),
        )),
        (_, Some(registry)) => open_registry(registry, entry.insecure, store, access, is_only)?,
        _ => bail!("the source `{}` has neither a `folder` nor a `registry`", entry.name),
    };
    Ok(CatalogueSource { source, namespaces: entry.namespaces.clone() })
}

/// Opens a registry. Credentials that do not name a host are used only if there is a single registry, because no
/// registry may see the credentials of another.
fn open_registry(
    address: &str,
    insecure: bool,
    store: &Store,
    access: &RegistryAccess,
    is_only: bool,
) -> anyhow::Result<PackageSource> {
    let place: RegistryLocation = address.parse()?;
    let place = if insecure { place.with_plain_http() } else { place };
    let credentials = Credentials::from_environment(is_only.then_some(place.host()))?;
    let client = Client::new(registry::RegistrySettings::default(), credentials);
    Ok(PackageSource::Registry(Box::new(RegistrySource::new(
        client,
        place,
        address.to_owned(),
        store.clone(),
        access.offline,
    ))))
}

fn count_registries(entries: &[SourceEntry]) -> usize {
    entries.iter().filter(|entry| entry.registry.is_some()).count()
}
