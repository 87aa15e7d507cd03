//! Bytes on their way into the store.
//!
//! They lie in a file of their own, which one process at a time holds. When that process is
//! ended in the middle, the next one goes on where it stopped, and starts again where what
//! comes of it is not what was expected.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

use super::{StoreError, at, sync_folder};

/// Nobody changes what is in the store.
const READ_ONLY: u32 = 0o444;
/// What is read at once of a beginning that is there already.
const CHUNK_BYTES: usize = 64 << 10;

/// A place for bytes that are expected to have this digest.
#[derive(Debug)]
pub struct Incoming {
    file: File,
    path: PathBuf,
    kept: PathBuf,
    expected: Digest,
    hash: Sha256,
    bytes: u64,
}

impl Incoming {
    pub(super) fn open(path: PathBuf, kept: PathBuf, expected: Digest) -> Result<Self, StoreError> {
        for file in [&path, &kept] {
            let folder = file.parent().unwrap_or(file);
            fs::create_dir_all(folder).map_err(at(folder))?;
        }
        let file = Self::hold(&path)?;
        let mut incoming = Self { file, path, kept, expected, hash: Sha256::new(), bytes: 0 };
        incoming.read_beginning()?;
        Ok(incoming)
    }

    /// Whoever held the file before may have renamed it meanwhile: then it is another file.
    fn hold(path: &PathBuf) -> Result<File, StoreError> {
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

    fn read_beginning(&mut self) -> Result<(), StoreError> {
        let mut chunk = vec![0; CHUNK_BYTES];
        loop {
            let count = self.file.read(&mut chunk).map_err(at(&self.path))?;
            let Some(read) = chunk.get(..count).filter(|read| !read.is_empty()) else {
                return Ok(());
            };
            self.hash.update(read);
            self.bytes += count as u64;
        }
    }

    /// How much of it is there.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Forgets what is there.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.file.set_len(0).map_err(at(&self.path))?;
        self.file.seek(SeekFrom::Start(0)).map_err(at(&self.path))?;
        (self.hash, self.bytes) = (Sha256::new(), 0);
        Ok(())
    }

    /// More of it.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(at(&self.path))?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Keeps it, if it is what was expected; else nothing of it stays.
    pub fn keep(self) -> Result<(), StoreError> {
        let found = Digest::from_bytes(self.hash.clone().finalize().into());
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

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.append(bytes).map_err(io::Error::other)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_same_file(file: &File, path: &PathBuf) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(held), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}
