//! The packages of a project together with the sources that they are fetched from.

use std::path::Path;

use tollgate_packages::bundle::ImportedPackage;
use tollgate_packages::catalogue::{Catalogue, CatalogueSource};
use tollgate_packages::lock::LockFile;
use tollgate_packages::package::{ListedPackage, PackageMetadata, Requirement};
use tollgate_packages::registry::{
    Client, CredentialSettings, Credentials, RegistryLocation, RegistrySettings,
};
use tollgate_packages::resolve::GateRequirements;
use tollgate_packages::source::{BundledSource, FolderSource, PackageSource, RegistrySource};
use tollgate_packages::store::Store;
use tollgate_packages::trust::KeyId;

use super::local::find_pulled;
use super::{SourceAccessError, read_component_manifest};
use crate::project::{Project, ProjectError};
use crate::settings::SourceEntry;
use crate::signatures::{SignatureError, verify_signature, verify_trust};
use crate::standard::{self, StandardContractError};

/// Name of a bundle in messages that say where something was found.
const BUNDLE_PLACE: &str = "the bundle";

/// Settings for access to registries: whether they may be contacted, and with which credentials.
#[derive(Clone, Debug, Default)]
pub struct RegistryAccess {
    /// Contact no registry and use only packages on this machine.
    pub offline: bool,
    pub credentials: CredentialSettings,
}

/// The packages of a project and the sources they come from, in the order of its file. The standard contracts are the
/// last source, and named for their namespace, so they come from no source that is not.
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
    ) -> Result<Self, SourceAccessError> {
        let mut sources = Vec::new();
        if let Some(project) = &project {
            let entries = project.sources()?;
            let is_only = count_registries(entries) == 1;
            for entry in entries {
                sources.push(open_source(entry, project, &store, &access, is_only)?);
            }
        }
        let bundled = PackageSource::Bundled(BundledSource::new(standard::packages()?));
        let namespaces = vec![standard::NAMESPACE.to_owned()];
        sources.push(CatalogueSource { source: bundled, namespaces });
        let catalogue = Catalogue { sources, store, read_manifest: read_component_manifest };
        Ok(Self { project, catalogue, access })
    }

    /// Returns the project, or an error if there is none.
    pub fn require_project(&self) -> Result<&Project, ProjectError> {
        self.project.as_ref().ok_or(ProjectError::NotInProject)
    }

    /// Reads the lock file. `None` means that the project is not locked yet.
    pub fn read_lock(&self) -> Result<Option<LockFile>, SourceAccessError> {
        Ok(self.require_project()?.read_lock()?)
    }

    /// Writes the lock file.
    pub fn write_lock(&self, lock: &LockFile) -> Result<(), SourceAccessError> {
        Ok(self.require_project()?.write_lock(lock)?)
    }

    /// Reads the packages that the project's gates require.
    pub fn read_requirements(&self) -> Result<Vec<GateRequirements>, SourceAccessError> {
        Ok(self.require_project()?.read_requirements()?)
    }

    /// Returns the trusted key that signed a package from a source, or `None` if it needs no signature. Fails if a
    /// required signature is missing, if the package only pretends to be a standard contract, or if the project names
    /// other sources for its namespace.
    pub fn verify_trust(
        &self,
        listed: &ListedPackage,
        source_label: &str,
    ) -> Result<Option<KeyId>, SignatureError> {
        verify_trust(self.project.as_ref(), listed, source_label)
    }

    /// Returns the trusted key that signed a package that somebody publishes, or `None` if it needs no signature. It may
    /// be anywhere: `place` is only for messages.
    pub fn verify_signature(
        &self,
        listed: &ListedPackage,
        place: &str,
    ) -> Result<Option<KeyId>, SignatureError> {
        verify_signature(self.project.as_ref(), listed, place)
    }

    /// Fails if a package of a bundle is not trusted.
    pub fn verify_imported(&self, imported: &ImportedPackage) -> Result<(), SignatureError> {
        let ImportedPackage { listed, source } = imported;
        let PackageMetadata { package, digest, .. } = &listed.metadata;
        // Anybody can write into a bundle that a package came with the tool. Only the tool can know.
        if source == BundledSource::LABEL
            && standard::find_exact(package, *digest, BUNDLE_PLACE)?.is_none()
        {
            let (package, place) = (Box::new(package.clone()), BUNDLE_PLACE.to_owned());
            return Err(StandardContractError::NotIncluded { package, place }.into());
        }
        self.verify_signature(listed, BUNDLE_PLACE)?;
        self.verify_trust(listed, source).map(drop)
    }

    /// Finds the highest version in the store that meets a requirement, and the label of its source. Fails if all come
    /// from sources that are not named for the namespace.
    pub fn find_pulled(
        &self,
        requirement: &Requirement,
    ) -> Result<Option<(ListedPackage, String)>, SourceAccessError> {
        let found = find_pulled(self.project.as_ref(), &self.catalogue.store, requirement)?;
        if let Some((listed, source)) = &found
            && let Err(refused @ SignatureError::OtherSource { .. }) =
                self.verify_trust(listed, source)
        {
            return Err(refused.into());
        }
        Ok(found)
    }

    /// Makes the source with this name, path or address the only one beside the standard contracts.
    pub fn select_source(&mut self, name: &str) -> Result<(), SourceAccessError> {
        let selected = self.find_source(name)?;
        let sources = &mut self.catalogue.sources;
        sources.retain(|one| matches!(one.source, PackageSource::Bundled(_)));
        sources.insert(0, selected);
        Ok(())
    }

    /// Finds a source by its name in the project, its path, or its registry address.
    pub fn find_source(&self, name: &str) -> Result<CatalogueSource, SourceAccessError> {
        let entries = self.project.as_ref().map(|project| project.sources()).transpose()?;
        let entries = entries.unwrap_or_default();
        let (store, access) = (&self.catalogue.store, &self.access);
        let entry = entries.iter().find(|entry| entry.name == name);
        if let (Some(entry), Some(project)) = (entry, &self.project) {
            let is_only = count_registries(entries) == 1;
            return open_source(entry, project, store, access, is_only);
        }
        let is_path = name.starts_with(['.', '/']);
        let source = match (is_path, name.contains('/')) {
            (true, _) => PackageSource::Folder(FolderSource::new(name, name)),
            (false, true) => {
                open_registry(name, false, store, access, count_registries(entries) == 0)?
            }
            (false, false) => {
                let known = entries.iter().map(|entry| entry.name.clone()).collect();
                return Err(SourceAccessError::UnknownSource { name: name.to_owned(), known });
            }
        };
        Ok(CatalogueSource { source, namespaces: Vec::new() })
    }
}

