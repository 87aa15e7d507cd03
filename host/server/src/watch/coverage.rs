//! What is watched, and what is not, with the reasons.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Paths that are remembered by name. People read them, and the first ones say what is wrong.
const NAMED_PATHS_MAX: usize = 16;

/// What a reading of the watched folders covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchCoverage {
    pub files: usize,
    pub folders: usize,
    /// Size of the contents that were read.
    pub bytes: u64,
    pub skipped: SkippedPaths,
}

/// Paths whose contents are not watched. A change of what is known of them without opening them is told like any other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedPaths {
    /// The first of them.
    pub named: Vec<SkippedPath>,
    /// Number of all of them.
    pub count: usize,
}

/// A path whose content is not watched.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SkippedPath {
    pub path: PathBuf,
    pub reason: SkipReason,
}

/// The reason why the content at a path is not watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SkipReason {
    /// A pipe, a socket or a device.
    NotRegular,
    /// A link to something outside of the watched folders.
    LeadsOut,
    /// A folder with more entries than there is room for.
    TooManyEntries,
    /// A folder after the last one that is watched.
    TooManyFolders,
    /// A file for which no bytes are left. Its size and its times are watched.
    TooLarge,
    Unreadable(io::ErrorKind),
}

impl SkippedPaths {
    pub(super) fn add(&mut self, path: &Path, reason: SkipReason) {
        self.count += 1;
        if self.named.len() < NAMED_PATHS_MAX {
            self.named.push(SkippedPath { path: path.to_owned(), reason });
        }
    }
}

impl fmt::Display for SkippedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` {}", self.path.display(), self.reason)
    }
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRegular => f.write_str("is a pipe, a socket or a device"),
            Self::LeadsOut => f.write_str("is a link that leads out of the watched folders"),
            Self::TooManyEntries => f.write_str("is a folder with too many files"),
            Self::TooManyFolders => f.write_str("is one folder too many"),
            Self::TooLarge => f.write_str("is too large to be read each time"),
            Self::Unreadable(kind) => write!(f, "cannot be read: {kind}"),
        }
    }
}
