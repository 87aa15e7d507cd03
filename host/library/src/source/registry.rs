//! A registry of packages: each has a repository, and each version a tag.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use semver::Version;

use super::{Progress, Publication, Published, SourceError, artefact};
use crate::package::{About, Listed, PACKAGE_BYTES_MAX, Package, PackageId, PackageName};
use crate::registry::{
    Blob, Client, Descriptor, Overwrite, Place, Pulled, Reference, Repository, Tag,
};
use crate::store::Store;
use crate::trust::Envelope;

/// Signatures are short; a longer one is none.
const SIGNATURE_BYTES_MAX: u64 = 1 << 20;
/// Those of a handful of people.
const SIGNATURES_MAX: usize = 16;

/// A registry, and what is remembered of it.
pub struct Registry {
    client: Client,
    place: Place,
    /// As it is written in the project.
    shown: String,
    memory: Store,
    offline: bool,
}

impl Registry {
    /// The registry at a place, and what it is called in messages. Where it must not be asked, what it
    /// said before counts.
    pub fn new(client: Client, place: Place, shown: String, memory: Store, offline: bool) -> Self {
        Self { client, place, shown, memory, offline }
    }

    pub(super) fn label(&self) -> String {
        format!("registry {}", self.shown)
    }

    pub(super) async fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        if self.offline {
            return Ok(self.memory.remembered_versions(&self.label(), name).into_iter().collect());
        }
        let tags = self.client.tags(&self.repository(name)?).await?;
        let version = |tag: &Tag| Version::parse(tag.as_str()).ok();
        let mut versions: Vec<_> = tags.iter().filter_map(version).collect();
        versions.sort();
        Ok(versions)
    }

    pub(super) async fn listed(&self, package: &PackageId) -> Result<Option<Listed>, SourceError> {
        if self.offline {
            let remembered = self.memory.remembered(&self.label(), package)?;
            let unknown = || SourceError::Offline(self.label(), package.to_string());
            return remembered.ok_or_else(unknown).map(Some);
        }
        let repository = self.repository(&package.name)?;
        let Some(pulled) = self.pulled(&repository, package).await? else { return Ok(None) };
        let (about, forced) =
            artefact::about(&pulled.manifest).map_err(self.unreadable(package))?;
        if about.package != *package {
            return Err(self.unreadable(package)(format!("it is `{}`", about.package)));
        }
        if about.size_bytes > PACKAGE_BYTES_MAX {
            return Err(self.too_large(&about));
        }
        let referrers = self.client.referrers(&repository, &pulled.digest, None).await?;
        let yanked = of_type(&referrers, artefact::YANKED).last();
        let yanked = yanked.map(|referrer| artefact::reason(&referrer.annotations));
        let signature = self.signature(&repository, package, &referrers).await?;
        let listed = Listed { about, signature, yanked, forced };
        self.memory.remember(&self.label(), &listed)?;
        Ok(Some(listed))
    }

    pub(super) async fn fetch(
        &self,
        about: &About,
        store: &Store,
        progress: &dyn Progress,
    ) -> Result<(), SourceError> {
        if self.offline {
            return Err(SourceError::Offline(self.label(), about.package.to_string()));
        }
        let repository = self.repository(&about.package.name)?;
        let Some(mut incoming) = store.incoming(about.digest)? else { return Ok(()) };
        let blob = descriptor(about);
        let fetched =
            self.client.fetch(&repository, &blob, incoming.file(), &mut told(progress)).await;
        fetched?;
        Ok(incoming.keep()?)
    }

    pub(super) async fn publish(
        &self,
        package: &Package,
        published: &Published,
        progress: &dyn Progress,
    ) -> Result<Publication, SourceError> {
        let id = &package.about().package;
        if self.offline {
            return Err(SourceError::Offline(self.label(), id.to_string()));
        }
        let repository = self.repository(&id.name)?;
        let there = self.listed(id).await?.map(|listed| listed.about.digest);
        if let Some(there) = there.filter(|there| *there != package.about().digest) {
            return Ok(Publication::Another(there));
        }
        if there.is_none() {
            let layer = |kind: &str| Ok(Blob::bytes(kind, package.bytes().to_vec()));
            let artefact = artefact::of(package.about(), published.forced.as_deref(), layer);
            let artefact = artefact
                .map_err(|error: serde_json::Error| self.unreadable(id)(error.to_string()))?;
            let tag = self.tag(id)?;
            let sent = &mut told(progress);
            self.client.push(&repository, &tag, &artefact, Overwrite::Never, sent).await?;
        }
        if let Some(envelope) = &published.signature {
            self.refer(&repository, id, envelope).await?;
        }
        Ok(if there.is_some() { Publication::Same } else { Publication::New })
    }

    pub(super) async fn yank(
        &self,
        package: &PackageId,
        reason: Option<&str>,
    ) -> Result<(), SourceError> {
        if self.offline {
            return Err(SourceError::Offline(self.label(), package.to_string()));
        }
        let repository = self.repository(&package.name)?;
        let absent =
            || SourceError::Absent { place: self.label(), package: package.clone().into() };
        let pulled = self.pulled(&repository, package).await?.ok_or_else(absent)?;
        let kind = Some(artefact::YANKED);
        let before = self.client.referrers(&repository, &pulled.digest, kind).await?;
        for referrer in &before {
            self.client.unrefer(&repository, &pulled.digest, &referrer.digest).await?;
        }
        if let Some(reason) = reason {
            let yanked = artefact::yanked(reason);
            self.client.refer(&repository, &pulled.digest, &yanked, &mut |_| {}).await?;
        }
        Ok(())
    }

    /// The manifest of a version; nothing, where there is none.
    async fn pulled(
        &self,
        repository: &Repository,
        package: &PackageId,
    ) -> Result<Option<Pulled>, SourceError> {
        match self.client.manifest(repository, &Reference::Tag(self.tag(package)?)).await {
            Ok(pulled) => Ok(Some(pulled)),
            Err(error) if error.is_absent() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Adds a signature, where it is not there yet.
    async fn refer(
        &self,
        repository: &Repository,
        package: &PackageId,
        envelope: &Envelope,
    ) -> Result<(), SourceError> {
        let absent =
            || SourceError::Absent { place: self.label(), package: package.clone().into() };
        let pulled = self.pulled(repository, package).await?.ok_or_else(absent)?;
        let referrers = self.client.referrers(repository, &pulled.digest, None).await?;
        let there = self.signature(repository, package, &referrers).await?;
        if there.is_some_and(|there| there.holds(envelope)) {
            return Ok(());
        }
        let signature = artefact::signature(envelope);
        let signature = signature.map_err(|error| self.unreadable(package)(error.to_string()))?;
        self.client.refer(repository, &pulled.digest, &signature, &mut |_| {}).await?;
        Ok(())
    }

    /// The signatures of all who vouch for the same, as one.
    async fn signature(
        &self,
        repository: &Repository,
        package: &PackageId,
        referrers: &[Descriptor],
    ) -> Result<Option<Envelope>, SourceError> {
        let mut all: Option<Envelope> = None;
        for referrer in of_type(referrers, artefact::SIGNATURE).take(SIGNATURES_MAX) {
            let pulled = self.client.manifest(repository, &referrer.digest.into()).await?;
            let layers = pulled.manifest.layers.iter();
            for layer in layers.filter(|layer| layer.size <= SIGNATURE_BYTES_MAX).take(1) {
                let bytes = self.small(repository, layer, package).await?;
                let envelope = Envelope::parse(&bytes)
                    .map_err(|error| self.unreadable(package)(error.to_string()))?;
                all = match all {
                    // One that vouches for something else does not take away the others.
                    Some(before) => before.clone().joined(envelope).or(Some(before)),
                    None => Some(envelope),
                };
            }
        }
        Ok(all)
    }

    /// A blob that is read into memory.
    async fn small(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        package: &PackageId,
    ) -> Result<Vec<u8>, SourceError> {
        let failed = |error: std::io::Error| self.unreadable(package)(error.to_string());
        let mut file: File = tempfile::tempfile().map_err(failed)?;
        self.client.fetch(repository, blob, &mut file, &mut |_| {}).await?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    fn repository(&self, name: &PackageName) -> Result<Repository, SourceError> {
        self.place.repository(&name.path()).map_err(|reason| SourceError::Name {
            place: self.label(),
            package: name.to_string(),
            reason,
        })
    }

    fn tag(&self, package: &PackageId) -> Result<Tag, SourceError> {
        package.version.to_string().parse().map_err(|reason| SourceError::Name {
            place: self.label(),
            package: package.to_string(),
            reason,
        })
    }

    fn too_large(&self, about: &About) -> SourceError {
        SourceError::Size {
            place: self.label(),
            package: about.package.clone().into(),
            bytes: about.size_bytes,
            expected: format!("at most {PACKAGE_BYTES_MAX}"),
        }
    }

    fn unreadable(&self, package: &PackageId) -> impl Fn(String) -> SourceError {
        let (place, package) = (self.label(), Box::new(package.clone()));
        move |reason| SourceError::Unreadable {
            place: place.clone(),
            package: package.clone(),
            reason,
        }
    }
}

impl std::fmt::Debug for Registry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("shown", &self.shown).finish_non_exhaustive()
    }
}

fn of_type<'r>(
    referrers: &'r [Descriptor],
    kind: &'r str,
) -> impl Iterator<Item = &'r Descriptor> + 'r {
    referrers.iter().filter(move |one| one.artifact_type.as_deref() == Some(kind))
}

/// The bytes of a package as a registry knows them.
fn descriptor(about: &About) -> Descriptor {
    Descriptor {
        media_type: String::new(),
        digest: about.digest,
        size: about.size_bytes,
        artifact_type: None,
        annotations: Default::default(),
    }
}

/// Tells how far it moved since it was told last.
fn told(progress: &dyn Progress) -> impl FnMut(u64) + Send + '_ {
    let mut before = 0;
    move |done| {
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        progress.moved(done - before);
        before = done;
    }
}
