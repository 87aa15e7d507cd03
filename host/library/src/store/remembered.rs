//! What sources have said of packages, for when they cannot be asked.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use semver::Version;
use serde::{Deserialize, Serialize};
use tollgate_model::Digest;

use super::{INCOMING, Incoming, LISTED, Store, StoreError, at, sync_folder};
use crate::package::{Listed, PackageId, PackageName, Requirement};

/// How files are called that say what is known of a version.
const EXTENSION: &str = ".json";
/// Digits of a source's digest that tell it from others.
const SOURCE_DIGITS: usize = 16;

/// What a source has said of a package.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    /// What the source is called.
    source: String,
    listed: Listed,
}

impl Store {
    /// Remembers what a source says of a package.
    pub fn remember(&self, source: &str, listed: &Listed) -> Result<(), StoreError> {
        let path = self.note(source, &listed.about.package);
        let note = Note { source: source.into(), listed: listed.clone() };
        let json = serde_json::to_vec(&note).map_err(io::Error::from).map_err(at(&path))?;
        // One file for each note: whoever is ended in the middle leaves it to the next.
        let unfinished =
            self.folder.join(INCOMING).join(Digest::of(path.as_os_str().as_bytes()).hex());
        for folder in [&path, &unfinished].into_iter().filter_map(|file| file.parent()) {
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let mut file = Incoming::hold(&unfinished)?;
        let written = file.set_len(0).and_then(|()| file.write_all(&json));
        written.and_then(|()| file.sync_all()).map_err(at(&unfinished))?;
        fs::rename(&unfinished, &path).map_err(at(&path))?;
        sync_folder(&path)
    }

    /// What a source has said of a package.
    pub fn remembered(
        &self,
        source: &str,
        package: &PackageId,
    ) -> Result<Option<Listed>, StoreError> {
        Ok(read(&self.note(source, package))?.map(|note| note.listed))
    }

    /// Which versions of a package a source has spoken of.
    pub fn remembered_versions(&self, source: &str, name: &PackageName) -> BTreeSet<Version> {
        versions_in(&self.notes(source, name))
    }

    /// The highest version that would do, of those whose bytes are here, and the source that it
    /// came from.
    pub fn pulled(&self, wanted: &Requirement) -> Result<Option<(Listed, String)>, StoreError> {
        let mut found: Option<Note> = None;
        for source in fs::read_dir(self.folder.join(LISTED)).into_iter().flatten().flatten() {
            let folder = source.path().join(wanted.name.path());
            for version in versions_in(&folder).into_iter().filter(|one| wanted.admits(one)) {
                let path = folder.join(format!("{version}{EXTENSION}"));
                let Some(note) = read(&path)? else { continue };
                if self.has(note.listed.about.digest) {
                    found = Some(higher(found, note)?);
                }
            }
        }
        Ok(found.map(|note| (note.listed, note.source)))
    }

    fn note(&self, source: &str, package: &PackageId) -> PathBuf {
        self.notes(source, &package.name).join(format!("{}{EXTENSION}", package.version))
    }

    fn notes(&self, source: &str, name: &PackageName) -> PathBuf {
        let hex = Digest::of(source).hex();
        let source = hex.get(..SOURCE_DIGITS).unwrap_or_default();
        self.folder.join(LISTED).join(source).join(name.path())
    }
}

/// Two packages of one version are none: nobody could say which was meant.
fn higher(found: Option<Note>, other: Note) -> Result<Note, StoreError> {
    let Some(found) = found else { return Ok(other) };
    let (one, two) = (&found.listed.about, &other.listed.about);
    match one.package.version.cmp(&two.package.version) {
        Ordering::Less => Ok(other),
        Ordering::Equal if one.digest != two.digest => Err(StoreError::Ambiguous {
            package: Box::new(one.package.clone()),
            one: one.digest,
            other: two.digest,
        }),
        _ => Ok(found),
    }
}

fn read(path: &Path) -> Result<Option<Note>, StoreError> {
    match fs::read(path) {
        Ok(json) => serde_json::from_slice(&json).map(Some).map_err(io::Error::from),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
    .map_err(at(path))
}

fn versions_in(folder: &Path) -> BTreeSet<Version> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let version = |entry: fs::DirEntry| {
        Version::parse(entry.file_name().to_str()?.strip_suffix(EXTENSION)?).ok()
    };
    entries.filter_map(version).collect()
}
