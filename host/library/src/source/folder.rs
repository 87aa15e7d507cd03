//! A folder of packages: `acme/claims/1.2.0.wasm`, `prompts/welcome-email/2.1.0.prompt`.
//!
//! Beside each lies what is known of it (`1.2.0.json`) and who vouches for it
//! (`1.2.0.wasm.sig`). A version is published when its description is there, which is written
//! last. Any number of people may publish to one folder: each holds the package meanwhile.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};

use super::{Progress, Publication, Published, SourceError};
use crate::package::{
    About, Kind, Listed, PACKAGE_BYTES_MAX, Package, PackageId, PackageName, Yanked,
};
use crate::store::Store;
use crate::trust::Envelope;

/// Descriptions and signatures are short; a longer one is none.
const DESCRIPTION_BYTES_MAX: u64 = 1 << 20;
/// How files are called until they are complete.
const UNFINISHED: &str = ".unfinished-";
/// Whoever holds it publishes.
const LOCK: &str = ".lock";

/// A folder of packages.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
    /// As it is written in the project.
    shown: String,
}

/// What lies beside a package.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Description {
    about: About,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    yanked: Option<Yanked>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    forced: Option<String>,
}

impl Folder {
    /// The folder at this path, and what it is called in messages.
    pub fn new(path: impl Into<PathBuf>, shown: impl Into<String>) -> Self {
        Self { path: path.into(), shown: shown.into() }
    }

    pub(super) fn label(&self) -> String {
        format!("folder {}", self.shown)
    }

