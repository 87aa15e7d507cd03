//! What a contract's folder is made of, so that changes are noticed. Results of building are left out: they change with
//! every build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Folder of the test cases.
const CASES_FOLDER: &str = "cases";
/// Folders that tools write to, or fill from elsewhere, at any depth.
const TOOL_FOLDERS: [&str; 2] = ["node_modules", "__pycache__"];
/// Folders beside `contract.toml` that are no part of the component: the components themselves, the SDK, unit tests, and
/// what tools write. Deeper ones of these names are sources.
const OTHER_FOLDERS: [&str; 6] = ["dist", "vendor", "tests", "test", "target", "build"];
/// Files of tools that a build may write beside the sources.
const GENERATED_FILES: [&str; 4] = ["Cargo.lock", "package-lock.json", "go.sum", "go.work.sum"];

/// JSON Schema of the configuration.
const SCHEMA_FILE: &str = "config.schema.json";

/// Time of the last change of a file, and its size in bytes.
type FileState = (Option<SystemTime>, u64);

/// State of the files of a contract, by their paths below its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WatchedFolder {
    files: BTreeMap<PathBuf, FileState>,
    /// Folders that have such files, with the contract's own.
    folders: BTreeSet<PathBuf>,
}

impl WatchedFolder {
    /// Reads the state of a contract's folder. What cannot be read is taken for missing.
    pub(super) fn read(folder: &Path) -> Self {
        let mut state = Self::default();
        state.collect(folder, Path::new(""));
        state
    }

    /// Returns the folders to watch, below the contract's folder.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// Returns the files that were changed, added or removed since an earlier state, sorted.
    pub(super) fn changes_since(&self, earlier: &Self) -> Vec<PathBuf> {
        let paths: BTreeSet<_> = self.files.keys().chain(earlier.files.keys()).collect();
        let is_changed = |path: &&&PathBuf| self.files.get(**path) != earlier.files.get(**path);
        paths.iter().filter(is_changed).map(|path| PathBuf::clone(path)).collect()
    }

    /// Takes over the state of the files that a build writes, so that its own changes do not start it again. The schema of
    /// the configuration is one of them only if `schema_changed` says that the build wrote it: in most languages an author
    /// writes it.
    pub(super) fn accept_generated(&mut self, now: &Self, schema_changed: bool) {
        let schema = Some(SCHEMA_FILE).filter(|_| schema_changed);
        for name in GENERATED_FILES.into_iter().chain(schema) {
            match now.files.get(Path::new(name)) {
                Some(state) => self.files.insert(name.into(), *state),
                None => self.files.remove(Path::new(name)),
            };
        }
    }

    fn collect(&mut self, root: &Path, below: &Path) {
        let Ok(entries) = std::fs::read_dir(root.join(below)) else { return };
        self.folders.insert(below.to_owned());
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = below.join(&name);
            // The kind is that of the entry itself, so a link back to a folder above is not followed.
            let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if is_ignored(&name, is_folder, below) {
                continue;
            }
            if is_folder {
                self.collect(root, &path);
            } else if let Ok(about) = std::fs::metadata(entry.path()) {
                self.files.insert(path, (about.modified().ok(), about.len()));
            }
        }
    }
}

/// Returns whether a build is needed for these changes. Cases are read anew by every test.
pub(super) fn needs_build(changes: &[PathBuf]) -> bool {
    changes.iter().any(|path| !path.starts_with(CASES_FOLDER))
}

/// Lists changed files for a message.
pub(super) fn list_changes(changes: &[PathBuf]) -> String {
    const SHOWN_MAX: usize = 4;
    let mut shown: Vec<_> =
        changes.iter().take(SHOWN_MAX).map(|path| format!("`{}`", path.display())).collect();
    if changes.len() > SHOWN_MAX {
        shown.push(format!("and {} more", changes.len() - SHOWN_MAX));
    }
    shown.join(", ")
}

fn is_ignored(name: &str, is_folder: bool, below: &Path) -> bool {
    // Hidden files and those with `~` are mostly an editor's own.
    let is_hidden = name.starts_with('.') || name.ends_with('~');
    let is_top = below.as_os_str().is_empty();
    let is_text_for_people = !is_folder && name.ends_with(".md") && is_top;
    let is_other_folder = is_folder && is_top && OTHER_FOLDERS.contains(&name);
    let is_tool_folder = is_folder && TOOL_FOLDERS.contains(&name);
    is_hidden || is_text_for_people || is_other_folder || is_tool_folder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(folder: &Path, name: &str, text: &str) {
        crate::files::write(&folder.join(name), text.as_bytes()).unwrap();
    }

    fn paths(names: &[&str]) -> Vec<PathBuf> {
        names.iter().map(PathBuf::from).collect()
    }

    #[test]
    fn notices_changes_of_sources_and_cases_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        for name in ["contract.toml", "src/contract.py", "src/build/list.txt", "cases/a.json"] {
            write(folder, name, "first");
        }
        let before = WatchedFolder::read(folder);
        assert_eq!(before.changes_since(&before), paths(&[]));
        for name in [
            "dist/a.wasm",
            "target/x",
            "build/x",
            "src/__pycache__/a.pyc",
            ".git/x",
            "src/.a.swp",
            "README.md",
        ] {
            write(folder, name, "ignored");
        }
        assert_eq!(WatchedFolder::read(folder).changes_since(&before), paths(&[]));
        write(folder, "src/build/list.txt", "changed it");
        write(folder, "cases/b.json", "new");
        std::fs::remove_file(folder.join("src/contract.py")).unwrap();
        let changes = WatchedFolder::read(folder).changes_since(&before);
        assert_eq!(changes, paths(&["cases/b.json", "src/build/list.txt", "src/contract.py"]));
        assert!(needs_build(&changes) && !needs_build(&paths(&["cases/b.json"])));
    }

    #[test]
    fn accepts_what_a_build_writes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "src/lib.rs", "code");
        let mut before = WatchedFolder::read(folder);
        write(folder, "config.schema.json", "{}");
        write(folder, "src/lib.rs", "other code");
        write(folder, "Cargo.lock", "locked");
        let after = WatchedFolder::read(folder);
        before.accept_generated(&after, false);
        let by_the_author = paths(&["config.schema.json", "src/lib.rs"]);
        assert_eq!(after.changes_since(&before), by_the_author);
        before.accept_generated(&after, true);
        assert_eq!(after.changes_since(&before), paths(&["src/lib.rs"]));
    }

    #[test]
    fn watches_the_folders_of_the_sources() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "src/words/list.txt", "a");
        write(folder.path(), "dist/a.wasm", "a");
        let state = WatchedFolder::read(folder.path());
        let folders: Vec<_> = state.folders().collect();
        assert_eq!(folders, [Path::new(""), Path::new("src"), Path::new("src/words")]);
    }

    #[test]
    fn lists_a_few_changes() {
        assert_eq!(list_changes(&paths(&["a", "b"])), "`a`, `b`");
        let many = paths(&["a", "b", "c", "d", "e", "f"]);
        assert_eq!(list_changes(&many), "`a`, `b`, `c`, `d`, and 2 more");
    }
}
