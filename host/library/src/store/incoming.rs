//! Bytes on their way into the store.
//!
//! They lie in a file of their own, which one process at a time holds. When that process is
//! ended in the middle, the next one goes on where it stopped, and starts again where what
//! comes of it is not what was expected.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tollgate_model::Digest;

use super::{StoreError, at, sync_folder};
use crate::hash::read_through;

/// Nobody changes what is in the store.
const READ_ONLY: u32 = 0o444;
/// What is copied at once.
const CHUNK_BYTES: usize = 256 << 10;

/// A place for bytes that are expected to have this digest.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: PathBuf,
    kept: PathBuf,
    expected: Digest,
}

impl Incoming {
    pub(super) fn open(path: PathBuf, kept: PathBuf, expected: Digest) -> Result<Self, StoreError> {
        for file in [&path, &kept] {
            let folder = file.parent().unwrap_or(file);
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let file = Self::hold(&path)?;
        Ok(Self { file, path, kept, expected })
    }

    /// Whoever held the file before may have renamed it meanwhile: then it is another file.
    pub(super) fn hold(path: &Path) -> Result<File, StoreError> {
        loop {
            let mut options = OpenOptions::new();
            let opened = options.create(true).truncate(false).read(true).write(true).open(path);
            let file = opened.map_err(at(path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => file.lock().map_err(at(path))?,
                Err(TryLockError::Error(error)) => return Err(at(path)(error)),
            }
            if is_same_file(&file, path) {
                return Ok(file);
            }
        }
    }

    /// The file that they arrive in, with what has come of them before.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Forgets what is there.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.file.set_len(0).map_err(at(&self.path))?;
        self.file.seek(SeekFrom::Start(0)).map_err(at(&self.path))?;
        Ok(())
    }

    /// More of it.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(at(&self.path))
    }

    /// All of it from a reader, from the beginning, and keeps it. `unreadable` says what is wrong where the
    /// reader does not read; `told` hears how much came with each piece.
    pub fn receive<E: From<StoreError>>(
        mut self,
        mut from: impl Read,
        unreadable: impl Fn(io::Error) -> E,
        mut told: impl FnMut(usize),
    ) -> Result<(), E> {
        self.restart()?;
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = from.read(&mut chunk).map_err(&unreadable)?;
            match chunk.get(..count).filter(|read| !read.is_empty()) {
                Some(read) => self.append(read)?,
                None => return Ok(self.keep()?),
            }
            told(count);
        }
    }

    /// Keeps it, if it is what was expected; else nothing of it stays.
    pub fn keep(mut self) -> Result<(), StoreError> {
        self.file.seek(SeekFrom::Start(0)).map_err(at(&self.path))?;
        let (found, _) = read_through(&mut self.file).map_err(at(&self.path))?;
        if found != self.expected {
            let expected = self.expected;
            self.give_up()?;
            return Err(StoreError::Another { expected, found });
        }
        self.file.set_permissions(Permissions::from_mode(READ_ONLY)).map_err(at(&self.path))?;
        self.file.sync_all().map_err(at(&self.path))?;
        fs::rename(&self.path, &self.kept).map_err(at(&self.kept))?;
        sync_folder(&self.kept)
    }

    /// Leaves nothing of it.
    pub fn give_up(self) -> Result<(), StoreError> {
        fs::remove_file(&self.path).map_err(at(&self.path))
    }
}

fn is_same_file(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}
