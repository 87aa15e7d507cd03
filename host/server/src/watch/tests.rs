use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use notify::NullWatcher;
use tempfile::TempDir;
use tollgate_project::files;

use super::folder_events::{OpenWatcher, open_system_watcher};
use super::*;

/// Time within which everything that has to come comes, even on a busy machine.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// A project that is watched.
struct WatchedProject {
    path: PathBuf,
    watcher: ProjectWatcher,
    changes: SettledChanges,
    _folder: TempDir,
}

impl WatchedProject {
    async fn start() -> Self {
        Self::start_with(open_system_watcher).await
    }

    /// Starts to watch with this watcher of the system, and waits until it does.
    async fn start_with(open: OpenWatcher) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("project");
        write(&path.join("tollgate.toml"), "");
        write(&path.join("gates/a.toml"), "first");
        let folders = WatchedFolders::new(&path, []);
        let (watcher, changes) = ProjectWatcher::start_with(folders, open).unwrap();
        let project = Self { path, watcher, changes, _folder: folder };
        project.wait_for(|status| status.mode != WatchMode::Starting).await;
        project
    }

    fn write(&self, file: &str, content: &str) {
        write(&self.path.join(file), content);
    }

    fn read(&self) -> ProjectFingerprint {
        ProjectFingerprint::read(&WatchedFolders::new(&self.path, []))
    }

    async fn wait_for(&self, is_reached: impl Fn(&WatchStatus) -> bool) {
        let mut status = self.watcher.status_changes();
        let reached = status.wait_for(|status| is_reached(status));
        let reached = tokio::time::timeout(WAIT_MAX, reached).await;
        assert!(reached.is_ok_and(|reached| reached.is_ok()), "{:?}", self.watcher.status());
    }

    async fn next(&mut self) -> SettledChange {
        tokio::time::timeout(WAIT_MAX, self.changes.next()).await.unwrap().unwrap()
    }

    /// Waits until the project is told as it is now. Returns all paths that were told, and the number of changes.
    async fn until_told(&mut self) -> (Vec<String>, usize) {
        let now = self.read().digest();
        let (mut paths, mut count) = (Vec::new(), 0);
        loop {
            let change = self.next().await;
            paths.extend(change.paths.named.iter().map(|path| path.display().to_string()));
            count += 1;
            if change.digest == now {
                paths.sort();
                paths.dedup();
                return (paths, count);
            }
        }
    }

    /// Waits until something was written that is no change.
    async fn until_written_unchanged(&self) {
        self.wait_for(|status| status.unchanged_writes > 0).await;
        assert_eq!(self.watcher.status().changes_told, 0);
        assert_eq!(self.read().digest(), self.watcher.start_digest());
    }
}

/// Writes a file as this tool does: completely, by renaming.
fn write(path: &Path, content: &str) {
    files::write(path, content.as_bytes()).unwrap();
}

#[tokio::test]
async fn tells_a_file_that_an_editor_saves_by_renaming() {
    let mut project = WatchedProject::start().await;
    assert_eq!(project.watcher.status().mode, WatchMode::Watching);
    project.write("gates/.a.toml.swp", "x");
    project.write("gates/a.toml~", "first");
    project.write("gates/.tmpAbCdEf", "second");
    fs::rename(project.path.join("gates/.tmpAbCdEf"), project.path.join("gates/a.toml")).unwrap();
    let change = project.next().await;
    assert_eq!((change.number, change.paths.named), (1, vec![PathBuf::from("gates/a.toml")]));
    assert_eq!(change.digest, project.read().digest());
    assert!(change.is_settled);
}

#[tokio::test]
async fn does_not_tell_that_equal_content_was_written() {
    let project = WatchedProject::start().await;
    let same = File::options().write(true).open(project.path.join("gates/a.toml"));
    same.unwrap().write_all(b"first").unwrap();
    project.until_written_unchanged().await;
}

#[tokio::test]
async fn does_not_tell_that_equal_content_was_renamed_into_place() {
    let project = WatchedProject::start().await;
    project.write("gates/a.toml", "first");
    project.until_written_unchanged().await;
}

