//! The packages that this folder's project gets, has and runs.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use indicatif::ProgressBar;
use tollgate_engine::{find_manifest, read_manifest};
use tollgate_library::catalogue::{Catalogue, Listing};
use tollgate_library::lock::{Lock, LockError};
use tollgate_library::package::{About, Listed, Package, PackageId, PackageName, Requirement};
use tollgate_library::prompt::PromptFile;
use tollgate_library::registry::{self, Client, Credentials, Place};
use tollgate_library::source::{Bundled, Folder, Progress, Registry, Source};
use tollgate_library::store::Store;
use tollgate_library::trust::{Envelope, KeyId, PublicKey, Signed};
use tollgate_model::{Digest, Manifest};

use crate::project::{FILE, Project, SourceEntry};
use crate::{carried, console, files, folders, gates, reference};

/// The file that says which packages a project runs.
pub(crate) const LOCK: &str = "tollgate.lock";
/// The environment's word on where packages are kept.
const STORE: &str = "TOLLGATE_STORE";

/// Whether others may be asked for packages.
#[derive(Args, Clone, Debug)]
pub(crate) struct Having {
    /// Ask no registry: take what is on this machine.
    #[arg(long)]
    offline: bool,
}

/// A project's packages.
pub(crate) struct Packages {
    pub(crate) project: Option<Project>,
    pub(crate) catalogue: Catalogue,
}

impl Having {
    /// The packages of the project around this folder.
    pub(crate) fn open(&self) -> anyhow::Result<Packages> {
        let project = Project::around(Path::new("."))?;
        let entries = project.as_ref().map(|project| project.sources()).transpose()?;
        let folder = project.as_ref().map(|project| project.folder.clone()).unwrap_or_default();
        let entries = entries.unwrap_or_default();
        let is_only = registries(entries) == 1;
        let listing = |entry| self.listing(entry, &folder, is_only);
        let mut sources: Vec<_> = entries.iter().map(listing).collect::<anyhow::Result<_>>()?;
        let bundled = Source::Bundled(Bundled::new(carried_packages()?));
        sources.push(Listing { source: bundled, namespaces: Vec::new() });
        let store = store()?;
        Ok(Packages { project, catalogue: Catalogue { sources, store, manifest } })
    }

    fn listing(
        &self,
        entry: &SourceEntry,
        project: &Path,
        is_only: bool,
    ) -> anyhow::Result<Listing> {
        let source = match (&entry.folder, &entry.registry) {
            (Some(folder), _) => {
                Source::Folder(Folder::new(project.join(folder), folder.display().to_string()))
            }
            (_, Some(registry)) => self.registry(registry, entry.insecure, is_only)?,
            _ => bail!("the source `{}` is none", entry.name),
        };
        Ok(Listing { source, namespaces: entry.namespaces.clone() })
    }

    /// Credentials of the environment are for the only registry that there is, if they do not say
    /// for which: others are not to be told them.
    fn registry(&self, written: &str, insecure: bool, is_only: bool) -> anyhow::Result<Source> {
        let place: Place = written.parse()?;
        let place = if insecure { place.insecure() } else { place };
        let credentials = Credentials::from_environment(is_only.then_some(place.host()))?;
        let client = Client::new(registry::Settings::default(), credentials);
        let (shown, store) = (written.to_owned(), store()?);
        Ok(Source::Registry(Box::new(Registry::new(client, place, shown, store, self.offline))))
    }
}

impl Packages {
    /// The project, which has to be there.
    pub(crate) fn project(&self) -> anyhow::Result<&Project> {
        self.project.as_ref().with_context(|| {
            format!(
                "there is no `{FILE}` in this folder or around it, and it makes a folder a project"
            )
        })
    }

    /// What the project runs, if it is locked.
    pub(crate) fn lock(&self) -> anyhow::Result<Option<Lock>> {
        read_lock(self.project()?)
    }

    /// Writes down what the project runs.
    pub(crate) fn write_lock(&self, lock: &Lock) -> anyhow::Result<()> {
        files::write(&self.project()?.folder.join(LOCK), lock.to_text()?.as_bytes())
    }

    /// What the project's gates ask for.
    pub(crate) fn wants(&self) -> anyhow::Result<Vec<tollgate_library::resolve::Wants>> {
        gates::wants(&self.project()?.folder)
    }

    /// Who vouches for a package, of those whose signature the project wants; nobody, where it
    /// wants none.
    pub(crate) fn vouched(&self, listed: &Listed) -> anyhow::Result<Option<KeyId>> {
        vouched(self.project.as_ref(), listed)
    }

