//! A registry of packages: one repository for each package, one tag for each version.

use std::fmt::Display;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use semver::Version;

use super::{PublishOptions, PublishOutcome, SourceError, TransferProgress, artefact};
use crate::package::{
    ListedPackage, PACKAGE_BYTES_MAX, Package, PackageId, PackageMetadata, PackageName,
};
use crate::registry::{
    Blob, Client, Descriptor, ManifestReference, Overwrite, PulledManifest, RegistryLocation,
    Repository, Tag,
};
use crate::store::Store;
use crate::trust::Envelope;

/// Size limit of a signature, which is read into memory as a whole.
const SIGNATURE_BYTES_MAX: u64 = 1 << 20;
/// Number of signature artefacts that are read for a package. A package has a handful of signers.
const SIGNATURES_MAX: usize = 16;

/// A registry with a cache of the metadata that it listed.
pub struct RegistrySource {
    client: Client,
    location: RegistryLocation,
    /// Location as written in the project, for messages.
    display_name: String,
    metadata_cache: Store,
    offline: bool,
}

impl RegistrySource {
    /// Creates a source for the registry at `location`, which messages call `display_name`. With
    /// `offline`, the registry is not contacted and cached metadata is used.
    pub fn new(
        client: Client,
        location: RegistryLocation,
        display_name: String,
        metadata_cache: Store,
        offline: bool,
    ) -> Self {
        Self { client, location, display_name, metadata_cache, offline }
    }

    /// Returns the label of a registry whose location is written in this way.
    pub fn label_of(display_name: impl Display) -> String {
        format!("registry {display_name}")
    }

    pub(super) fn label(&self) -> String {
        Self::label_of(&self.display_name)
    }

