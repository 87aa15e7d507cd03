//! What sources have said of packages, for when they cannot be asked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use semver::Version;
use tollgate_model::Digest;

use super::{LISTED, Store, StoreError, at, sync_folder};
use crate::package::{Listed, PackageId, PackageName};

/// How files are called that say what is known of a version.
const EXTENSION: &str = ".json";
/// Digits of a source's digest that tell it from others.
const SOURCE_DIGITS: usize = 16;

impl Store {
    /// Remembers what a source says of a package.
    pub fn remember(&self, source: &str, listed: &Listed) -> Result<(), StoreError> {
        let path = self.note(source, &listed.about.package);
        let json = serde_json::to_vec(listed).map_err(io::Error::from).map_err(at(&path))?;
        let folder = path.parent().unwrap_or(&path).to_owned();
        fs::create_dir_all(&folder).map_err(at(&folder))?;
        let mut file = tempfile::NamedTempFile::new_in(&folder).map_err(at(&folder))?;
        file.write_all(&json).map_err(at(&path))?;
        file.as_file().sync_all().map_err(at(&path))?;
        file.persist(&path).map_err(|error| at(&path)(error.error))?;
        sync_folder(&path)
    }

    /// What a source has said of a package.
    pub fn remembered(
        &self,
        source: &str,
        package: &PackageId,
    ) -> Result<Option<Listed>, StoreError> {
        let path = self.note(source, package);
        match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json).map(Some).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
        .map_err(at(&path))
    }

    /// Which versions of a package a source has spoken of.
    pub fn remembered_versions(&self, source: &str, name: &PackageName) -> BTreeSet<Version> {
        let entries = fs::read_dir(self.notes(source, name)).into_iter().flatten().flatten();
        let version = |entry: fs::DirEntry| {
            Version::parse(entry.file_name().to_str()?.strip_suffix(EXTENSION)?).ok()
        };
        entries.filter_map(version).collect()
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
