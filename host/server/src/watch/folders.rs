//! The folders that are watched: that of the project, and those outside of it that it takes packages from.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};

use tollgate_project::{Project, ProjectError};

/// The folders that are watched. Their paths are resolved anew at each reading, so one that is a link may be pointed
/// elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchedFolders {
    project: PathBuf,
    extra: Vec<PathBuf>,
    left_out: Vec<LeftOutFile>,
}

/// A file that is left out, with the files beside it that belong to it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LeftOutFile {
    folder: PathBuf,
    name: OsString,
}

/// A watched folder, as it is resolved now.
pub(super) struct RootFolder {
    /// Path that the paths in it begin with when they are shown. Empty for the project.
    pub(super) shown: PathBuf,
    /// Path by which it was named.
    pub(super) named: PathBuf,
    /// Path without links, or the reason why there is none.
    pub(super) resolved: Result<PathBuf, io::ErrorKind>,
}

/// Returns the folders that a project takes packages from, in it and outside of it.
pub fn package_folders(project: &Project) -> Result<Vec<PathBuf>, ProjectError> {
    let folders = project.sources()?.iter().filter_map(|source| source.folder.as_ref());
    Ok(folders.map(|folder| project.folder.join(folder)).collect())
}

impl WatchedFolders {
    /// Names the folder of a project, and folders outside of it that decide too. A folder that is named twice, or that is
    /// inside another one, is read once.
    pub fn new(project: impl Into<PathBuf>, extra: impl IntoIterator<Item = PathBuf>) -> Self {
        let extra = extra.into_iter().collect();
        Self { project: project.into(), extra, left_out: Vec::new() }
    }

    /// Leaves out a file that is written all the time and decides nothing, such as a ledger inside of the project, and
    /// every file beside it whose name begins with its name.
    #[must_use]
    pub fn without_file(mut self, file: &Path) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if let Some(name) = file.file_name() {
            self.left_out.push(LeftOutFile { folder, name: name.to_owned() });
        }
        self
    }

    pub(super) fn with_extra(&self, extra: Vec<PathBuf>) -> Self {
        Self { extra, ..self.clone() }
    }

    pub(super) fn extra(&self) -> &[PathBuf] {
        &self.extra
    }

    /// Returns the folders as they are resolved now, that of the project first.
    pub(super) fn resolve(&self) -> Vec<RootFolder> {
        let project = (PathBuf::new(), &self.project);
        let extra = self.extra.iter().map(|folder| (folder.clone(), folder));
        std::iter::once(project)
            .chain(extra)
            .map(|(shown, folder)| {
                let resolved = folder.canonicalize().map_err(|error| error.kind());
                RootFolder { shown, named: folder.clone(), resolved }
            })
            .collect()
    }

    /// Returns whether a file in a resolved folder is left out.
    pub(super) fn leaves_out(&self, folder: &Path, name: &OsStr) -> bool {
        let begins_with = |own: &OsStr| name.as_encoded_bytes().starts_with(own.as_encoded_bytes());
        self.left_out.iter().any(|one| one.folder == folder && begins_with(&one.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_a_ledger_with_its_companions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let folders = WatchedFolders::new(&path, []).without_file(&path.join("ledger.db"));
        for name in ["ledger.db", "ledger.db-wal", "ledger.db.head"] {
            assert!(folders.leaves_out(&path, name.as_ref()), "{name}");
        }
        assert!(!folders.leaves_out(&path, "ledger.toml".as_ref()));
        assert!(!folders.leaves_out(&path.join("below"), "ledger.db".as_ref()));
    }

    #[test]
    fn finds_the_package_folders_of_a_project() {
        let folder = tempfile::tempdir().unwrap();
        let sources = "[[source]]\nname = \"a\"\nfolder = \"packages\"\n\
             [[source]]\nname = \"b\"\nregistry = \"ghcr.io/acme\"\n\
             [[source]]\nname = \"c\"\nfolder = \"../shared\"\n";
        std::fs::write(folder.path().join("tollgate.toml"), sources).unwrap();
        let project = Project::open(folder.path()).unwrap();
        let expected = [project.folder.join("packages"), project.folder.join("../shared")];
        assert_eq!(package_folders(&project).unwrap(), expected);
    }

    #[test]
    fn resolves_a_link_anew() {
        let place = tempfile::tempdir().unwrap();
        let place = place.path().canonicalize().unwrap();
        for name in ["first", "second"] {
            std::fs::create_dir(place.join(name)).unwrap();
        }
        let link = place.join("current");
        let folders = WatchedFolders::new(&link, []);
        let resolved = || folders.resolve().remove(0).resolved;
        assert_eq!(resolved(), Err(io::ErrorKind::NotFound));
        std::os::unix::fs::symlink("first", &link).unwrap();
        assert_eq!(resolved(), Ok(place.join("first")));
        std::fs::remove_file(&link).unwrap();
        std::os::unix::fs::symlink("second", &link).unwrap();
        assert_eq!(resolved(), Ok(place.join("second")));
    }
}
