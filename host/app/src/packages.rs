//! The packages of the current project: fetching, signatures, and lookup on this machine.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use indicatif::ProgressBar;
use tollgate_engine::{read_manifest, read_manifest_from};
use tollgate_library::catalogue::{Catalogue, CatalogueSource};
use tollgate_library::lock::{LockFile, LockFileError};
use tollgate_library::package::{
    ListedPackage, Package, PackageId, PackageMetadata, PackageName, Requirement,
};
use tollgate_library::prompt::PromptFile;
use tollgate_library::registry::{self, Client, Credentials, RegistryLocation};
use tollgate_library::source::{
    BundledSource, FolderSource, PackageSource, RegistrySource, TransferProgress,
};
use tollgate_library::store::Store;
use tollgate_library::trust::{Envelope, KeyId, PublicKey, SignedStatement};
use tollgate_model::{Digest, Manifest};

use crate::project::{PROJECT_FILE, Project, SourceEntry};
use crate::{console, embedded, files, folders, gates, reference};

/// The lock file, which pins the packages that a project runs.
pub(crate) const LOCK_FILE: &str = "tollgate.lock";
/// Environment variable for the folder of the package store.
const STORE_VARIABLE: &str = "TOLLGATE_STORE";

/// Command line options for access to registries.
#[derive(Args, Clone, Debug)]
pub(crate) struct RegistryAccessArgs {
    /// Contact no registry and use only packages on this machine.
    #[arg(long)]
    offline: bool,
}

/// The packages of a project and the sources they come from.
pub(crate) struct ProjectPackages {
    pub(crate) project: Option<Project>,
    pub(crate) catalogue: Catalogue,
}

impl RegistryAccessArgs {
    /// Opens the packages of the project around the current folder. The embedded contracts come last.
    pub(crate) fn open(&self) -> anyhow::Result<ProjectPackages> {
        let project = Project::find(Path::new("."))?;
        let entries = project.as_ref().map(|project| project.sources()).transpose()?;
        let folder = project.as_ref().map(|project| project.folder.clone()).unwrap_or_default();
        let entries = entries.unwrap_or_default();
        let is_only = count_registries(entries) == 1;
        let listing = |entry| self.source_listing(entry, &folder, is_only);
        let mut sources: Vec<_> = entries.iter().map(listing).collect::<anyhow::Result<_>>()?;
        let bundled = PackageSource::Bundled(BundledSource::new(embedded_packages()?));
        sources.push(CatalogueSource { source: bundled, namespaces: Vec::new() });
        let store = open_store()?;
        Ok(ProjectPackages {
            project,
            catalogue: Catalogue { sources, store, read_manifest: read_component_manifest },
        })
    }

    fn source_listing(
        &self,
        entry: &SourceEntry,
        project: &Path,
        is_only: bool,
    ) -> anyhow::Result<CatalogueSource> {
        let source = match (&entry.folder, &entry.registry) {
            (Some(folder), _) => PackageSource::Folder(FolderSource::new(
                project.join(folder),
                folder.display().to_string(),
            )),
            (_, Some(registry)) => self.open_registry(registry, entry.insecure, is_only)?,
            _ => bail!("the source `{}` has neither a `folder` nor a `registry`", entry.name),
        };
        Ok(CatalogueSource { source, namespaces: entry.namespaces.clone() })
    }

    /// Opens a registry. Credentials in the environment that do not name a host are used only if there is a single
    /// registry, because no registry may see the credentials of another.
    fn open_registry(
        &self,
        address: &str,
        insecure: bool,
        is_only: bool,
    ) -> anyhow::Result<PackageSource> {
        let place: RegistryLocation = address.parse()?;
        let place = if insecure { place.with_plain_http() } else { place };
        let credentials = Credentials::from_environment(is_only.then_some(place.host()))?;
        let client = Client::new(registry::RegistrySettings::default(), credentials);
        let (shown, store) = (address.to_owned(), open_store()?);
        Ok(PackageSource::Registry(Box::new(RegistrySource::new(
            client,
            place,
            shown,
            store,
            self.offline,
        ))))
    }
}

impl ProjectPackages {
    /// Returns the project, or an error if there is none.
    pub(crate) fn project(&self) -> anyhow::Result<&Project> {
        self.project.as_ref().with_context(|| {
            format!(
                "there is no `{PROJECT_FILE}` in this folder or a folder above it; that file makes a folder a project"
            )
        })
    }

    /// Reads the lock file. `None` means that the project is not locked yet.
    pub(crate) fn lock(&self) -> anyhow::Result<Option<LockFile>> {
        read_lock(self.project()?)
    }

