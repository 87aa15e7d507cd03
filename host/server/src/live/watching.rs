//! Running: the project is opened, and from then on what changes in its files or in the ledger changes the gates.

use tokio::sync::watch;
use tollgate_api::join_causes;

use super::LiveGates;
use super::reload::ReloadResult;
use crate::signals::metrics::Metrics;
use crate::watch::{
    ProjectWatcher, SettledChange, SettledChanges, WatchedFolders, package_folders,
};

/// Times that the project is read again because files changed while it was read. A change after that is told anew.
const READINGS_MAX: usize = 3;

impl LiveGates {
    /// Opens the project, and prepares every change of its files until the server shuts down.
    pub(crate) async fn run(self, metrics: Metrics, mut shutdown: watch::Receiver<bool>) {
        // Begun before the project is read, so that no change in between is missed.
        let watching = self.start_watcher().await;
        self.open_project().await;
        let Some((watcher, mut changes)) = watching else { return };
        loop {
            let change = tokio::select! {
                change = changes.next() => change,
                _ = async { shutdown.wait_for(|begun| *begun).await.map(drop) } => None,
            };
            let Some(change) = change else { return };
            let mut result = self.reload().await;
            for _ in 1..READINGS_MAX {
                if !change.is_settled || is_untouched(&change).await {
                    break;
                }
                result = self.reload().await;
            }
            metrics.record_reload(result);
            self.watch_package_folders(&watcher);
            log_reload(result, change.number);
        }
    }

    async fn start_watcher(&self) -> Option<(ProjectWatcher, SettledChanges)> {
        let project = self.host().project().clone();
        let started = tokio::task::spawn_blocking(move || {
            let extra = package_folders(&project).unwrap_or_default();
            ProjectWatcher::start(WatchedFolders::new(&project.folder, extra))
        });
        match started.await {
            Ok(Ok(watching)) => Some(watching),
            Ok(Err(error)) => {
                let error = join_causes(&error);
                tracing::error!(error, "changes of files are not noticed; releases still are");
                None
            }
            Err(error) => {
                tracing::error!(%error, "changes of files are not noticed; releases still are");
                None
            }
        }
    }

    /// Watches the folders of packages that the project names now.
    fn watch_package_folders(&self, watcher: &ProjectWatcher) {
        match package_folders(self.host().project()) {
            Ok(folders) => watcher.set_extra_folders(folders),
            Err(error) => {
                tracing::warn!(error = join_causes(&error), "folders of packages are not watched");
            }
        }
    }
}

/// Returns whether what was read is what the change tells of. One that has not settled is followed by another.
async fn is_untouched(change: &SettledChange) -> bool {
    let change = change.clone();
    // The next change is told in any case.
    tokio::task::spawn_blocking(move || change.is_untouched()).await.unwrap_or(true)
}

fn log_reload(result: ReloadResult, change: u64) {
    match result {
        ReloadResult::Rejected => tracing::warn!(change, "a change of the project was rejected"),
        ReloadResult::Ok => tracing::info!(change, "a change of the project is prepared"),
        ReloadResult::Noop => tracing::debug!(change, "a change of the project changes no gate"),
    }
}
