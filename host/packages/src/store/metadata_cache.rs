//! Cache of the metadata that sources listed, for use when they cannot be asked, and to notice when
//! they list other bytes for a version than before.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
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

/// Extension of a cache file. The name before it is the version.
const EXTENSION: &str = ".json";
/// Hex digits of the digest of a source's name, used as its folder name.
const SOURCE_DIGITS: usize = 16;

/// Content of a cache file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CachedMetadata {
    /// Name of the source, because the folder has only its digest.
    source: String,
    package: ListedPackage,
}

impl Store {
    /// Caches the listing of a version. Fails if the source listed other bytes for it before.
    pub fn cache_metadata(&self, source: &str, listed: &ListedPackage) -> Result<(), StoreError> {
        let path = self.cache_path(source, &listed.metadata.package);
        let entry = CachedMetadata { source: source.into(), package: listed.clone() };
        let json = serde_json::to_vec(&entry).map_err(io::Error::from).map_err(io_error(&path))?;
        // Each cache file has its own temporary file, so a process that is killed leaves at most
        // one, which the next one overwrites.
        let unfinished =
            self.folder.join(INCOMING_FOLDER).join(Digest::of(path.as_os_str().as_bytes()).hex());
        for folder in [&path, &unfinished].into_iter().filter_map(|file| file.parent()) {
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        let mut file = IncomingBlob::open_locked(&unfinished)?;
        // Under the lock, so that one of two processes with different listings is refused.
        if let Err(changed) = self.check_listing(source, listed) {
            fs::remove_file(&unfinished).map_err(io_error(&unfinished))?;
            return Err(changed);
        }
        let written = file.set_len(0).and_then(|()| file.write_all(&json));
        written.and_then(|()| file.sync_all()).map_err(io_error(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(io_error(&path))?;
        sync_folder(&path)
    }

    /// Fails if a source listed other bytes for a version before.
    pub fn check_listing(&self, source: &str, listed: &ListedPackage) -> Result<(), StoreError> {
        let package = &listed.metadata.package;
        let known = self.cached_metadata(source, package)?.map(|known| known.metadata.digest);
        match known.filter(|known| *known != listed.metadata.digest) {
            None => Ok(()),
            Some(known) => Err(StoreError::from(Box::new(VersionChangedError {
                package: package.clone(),
                source_label: source.into(),
                listed: listed.metadata.digest,
                known,
                path: self.cache_path(source, package),
            }))),
        }
    }

    /// Returns the cached listing of a version, or `None`.
    pub fn cached_metadata(
        &self,
        source: &str,
        package: &PackageId,
    ) -> Result<Option<ListedPackage>, StoreError> {
        let entry = read_entry(&self.cache_path(source, package))?;
        // The folder has only the beginning of the digest of the source's name.
        Ok(entry.filter(|entry| entry.source == source).map(|entry| entry.package))
    }

    /// Returns the versions of a package that a source listed.
    pub fn cached_versions(&self, source: &str, name: &PackageName) -> BTreeSet<Version> {
        versions_in(&self.cache_folder(source, name))
    }

    /// Returns the listings of all versions in a range whose bytes are stored, each with the name of
    /// its source, in the order of versions and names.
    pub fn available_versions(
        &self,
        requirement: &Requirement,
    ) -> Result<Vec<(ListedPackage, String)>, StoreError> {
        let mut found = Vec::new();
        for source_folder in
            fs::read_dir(self.folder.join(METADATA_FOLDER)).into_iter().flatten().flatten()
        {
            let folder = source_folder.path().join(requirement.name.path());
            for version in versions_in(&folder).into_iter().filter(|one| requirement.admits(one)) {
                let path = folder.join(format!("{version}{EXTENSION}"));
                let Some(entry) = read_entry(&path)? else { continue };
                if self.contains(entry.package.metadata.digest) {
                    found.push((entry.package, entry.source));
                }
            }
        }
        let version = |(listed, _): &(ListedPackage, _)| listed.metadata.package.version.clone();
        found.sort_by_cached_key(|one| (version(one), one.1.clone()));
        Ok(found)
    }

    /// Returns the highest version in a range whose bytes are stored, among those that `accepts`
    /// admits by their listing and the name of their source. Different bytes under that version are
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

    fn cache_path(&self, source: &str, package: &PackageId) -> PathBuf {
        self.cache_folder(source, &package.name).join(format!("{}{EXTENSION}", package.version))
    }

    fn cache_folder(&self, source: &str, name: &PackageName) -> PathBuf {
        let hex = Digest::of(source).hex();
        let source = hex.get(..SOURCE_DIGITS).unwrap_or_default();
        self.folder.join(METADATA_FOLDER).join(source).join(name.path())
    }
}

fn read_entry(path: &Path) -> Result<Option<CachedMetadata>, StoreError> {
    match fs::read(path) {
        Ok(json) => serde_json::from_slice(&json).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
    .map_err(io_error(path))
}

fn versions_in(folder: &Path) -> BTreeSet<Version> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        Version::parse(entry.file_name().to_str()?.strip_suffix(EXTENSION)?).ok()
    };
    entries.filter_map(version).collect()
}
