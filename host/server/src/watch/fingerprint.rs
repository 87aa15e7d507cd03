//! The fingerprint of a project: a digest of the paths and contents of what is watched.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use sha2::{Digest as _, Sha256};
use tollgate_model::Digest;

use super::coverage::{SkipReason, SkippedPaths, WatchCoverage};
use super::folders::WatchedFolders;
use super::walk::{Entry, FileAttributes, Walk, walk};

/// Contents that one reading reads. The packages of a project have some tens of megabytes; reading this many takes about
/// a second. Of files beyond that, size and times are compared.
const CONTENT_BYTES_MAX: u64 = 256 << 20;

/// Size of a piece in which contents are read.
const PIECE_BYTES: usize = 64 << 10;

/// Changed paths that are named to people.
const NAMED_CHANGES_MAX: usize = 16;

/// A reading of the watched folders. Equal digests mean equal paths and contents.
#[derive(Clone, Debug)]
pub struct ProjectFingerprint {
    digest: Digest,
    /// Digest of what the system says about the same files. It differs from that of an earlier reading if anybody wrote to
    /// one of them in between, even the same content.
    attributes: Digest,
    /// Digest of what is at each path.
    entries: BTreeMap<PathBuf, Digest>,
    coverage: WatchCoverage,
    pub(super) folders: Vec<PathBuf>,
    pub(super) missing: Vec<PathBuf>,
}

/// Paths that differ between two readings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChangedPaths {
    /// The first of them, sorted.
    pub named: Vec<PathBuf>,
    /// Number of all of them.
    pub count: usize,
}

impl ProjectFingerprint {
    /// Reads the watched folders. What cannot be read is a part of the fingerprint too. It blocks while it reads.
    pub fn read(folders: &WatchedFolders) -> Self {
        let walk = walk(folders);
        let attributes = attributes_digest(&walk);
        let Walk { entries: found, folders, mut skipped, missing } = walk;
        let mut contents =
            ContentReader { bytes_left: CONTENT_BYTES_MAX, piece: vec![0; PIECE_BYTES] };
        let mut files = 0;
        let mut entries = BTreeMap::new();
        for (path, entry) in found {
            if let Entry::File { .. } = entry {
                files += 1;
            }
            if let Some(digest) = contents.entry_digest(&path, &entry, &mut skipped) {
                entries.insert(path, digest);
            }
        }
        let bytes = CONTENT_BYTES_MAX - contents.bytes_left;
        let coverage = WatchCoverage { files, folders: folders.len(), bytes, skipped };
        let digest =
            digest_of_all(entries.iter().map(|(path, digest)| (path, &digest.as_bytes()[..])));
        Self { digest, attributes, entries, coverage, folders, missing }
    }

    /// Returns the digest of all paths and contents.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub fn coverage(&self) -> &WatchCoverage {
        &self.coverage
    }

    /// Returns whether nobody has written to the watched folders since this reading, not even what was there before. It
    /// opens no file, and blocks while it looks.
    pub fn is_untouched(&self, folders: &WatchedFolders) -> bool {
        attributes_digest(&walk(folders)) == self.attributes
    }

    /// Returns whether two readings have the same content, and nobody has written to it in between.
    pub(super) fn is_same_reading(&self, other: &Self) -> bool {
        (self.digest, self.attributes) == (other.digest, other.attributes)
    }

    /// Returns the paths that were added, changed or removed since an earlier reading.
    pub fn changes_since(&self, earlier: &Self) -> ChangedPaths {
        let mut changed = ChangedPaths::default();
        let now = self
            .entries
            .iter()
            .filter(|(path, digest)| earlier.entries.get(*path) != Some(*digest));
        let removed = earlier.entries.iter().filter(|(path, _)| !self.entries.contains_key(*path));
        let mut paths: Vec<_> = now.chain(removed).map(|(path, _)| path).collect();
        paths.sort_unstable();
        changed.count = paths.len();
        changed.named = paths.into_iter().take(NAMED_CHANGES_MAX).cloned().collect();
        changed
    }
}

/// Reads contents, up to a number of bytes.
struct ContentReader {
    bytes_left: u64,
    piece: Vec<u8>,
}

