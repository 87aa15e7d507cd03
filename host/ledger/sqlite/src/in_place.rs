//! Noticing that the files of an open ledger are not the ones at their paths any more.
//!
//! A file that is deleted, moved or replaced while it is open can still be written, and nobody finds what is written
//! to it. So the files at the paths are compared with those that were opened, which costs a few microseconds.
//!
//! A file with two names has a write-ahead log beside each, and what is recorded through one name overwrites what was
//! recorded through the other. So a file must have one name only.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::WriterError;

/// End of the name of a head file, after the name of its ledger.
pub(crate) const HEAD_SUFFIX: &str = "-head";
/// Ends of the names of the files beside a ledger, after its own name: its write-ahead log, the memory that its processes
/// share, and its head. All of them stay as long as a process has the ledger open.
pub(crate) const COMPANION_SUFFIXES: [&str; 3] = ["-wal", "-shm", HEAD_SUFFIX];

/// The files of an open ledger.
pub(crate) struct OpenFiles(Vec<OpenFile>);

struct OpenFile {
    path: PathBuf,
    identity: FileIdentity,
}

/// Device and inode, which no other file has as long as this one is open.
#[derive(PartialEq, Eq)]
struct FileIdentity(u64, u64);

impl OpenFiles {
    /// Returns the files of a ledger that has just been opened.
    pub fn of(ledger: &Path) -> Result<Self, WriterError> {
        let beside = COMPANION_SUFFIXES.into_iter().map(|suffix| path_beside(ledger, suffix));
        let paths = std::iter::once(ledger.to_owned()).chain(beside);
        let files = paths.map(|path| Ok(OpenFile { identity: identify(&path)?, path }));
        files.collect::<Result<_, _>>().map(Self)
    }

    /// Fails if one of the files is not at its path any more, or has got another name.
    pub fn check(&self) -> Result<(), WriterError> {
        self.0.iter().try_for_each(|file| match identify(&file.path)? == file.identity {
            true => Ok(()),
            false => Err(WriterError::Replaced(file.path.clone())),
        })
    }
}

/// Returns the path of a file beside a ledger. The files of a ledger that is a link are beside the file that it leads to.
pub(crate) fn path_beside(ledger: &Path, suffix: &str) -> PathBuf {
    let ledger = ledger.canonicalize().unwrap_or_else(|_| ledger.to_owned());
    let mut path = ledger.into_os_string();
    path.push(suffix);
    path.into()
}

/// Returns whether a ledger has another name by a hard link.
pub(crate) fn is_linked(ledger: &Path) -> bool {
    ledger.metadata().is_ok_and(|metadata| has_many_names(&metadata))
}

fn has_many_names(metadata: &Metadata) -> bool {
    metadata.is_file() && metadata.nlink() > 1
}

fn identify(path: &Path) -> Result<FileIdentity, WriterError> {
    match path.metadata() {
        Err(_) => Err(WriterError::Replaced(path.into())),
        Ok(metadata) if has_many_names(&metadata) => Err(WriterError::Linked(path.into())),
        Ok(metadata) => Ok(FileIdentity(metadata.dev(), metadata.ino())),
    }
}
