//! The store: packages on this machine, each under the digest of its bytes.
//!
//! Any number of processes write to it at once, and the power may fail at any moment: bytes
//! come under their name when they are complete, checked and on the disk, and never change there.
//! Whoever takes them out gets those bytes or an error, because their digest is looked at again.

mod incoming;
mod remembered;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tollgate_model::Digest;

use crate::hash::read_through;
use crate::package::PackageId;

pub use incoming::Incoming;

/// Where the bytes lie.
const BLOBS: &str = "sha256";
/// What is known of packages without their bytes.
const LISTED: &str = "listed";
/// What is on its way.
const INCOMING: &str = "incoming";

/// A folder of packages by their digests.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

/// Why the store does not give or take something.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something cannot be read or written.
    #[error("the store cannot be used: `{path}`: {source}")]
    Io {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file of it is not what it is called.
    #[error(
        "`{path}` should be {expected}, and is {found}: the store was changed from outside; \
         remove this file, and it is fetched again"
    )]
    Changed {
        /// Which file.
        path: PathBuf,
        /// What it is called.
        expected: Digest,
        /// What it is.
        found: Digest,
    },
    /// Two sources have given different packages under one version.
    #[error(
        "`{package}` is {one} from one source and {other} from another: lock the one that is meant"
    )]
    Ambiguous {
        /// Which version.
        package: Box<PackageId>,
        /// One of them.
        one: Digest,
        /// The other.
        other: Digest,
    },
    /// What arrived is not what was expected.
    #[error("what arrived is {found}, and should be {expected}: nothing was kept")]
    Another {
        /// What was expected.
        expected: Digest,
        /// What arrived.
        found: Digest,
    },
}

impl Store {
    /// A store in this folder, which need not be there yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into() }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it has something. Its bytes are looked at when they are taken.
    pub fn has(&self, digest: Digest) -> bool {
        self.path(digest).is_file()
    }

    /// The bytes of this digest, if they are there.
    pub fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreError> {
        let path = self.path(digest);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(StoreError::Io { path, source }),
        };
        let found = Digest::of(&bytes);
        if found != digest {
            return Err(StoreError::Changed { path, expected: digest, found });
        }
        Ok(Some(bytes))
    }

    /// Looks at the bytes of this digest again, without taking them into memory. Says whether they
    /// are there.
    pub fn check(&self, digest: Digest) -> Result<bool, StoreError> {
        let Some(mut file) = self.open(digest)? else { return Ok(false) };
        let path = self.path(digest);
        let (found, _) = read_through(&mut file).map_err(at(&path))?;
        if found != digest {
            return Err(StoreError::Changed { path, expected: digest, found });
        }
        Ok(true)
    }

    /// The file of this digest, if it is there. Nobody has looked at its bytes again.
    pub fn open(&self, digest: Digest) -> Result<Option<fs::File>, StoreError> {
        let path = self.path(digest);
        match fs::File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(at(&path)(error)),
        }
    }

    /// Keeps bytes that are complete already.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, StoreError> {
        let digest = Digest::of(bytes);
        if let Some(mut incoming) = self.incoming(digest)? {
            incoming.restart()?;
            incoming.append(bytes)?;
            incoming.keep()?;
        }
        Ok(digest)
    }

    /// Where bytes of this digest arrive; nothing, where they are here already. Waits while another
    /// process receives the same ones.
    pub fn incoming(&self, digest: Digest) -> Result<Option<Incoming>, StoreError> {
        if self.has(digest) {
            return Ok(None);
        }
        let path = self.folder.join(INCOMING).join(digest.hex());
        let incoming = Incoming::open(path, self.path(digest), digest)?;
        if self.has(digest) {
            incoming.give_up()?;
            return Ok(None);
        }
        Ok(Some(incoming))
    }

    /// Where bytes of this digest lie, if they are there.
    pub(crate) fn path(&self, digest: Digest) -> PathBuf {
        let hex = digest.hex();
        self.folder.join(BLOBS).join(hex.get(..2).unwrap_or_default()).join(hex)
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Io { path, source }
}

/// A name in a folder is on the disk when the folder is.
fn sync_folder(file: &Path) -> Result<(), StoreError> {
    let folder = file.parent().unwrap_or(Path::new("."));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder))
}

#[cfg(test)]
mod tests;
