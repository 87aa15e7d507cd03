//! Watching: tells when the files of a project have changed and settled.
//!
//! The [`ProjectWatcher`] watches whole folders and not single files, so that it sees files that are replaced by renaming,
//! and volumes of Kubernetes, whose versions are switched by one link. Events of the system only wake it. What has changed
//! it finds by reading: the [`ProjectFingerprint`] is a digest of all paths and contents, so writing what is there already
//! is no change, and a project has settled when two readings agree. Where the system reports nothing, it looks anyway,
//! every few seconds.
//!
//! It decides nothing, and reads no file as what it is: a half-written gate is a change like any other.

mod coverage;
mod fingerprint;
mod folder_events;
mod folders;
mod left_out;
mod project_watcher;
mod status;
mod walk;
mod watch_loop;

pub use coverage::{SkipReason, SkippedPath, SkippedPaths, WatchCoverage};
pub use fingerprint::{ChangedPaths, ProjectFingerprint};
pub use folders::{WatchedFolders, package_folders};
pub use project_watcher::{ProjectWatcher, SettledChange, SettledChanges, WatchStartError};
pub use status::{PollingReason, WatchMode, WatchStatus};

#[cfg(test)]
mod tests;
