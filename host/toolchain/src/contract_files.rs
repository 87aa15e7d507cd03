//! Files that make up the folder of a contract, so that changes are noticed. Results of building are left out: they change
//! with every build.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::SCHEMA_FILE;
use crate::cases::CASES_FOLDER;

/// Folders that tools write to, or fill from elsewhere, at any depth.
const TOOL_FOLDERS: [&str; 2] = ["node_modules", "__pycache__"];
/// Folders beside `contract.toml` that are no part of the component: the components themselves, the SDK, unit tests, and
/// what tools write. Deeper ones of these names are sources.
const OTHER_FOLDERS: [&str; 6] = ["dist", "vendor", "tests", "test", "target", "build"];
/// Files of tools that a build may write beside the sources.
const GENERATED_FILES: [&str; 4] = ["Cargo.lock", "package-lock.json", "go.sum", "go.work.sum"];
/// Folder with the sources of a contract in most languages. Whatever is in it can be a part of the component.
const SOURCE_FOLDER: &str = "src";
/// Files beside `contract.toml` that a component is built from, whatever their extension is.
const BUILT_FILES: [&str; 7] = [
    "contract.toml",
    SCHEMA_FILE,
    "Cargo.toml",
    "package.json",
    "tsconfig.json",
    "go.mod",
    "requirements.txt",
];
/// Extensions of code, which may be outside of `src`: Go has its packages anywhere, and npm names the main file.
const CODE_EXTENSIONS: [&str; 8] = ["go", "rs", "py", "js", "mjs", "ts", "c", "h"];
/// Ends of the names of unit tests that are beside the code.
const TEST_FILE_ENDS: [&str; 3] = ["_test.go", ".test.js", ".test.ts"];

/// Time of the last change of a file, and its size in bytes.
type FileState = (Option<SystemTime>, u64);

/// State of the files of a contract, by their paths below its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContractFiles {
    files: BTreeMap<PathBuf, FileState>,
    /// Folders that have such files, with the contract's own.
    folders: BTreeSet<PathBuf>,
}

impl ContractFiles {
    /// Reads the state of a contract's folder. What cannot be read is taken for missing.
    pub fn read(folder: &Path) -> Self {
        let mut state = Self::default();
        state.collect(folder, Path::new(""));
        state
    }

    /// Returns the folders to watch, below the contract's folder.
    pub fn folders(&self) -> impl Iterator<Item = &Path> {
        self.folders.iter().map(PathBuf::as_path)
    }

    /// Returns the files that were changed, added or removed since an earlier state, sorted.
    pub fn changes_since(&self, earlier: &Self) -> Vec<PathBuf> {
        let paths: BTreeSet<_> = self.files.keys().chain(earlier.files.keys()).collect();
        let is_changed = |path: &&&PathBuf| self.files.get(**path) != earlier.files.get(**path);
        paths.iter().filter(is_changed).map(|path| PathBuf::clone(path)).collect()
    }

    /// Takes over the state of the files that a build writes, so that its own changes do not start it again. The schema of
    /// the configuration is one of them only if `schema_changed` says that the build wrote it: in most languages an author
    /// writes it.
    pub fn accept_generated(&mut self, now: &Self, schema_changed: bool) {
        let schema = Some(SCHEMA_FILE).filter(|_| schema_changed);
        for name in GENERATED_FILES.into_iter().chain(schema) {
            match now.files.get(Path::new(name)) {
                Some(state) => self.files.insert(name.into(), *state),
                None => self.files.remove(Path::new(name)),
            };
        }
    }

    /// Returns the first file that a component is built from and that was changed after a time.
    pub(crate) fn source_newer_than(&self, time: SystemTime) -> Option<&Path> {
        let is_newer = |changed: Option<SystemTime>| changed.is_some_and(|at| at > time);
        let mut files = self.files.iter();
        let found = files.find(|(path, (changed, _))| is_newer(*changed) && is_source(path));
        found.map(|(path, _)| path.as_path())
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

/// Returns whether a build is needed for these changes. Cases are read anew by every test, and any other file may be one
/// that the build reads.
pub fn needs_build(changes: &[PathBuf]) -> bool {
    changes.iter().any(|path| !path.starts_with(CASES_FOLDER))
}

/// Returns whether a component is surely built from a file of its contract's folder. Cases, texts for people, unit tests and
/// outputs to try the contract on are none.
fn is_source(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if TEST_FILE_ENDS.iter().any(|end| name.ends_with(end)) || path.starts_with(CASES_FOLDER) {
        return false;
    }
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    let is_built_file = BUILT_FILES.iter().any(|file| path == Path::new(file));
    path.starts_with(SOURCE_FOLDER) || is_built_file || CODE_EXTENSIONS.contains(&&*extension)
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
        tollgate_project::files::write(&folder.join(name), text.as_bytes()).unwrap();
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
        let before = ContractFiles::read(folder);
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
        assert_eq!(ContractFiles::read(folder).changes_since(&before), paths(&[]));
        write(folder, "src/build/list.txt", "changed it");
        write(folder, "cases/b.json", "new");
        std::fs::remove_file(folder.join("src/contract.py")).unwrap();
        let changes = ContractFiles::read(folder).changes_since(&before);
        assert_eq!(changes, paths(&["cases/b.json", "src/build/list.txt", "src/contract.py"]));
        assert!(needs_build(&changes) && !needs_build(&paths(&["cases/b.json"])));
    }

    #[test]
    fn accepts_what_a_build_writes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "src/lib.rs", "code");
        let mut before = ContractFiles::read(folder);
        write(folder, "config.schema.json", "{}");
        write(folder, "src/lib.rs", "other code");
        write(folder, "Cargo.lock", "locked");
        let after = ContractFiles::read(folder);
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
        let state = ContractFiles::read(folder.path());
        let folders: Vec<_> = state.folders().collect();
        assert_eq!(folders, [Path::new(""), Path::new("src"), Path::new("src/words")]);
    }

    #[test]
    fn a_component_is_built_from_its_sources_only() {
        for name in [
            "contract.toml",
            "config.schema.json",
            "src/lib.rs",
            "src/words/list.txt",
            "contract.go",
            "words/words.go",
            "main.js",
            "requirements.txt",
        ] {
            assert!(is_source(Path::new(name)), "{name}");
        }
        for name in [
            "cases/calm.json",
            "cases/helper.js",
            "letter.txt",
            "outputs/letter.json",
            "Makefile",
            "contract_test.go",
            "src/words.test.ts",
        ] {
            assert!(!is_source(Path::new(name)), "{name}");
        }
    }
}
