//! Events of a build, for a caller that shows its progress.

use std::path::Path;

/// Receiver of the events of a build. Called on the thread that builds.
pub trait BuildLog: Send + Sync {
    /// Reports that a tool is about to be downloaded.
    fn fetch_started(&self, tool: &str);

    /// Reports that the download of a tool has ended. `folder` is the tool's folder, or `None` if the
    /// download failed. Called once after each [`fetch_started`](Self::fetch_started).
    fn fetch_ended(&self, tool: &str, folder: Option<&Path>);

    /// Reports warnings of a compiler that succeeded.
    fn compiler_warned(&self, warnings: &str);
}

/// A log that ignores everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct SilentLog;

impl BuildLog for SilentLog {
    fn fetch_started(&self, _tool: &str) {}

    fn fetch_ended(&self, _tool: &str, _folder: Option<&Path>) {}

    fn compiler_warned(&self, _warnings: &str) {}
}