impl ContentReader {
    /// Returns the digest of what is at a path. `None` for folders: a folder without files decides nothing.
    fn entry_digest(
        &mut self,
        shown: &Path,
        entry: &Entry,
        skipped: &mut SkippedPaths,
    ) -> Option<Digest> {
        Some(match entry {
            Entry::File { path, attributes } => match self.content_digest(path, *attributes) {
                Ok(digest) => digest,
                Err(reason @ SkipReason::TooLarge) => {
                    skipped.add(shown, reason);
                    Digest::of(attributes.to_bytes())
                }
                Err(reason) => {
                    skipped.add(shown, reason);
                    reason_digest(reason, &[])
                }
            },
            Entry::Folder(_) => return None,
            Entry::Alias(listed) => tagged_digest(b"alias", listed.as_os_str().as_bytes()),
            Entry::Link { reason, target } => reason_digest(*reason, target.as_os_str().as_bytes()),
            Entry::Skipped { reason: SkipReason::NotRegular, .. } => {
                reason_digest(SkipReason::NotRegular, &[])
            }
            Entry::Skipped { reason, attributes } => {
                let attributes = attributes.map(FileAttributes::to_bytes);
                reason_digest(*reason, attributes.as_ref().map_or(&[][..], |bytes| &bytes[..]))
            }
        })
    }

    fn content_digest(
        &mut self,
        path: &Path,
        attributes: FileAttributes,
    ) -> Result<Digest, SkipReason> {
        if attributes.size > self.bytes_left {
            return Err(SkipReason::TooLarge);
        }
        let unreadable = |error: io::Error| SkipReason::Unreadable(error.kind());
        let mut file = open_regular(path)?;
        let mut hasher = Sha256::new();
        loop {
            let read = file.read(&mut self.piece).map_err(unreadable)?;
            if read == 0 {
                return Ok(Digest::from_bytes(hasher.finalize().into()));
            }
            // The file can grow while it is read.
            let left = self.bytes_left.checked_sub(read as u64);
            self.bytes_left = left.ok_or(SkipReason::TooLarge)?;
            hasher.update(self.piece.get(..read).unwrap_or_default());
        }
    }
}

/// Opens a file that may have become something else since it was listed. The path has no links, and none is followed.
fn open_regular(path: &Path) -> Result<File, SkipReason> {
    let unreadable = |error: io::Error| SkipReason::Unreadable(error.kind());
    // Opening a pipe would wait for somebody who writes into it.
    let flags = OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let opened = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(path);
    let file = opened.map_err(unreadable)?;
    match file.metadata().map_err(unreadable)?.is_file() {
        true => Ok(file),
        false => Err(SkipReason::NotRegular),
    }
}

/// Returns the digest of what the system says about all entries.
fn attributes_digest(walk: &Walk) -> Digest {
    let values: Vec<_> =
        walk.entries.iter().map(|(path, entry)| (path, entry_attributes(entry))).collect();
    digest_of_all(values.iter().map(|(path, value)| (*path, &value[..])))
}

fn entry_attributes(entry: &Entry) -> Vec<u8> {
    match entry {
        Entry::File { attributes, .. } => attributes.to_bytes().into(),
        // What was added to a folder is an entry of its own, unless it is left out.
        Entry::Folder(attributes) => attributes.identity_bytes().into(),
        Entry::Alias(listed) => listed.as_os_str().as_bytes().into(),
        Entry::Link { reason, target } => {
            reason_digest(*reason, target.as_os_str().as_bytes()).as_bytes().into()
        }
        Entry::Skipped { reason, attributes } => {
            let attributes = attributes.map(FileAttributes::to_bytes);
            let attributes = attributes.as_ref().map_or(&[][..], |bytes| &bytes[..]);
            reason_digest(*reason, attributes).as_bytes().into()
        }
    }
}

fn reason_digest(reason: SkipReason, details: &[u8]) -> Digest {
    tagged_digest(reason.to_string().as_bytes(), details)
}

/// Returns a digest that no file has whose content does not begin with this tag and a zero byte.
fn tagged_digest(tag: &[u8], details: &[u8]) -> Digest {
    Digest::of([tag, b"\0", details].concat())
}

/// Returns the digest of paths with values. The length of each is a part of it, so no two lists are mistaken for each other.
fn digest_of_all<'e>(entries: impl Iterator<Item = (&'e PathBuf, &'e [u8])>) -> Digest {
    let mut hasher = Sha256::new();
    for (path, value) in entries {
        for part in [path.as_os_str().as_bytes(), value] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
    }
    Digest::from_bytes(hasher.finalize().into())
}

#[cfg(test)]
mod tests;
