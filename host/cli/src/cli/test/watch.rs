//! `tollgate test --watch`: builds and tests again whenever a file of the contract changes.
//!
//! The system's notifications only wake this up. What changed is found by comparing the folder with its state before the
//! last round, so that no change is missed while a build runs, and none is invented.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Duration;

use anyhow::Context;
use futures_util::future::{Either, select};
use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot};
use tollgate_engine::Engine;
use tollgate_toolchain::{BuildError, ContractFiles, needs_build};

use super::TestCommand;
use crate::cli::contract_loading;
use crate::cli::toolchain::new_toolchain;
use crate::console;
use crate::exit::Exit;

/// Time without a further change after which a round starts. Editors write a file in several steps.
const CALM_TIME: Duration = Duration::from_millis(150);

/// Watches the folder until Ctrl-C.
pub(super) async fn watch(command: &TestCommand, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
    // Without its `contract.toml` the folder is surely the wrong one, and waiting would not help.
    tollgate_project::read_contract_file(&command.folder)?;
    let mut interruptions = signal(SignalKind::interrupt())?;
    let rounds = pin!(run_rounds(command, cache));
    match select(rounds, pin!(interruptions.recv())).await {
        Either::Left((Err(error), _)) => Err(error),
        // A build that is running ends with this process.
        Either::Right(_) => Ok(Exit::Interrupted),
    }
}

async fn run_rounds(command: &TestCommand, cache: Option<PathBuf>) -> anyhow::Result<Infallible> {
    let engine = contract_loading::new_engine(cache.clone())?;
    let mut watcher = FolderWatcher::new(&command.folder)?;
    let mut is_build_due = true;
    loop {
        let mut state = ContractFiles::read(&command.folder);
        watcher.watch(&state)?;
        let schema_changed = run_round(command, &engine, cache.clone(), &mut is_build_due).await;
        let schema_changed = schema_changed.unwrap_or_else(|error| {
            console::print_error(&error);
            false
        });
        state.accept_generated(&ContractFiles::read(&command.folder), schema_changed);
        console::note("waiting for changes, until Ctrl-C");
        let changes = watcher.wait_for_changes(&state).await?;
        console::note(format!("changed: {}", list_changes(&changes)));
        is_build_due |= needs_build(&changes);
    }
}

/// Builds the contract, if a source has changed since the last build that succeeded, and runs its cases. Returns whether
/// the build wrote `config.schema.json`.
async fn run_round(
    command: &TestCommand,
    engine: &Engine,
    cache: Option<PathBuf>,
    is_build_due: &mut bool,
) -> anyhow::Result<bool> {
    let mut schema_changed = false;
    if *is_build_due {
        schema_changed = build(command.folder.clone(), cache).await??;
        *is_build_due = false;
    }
    if let Err(error) = command.test(engine).await {
        console::print_error(&error);
    }
    Ok(schema_changed)
}

/// Builds on a thread of its own, because a build blocks, and Ctrl-C must not wait for it. Returns whether the build wrote
/// `config.schema.json`.
async fn build(
    folder: PathBuf,
    cache: Option<PathBuf>,
) -> anyhow::Result<Result<bool, BuildError>> {
    let (sender, built) = oneshot::channel();
    std::thread::spawn(move || {
        let result = new_toolchain(cache).build_contract(&folder);
        // Nobody waits any more after Ctrl-C.
        let _ = sender.send(result.map(|built| built.schema_changed));
    });
    built.await.context("the build ended without a result")
}

/// Notifications about the folders of a contract.
struct FolderWatcher {
    folder: PathBuf,
    watcher: RecommendedWatcher,
    /// Has a message if something has happened since the last one was taken.
    wakes: mpsc::Receiver<()>,
}