    /// Brings a package into the store, where it is not there yet, and remembers what is known of it.
    pub(crate) async fn bring(
        &self,
        listed: &Listed,
        source: usize,
        bar: &ProgressBar,
    ) -> anyhow::Result<()> {
        self.catalogue.fetch(&listed.about, source, &Shown(bar.clone())).await?;
        self.catalogue.store.remember(&self.catalogue.label(source), listed)?;
        Ok(())
    }

    /// The source that is called so: in the project, or by its own path or place.
    pub(crate) fn source(&self, having: &Having, named: &str) -> anyhow::Result<Listing> {
        let entries = self.project.as_ref().map(|project| project.sources()).transpose()?;
        let entries = entries.unwrap_or_default();
        let entry = entries.iter().find(|entry| entry.name == named);
        if let (Some(entry), Some(project)) = (entry, &self.project) {
            return having.listing(entry, &project.folder, registries(entries) == 1);
        }
        let is_path = named.starts_with(['.', '/']);
        let source = match (is_path, named.contains('/')) {
            (true, _) => Source::Folder(Folder::new(named, named)),
            (false, true) => having.registry(named, false, registries(entries) == 0)?,
            (false, false) => {
                let names: Vec<_> = entries.iter().map(|one| format!("`{}`", one.name)).collect();
                let names = if names.is_empty() { "none".into() } else { names.join(", ") };
                bail!(
                    "there is no source `{named}`: `{FILE}` names {names}; a folder starts with `./` or \
                     `/`, and a registry is written `HOST/PREFIX`"
                )
            }
        };
        Ok(Listing { source, namespaces: Vec::new() })
    }
}

fn registries(entries: &[SourceEntry]) -> usize {
    entries.iter().filter(|entry| entry.registry.is_some()).count()
}

/// What the project around this folder runs, if it is locked.
pub(crate) fn lock_here() -> anyhow::Result<Option<Lock>> {
    Ok(Project::around(Path::new("."))?.as_ref().map(read_lock).transpose()?.flatten())
}

fn read_lock(project: &Project) -> anyhow::Result<Option<Lock>> {
    let path = project.folder.join(LOCK);
    if !path.is_file() {
        return Ok(None);
    }
    let lock = Lock::parse(&files::read_text(&path)?);
    lock.map(Some).map_err(|error| match error {
        LockError::Malformed { .. } => anyhow!("{}:{error}", path.display()),
        error => anyhow!("{}: {error}", path.display()),
    })
}

/// Who vouches for a package, of those whose signature a project wants.
pub(crate) fn vouched(project: Option<&Project>, listed: &Listed) -> anyhow::Result<Option<KeyId>> {
    if is_carried(&listed.about) {
        return Ok(None);
    }
    let (Some(project), package) = (project, &listed.about.package) else { return Ok(None) };
    let Some(keys) = project.keys_for(package.name.namespace())? else { return Ok(None) };
    let public: Vec<_> = keys.iter().map(|trusted| trusted.key.clone()).collect();
    let names: Vec<_> = keys.iter().map(|trusted| format!("`{}`", trusted.name)).collect();
    let wanted = format!(
        "`{}` wants a signature of {} for `{}`",
        project.file().display(),
        names.join(" or "),
        package.name.namespace()
    );
    let Some(envelope) = &listed.signature else {
        bail!("`{package}` is not signed, and {wanted}");
    };
    match signers(&listed.about, envelope, &public)?.into_iter().next() {
        Some(key) => Ok(Some(key)),
        None => bail!("`{package}` is not signed by one who counts here, and {wanted}"),
    }
}

/// Which of these keys have signed a package.
pub(crate) fn signers(
    about: &About,
    envelope: &Envelope,
    keys: &[PublicKey],
) -> anyhow::Result<Vec<KeyId>> {
    let signed = Signed::open(envelope, keys)
        .with_context(|| format!("the signature of `{}` cannot be read", about.package))?;
    let (then, now) = (&signed.statement, about.statement());
    if *then != now {
        bail!(
            "the signature is of something else: of {} with {}, and this is {} with {}",
            then.package,
            then.digest,
            now.package,
            now.digest
        );
    }
    Ok(signed.by)
}