#[tokio::test]
async fn tells_the_end_of_what_is_written_in_steps() {
    let mut project = WatchedProject::start().await;
    let mut file = File::create(project.path.join("gates/a.toml")).unwrap();
    std::thread::sleep(Duration::from_millis(50));
    file.write_all(b"second").unwrap();
    drop(file);
    let (paths, _) = project.until_told().await;
    assert_eq!(paths, ["gates/a.toml"]);
}

#[tokio::test]
async fn tells_the_new_version_of_a_volume() {
    let mut project = WatchedProject::start().await;
    let volume = project.path.join("volume");
    project.write("volume/..2026_a/b.toml", "first");
    symlink("..2026_a", volume.join("..data")).unwrap();
    symlink("..data/b.toml", volume.join("b.toml")).unwrap();
    assert_eq!(project.until_told().await.0, ["volume/b.toml"]);
    project.write("volume/..2026_b/b.toml", "second");
    symlink("..2026_b", volume.join("..data_tmp")).unwrap();
    fs::rename(volume.join("..data_tmp"), volume.join("..data")).unwrap();
    fs::remove_dir_all(volume.join("..2026_a")).unwrap();
    assert_eq!(project.until_told().await.0, ["volume/b.toml"]);
}

#[tokio::test]
async fn tells_a_removed_file() {
    let mut project = WatchedProject::start().await;
    fs::remove_file(project.path.join("gates/a.toml")).unwrap();
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
}

#[tokio::test]
async fn tells_files_in_new_folders_and_what_happens_to_them() {
    let mut project = WatchedProject::start().await;
    project.write("packages/acme/claims/1.0.0.json", "{}");
    assert_eq!(project.until_told().await.0, ["packages/acme/claims/1.0.0.json"]);
    project.write("packages/acme/claims/1.0.0.json", "{\"yanked\": true}");
    assert_eq!(project.until_told().await.0, ["packages/acme/claims/1.0.0.json"]);
}

#[tokio::test]
async fn tells_many_writes_as_few_changes() {
    const WRITES: usize = 200;
    let mut project = WatchedProject::start().await;
    for number in 0..WRITES {
        let path = project.path.join(format!("gates/{}.toml", number % 10));
        fs::write(path, number.to_string()).unwrap();
    }
    let (paths, count) = project.until_told().await;
    assert_eq!(paths.len(), 10);
    assert!(count < WRITES / 4, "{count} changes");
}

#[tokio::test]
async fn tells_a_folder_that_is_removed_and_made_again() {
    let mut project = WatchedProject::start().await;
    let gates = project.path.join("gates");
    fs::remove_dir_all(&gates).unwrap();
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
    project.write("gates/a.toml", "second");
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
    // At once, so that the events of the old folder come when the new one is watched already.
    fs::remove_dir_all(&gates).unwrap();
    project.write("gates/a.toml", "third");
    project.until_told().await;
    project.write("gates/a.toml", "fourth");
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
}

#[tokio::test]
async fn says_that_the_project_is_gone_until_it_is_back() {
    let mut project = WatchedProject::start().await;
    let away = project.path.with_extension("away");
    fs::rename(&project.path, &away).unwrap();
    project.until_told().await;
    let missing = PollingReason::FolderMissing { folder: project.path.clone() };
    project.wait_for(|status| status.mode == WatchMode::Polling(missing.clone())).await;
    fs::rename(&away, &project.path).unwrap();
    project.until_told().await;
    project.wait_for(|status| status.mode == WatchMode::Watching).await;
    project.write("gates/a.toml", "second");
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
}

#[tokio::test]
async fn one_file_that_is_written_all_the_time_hides_no_other() {
    let mut project = WatchedProject::start().await;
    let is_over = Arc::new(AtomicBool::new(false));
    let (log, stop) = (project.path.join("outputs.jsonl"), is_over.clone());
    let writer = std::thread::spawn(move || {
        let mut file = File::create(log).unwrap();
        while !stop.load(Ordering::Relaxed) {
            file.write_all(b"{}\n").unwrap();
            std::thread::sleep(Duration::from_millis(5));
        }
    });
    project.write("gates/a.toml", "second");
    loop {
        let change = project.next().await;
        assert!(change.is_settled || !change.is_untouched());
        if change.paths.named.contains(&PathBuf::from("gates/a.toml")) {
            break;
        }
    }
    is_over.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    project.write("tollgate.toml", "# settled");
    project.until_told().await;
}

