//! A folder of packages: `acme/claims/1.2.0.wasm`, `prompts/welcome-email/2.1.0.prompt`.
//!
//! Each package has a description (`1.2.0.json`) and optionally a signature (`1.2.0.wasm.sig`)
//! beside it. A version is published once its description exists, which is therefore written last.
//! Any number of processes may publish to one folder: each locks the package meanwhile.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};
use tollgate_model::FormatVersion;

use super::{PublishOptions, PublishOutcome, SourceError, TransferProgress};
use crate::package::{
    ListedPackage, PACKAGE_BYTES_MAX, Package, PackageId, PackageKind, PackageMetadata,
    PackageName, YankNotice,
};
use crate::regular_file::open_regular_unlinked;
use crate::store::{Store, StoreError};
use crate::trust::Envelope;

/// Size limit of descriptions and signatures, which are read into memory as a whole.
const DESCRIPTION_BYTES_MAX: u64 = 1 << 20;
/// Prefix of files that are not complete yet.
const UNFINISHED_PREFIX: &str = ".unfinished-";
/// File that a publisher holds a lock on.
const LOCK_FILE: &str = ".lock";

/// A folder of packages.
#[derive(Clone, Debug)]
pub struct FolderSource {
    path: PathBuf,
    /// Path as written in the project, for messages.
    display_name: String,
}

/// Content of the JSON file beside a package.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct DescriptionFile {
    format: FormatVersion<2>,
    metadata: PackageMetadata,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yanked: Option<YankNotice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forced_reason: Option<String>,
}

impl FolderSource {
    /// Creates a source for the folder at `path`, which messages call `display_name`.
    pub fn new(path: impl Into<PathBuf>, display_name: impl Into<String>) -> Self {
        Self { path: path.into(), display_name: display_name.into() }
    }

    /// Returns the label of a folder that is written in this way.
    pub fn label_of(display_name: impl Display) -> String {
        format!("folder {display_name}")
    }

    pub(super) fn label(&self) -> String {
        Self::label_of(&self.display_name)
    }

    /// Returns the label with the path that the folder has whatever project names it.
    pub(super) fn store_key(&self) -> String {
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        Self::label_of(path.display())
    }

