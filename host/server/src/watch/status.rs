//! The state of the watcher, which the server shows.

use std::path::PathBuf;

use super::coverage::WatchCoverage;

/// State of the watcher.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WatchStatus {
    pub mode: WatchMode,
    /// What the last reading covers.
    pub coverage: WatchCoverage,
    /// Number of changes that were told.
    pub changes_told: u64,
    /// Number of times that files were written, and had the content that was told last.
    pub unchanged_writes: u64,
}

/// How the watcher learns of changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum WatchMode {
    /// The folders are read for the first time.
    #[default]
    Starting,
    /// The system reports changes. The folders are looked at every few seconds as well, because mounted and network file
    /// systems report none.
    Watching,
    /// The system does not report all changes, so the folders are looked at every second.
    Polling(PollingReason),
    /// The watcher has ended: nothing is watched any more.
    Stopped,
}

/// The reason why the system does not report all changes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PollingReason {
    #[error("`{}` cannot be opened as a folder", .folder.display())]
    FolderMissing { folder: PathBuf },
    #[error(
        "the system watches no more folders for this user: raise `fs.inotify.max_user_watches`"
    )]
    TooManyWatches,
    #[error(
        "the system watches for no more processes of this user: raise `fs.inotify.max_user_instances`"
    )]
    TooManyWatchers,
    #[error("the system cannot watch: {reason}")]
    Unavailable { reason: String },
}