#[tokio::test]
async fn looks_by_itself_where_the_system_reports_nothing() {
    let mut project = WatchedProject::start_with(|_| Ok(Box::new(NullWatcher))).await;
    assert_eq!(project.watcher.status().mode, WatchMode::Watching);
    project.write("gates/a.toml", "second");
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
}

#[tokio::test]
async fn polls_while_the_system_cannot_watch() {
    static IS_FULL: AtomicBool = AtomicBool::new(true);
    let open: OpenWatcher = |handler| match IS_FULL.load(Ordering::Relaxed) {
        true => Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)),
        false => open_system_watcher(handler),
    };
    let mut project = WatchedProject::start_with(open).await;
    let mode = WatchMode::Polling(PollingReason::TooManyWatches);
    assert_eq!(project.watcher.status().mode, mode);
    project.write("gates/a.toml", "second");
    assert_eq!(project.until_told().await.0, ["gates/a.toml"]);
    IS_FULL.store(false, Ordering::Relaxed);
    project.wait_for(|status| status.mode == WatchMode::Watching).await;
}

#[tokio::test]
async fn watches_folders_that_are_named_later() {
    let mut project = WatchedProject::start().await;
    let packages = project.path.with_file_name("packages");
    write(&packages.join("acme/claims/1.0.0.json"), "{}");
    project.watcher.set_extra_folders(vec![packages.clone()]);
    let path = packages.join("acme/claims/1.0.0.json");
    assert_eq!(project.next().await.paths.named, std::slice::from_ref(&path));
    write(&path, "{\"yanked\": true}");
    assert_eq!(project.next().await.paths.named, [path]);
}

#[tokio::test]
async fn a_change_that_was_written_over_is_not_untouched() {
    let mut project = WatchedProject::start().await;
    project.write("gates/a.toml", "second");
    project.until_told().await;
    project.write("gates/b.toml", "first");
    let change = project.next().await;
    assert!(change.is_untouched());
    project.write("gates/b.toml", "first");
    assert!(!change.is_untouched());
}

#[tokio::test]
async fn content_that_came_and_went_while_nobody_asked_is_told() {
    let mut project = WatchedProject::start().await;
    project.write("gates/a.toml", "second");
    project.wait_for(|status| status.changes_told == 1).await;
    project.write("gates/a.toml", "first");
    project.wait_for(|status| status.changes_told == 2).await;
    let change = project.next().await;
    assert_eq!((change.number, change.paths.count), (2, 0));
    assert_eq!(change.digest, project.watcher.start_digest());
}

#[tokio::test]
async fn ends_with_the_watcher_and_says_so() {
    let project = WatchedProject::start().await;
    let (mut status, mut changes) = (project.watcher.status_changes(), project.changes);
    drop(project.watcher);
    let next = tokio::time::timeout(WAIT_MAX, changes.next()).await.unwrap();
    assert!(next.is_none());
    let stopped = status.wait_for(|status| status.mode == WatchMode::Stopped);
    tokio::time::timeout(WAIT_MAX, stopped).await.unwrap().unwrap();
}

#[tokio::test]
async fn reading_the_folders_wakes_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    write(&path.join("gates/a.toml"), "first");
    let folders = WatchedFolders::new(&path, []);
    let (wakes, woken) = std::sync::mpsc::sync_channel(1);
    let mut events = folder_events::FolderEvents::new(open_system_watcher, folders.clone(), wakes);
    events.cover(&[path.clone(), path.join("gates")]).unwrap();
    ProjectFingerprint::read(&folders);
    fs::read(path.join("gates/a.toml")).unwrap();
    assert!(woken.recv_timeout(Duration::from_millis(500)).is_err(), "reading woke it");
    write(&path.join("gates/a.toml"), "second");
    woken.recv_timeout(WAIT_MAX).unwrap();
}