    pub(super) async fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        if self.offline {
            return Ok(self
                .metadata_cache
                .cached_versions(&self.label(), name)
                .into_iter()
                .collect());
        }
        let tags = self.client.list_tags(&self.repository(name)?).await?;
        let version = |tag: &Tag| Version::parse(tag.as_str()).ok();
        let mut versions: Vec<_> = tags.iter().filter_map(version).collect();
        versions.sort();
        Ok(versions)
    }

    pub(super) async fn lookup(
        &self,
        package: &PackageId,
    ) -> Result<Option<ListedPackage>, SourceError> {
        if self.offline {
            let remembered = self.metadata_cache.cached_metadata(&self.label(), package)?;
            let unknown = || SourceError::Offline(self.label(), package.to_string());
            return remembered.ok_or_else(unknown).map(Some);
        }
        let repository = self.repository(&package.name)?;
        let Some(pulled) = self.pull_manifest(&repository, package).await? else { return Ok(None) };
        let (metadata, forced_reason) =
            artefact::read_metadata(&pulled.manifest).map_err(self.unreadable_error(package))?;
        if metadata.package != *package {
            return Err(self.unreadable_error(package)(format!(
                "it describes `{}`",
                metadata.package
            )));
        }
        if metadata.size_bytes > PACKAGE_BYTES_MAX {
            return Err(self.too_large_error(&metadata));
        }
        let referrers = self.client.list_referrers(&repository, &pulled.digest, None).await?;
        // Concurrent yanks may leave several notices. The last one listed counts.
        let yanked = of_type(&referrers, artefact::YANK_TYPE).last();
        let yanked = yanked.map(|referrer| artefact::yank_notice(&referrer.annotations));
        let signature = self.collect_signatures(&repository, package, &referrers).await?;
        let listed = ListedPackage { metadata, signature, yanked, forced_reason };
        self.metadata_cache.cache_metadata(&self.label(), &listed)?;
        Ok(Some(listed))
    }

    pub(super) async fn fetch(
        &self,
        metadata: &PackageMetadata,
        store: &Store,
        progress: &dyn TransferProgress,
    ) -> Result<(), SourceError> {
        if self.offline {
            return Err(SourceError::Offline(self.label(), metadata.package.to_string()));
        }
        let repository = self.repository(&metadata.package.name)?;
        let Some(mut incoming) = store.begin_write(metadata.digest)? else { return Ok(()) };
        let blob = payload_descriptor(metadata);
        let mut report = progress_callback(progress);
        self.client.fetch_blob(&repository, &blob, incoming.file(), &mut report).await?;
        Ok(incoming.commit()?)
    }

    pub(super) async fn publish(
        &self,
        package: &Package,
        options: &PublishOptions,
        progress: &dyn TransferProgress,
    ) -> Result<PublishOutcome, SourceError> {
        let metadata = package.metadata();
        let id = &metadata.package;
        if self.offline {
            return Err(SourceError::Offline(self.label(), id.to_string()));
        }
        let repository = self.repository(&id.name)?;
        let published = self.lookup(id).await?.map(|listed| listed.metadata.digest);
        if let Some(published) = published.filter(|digest| *digest != metadata.digest) {
            return Ok(PublishOutcome::Conflict(published));
        }
        if published.is_none() {
            let layer = |media_type: &str| Ok(Blob::bytes(media_type, package.bytes().to_vec()));
            let artefact =
                artefact::build_artefact(metadata, options.forced_reason.as_deref(), layer)
                    .map_err(|error: serde_json::Error| {
                        self.unreadable_error(id)(error.to_string())
                    })?;
            let report = &mut progress_callback(progress);
            self.client
                .push(&repository, &self.tag(id)?, &artefact, Overwrite::Never, report)
                .await?;
        }
        if let Some(envelope) = &options.signature {
            self.attach_signature(&repository, id, envelope).await?;
        }
        Ok(match published {
            Some(_) => PublishOutcome::AlreadyPublished,
            None => PublishOutcome::Created,
        })
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
            || SourceError::NotFound { source_name: self.label(), package: package.clone().into() };
        let pulled = self.pull_manifest(&repository, package).await?.ok_or_else(absent)?;
        let kind = Some(artefact::YANK_TYPE);
        let before = self.client.list_referrers(&repository, &pulled.digest, kind).await?;
        for referrer in &before {
            self.client.remove_referrer(&repository, &pulled.digest, &referrer.digest).await?;
        }
        if let Some(reason) = reason {
            let yanked = artefact::yank_artefact(reason);
            self.client.push_referrer(&repository, &pulled.digest, &yanked, &mut |_| {}).await?;
        }
        Ok(())
    }

    /// Pulls the manifest of a version, or returns `None` if the tag does not exist.
    async fn pull_manifest(
        &self,
        repository: &Repository,
        package: &PackageId,
    ) -> Result<Option<PulledManifest>, SourceError> {
        match self
            .client
            .pull_manifest(repository, &ManifestReference::Tag(self.tag(package)?))
            .await
        {
            Ok(pulled) => Ok(Some(pulled)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Attaches a signature unless it is already attached.
    async fn attach_signature(
        &self,
        repository: &Repository,
        package: &PackageId,
        envelope: &Envelope,
    ) -> Result<(), SourceError> {
        let absent =
            || SourceError::NotFound { source_name: self.label(), package: package.clone().into() };
        let pulled = self.pull_manifest(repository, package).await?.ok_or_else(absent)?;
        let referrers = self.client.list_referrers(repository, &pulled.digest, None).await?;
        let attached = self.collect_signatures(repository, package, &referrers).await?;
        if attached.is_some_and(|attached| attached.contains_signatures(envelope)) {
            return Ok(());
        }
        let signature = artefact::signature_artefact(envelope);
        let signature =
            signature.map_err(|error| self.unreadable_error(package)(error.to_string()))?;
        self.client.push_referrer(repository, &pulled.digest, &signature, &mut |_| {}).await?;
        Ok(())
    }

    /// Merges the attached signatures of one statement into one envelope.
    async fn collect_signatures(
        &self,
        repository: &Repository,
        package: &PackageId,
        referrers: &[Descriptor],
    ) -> Result<Option<Envelope>, SourceError> {
        let mut all: Option<Envelope> = None;
        for referrer in of_type(referrers, artefact::SIGNATURE_TYPE).take(SIGNATURES_MAX) {
            let pulled = self.client.pull_manifest(repository, &referrer.digest.into()).await?;
            let layers = pulled.manifest.layers.iter();
            for layer in layers.filter(|layer| layer.size <= SIGNATURE_BYTES_MAX).take(1) {
                let bytes = self.read_small_blob(repository, layer, package).await?;
                let envelope = Envelope::parse(&bytes)
                    .map_err(|error| self.unreadable_error(package)(error.to_string()))?;
                all = match all {
                    // A signature of another statement must not hide the others.
                    Some(before) => before.clone().merged_with(envelope).or(Some(before)),
                    None => Some(envelope),
                };
            }
        }
        Ok(all)
    }

    /// Downloads a small blob into memory. The caller has checked its size.
    async fn read_small_blob(
        &self,
        repository: &Repository,
        blob: &Descriptor,
        package: &PackageId,
    ) -> Result<Vec<u8>, SourceError> {
        let failed = |error: std::io::Error| self.unreadable_error(package)(error.to_string());
        let mut file: File = tempfile::tempfile().map_err(failed)?;
        self.client.fetch_blob(repository, blob, &mut file, &mut |_| {}).await?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes)
    }

    fn repository(&self, name: &PackageName) -> Result<Repository, SourceError> {
        self.location.repository(&name.path()).map_err(|reason| SourceError::InvalidName {
            source_name: self.label(),
            package: name.to_string(),
            reason,
        })
    }

    fn tag(&self, package: &PackageId) -> Result<Tag, SourceError> {
        package.version.to_string().parse().map_err(|reason| SourceError::InvalidName {
            source_name: self.label(),
            package: package.to_string(),
            reason,
        })
    }

    fn too_large_error(&self, metadata: &PackageMetadata) -> SourceError {
        SourceError::WrongSize {
            source_name: self.label(),
            package: metadata.package.clone().into(),
            bytes: metadata.size_bytes,
            expected: format!("at most {PACKAGE_BYTES_MAX}"),
        }
    }

    fn unreadable_error(&self, package: &PackageId) -> impl Fn(String) -> SourceError {
        let (source_name, package) = (self.label(), Box::new(package.clone()));
        move |reason| SourceError::UnreadableDescription {
            source_name: source_name.clone(),
            package: package.clone(),
            reason,
        }
    }
}

impl std::fmt::Debug for RegistrySource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registry").field("shown", &self.display_name).finish_non_exhaustive()
    }
}

fn of_type<'r>(
    referrers: &'r [Descriptor],
    artifact_type: &'r str,
) -> impl Iterator<Item = &'r Descriptor> + 'r {
    referrers.iter().filter(move |one| one.artifact_type.as_deref() == Some(artifact_type))
}

/// Describes the package's bytes as a blob.
fn payload_descriptor(metadata: &PackageMetadata) -> Descriptor {
    Descriptor {
        media_type: String::new(),
        digest: metadata.digest,
        size: metadata.size_bytes,
        artifact_type: None,
        annotations: Default::default(),
    }
}

/// Converts totals into the differences that `TransferProgress` expects.
fn progress_callback(progress: &dyn TransferProgress) -> impl FnMut(u64) + Send + '_ {
    let mut before = 0;
    move |done| {
        let done = i64::try_from(done).unwrap_or(i64::MAX);
        progress.advance(done - before);
        before = done;
    }
}
