//! Cache of the metadata that sources listed, for use when they cannot be asked, and to notice when
//! they list other bytes for a version than before.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::{
    INCOMING_FOLDER, IncomingBlob, METADATA_FOLDER, Store, StoreError, VersionChangedError,
    io_error, sync_folder,
};
use crate::package::{ListedPackage, PackageId, PackageMetadata, PackageName, Requirement};
use crate::regular_file::open_regular;

/// Extension of a cache file. The name before it is the version.
const EXTENSION: &str = ".json";
/// Hex digits of the digest of a source's key, used as its folder name.
const SOURCE_DIGITS: usize = 16;

/// Content of a cache file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedMetadata {
    /// Key of the source, because the folder has only its digest.
    source: String,
    /// Labels of the source in lock files and bundles. Empty if its key is its only label.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    labels: BTreeSet<String>,
    package: ListedPackage,
}

impl Store {
    /// Caches the listing of a version by a source whose label is its key. Fails if the source listed
    /// other bytes for it before.
    pub fn cache_metadata(&self, source: &str, listed: &ListedPackage) -> Result<(), StoreError> {
        self.cache_labelled_metadata(source, source, listed)
    }

    /// Caches the listing of a version by the source with a key, which lock files call by its label.
    /// Fails if the source listed other bytes for it before.
    pub fn cache_labelled_metadata(
        &self,
        key: &str,
        label: &str,
        listed: &ListedPackage,
    ) -> Result<(), StoreError> {
        let path = self.cache_path(key, &listed.metadata.package);
        // Each cache file has its own temporary file, so a process that is killed leaves at most
        // one, which the next one overwrites.
        let unfinished =
            self.folder.join(INCOMING_FOLDER).join(Digest::of(path.as_os_str().as_bytes()).hex());
        for folder in [&path, &unfinished].into_iter().filter_map(|file| file.parent()) {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        let mut file = IncomingBlob::open_locked(&unfinished)?;
        // Under the lock, so that one of two processes with different listings is refused.
        let known = match self.read_checked(key, listed) {
            Ok(known) => known,
            Err(changed) => {
                fs::remove_file(&unfinished).map_err(io_error(&unfinished))?;
                return Err(changed);
            }
        };
        let mut labels: BTreeSet<_> =
            known.iter().flat_map(CachedMetadata::labels).cloned().collect();
        labels.insert(label.to_owned());
        if labels.iter().eq([key]) {
            labels.clear();
        }
        let entry = CachedMetadata { source: key.into(), labels, package: listed.clone() };
        let json = serde_json::to_vec(&entry).map_err(io::Error::from).map_err(io_error(&path))?;
        let written = file.set_len(0).and_then(|()| file.write_all(&json));
        written.and_then(|()| file.sync_all()).map_err(io_error(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(io_error(&path))?;
        sync_folder(&path)
    }

    /// Fails if a source listed other bytes for a version before.
    pub fn check_listing(&self, key: &str, listed: &ListedPackage) -> Result<(), StoreError> {
        self.read_checked(key, listed).map(drop)
    }

    /// Returns the cached listing of a version by the source with a key, or `None`.
    pub fn cached_metadata(
        &self,
        key: &str,
        package: &PackageId,
    ) -> Result<Option<ListedPackage>, StoreError> {
        Ok(self.read_known(key, package)?.map(|entry| entry.package))
    }

    /// Returns the cached listings of a version by all sources with a label, in the order of their
    /// keys. A lock file names its sources by label.
    pub fn cached_listings(
        &self,
        label: &str,
        package: &PackageId,
    ) -> Result<Vec<ListedPackage>, StoreError> {
        let mut found = Vec::new();
        for folder in self.source_folders() {
            let entry = read_entry(&entry_path(&folder, package))?;
            found.extend(entry.filter(|entry| entry.labels().any(|one| one == label)));
        }
        found.sort_by(|one, other| one.source.cmp(&other.source));
        Ok(found.into_iter().map(|entry| entry.package).collect())
    }

    /// Returns the versions of a package that the source with a key listed.
    pub fn cached_versions(&self, key: &str, name: &PackageName) -> BTreeSet<Version> {
        versions_in(&self.source_folder(key).join(name.path()))
    }

    /// Returns the listings of all versions in a range whose bytes are stored, each with the label of
    /// its source, in the order of versions and labels.
    pub fn available_versions(
        &self,
        requirement: &Requirement,
    ) -> Result<Vec<(ListedPackage, String)>, StoreError> {
        let mut found = Vec::new();
        for source_folder in self.source_folders() {
            let folder = source_folder.join(requirement.name.path());
            for version in versions_in(&folder).into_iter().filter(|one| requirement.admits(one)) {
                let path = folder.join(format!("{version}{EXTENSION}"));
                let Some(entry) = read_entry(&path)? else { continue };
                if self.contains(entry.package.metadata.digest) {
                    let labels = entry.labels().cloned();
                    found.extend(labels.map(|label| (entry.package.clone(), label)));
                }
            }
        }
        found.sort_by(|(one, label), (other, other_label)| {
            let (one, other) = (&one.metadata.package.version, &other.metadata.package.version);
            (one, label).cmp(&(other, other_label))
        });
        Ok(found)
    }

    /// Returns the highest version in a range whose bytes are stored, among those that `accepts`
    /// admits by their listing and the label of their source. Different bytes under that version are
    /// an error, because either could be meant.
    pub fn highest_available(
        &self,
        requirement: &Requirement,
        accepts: impl Fn(&ListedPackage, &str) -> bool,
    ) -> Result<Option<(ListedPackage, String)>, StoreError> {
        let mut accepted = self.available_versions(requirement)?;
        accepted.retain(|(listed, source)| accepts(listed, source));
        let Some((highest, source)) = accepted.pop() else { return Ok(None) };
        let PackageMetadata { package, digest: second, .. } = highest.metadata.clone();
        let others = accepted.iter().map(|(listed, _)| &listed.metadata);
        let mut same_version = others.filter(|other| other.package.version == package.version);
        match same_version.find(|other| other.digest != second).map(|other| other.digest) {
            None => Ok(Some((highest, source))),
            Some(first) => Err(StoreError::Ambiguous { package: Box::new(package), first, second }),
        }
    }

    /// Reads what is cached of a version from the source with a key. Fails if the source listed other
    /// bytes for it than it lists now.
    fn read_checked(
        &self,
        key: &str,
        listed: &ListedPackage,
    ) -> Result<Option<CachedMetadata>, StoreError> {
        let PackageMetadata { package, digest, .. } = &listed.metadata;
        match self.read_known(key, package)? {
            Some(known) if known.package.metadata.digest != *digest => {
                Err(StoreError::from(Box::new(VersionChangedError {
                    package: package.clone(),
                    source_key: key.into(),
                    listed: *digest,
                    known: known.package.metadata.digest,
                    path: self.cache_path(key, package),
                })))
            }
            known => Ok(known),
        }
    }

    fn read_known(
        &self,
        key: &str,
        package: &PackageId,
    ) -> Result<Option<CachedMetadata>, StoreError> {
        let entry = read_entry(&self.cache_path(key, package))?;
        // The folder has only the beginning of the digest of the source's key.
        Ok(entry.filter(|entry| entry.source == key))
    }

    /// Returns the folders of the cache, one for each source.
    fn source_folders(&self) -> impl Iterator<Item = PathBuf> {
        let folders = fs::read_dir(self.folder.join(METADATA_FOLDER)).into_iter().flatten();
        folders.flatten().map(|folder| folder.path())
    }

    fn cache_path(&self, key: &str, package: &PackageId) -> PathBuf {
        entry_path(&self.source_folder(key), package)
    }

    fn source_folder(&self, key: &str) -> PathBuf {
        let hex = Digest::of(key).hex();
        self.folder.join(METADATA_FOLDER).join(hex.get(..SOURCE_DIGITS).unwrap_or_default())
    }
}

impl CachedMetadata {
    fn labels(&self) -> impl Iterator<Item = &String> {
        let key = self.labels.is_empty().then_some(&self.source);
        key.into_iter().chain(&self.labels)
    }
}

fn entry_path(source_folder: &Path, package: &PackageId) -> PathBuf {
    source_folder.join(package.name.path()).join(format!("{}{EXTENSION}", package.version))
}

fn read_entry(path: &Path) -> Result<Option<CachedMetadata>, StoreError> {
    let mut json = Vec::new();
    match open_regular(path).and_then(|mut file| file.read_to_end(&mut json)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
    }
    let unreadable = |source| StoreError::UnreadableListing { path: path.to_owned(), source };
    serde_json::from_slice(&json).map(Some).map_err(unreadable)
}

fn versions_in(folder: &Path) -> BTreeSet<Version> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        Version::parse(entry.file_name().to_str()?.strip_suffix(EXTENSION)?).ok()
    };
    entries.filter_map(version).collect()
}
