//! The store: packages on this machine, each named by the digest of its bytes.
//!
//! Any number of processes may write at once, and the power may fail at any moment: a blob gets its
//! name when it is complete, verified and synced to disk, and never changes afterwards. Reading it
//! verifies the digest again.

mod incoming;
mod metadata_cache;

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tollgate_model::Digest;

use crate::hash::hash_reader;
use crate::package::PackageId;
use crate::regular_file::open_regular;

pub use incoming::IncomingBlob;

/// Folder of blobs, named by digest.
const BLOB_FOLDER: &str = "sha256";
/// Folder of cached package metadata.
const METADATA_FOLDER: &str = "listed";
/// Folder of blobs that are being written.
const INCOMING_FOLDER: &str = "incoming";

/// A folder of blobs named by their digests.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// Reason why the store cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    #[error("cannot use the store: `{path}`: {source}")]
    Io { path: PathBuf, source: io::Error },
    /// Another version of Tollgate wrote what a source listed, or it was modified.
    #[error("`{path}` does not have the form in which this version keeps what a source listed")]
    UnreadableListing { path: PathBuf, source: serde_json::Error },
    /// A stored blob does not have the digest that it is named by.
    #[error(
        "`{path}` has digest {found} instead of {expected}: it was modified outside Tollgate; \
         delete this file, and it will be fetched again"
    )]
    Corrupted {
        path: PathBuf,
        /// Digest that the file is named by.
        expected: Digest,
        /// Digest of its bytes.
        found: Digest,
    },
    /// Two sources list different packages under one version.
    #[error("`{package}` is {first} in one source and {second} in another: lock the one you want")]
    Ambiguous { package: Box<PackageId>, first: Digest, second: Digest },
    #[error(transparent)]
    VersionChanged(#[from] Box<VersionChangedError>),
    /// The bytes received do not have the expected digest.
    #[error("received {found} instead of {expected}: nothing was kept")]
    DigestMismatch { expected: Digest, found: Digest },
}

/// A source lists other bytes for a version than it listed before.
#[derive(Debug, thiserror::Error)]
#[error(
    "{source_key} lists `{package}` as {listed}, but listed it as {known} before: a version never \
     changes, so one of them was altered. Ask the publisher which one is right; if it is the new \
     one, delete `{path}`"
)]
pub struct VersionChangedError {
    pub package: PackageId,
    pub source_key: String,
    pub listed: Digest,
    pub known: Digest,
    /// File with the former listing.
    pub path: PathBuf,
}

impl Store {
    /// Creates a store in a folder, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns whether a blob is stored. Does not verify its bytes.
    pub fn contains(&self, digest: Digest) -> bool {
        self.blob_path(digest).is_file()
    }

    /// Reads and verifies a blob, or returns `None` if it is not stored.
    pub fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(mut file) = self.open_unverified(digest)? else { return Ok(None) };
        let path = self.blob_path(digest);
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io_error(&path))?;
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(StoreError::Corrupted { path, expected: digest, found });
        }
        Ok(Some(bytes))
    }

    /// Verifies a blob without loading it into memory. Returns whether it is stored.
    pub fn verify(&self, digest: Digest) -> Result<bool, StoreError> {
        let Some(mut file) = self.open_unverified(digest)? else { return Ok(false) };
        let path = self.blob_path(digest);
        let (found, _) = hash_reader(&mut file).map_err(io_error(&path))?;
        if found != digest {
            return Err(StoreError::Corrupted { path, expected: digest, found });
        }
        Ok(true)
    }

    /// Opens a blob, or returns `None` if it is not stored. Its bytes are not verified.
    pub fn open_unverified(&self, digest: Digest) -> Result<Option<fs::File>, StoreError> {
        let path = self.blob_path(digest);
        match open_regular(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&path)(error)),
        }
    }

    /// Stores bytes and returns their digest.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        if let Some(mut incoming) = self.begin_write(digest)? {
            incoming.restart()?;
            incoming.append(bytes)?;
            incoming.commit()?;
        }
        Ok(digest)
    }

    /// Starts writing a blob, or returns `None` if it is already stored. Waits while another
    /// process writes the same blob.
    pub fn begin_write(&self, digest: Digest) -> Result<Option<IncomingBlob>, StoreError> {
        if self.contains(digest) {
            return Ok(None);
        }
        let path = self.folder.join(INCOMING_FOLDER).join(digest.hex());
        let incoming = IncomingBlob::open(path, self.blob_path(digest), digest)?;
        // Another process may have stored it while this one waited for the lock.
        if self.contains(digest) {
            incoming.discard()?;
            return Ok(None);
        }
        Ok(Some(incoming))
    }

    /// Returns the path of a blob, whether it is stored or not.
    pub(crate) fn blob_path(&self, digest: Digest) -> PathBuf {
        let hex = digest.hex();
        self.folder.join(BLOB_FOLDER).join(hex.get(..2).unwrap_or_default()).join(hex)
    }
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

/// Syncs the folder of a file. A renamed file survives a power failure only after that.
fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io_error(folder))
}

#[cfg(test)]
mod tests;