    /// Writes the lock file.
    pub(crate) fn write_lock(&self, lock: &LockFile) -> anyhow::Result<()> {
        files::write(&self.project()?.folder.join(LOCK_FILE), lock.to_text()?.as_bytes())
    }

    /// Returns the packages that the project's gates require.
    pub(crate) fn requirements(
        &self,
    ) -> anyhow::Result<Vec<tollgate_library::resolve::GateRequirements>> {
        gates::requirements(&self.project()?.folder)
    }

    /// Returns the trusted key that signed a package, or `None` if the project requires no signature for it.
    pub(crate) fn verify_signature(&self, listed: &ListedPackage) -> anyhow::Result<Option<KeyId>> {
        verify_signature(self.project.as_ref(), listed)
    }

    /// Fetches a package into the store unless it is there already, and stores its metadata.
    pub(crate) async fn fetch(
        &self,
        listed: &ListedPackage,
        source: usize,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        self.catalogue.fetch(&listed.metadata, source, &BarProgress(bar.clone())).await?;
        self.catalogue.store.cache_metadata(&self.catalogue.label(source), listed)?;
        Ok(())
    }

    /// Finds a source by its name in the project, its path, or its registry address.
    pub(crate) fn find_source(
        &self,
        access: &RegistryAccessArgs,
        named: &str,
    ) -> anyhow::Result<CatalogueSource> {
        let entries = self.project.as_ref().map(|project| project.sources()).transpose()?;
        let entries = entries.unwrap_or_default();
        let entry = entries.iter().find(|entry| entry.name == named);
        if let (Some(entry), Some(project)) = (entry, &self.project) {
            return access.source_listing(entry, &project.folder, count_registries(entries) == 1);
        }
        let is_path = named.starts_with(['.', '/']);
        let source = match (is_path, named.contains('/')) {
            (true, _) => PackageSource::Folder(FolderSource::new(named, named)),
            (false, true) => access.open_registry(named, false, count_registries(entries) == 0)?,
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

fn count_registries(entries: &[SourceEntry]) -> usize {
    entries.iter().filter(|entry| entry.registry.is_some()).count()
}

/// Reads the lock file of the project around the current folder.
pub(crate) fn read_project_lock() -> anyhow::Result<Option<LockFile>> {
    Ok(Project::find(Path::new("."))?.as_ref().map(read_lock).transpose()?.flatten())
}

fn read_lock(project: &Project) -> anyhow::Result<Option<LockFile>> {
    let path = project.folder.join(LOCK_FILE);
    if !path.is_file() {
        return Ok(None);
    }
    let lock = LockFile::parse(&files::read_text(&path)?);
    lock.map(Some).map_err(|error| match error {
        LockFileError::Malformed { .. } => anyhow!("{}:{error}", path.display()),
        error => anyhow!("{}: {error}", path.display()),
    })
}

/// Returns the trusted key that signed a package, or `None` if the project requires no signature for it. Fails
/// if a required signature is missing.
pub(crate) fn verify_signature(
    project: Option<&Project>,
    listed: &ListedPackage,
) -> anyhow::Result<Option<KeyId>> {
    if is_embedded(&listed.metadata) {
        return Ok(None);
    }
    let (Some(project), package) = (project, &listed.metadata.package) else { return Ok(None) };
    let Some(keys) = project.required_keys(package.name.namespace())? else { return Ok(None) };
    let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
    let names: Vec<_> = keys.iter().map(|trusted| format!("`{}`", trusted.name)).collect();
    let required = format!(
        "`{}` requires a signature by {} for `{}`",
        project.file_path().display(),
        names.join(" or "),
        package.name.namespace()
    );
    let Some(envelope) = &listed.signature else {
        bail!("`{package}` is not signed, but {required}");
    };
    match verified_signers(&listed.metadata, envelope, &public)?.into_iter().next() {
        Some(key) => Ok(Some(key)),
        None => bail!("`{package}` is not signed by a trusted key, but {required}"),
    }
}

/// Returns which of these keys have signed a package. Fails if the signature belongs to another package.
pub(crate) fn verified_signers(
    about: &PackageMetadata,
    envelope: &Envelope,
    keys: &[PublicKey],
) -> anyhow::Result<Vec<KeyId>> {
    let signed = SignedStatement::open(envelope, keys)
        .with_context(|| format!("cannot read the signature of `{}`", about.package))?;
    let (stated, actual) = (&signed.statement, about.statement());
    if *stated != actual {
        bail!(
            "the signature belongs to {} with {}, but this package is {} with {}",
            stated.package,
            stated.digest,
            actual.package,
            actual.digest
        );
    }
    Ok(signed.signers)
}

/// Reads a package from this machine: a contract's component or folder, or a prompt file.
pub(crate) fn package_at_path(path: &Path) -> anyhow::Result<(Package, PathBuf)> {
    let is_prompt = path.extension().is_some_and(|extension| extension == "prompt");
    let shown = || format!("cannot publish `{}`", path.display());
    if is_prompt {
        let prompt = PromptFile::read(path).map_err(|faults| console::faults_error(&faults.0))?;
        return Ok((Package::from_prompt(&prompt).with_context(shown)?, path.to_owned()));
    }
    let path = if path.is_dir() { reference::built_component(path)? } else { path.to_owned() };
    let bytes = files::read(&path)?;
    tollgate_engine::inspect(&bytes)
        .with_context(|| format!("`{}` is not a contract", path.display()))?;
    let manifest = read_manifest(&bytes)?;
    Ok((Package::from_contract(bytes, &manifest).with_context(shown)?, path))
}

/// Opens the package store in the folder that `TOLLGATE_STORE` names, or in the user's data folder.
pub(crate) fn open_store() -> anyhow::Result<Store> {
    let usual = || folders::data().map(|data| data.join("store"));
    let folder = folders::from_environment(STORE_VARIABLE).or_else(usual);
    let folder = folder
        .with_context(|| format!("no folder for packages was found: set `{STORE_VARIABLE}`"))?;
    Ok(Store::new(folder))
}

fn read_component_manifest(component: &mut File) -> Result<Manifest, String> {
    read_manifest_from(component).map_err(|error| error.to_string())
}

/// Returns whether a package is an embedded contract, byte for byte. These need no signature, because the tool
/// itself is trusted.
fn is_embedded(about: &PackageMetadata) -> bool {
    let same = |(_, bytes): &(&str, &[u8])| {
        bytes.len() as u64 == about.size_bytes && Digest::of(bytes) == about.digest
    };
    about.package.name.namespace() == reference::STANDARD_NAMESPACE
        && embedded::CONTRACTS.iter().any(same)
}

fn embedded_packages() -> anyhow::Result<Vec<Package>> {
    let packages = embedded::CONTRACTS.iter().map(|(path, bytes)| {
        let manifest = read_manifest(bytes).with_context(|| (*path).to_owned())?;
        Package::from_contract(bytes.to_vec(), &manifest).with_context(|| (*path).to_owned())
    });
    packages.collect()
}

/// Finds a package on this machine, by the lock file first and then among the pulled packages, and returns it
/// with its bytes.
pub(crate) fn resolve_local_package(
    requirement: &Requirement,
) -> anyhow::Result<Option<(PackageId, Vec<u8>)>> {
    let (project, store) = (Project::find(Path::new("."))?, open_store()?);
    let lock = project.as_ref().map(read_lock).transpose()?.flatten();
    let of_lock = lock.iter().flat_map(|lock| &lock.packages);
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
    verify_signature(project.as_ref(), &listed)?;
    let PackageMetadata { package, digest, .. } = &listed.metadata;
    if package.name != requirement.name {
        bail!(
            "the store's entry for `{requirement}` describes `{package}`: something else has changed the store"
        );
    }
    let bytes = store.get(*digest)?.with_context(|| {
        format!("`{package}` is no longer on this machine: run `tollgate pull {package}`")
    })?;
    listed.metadata.verify_stored(&store, read_component_manifest)?;
    Ok(Some((package.clone(), bytes)))
}

/// Finds a prompt on this machine in the same way.
pub(crate) fn resolve_local_prompt(
    requirement: &Requirement,
) -> anyhow::Result<Option<PromptFile>> {
    let Some((package, bytes)) = resolve_local_package(requirement)? else { return Ok(None) };
    let PackageName::Prompt(name) = &package.name else { return Ok(None) };
    let file = format!("{name}@{}.prompt", package.version);
    let prompt = PromptFile::from_canonical_bytes(&file, &bytes);
    prompt.map(Some).map_err(|faults| console::faults_error(&faults.0))
}

/// A progress bar that shows a transfer.
pub(crate) struct BarProgress(pub(crate) ProgressBar);

impl TransferProgress for BarProgress {
    fn advance(&self, bytes: i64) {
        match u64::try_from(bytes) {
            Ok(more) => self.0.inc(more),
            Err(_) => self.0.dec(bytes.unsigned_abs()),
        }
    }
}
