//! The loop of the watcher, on a thread of its own: it waits for events or for the next look, reads until the project has
//! settled, and tells what has changed.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::fingerprint::ProjectFingerprint;
use super::folder_events::FolderEvents;
use super::folders::WatchedFolders;
use super::project_watcher::ToldReading;
use super::status::{PollingReason, WatchMode, WatchStatus};

/// Time without a further event after which the folders are read, and between the two readings that have to agree. Editors
/// write a file in several steps.
const CALM_TIME: Duration = Duration::from_millis(150);

/// Time after which a change is told even if writing goes on, so that one file that is always written hides no other.
const UNSETTLED_TIME_MAX: Duration = Duration::from_secs(2);

/// Time between two looks while the system reports changes. Mounted and network file systems report none.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// Time between two looks while the system does not report changes.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// Time after which contents are read again although no size and no time of a file has changed. There are file systems
/// whose times have a resolution of seconds, or that copy them.
const CONTENTS_INTERVAL: Duration = Duration::from_secs(60);

/// The loop of a watcher.
pub(super) struct WatchLoop {
    /// Folders to watch. The watcher changes them.
    pub(super) folders: Arc<Mutex<WatchedFolders>>,
    pub(super) events: FolderEvents,
    pub(super) wakes: Receiver<()>,
    /// Whether the watcher is gone.
    pub(super) is_stopping: Arc<AtomicBool>,
    /// The last reading, which is the one that was told last or has the same content.
    pub(super) last: Arc<ProjectFingerprint>,
    /// Time at which the last reading agreed with the one before. `None` if it did not, so that it may be of a file that was
    /// half written.
    pub(super) settled_at: Option<Instant>,
    /// Mode that the last look found. It is shown when the look is over.
    pub(super) mode: WatchMode,
    pub(super) told: watch::Sender<ToldReading>,
    pub(super) status: watch::Sender<WatchStatus>,
}

/// Shows that nothing is watched any more, for whatever reason the loop has ended.
struct StoppedMark(watch::Sender<WatchStatus>);

impl Drop for StoppedMark {
    fn drop(&mut self) {
        self.0.send_modify(|status| status.mode = WatchMode::Stopped);
    }
}

impl WatchLoop {
    /// Watches until the watcher is gone.
    pub(super) fn run(mut self) {
        let _mark = StoppedMark(self.status.clone());
        // The first look is for what came since the first reading, before there was a watch.
        let mut next = Some(Instant::now() + UNSETTLED_TIME_MAX);
        while let Some(deadline) = next {
            self.look(deadline);
            self.show_mode();
            next = self.wait();
        }
    }

    /// Waits until it is time to look. Returns the time at which a change has to be told, or `None` if the watcher is gone.
    fn wait(&self) -> Option<Instant> {
        let interval = match self.mode {
            WatchMode::Watching => LOOK_INTERVAL,
            _ => POLL_INTERVAL,
        };
        let woken = self.wakes.recv_timeout(interval);
        let deadline = Instant::now() + UNSETTLED_TIME_MAX;
        if woken.is_ok() {
            self.wait_for_calm(deadline);
        }
        (!self.is_stopping()).then_some(deadline)
    }

    fn wait_for_calm(&self, deadline: Instant) {
        while !self.is_stopping() && Instant::now() < deadline {
            match self.wakes.recv_timeout(CALM_TIME) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn is_stopping(&self) -> bool {
        self.is_stopping.load(Ordering::Acquire)
    }

    /// Looks whether something has changed, and tells it.
    fn look(&mut self, deadline: Instant) {
        let folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let last = self.last.clone();
        self.cover(&last);
        let is_recent = |at: Instant| at.elapsed() < CONTENTS_INTERVAL;
        if self.settled_at.is_some_and(is_recent) && last.is_untouched(&folders) {
            return;
        }
        let (reading, is_settled) = self.read_until_settled(&folders, deadline);
        if reading.digest() == last.digest() {
            let is_written = self.settled_at.is_some() && !reading.is_same_reading(&last);
            self.status.send_modify(|status| status.unchanged_writes += u64::from(is_written));
        } else {
            let (reading, folders) = (reading.clone(), folders);
            self.told.send_modify(|told| *told = told.next(reading, folders, is_settled));
            self.status.send_modify(|status| status.changes_told += 1);
        }
        self.settled_at = is_settled.then(Instant::now);
        self.last = reading;
    }

    /// Reads until two readings agree, or the time is over. Returns the last reading, and whether it agreed with the one
    /// before.
    fn read_until_settled(
        &mut self,
        folders: &WatchedFolders,
        deadline: Instant,
    ) -> (Arc<ProjectFingerprint>, bool) {
        let mut reading = self.read(folders);
        while !self.is_stopping() && Instant::now() < deadline {
            // Events that come meanwhile stay in the channel, and lead to another look.
            std::thread::sleep(CALM_TIME);
            let again = self.read(folders);
            let is_settled = again.is_same_reading(&reading);
            reading = again;
            if is_settled {
                return (reading, true);
            }
        }
        (reading, false)
    }

    /// Reads the folders, and asks for events about those that it found.
    fn read(&mut self, folders: &WatchedFolders) -> Arc<ProjectFingerprint> {
        let reading = Arc::new(ProjectFingerprint::read(folders));
        self.cover(&reading);
        let coverage = reading.coverage();
        self.status.send_if_modified(|status| {
            let is_new = status.coverage != *coverage;
            if is_new {
                status.coverage.clone_from(coverage);
            }
            is_new
        });
        reading
    }

    /// Asks for events about the folders of a reading, and finds out whether all of them will come.
    fn cover(&mut self, reading: &ProjectFingerprint) {
        let covered = self.events.cover(&reading.folders);
        self.mode = match (reading.missing.first(), covered) {
            (Some(folder), _) => {
                WatchMode::Polling(PollingReason::FolderMissing { folder: folder.clone() })
            }
            (None, Err(reason)) => WatchMode::Polling(reason),
            (None, Ok(())) => WatchMode::Watching,
        };
    }

    fn show_mode(&self) {
        let is_new = self.status.send_if_modified(|status| {
            let is_new = status.mode != self.mode;
            if is_new {
                status.mode.clone_from(&self.mode);
            }
            is_new
        });
        match (&self.mode, is_new) {
            (WatchMode::Polling(reason), true) => {
                tracing::warn!(%reason, "looking for changes of the project every second");
            }
            (WatchMode::Watching, true) => tracing::info!("watching the project for changes"),
            _ => {}
        }
    }
}
