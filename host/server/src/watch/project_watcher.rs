//! The watcher of a project, and the changes that it tells.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;
use tollgate_model::Digest;

use super::fingerprint::{ChangedPaths, ProjectFingerprint};
use super::folder_events::{FolderEvents, OpenWatcher, open_system_watcher};
use super::folders::WatchedFolders;
use super::status::{WatchMode, WatchStatus};
use super::watch_loop::WatchLoop;

/// Watches the folders of a project until it is dropped.
pub struct ProjectWatcher {
    folders: Arc<Mutex<WatchedFolders>>,
    status: watch::Receiver<WatchStatus>,
    is_stopping: Arc<AtomicBool>,
    wakes: SyncSender<()>,
    start: Arc<ProjectFingerprint>,
}

/// The reason why nothing can be watched.
#[derive(Debug, thiserror::Error)]
#[error("the thread that watches the project cannot be started")]
pub struct WatchStartError(#[source] io::Error);

/// Changes of a project, as they settle.
pub struct SettledChanges {
    told: watch::Receiver<ToldReading>,
    /// The reading that the receiver knows.
    known: Arc<ProjectFingerprint>,
}

/// A change of the project.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SettledChange {
    /// Number of the change, from 1. Changes that come while the receiver is busy are told as one, with the last number.
    pub number: u64,
    /// Digest of the paths and contents.
    pub digest: Digest,
    /// Paths that differ from the change before. None differ if the content came back while the receiver was busy: what it
    /// read meanwhile may have been something else.
    pub paths: ChangedPaths,
    /// Whether two readings agreed. If not, something is being written all the time, and files may be half written.
    pub is_settled: bool,
    reading: Arc<ProjectFingerprint>,
    folders: WatchedFolders,
}

/// A reading that was told.
#[derive(Clone, Debug)]
pub(super) struct ToldReading {
    number: u64,
    reading: Arc<ProjectFingerprint>,
    folders: WatchedFolders,
    is_settled: bool,
}

impl ProjectWatcher {
    /// Starts to watch the folders. Whatever is read after that and changes later is told. Folders that are missing are told
    /// when they are there. It blocks while it reads the folders for the first time.
    pub fn start(folders: WatchedFolders) -> Result<(Self, SettledChanges), WatchStartError> {
        Self::start_with(folders, open_system_watcher)
    }

    pub(super) fn start_with(
        folders: WatchedFolders,
        open: OpenWatcher,
    ) -> Result<(Self, SettledChanges), WatchStartError> {
        let start = Arc::new(ProjectFingerprint::read(&folders));
        // One wake is enough, however many events come.
        let (wakes, woken) = sync_channel(1);
        let (status, shown_status) = watch::channel(WatchStatus::default());
        status.send_modify(|status| status.coverage.clone_from(start.coverage()));
        let first = ToldReading {
            number: 0,
            reading: start.clone(),
            folders: folders.clone(),
            is_settled: false,
        };
        let (told, changes) = watch::channel(first);
        let events = FolderEvents::new(open, folders.clone(), wakes.clone());
        let folders = Arc::new(Mutex::new(folders));
        let is_stopping = Arc::new(AtomicBool::new(false));
        let watch_loop = WatchLoop {
            folders: folders.clone(),
            events,
            wakes: woken,
            is_stopping: is_stopping.clone(),
            last: start.clone(),
            settled_at: None,
            mode: WatchMode::Starting,
            told,
            status,
        };
        let thread = std::thread::Builder::new().name("project-watcher".into());
        thread.spawn(move || watch_loop.run()).map_err(WatchStartError)?;
        let changes = SettledChanges { told: changes, known: start.clone() };
        Ok((Self { folders, status: shown_status, is_stopping, wakes, start }, changes))
    }

    /// Returns the digest of the folders when the watcher was started.
    pub fn start_digest(&self) -> Digest {
        self.start.digest()
    }

    /// Returns the state of the watcher.
    pub fn status(&self) -> WatchStatus {
        self.status.borrow().clone()
    }

    /// Returns a receiver that is told whenever the state changes.
    pub fn status_changes(&self) -> watch::Receiver<WatchStatus> {
        self.status.clone()
    }

    /// Sets the folders that are watched besides that of the project, such as its [package folders](super::package_folders).
    /// The project's file can name others after a change. What is in a new one is told as a change.
    pub fn set_extra_folders(&self, extra: Vec<PathBuf>) {
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        if folders.extra() != extra {
            *folders = folders.with_extra(extra);
            self.wake();
        }
    }

    fn wake(&self) {
        // If there is a wake already, the loop is going to look anyway.
        let _ = self.wakes.try_send(());
    }
}

impl Drop for ProjectWatcher {
    fn drop(&mut self) {
        self.is_stopping.store(true, Ordering::Release);
        self.wake();
    }
}

impl SettledChanges {
    /// Waits for the next change. Returns `None` if the watcher has ended. A change that is not awaited is not lost if this
    /// is cancelled.
    pub async fn next(&mut self) -> Option<SettledChange> {
        self.told.changed().await.ok()?;
        let ToldReading { number, reading, folders, is_settled } =
            self.told.borrow_and_update().clone();
        let paths = reading.changes_since(&self.known);
        self.known = reading.clone();
        let digest = reading.digest();
        Some(SettledChange { number, digest, paths, is_settled, reading, folders })
    }
}

impl SettledChange {
    /// Returns whether nobody has written to the watched folders since the change settled. Whoever has read files in between
    /// has read what the digest stands for, and should read them again otherwise: a content that came and went meanwhile
    /// is not told. It opens no file, and blocks while it looks.
    pub fn is_untouched(&self) -> bool {
        self.is_settled && self.reading.is_untouched(&self.folders)
    }
}

impl ToldReading {
    pub(super) fn next(
        &self,
        reading: Arc<ProjectFingerprint>,
        folders: WatchedFolders,
        is_settled: bool,
    ) -> Self {
        Self { number: self.number + 1, reading, folders, is_settled }
    }
}