impl FolderWatcher {
    fn new(folder: &Path) -> anyhow::Result<Self> {
        let (sender, wakes) = mpsc::channel(1);
        let watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            // Reading is reported too, and would wake the reader again and again. An error may stand for lost events.
            if !event.is_ok_and(|event| is_reading(&event.kind)) {
                let _ = sender.try_send(());
            }
        });
        let watcher = watcher.with_context(|| cannot_watch(folder))?;
        Ok(Self { folder: folder.to_owned(), watcher, wakes })
    }

    /// Watches the folders of this state. Those that are watched already are not watched twice.
    fn watch(&mut self, state: &ContractFiles) -> anyhow::Result<()> {
        for below in state.folders() {
            let folder = self.folder.join(below);
            let watched = self.watcher.watch(&folder, RecursiveMode::NonRecursive);
            // A folder that was removed meanwhile is missing in the next state.
            if folder.is_dir() {
                watched.with_context(|| cannot_watch(&folder))?;
            }
        }
        Ok(())
    }

    /// Waits until files differ from a state, and calm has returned. Returns the files that differ. What happens to other files
    /// in the same folders disturbs no calm.
    async fn wait_for_changes(&mut self, state: &ContractFiles) -> anyhow::Result<Vec<PathBuf>> {
        loop {
            // Read again once all folders are watched: a file may have come into a new one before that.
            self.watch(&ContractFiles::read(&self.folder))?;
            let now = ContractFiles::read(&self.folder);
            let changes = now.changes_since(state);
            if changes.is_empty() {
                self.wakes.recv().await.context("the system reports no more changes")?;
                continue;
            }
            tokio::time::sleep(CALM_TIME).await;
            if ContractFiles::read(&self.folder) == now {
                return Ok(changes);
            }
        }
    }
}

/// Lists changed files for a message.
fn list_changes(changes: &[PathBuf]) -> String {
    const SHOWN_MAX: usize = 4;
    let mut shown: Vec<_> =
        changes.iter().take(SHOWN_MAX).map(|path| format!("`{}`", path.display())).collect();
    if changes.len() > SHOWN_MAX {
        shown.push(format!("and {} more", changes.len() - SHOWN_MAX));
    }
    shown.join(", ")
}

fn is_reading(kind: &EventKind) -> bool {
    use notify::event::{AccessKind, AccessMode};
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}

fn cannot_watch(folder: &Path) -> String {
    format!("cannot watch `{}` for changes", folder.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_a_few_changes() {
        let paths = |names: &[&str]| names.iter().map(PathBuf::from).collect::<Vec<_>>();
        assert_eq!(list_changes(&paths(&["a", "b"])), "`a`, `b`");
        let many = paths(&["a", "b", "c", "d", "e", "f"]);
        assert_eq!(list_changes(&many), "`a`, `b`, `c`, `d`, and 2 more");
    }

    async fn changes_after(change: impl FnOnce(&Path)) -> Vec<PathBuf> {
        let folder = tempfile::tempdir().unwrap();
        crate::files::write(&folder.path().join("src/contract.js"), b"first").unwrap();
        let mut watcher = FolderWatcher::new(folder.path()).unwrap();
        let state = ContractFiles::read(folder.path());
        watcher.watch(&state).unwrap();
        change(folder.path());
        let changes = watcher.wait_for_changes(&state);
        tokio::time::timeout(Duration::from_secs(20), changes).await.unwrap().unwrap()
    }

    #[tokio::test]
    async fn reports_a_change_that_came_before_it_waited() {
        let changes = changes_after(|folder| {
            crate::files::write(&folder.join("src/contract.js"), b"other code").unwrap();
        });
        assert_eq!(changes.await, [PathBuf::from("src/contract.js")]);
    }

    #[tokio::test]
    async fn reports_a_change_in_a_new_folder_while_it_waits() {
        let changes = changes_after(|folder| {
            let path = folder.join("cases/new.json");
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(300));
                crate::files::write(&path, b"{}").unwrap();
            });
        });
        assert_eq!(changes.await, [PathBuf::from("cases/new.json")]);
    }

    #[tokio::test]
    async fn is_not_kept_waiting_by_files_that_do_not_matter() {
        let changes = changes_after(|folder| {
            let log = folder.join(".log");
            std::thread::spawn(move || {
                // It ends with the folder.
                while std::fs::write(&log, "more").is_ok() {
                    std::thread::sleep(Duration::from_millis(20));
                }
            });
            crate::files::write(&folder.join("src/contract.js"), b"other code").unwrap();
        });
        assert_eq!(changes.await, [PathBuf::from("src/contract.js")]);
    }

    #[tokio::test]
    async fn is_not_woken_by_its_own_reading() {
        let folder = tempfile::tempdir().unwrap();
        crate::files::write(&folder.path().join("src/contract.js"), b"first").unwrap();
        let mut watcher = FolderWatcher::new(folder.path()).unwrap();
        let state = ContractFiles::read(folder.path());
        watcher.watch(&state).unwrap();
        crate::files::read(&folder.path().join("src/contract.js")).unwrap();
        ContractFiles::read(folder.path());
        let wake = tokio::time::timeout(Duration::from_millis(500), watcher.wakes.recv()).await;
        assert!(wake.is_err(), "reading woke it");
    }
}