    pub(super) fn versions(&self, name: &PackageName) -> Result<Vec<Version>, SourceError> {
        let folder = self.path.join(name.path());
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // The package is not here; that the whole source is not, is an error.
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.path.is_dir() => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(self.file(&folder)(error)),
        };
        let mut versions = Vec::new();
        for entry in entries {
            let file = entry.map_err(self.file(&folder))?.file_name();
            let version = file.to_str().and_then(|file| file.strip_suffix(".json"));
            versions.extend(version.and_then(|version| Version::parse(version).ok()));
        }
        versions.sort();
        Ok(versions)
    }

    pub(super) fn listed(&self, package: &PackageId) -> Result<Option<Listed>, SourceError> {
        let Some(description) = self.description(package)? else { return Ok(None) };
        let path = self.path_of(package, signature(package));
        let envelope = self.read(&path)?.map(|bytes| Envelope::parse(&bytes)).transpose();
        let signature = envelope.map_err(self.unreadable(package))?;
        let Description { about, yanked, forced } = description;
        Ok(Some(Listed { about, signature, yanked, forced }))
    }

    pub(super) fn fetch(
        &self,
        about: &About,
        store: &Store,
        progress: &dyn Progress,
    ) -> Result<(), SourceError> {
        let path = self.path_of(&about.package, payload(&about.package));
        let bytes = self.own_file(&path)?.ok_or_else(|| self.absent(&about.package))?.len();
        if bytes != about.size_bytes || bytes > PACKAGE_BYTES_MAX {
            let expected = about.size_bytes.min(PACKAGE_BYTES_MAX).to_string();
            let (place, package) = (self.label(), Box::new(about.package.clone()));
            return Err(SourceError::Size { place, package, bytes, expected });
        }
        let Some(incoming) = store.incoming(about.digest)? else { return Ok(()) };
        let file = File::open(&path).map_err(self.file(&path))?;
        // A file that grows meanwhile does not fill the disk.
        let file = file.take(about.size_bytes + 1);
        incoming.receive(file, self.file(&path), |count| progress.moved(count as i64))
    }

    pub(super) fn publish(
        &self,
        package: &Package,
        published: &Published,
        progress: &dyn Progress,
    ) -> Result<Publication, SourceError> {
        let about = package.about();
        let id = &about.package;
        let _held = self.hold(&id.name)?;
        let there = self.description(id)?;
        let there = there.map(|there| there.about.digest);
        if let Some(there) = there.filter(|there| *there != about.digest) {
            return Ok(Publication::Another(there));
        }
        if let Some(envelope) = &published.signature {
            let joined = self.listed_signature(id)?.and_then(|old| old.joined(envelope.clone()));
            let json = joined.as_ref().unwrap_or(envelope).to_json();
            self.write(&self.path_of(id, signature(id)), &json.map_err(self.unreadable(id))?)?;
        }
        if there.is_some() {
            return Ok(Publication::Same);
        }
        self.write(&self.path_of(id, payload(id)), package.bytes())?;
        progress.moved(about.size_bytes as i64);
        let forced = published.forced.clone();
        self.describe(&Description { about: about.clone(), yanked: None, forced })?;
        Ok(Publication::New)
    }

    pub(super) fn yank(
        &self,
        package: &PackageId,
        reason: Option<&str>,
    ) -> Result<(), SourceError> {
        let _held = self.hold(&package.name)?;
        let description = self.description(package)?.ok_or_else(|| self.absent(package))?;
        let yanked = reason.map(|reason| Yanked { reason: reason.into() });
        self.describe(&Description { yanked, ..description })
    }

    fn description(&self, package: &PackageId) -> Result<Option<Description>, SourceError> {
        let path = self.path_of(package, DESCRIPTION);
        let Some(bytes) = self.read(&path)? else { return Ok(None) };
        let description: Description =
            serde_json::from_slice(&bytes).map_err(self.unreadable(package))?;
        if description.about.package != *package {
            let reason = format!("it is of `{}`", description.about.package);
            return Err(self.unreadable(package)(reason));
        }
        Ok(Some(description))
    }

    fn describe(&self, description: &Description) -> Result<(), SourceError> {
        let package = &description.about.package;
        let json = serde_json::to_vec_pretty(description).map_err(self.unreadable(package))?;
        self.write(&self.path_of(package, DESCRIPTION), &json)
    }

    fn listed_signature(&self, package: &PackageId) -> Result<Option<Envelope>, SourceError> {
        let bytes = self.read(&self.path_of(package, signature(package)))?;
        // One that cannot be read is replaced.
        Ok(bytes.and_then(|bytes| Envelope::parse(&bytes).ok()))
    }

    /// Keeps others from publishing this package at the same time.
    fn hold(&self, name: &PackageName) -> Result<File, SourceError> {
        let folder = self.path.join(name.path());
        fs::create_dir_all(&folder).map_err(self.file(&folder))?;
        let path = folder.join(LOCK);
        let file = File::create(&path).map_err(self.file(&path))?;
        file.lock().map_err(self.file(&path))?;
        self.sweep(&folder)?;
        Ok(file)
    }

    /// Removes what those left who were ended while they held the package. Nobody else writes
    /// here now.
    fn sweep(&self, folder: &Path) -> Result<(), SourceError> {
        for entry in fs::read_dir(folder).map_err(self.file(folder))? {
            let path = entry.map_err(self.file(folder))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with(UNFINISHED) {
                fs::remove_file(&path).map_err(self.file(&path))?;
            }
        }
        Ok(())
    }

    /// A short file, if there is one.
    fn read(&self, path: &Path) -> Result<Option<Vec<u8>>, SourceError> {
        let Some(about) = self.own_file(path)? else { return Ok(None) };
        if about.len() > DESCRIPTION_BYTES_MAX {
            return Err(self.file(path)(io::Error::other("it is too large to be read")));
        }
        fs::read(path).map(Some).map_err(self.file(path))
    }

    /// What is known of a file, if there is one. A link is none: it might lead anywhere.
    fn own_file(&self, path: &Path) -> Result<Option<fs::Metadata>, SourceError> {
        match fs::symlink_metadata(path) {
            Ok(about) if about.is_file() => Ok(Some(about)),
            Ok(_) => Err(self.file(path)(io::Error::other("it is no file of its own"))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.file(path)(error)),
        }
    }

    fn absent(&self, package: &PackageId) -> SourceError {
        SourceError::Absent { place: self.label(), package: Box::new(package.clone()) }
    }

    /// Writes a file whole or not at all, and to the disk.
    fn write(&self, path: &Path, bytes: &[u8]) -> Result<(), SourceError> {
        let folder = path.parent().unwrap_or(path);
        let written = || {
            let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(folder)?;
            file.write_all(bytes)?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            file.as_file().set_permissions(mode)?;
            file.as_file().sync_all()?;
            file.persist(path).map_err(|error| error.error)?;
            File::open(folder)?.sync_all()
        };
        written().map_err(self.file(path))
    }

    fn path_of(&self, package: &PackageId, end: &str) -> PathBuf {
        self.path.join(package.name.path()).join(format!("{}.{end}", package.version))
    }

    fn file(&self, path: &Path) -> impl Fn(io::Error) -> SourceError {
        let (place, path) = (self.label(), path.to_owned());
        move |source| SourceError::File { place: place.clone(), path: path.clone(), source }
    }

    fn unreadable<E: ToString>(&self, package: &PackageId) -> impl Fn(E) -> SourceError {
        let (place, package) = (self.label(), package.clone());
        move |error| SourceError::Unreadable {
            place: place.clone(),
            package: Box::new(package.clone()),
            reason: error.to_string(),
        }
    }
}

const DESCRIPTION: &str = "json";

fn payload(package: &PackageId) -> &'static str {
    match package.name.kind() {
        Kind::Contract => "wasm",
        Kind::Prompt => "prompt",
    }
}

fn signature(package: &PackageId) -> &'static str {
    match package.name.kind() {
        Kind::Contract => "wasm.sig",
        Kind::Prompt => "prompt.sig",
    }
}