    pub(super) fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        let folder = self.path.join(name.path());
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // A missing package is an empty list, but a missing source is an error.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.path.is_dir() => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(self.file_error(&folder)(error)),
        };
        let mut versions = Vec::new();
        for entry in entries {
            let file = entry.map_err(self.file_error(&folder))?.file_name();
            let version = file.to_str().and_then(|file| file.strip_suffix(".json"));
            versions.extend(version.and_then(|version| Version::parse(version).ok()));
        }
        versions.sort();
        Ok(versions)
    }

    pub(super) fn lookup(&self, package: &PackageId) -> Result<Option<ListedPackage>, SourceError> {
        let Some(description) = self.read_description(package)? else { return Ok(None) };
        let path = self.file_path(package, signature_extension(package));
        let envelope =
            self.read_small_file(&path)?.map(|bytes| Envelope::parse(&bytes)).transpose();
        let signature = envelope.map_err(self.unreadable_error(package))?;
        let DescriptionFile { metadata, yanked, forced_reason, .. } = description;
        Ok(Some(ListedPackage { metadata, signature, yanked, forced_reason }))
    }

    pub(super) fn fetch(
        &self,
        metadata: &PackageMetadata,
        store: &Store,
        progress: &dyn TransferProgress,
    ) -> Result<(), SourceError> {
        let id = &metadata.package;
        let path = self.file_path(id, payload_extension(id));
        let file = self.open_file(&path)?.ok_or_else(|| self.not_found(id))?;
        let bytes = file.metadata().map_err(self.file_error(&path))?.len();
        if bytes != metadata.size_bytes || bytes > PACKAGE_BYTES_MAX {
            let expected = metadata.size_bytes.min(PACKAGE_BYTES_MAX).to_string();
            let (source_name, package) = (self.label(), Box::new(id.clone()));
            return Err(SourceError::WrongSize { source_name, package, bytes, expected });
        }
        let Some(incoming) = store.begin_write(metadata.digest)? else { return Ok(()) };
        // A file that grows while it is copied must not fill the disk.
        let file = file.take(metadata.size_bytes + 1);
        let copied = incoming
            .copy_from(file, self.file_error(&path), |count| progress.advance(count as i64));
        copied.map_err(|error| match error {
            SourceError::Store(StoreError::DigestMismatch { expected, found }) => {
                let (source_name, package) = (self.label(), Box::new(id.clone()));
                SourceError::WrongDigest { source_name, package, expected, found }
            }
            error => error,
        })
    }

    pub(super) fn publish(
        &self,
        package: &Package,
        options: &PublishOptions,
        progress: &dyn TransferProgress,
    ) -> Result<PublishOutcome, SourceError> {
        let metadata = package.metadata();
        let id = &metadata.package;
        let _lock = self.lock_package(&id.name)?;
        let published = self.read_description(id)?.map(|description| description.metadata.digest);
        if let Some(published) = published.filter(|digest| *digest != metadata.digest) {
            return Ok(PublishOutcome::Conflict(published));
        }
        if let Some(envelope) = &options.signature {
            let merged = self
                .read_signature(id)?
                .and_then(|attached| attached.merged_with(envelope.clone()));
            let json = merged.as_ref().unwrap_or(envelope).to_json();
            let path = self.file_path(id, signature_extension(id));
            self.write_atomically(&path, &json.map_err(self.unreadable_error(id))?)?;
        }
        if published.is_some() {
            return Ok(PublishOutcome::AlreadyPublished);
        }
        self.write_atomically(&self.file_path(id, payload_extension(id)), package.bytes())?;
        progress.advance(metadata.size_bytes as i64);
        let forced_reason = options.forced_reason.clone();
        let metadata = metadata.clone();
        self.write_description(&DescriptionFile {
            format: FormatVersion,
            metadata,
            yanked: None,
            forced_reason,
        })?;
        Ok(PublishOutcome::Created)
    }

    pub(super) fn yank(
        &self,
        package: &PackageId,
        reason: Option<&str>,
    ) -> Result<(), SourceError> {
        let _lock = self.lock_package(&package.name)?;
        let description = self.read_description(package)?.ok_or_else(|| self.not_found(package))?;
        let yanked = reason.map(|reason| YankNotice { reason: reason.into() });
        self.write_description(&DescriptionFile { yanked, ..description })
    }

    fn read_description(
        &self,
        package: &PackageId,
    ) -> Result<Option<DescriptionFile>, SourceError> {
        let path = self.file_path(package, DESCRIPTION_EXTENSION);
        let Some(bytes) = self.read_small_file(&path)? else { return Ok(None) };
        let description: DescriptionFile =
            serde_json::from_slice(&bytes).map_err(self.unreadable_error(package))?;
        if description.metadata.package != *package {
            let reason = format!("it describes `{}`", description.metadata.package);
            return Err(self.unreadable_error(package)(reason));
        }
        Ok(Some(description))
    }

    fn write_description(&self, description: &DescriptionFile) -> Result<(), SourceError> {
        let package = &description.metadata.package;
        let json =
            serde_json::to_vec_pretty(description).map_err(self.unreadable_error(package))?;
        self.write_atomically(&self.file_path(package, DESCRIPTION_EXTENSION), &json)
    }

    fn read_signature(&self, package: &PackageId) -> Result<Option<Envelope>, SourceError> {
        let bytes = self.read_small_file(&self.file_path(package, signature_extension(package)))?;
        // An unreadable signature is replaced by the new one.
        Ok(bytes.and_then(|bytes| Envelope::parse(&bytes).ok()))
    }

    /// Locks a package against concurrent publishers. The lock is released with the returned file.
    fn lock_package(&self, name: &PackageName) -> Result<File, SourceError> {
        let folder = self.path.join(name.path());
        fs::create_dir_all(&folder).map_err(self.file_error(&folder))?;
        let path = folder.join(LOCK_FILE);
        let file = File::create(&path).map_err(self.file_error(&path))?;
        file.lock().map_err(self.file_error(&path))?;
        self.remove_unfinished(&folder)?;
        Ok(file)
    }

    /// Deletes temporary files of publishers that were killed. The caller holds the lock, so no
    /// other process writes here.
    fn remove_unfinished(&self, folder: &Path) -> Result<(), SourceError> {
        for entry in fs::read_dir(folder).map_err(self.file_error(folder))? {
            let path = entry.map_err(self.file_error(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(UNFINISHED_PREFIX) {
                fs::remove_file(&path).map_err(self.file_error(&path))?;
            }
        }
        Ok(())
    }

    /// Reads a file of limited size, or returns `None` if it does not exist.
    fn read_small_file(&self, path: &Path) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(file) = self.open_file(path)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let read = file.take(DESCRIPTION_BYTES_MAX + 1).read_to_end(&mut bytes);
        read.map_err(self.file_error(path))?;
        if bytes.len() as u64 > DESCRIPTION_BYTES_MAX {
            return Err(self.file_error(path)(io::Error::other("it is too large")));
        }
        Ok(Some(bytes))
    }

    /// Opens a regular file, or returns `None` if it does not exist. A symbolic link is refused,
    /// because it could lead out of the folder.
    fn open_file(&self, path: &Path) -> Result<Option<File>, SourceError> {
        match open_regular_unlinked(path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.file_error(path)(error)),
        }
    }

    fn not_found(&self, package: &PackageId) -> SourceError {
        SourceError::NotFound { source_name: self.label(), package: Box::new(package.clone()) }
    }

    /// Writes and syncs a file, or leaves the old one unchanged.
    fn write_atomically(&self, path: &Path, bytes: &[u8]) -> Result<(), SourceError> {
        let folder = path.parent().unwrap_or(path);
        let written = || {
            let mut file =
                tempfile::Builder::new().prefix(UNFINISHED_PREFIX).tempfile_in(folder)?;
            file.write_all(bytes)?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            file.as_file().set_permissions(mode)?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            File::open(folder)?.sync_all()
        };
        written().map_err(self.file_error(path))
    }

    fn file_path(&self, package: &PackageId, extension: &str) -> PathBuf {
        self.path.join(package.name.path()).join(format!("{}.{extension}", package.version))
    }

    fn file_error(&self, path: &Path) -> impl Fn(io::Error) -> SourceError {
        let (source_name, path) = (self.label(), path.to_owned());
        move |source| SourceError::File {
            source_name: source_name.clone(),
            path: path.clone(),
            source,
        }
    }

    fn unreadable_error<E: ToString>(&self, package: &PackageId) -> impl Fn(E) -> SourceError {
        let (source_name, package) = (self.label(), package.clone());
        move |error| SourceError::UnreadableDescription {
            source_name: source_name.clone(),
            package: Box::new(package.clone()),
            reason: error.to_string(),
        }
    }
}

const DESCRIPTION_EXTENSION: &str = "json";

fn payload_extension(package: &PackageId) -> &'static str {
    match package.name.kind() {
        PackageKind::Contract => "wasm",
        PackageKind::Prompt => "prompt",
    }
}

fn signature_extension(package: &PackageId) -> &'static str {
    match package.name.kind() {
        PackageKind::Contract => "wasm.sig",
        PackageKind::Prompt => "prompt.sig",
    }
}
