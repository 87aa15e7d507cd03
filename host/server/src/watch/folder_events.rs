//! Events of the system about folders. They only wake the watcher: what has changed is found by reading.

use std::path::{Path, PathBuf};
use std::sync::mpsc::SyncSender;

use notify::event::{AccessKind, AccessMode};
use notify::{ErrorKind, Event, EventKind, RecursiveMode, Watcher};
use rustix::io::Errno;

use super::folders::WatchedFolders;
use super::left_out::is_left_out_of_events;
use super::status::PollingReason;

/// Receives what the system reports.
type EventHandler = Box<dyn FnMut(notify::Result<Event>) + Send>;

/// Opens the watcher of the system.
pub(super) type OpenWatcher = fn(EventHandler) -> notify::Result<Box<dyn Watcher + Send>>;

/// Events about the watched folders.
pub(super) struct FolderEvents {
    open: OpenWatcher,
    /// `None` if it could not be opened.
    watcher: Option<Box<dyn Watcher + Send>>,
    folders: WatchedFolders,
    wakes: SyncSender<()>,
}

/// Opens the watcher that is made for this system.
pub(super) fn open_system_watcher(
    handler: EventHandler,
) -> notify::Result<Box<dyn Watcher + Send>> {
    Ok(Box::new(notify::recommended_watcher(handler)?))
}

impl FolderEvents {
    /// Prepares events that send a wake each. `folders` says which files are left out.
    pub(super) fn new(open: OpenWatcher, folders: WatchedFolders, wakes: SyncSender<()>) -> Self {
        Self { open, watcher: None, folders, wakes }
    }

    /// Asks for events about these folders and no deeper ones. It is repeated at each reading: a folder that was removed
    /// and made again has lost its watch, and asking twice for one does no harm. Returns the reason if events about one of
    /// them will be missing.
    pub(super) fn cover(&mut self, folders: &[PathBuf]) -> Result<(), PollingReason> {
        if self.watcher.is_none() {
            let opened = (self.open)(self.handler());
            self.watcher = Some(opened.map_err(|error| polling_reason(&error))?);
        }
        let Some(watcher) = &mut self.watcher else { return Ok(()) };
        let mut covered = Ok(());
        for folder in folders {
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => {}
                // The next reading finds that it is gone.
                Err(_) if !folder.is_dir() => {}
                Err(error) => {
                    covered = covered.and(Err(polling_reason(&error)));
                    if matches!(error.kind, ErrorKind::MaxFilesWatch) {
                        break;
                    }
                }
            }
        }
        covered
    }

    fn handler(&self) -> EventHandler {
        let (wakes, folders) = (self.wakes.clone(), self.folders.clone());
        Box::new(move |event| {
            // An error may stand for lost events.
            if event.is_ok_and(|event| !is_possible_change(&event, &folders)) {
                return;
            }
            // If there is a wake already, the watcher is going to look anyway.
            let _ = wakes.try_send(());
        })
    }
}

/// Returns whether an event can mean that something that decides has changed.
fn is_possible_change(event: &Event, folders: &WatchedFolders) -> bool {
    let is_left_out = |path: &PathBuf| {
        let Some(name) = path.file_name() else { return false };
        let folder = path.parent().unwrap_or(Path::new(""));
        is_left_out_of_events(name) || folders.leaves_out(folder, name)
    };
    // An event without a path is about lost events.
    let is_about_others = !event.paths.is_empty() && event.paths.iter().all(is_left_out);
    !is_reading(&event.kind) && !is_about_others
}

/// Returns whether an event says that a file was only read. Reading the folders would wake the watcher again and again.
fn is_reading(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

fn polling_reason(error: &notify::Error) -> PollingReason {
    match &error.kind {
        ErrorKind::MaxFilesWatch => PollingReason::TooManyWatches,
        ErrorKind::Io(error) if error.raw_os_error() == Some(Errno::MFILE.raw_os_error()) => {
            PollingReason::TooManyWatchers
        }
        _ => PollingReason::Unavailable { reason: error.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use notify::event::{CreateKind, DataChange, ModifyKind, RenameMode};

    use super::*;

    fn wakes(kind: EventKind, path: &str) -> bool {
        let folders =
            WatchedFolders::new("/project", []).without_file("/project/ledger.db".as_ref());
        is_possible_change(&Event::new(kind).add_path(path.into()), &folders)
    }

    #[test]
    fn wakes_for_what_can_be_a_change() {
        let gate = "/project/gates/welcome-email.toml";
        for kind in [
            EventKind::Any,
            EventKind::Other,
            EventKind::Create(CreateKind::File),
            EventKind::Modify(ModifyKind::Data(DataChange::Any)),
            EventKind::Modify(ModifyKind::Name(RenameMode::To)),
            EventKind::Access(AccessKind::Close(AccessMode::Write)),
        ] {
            assert!(wakes(kind, gate), "{kind:?}");
        }
        let folders = WatchedFolders::new("/project", []);
        assert!(is_possible_change(&Event::new(EventKind::Other), &folders));
    }

    #[test]
    fn does_not_wake_for_reading() {
        for access in [
            AccessKind::Any,
            AccessKind::Read,
            AccessKind::Open(AccessMode::Any),
            AccessKind::Close(AccessMode::Read),
        ] {
            assert!(!wakes(EventKind::Access(access), "/project/tollgate.toml"), "{access:?}");
        }
    }

    #[test]
    fn does_not_wake_for_what_is_left_out() {
        let written = EventKind::Modify(ModifyKind::Data(DataChange::Any));
        for path in ["/project/ledger.db-wal", "/project/.tollgate", "/project/gates/.a.toml.swp"] {
            assert!(!wakes(written, path), "{path}");
        }
        assert!(wakes(written, "/project/gates/..data"));
    }

    #[test]
    fn names_the_limit_that_was_reached() {
        let limit = notify::Error::new(ErrorKind::MaxFilesWatch);
        assert_eq!(polling_reason(&limit), PollingReason::TooManyWatches);
        let instances = std::io::Error::from_raw_os_error(Errno::MFILE.raw_os_error());
        assert_eq!(polling_reason(&notify::Error::io(instances)), PollingReason::TooManyWatchers);
        let other = polling_reason(&notify::Error::generic("no inotify here"));
        assert_eq!(other.to_string(), "the system cannot watch: no inotify here");
    }
}
