//! Blobs while they are written into the store.
//!
//! Each blob is written to a temporary file that one process at a time holds locked. When that
//! process is killed, the next one resumes where it stopped. If the result does not have the
//! expected digest, nothing of it is kept.

use std::fs::{self, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tollgate_model::Digest;

use super::{StoreError, io_error, sync_folder};
use crate::hash::hash_reader;

/// Mode of stored blobs, which never change.
const READ_ONLY: u32 = 0o444;
const COPY_BUFFER_BYTES: usize = 256 << 10;

/// A locked temporary file for a blob with an expected digest.
#[derive(Debug)]
pub struct IncomingBlob {
    file: File,
    path: PathBuf,
    final_path: PathBuf,
    expected: Digest,
}

impl IncomingBlob {
    pub(super) fn open(
        path: PathBuf,
        final_path: PathBuf,
        expected: Digest,
    ) -> Result<Self, StoreError> {
        for file in [&path, &final_path] {
            let folder = file.parent().unwrap_or(file);
            fs::create_dir_all(folder).map_err(io_error(folder))?;
        }
        let file = Self::open_locked(&path)?;
        Ok(Self { file, path, final_path, expected })
    }

    /// Opens and locks a file. The previous holder may have renamed it while this process waited
    /// for the lock, so the path is checked again afterwards.
    pub(super) fn open_locked(path: &Path) -> Result<File, StoreError> {
        loop {
            let mut options = OpenOptions::new();
            let opened = options.create(true).truncate(false).read(true).write(true).open(path);
            let file = opened.map_err(io_error(path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => file.lock().map_err(io_error(path))?,
                Err(TryLockError::Error(error)) => return Err(io_error(path)(error)),
            }
            if is_same_file(&file, path) {
                return Ok(file);
            }
        }
    }

    /// Returns the file, which may contain the beginning of the blob from an earlier attempt.
    pub fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Discards what was written so far.
    pub fn restart(&mut self) -> Result<(), StoreError> {
        self.file.set_len(0).map_err(io_error(&self.path))?;
        self.file.seek(SeekFrom::Start(0)).map_err(io_error(&self.path))?;
        Ok(())
    }

    /// Appends bytes.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.file.write_all(bytes).map_err(io_error(&self.path))
    }

    /// Copies the whole blob from a reader and commits it. `read_error` converts errors of the
    /// reader;
    /// `progress` is called with the number of bytes of each piece.
    pub fn copy_from<E: From<StoreError>>(
        mut self,
        mut from: impl Read,
        read_error: impl Fn(io::Error) -> E,
        mut progress: impl FnMut(usize),
    ) -> Result<(), E> {
        self.restart()?;
        let mut chunk = vec![0; COPY_BUFFER_BYTES];
        loop {
            let count = from.read(&mut chunk).map_err(&read_error)?;
            match chunk.get(..count).filter(|read| !read.is_empty()) {
                Some(read) => self.append(read)?,
                None => return Ok(self.commit()?),
            }
            progress(count);
        }
    }

    /// Moves the blob to its final path if it has the expected digest, or discards it.
    pub fn commit(mut self) -> Result<(), StoreError> {
        self.file.seek(SeekFrom::Start(0)).map_err(io_error(&self.path))?;
        let (found, _) = hash_reader(&mut self.file).map_err(io_error(&self.path))?;
        if found != self.expected {
            let expected = self.expected;
            self.discard()?;
            return Err(StoreError::DigestMismatch { expected, found });
        }
        self.file
            .set_permissions(Permissions::from_mode(READ_ONLY))
            .map_err(io_error(&self.path))?;
        self.file.sync_all().map_err(io_error(&self.path))?;
        fs::rename(&self.path, &self.final_path).map_err(io_error(&self.final_path))?;
        sync_folder(&self.final_path)
    }

    /// Deletes what was written so far.
    pub fn discard(self) -> Result<(), StoreError> {
        fs::remove_file(&self.path).map_err(io_error(&self.path))
    }
}

fn is_same_file(file: &File, path: &Path) -> bool {
    let (Ok(held), Ok(there)) = (file.metadata(), fs::metadata(path)) else { return false };
    (held.dev(), held.ino()) == (there.dev(), there.ino())
}