/// A package that lies on this machine: a contract's component or folder, or a prompt's file.
pub(crate) fn of_path(path: &Path) -> anyhow::Result<(Package, PathBuf)> {
    let is_prompt = path.extension().is_some_and(|extension| extension == "prompt");
    let shown = || format!("`{}` cannot be published", path.display());
    if is_prompt {
        let prompt = PromptFile::read(path).map_err(|faults| console::wrong(&faults.0))?;
        return Ok((Package::prompt(&prompt).with_context(shown)?, path.to_owned()));
    }
    let path = if path.is_dir() { reference::built(path)? } else { path.to_owned() };
    let bytes = files::read(&path)?;
    tollgate_engine::inspect(&bytes)
        .with_context(|| format!("`{}` is no contract", path.display()))?;
    let manifest = read_manifest(&bytes)?;
    Ok((Package::contract(bytes, &manifest).with_context(shown)?, path))
}

/// Where packages are kept: in the user's folder of data, or where it is said.
pub(crate) fn store() -> anyhow::Result<Store> {
    let usual = || folders::data().map(|data| data.join("store"));
    let folder = folders::named(STORE).or_else(usual);
    let folder = folder
        .with_context(|| format!("there is no folder for packages: name one in `{STORE}`"))?;
    Ok(Store::new(folder))
}

fn manifest(component: &mut File) -> Result<Manifest, String> {
    find_manifest(component).map_err(|error| error.to_string())
}

/// Whether the tool carries it. Whoever runs the tool trusts those who made it.
fn is_carried(about: &About) -> bool {
    let same = |(_, bytes): &(&str, &[u8])| {
        bytes.len() as u64 == about.size_bytes && Digest::of(bytes) == about.digest
    };
    about.package.name.namespace() == reference::STANDARD_NAMESPACE
        && carried::CONTRACTS.iter().any(same)
}

fn carried_packages() -> anyhow::Result<Vec<Package>> {
    let packages = carried::CONTRACTS.iter().map(|(path, bytes)| {
        let manifest = read_manifest(bytes).with_context(|| (*path).to_owned())?;
        Package::contract(bytes.to_vec(), &manifest).with_context(|| (*path).to_owned())
    });
    packages.collect()
}

/// What is locked or has been pulled under a name, and its bytes.
pub(crate) fn at_hand(wanted: &Requirement) -> anyhow::Result<Option<(PackageId, Vec<u8>)>> {
    let (project, store) = (Project::around(Path::new("."))?, store()?);
    let lock = project.as_ref().map(read_lock).transpose()?.flatten();
    let of_lock = lock.iter().flat_map(|lock| &lock.packages);
    let locked = of_lock
        .filter(|(package, _)| package.name == wanted.name && wanted.admits(&package.version))
        .max_by(|(one, _), (other, _)| one.version.cmp(&other.version));
    let listed = match locked {
        Some((package, locked)) => {
            let listed = store.remembered(&locked.source, package)?;
            let there = listed.filter(|listed| listed.about.digest == locked.digest);
            let missing = || {
                format!(
                    "`{package}` is locked as {}, and is not on this machine: `tollgate pull` brings it",
                    locked.digest
                )
            };
            Some(there.with_context(missing)?)
        }
        None => store.pulled(wanted)?.map(|(listed, _)| listed),
    };
    let Some(listed) = listed else { return Ok(None) };
    vouched(project.as_ref(), &listed)?;
    let About { package, digest, .. } = &listed.about;
    if package.name != wanted.name {
        bail!("what the store says of `{wanted}` is of `{package}`: it was changed from outside");
    }
    let bytes = store.get(*digest)?.with_context(|| {
        format!("`{package}` is not on this machine any more: `tollgate pull {package}` brings it")
    })?;
    listed.about.check(&store, manifest)?;
    Ok(Some((package.clone(), bytes)))
}

/// A prompt that is locked or has been pulled.
pub(crate) fn prompt_at_hand(wanted: &Requirement) -> anyhow::Result<Option<PromptFile>> {
    let Some((package, bytes)) = at_hand(wanted)? else { return Ok(None) };
    let PackageName::Prompt(name) = &package.name else { return Ok(None) };
    let file = format!("{name}@{}.prompt", package.version);
    let prompt = PromptFile::unpack(&file, &bytes);
    prompt.map(Some).map_err(|faults| console::wrong(&faults.0))
}

/// A bar that shows what comes.
pub(crate) struct Shown(pub(crate) ProgressBar);

impl Progress for Shown {
    fn moved(&self, bytes: i64) {
        match u64::try_from(bytes) {
            Ok(more) => self.0.inc(more),
            Err(_) => self.0.dec(bytes.unsigned_abs()),
        }
    }
}
