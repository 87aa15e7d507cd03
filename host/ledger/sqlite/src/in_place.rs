//! Noticing that the files of an open ledger are not the ones at their paths any more.
//!
//! A file that is deleted, moved or replaced while it is open can still be written, and nobody finds what is written
//! to it. So the files at the paths are compared with those that were opened, which costs a few microseconds.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What follows the name of a ledger in the name of its head file.
pub(crate) const HEAD_SUFFIX: &str = "-head";
/// What follows the name of a ledger in the names of the files beside it: its write-ahead log, what its processes share,
/// and its head. All of them stay as long as a process has the ledger open.
const SUFFIXES: [&str; 3] = ["-wal", "-shm", HEAD_SUFFIX];

/// The files of an open ledger.
pub(crate) struct OpenFiles(Vec<OpenFile>);

struct OpenFile {
    path: PathBuf,
    identity: FileIdentity,
}

/// Device and inode, which no other file has as long as this one is open.
#[derive(PartialEq, Eq)]
struct FileIdentity(u64, u64);

/// The path of a file that was deleted, moved or replaced.
#[derive(Debug)]
pub(crate) struct ReplacedFile(pub PathBuf);

impl OpenFiles {
    /// Returns the files of a ledger that has just been opened.
    pub fn of(ledger: &Path) -> Result<Self, ReplacedFile> {
        let beside = SUFFIXES.into_iter().map(|suffix| path_beside(ledger, suffix));
        let paths = std::iter::once(ledger.to_owned()).chain(beside);
        let files = paths.map(|path| match identify(&path) {
            Ok(identity) => Ok(OpenFile { path, identity }),
            Err(_) => Err(ReplacedFile(path)),
        });
        files.collect::<Result<_, _>>().map(Self)
    }

    /// Fails if one of the files is not at its path any more.
    pub fn check(&self) -> Result<(), ReplacedFile> {
        let is_other = |file: &&OpenFile| {
            identify(&file.path).map_or(true, |identity| identity != file.identity)
        };
        let other = self.0.iter().find(is_other);
        other.map_or(Ok(()), |file| Err(ReplacedFile(file.path.clone())))
    }
}

/// Returns the path of a file beside a ledger. The files of a ledger that is a link are beside the file that it leads to.
pub(crate) fn path_beside(ledger: &Path, suffix: &str) -> PathBuf {
    let ledger = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
    let mut path = ledger.into_os_string();
    path.push(suffix);
    path.into()
}

fn identify(path: &Path) -> io::Result<FileIdentity> {
    let metadata = path.metadata()?;
    Ok(FileIdentity(metadata.dev(), metadata.ino()))
}