fn open_source(
    entry: &SourceEntry,
    project: &Project,
    store: &Store,
    access: &RegistryAccess,
    is_only: bool,
) -> Result<CatalogueSource, SourceAccessError> {
    let source = match (&entry.folder, &entry.registry) {
        (Some(folder), _) => open_folder(folder, &project.folder),
        (_, Some(registry)) => open_registry(registry, entry.insecure, store, access, is_only)?,
        _ => {
            let (file, name) = (project.file_path(), entry.name.clone());
            return Err(ProjectError::SourceKind { file, name }.into());
        }
    };
    Ok(CatalogueSource { source, namespaces: entry.namespaces.clone() })
}

fn open_folder(folder: &Path, project: &Path) -> PackageSource {
    // The label is written to the lock file, so it must not depend on where the project is.
    let label = folder.display().to_string();
    PackageSource::Folder(FolderSource::new(project.join(folder), label))
}

/// Opens a registry. Credentials that do not name a host are used only if there is a single registry, because no
/// registry may see the credentials of another.
fn open_registry(
    address: &str,
    insecure: bool,
    store: &Store,
    access: &RegistryAccess,
    is_only: bool,
) -> Result<PackageSource, SourceAccessError> {
    let place: RegistryLocation = address.parse()?;
    let place = if insecure { place.with_plain_http() } else { place };
    let only_host = is_only.then_some(place.host());
    let credentials = Credentials::from_settings(&access.credentials, only_host)?;
    let client = Client::new(RegistrySettings::default(), credentials);
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
