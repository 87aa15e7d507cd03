use std::os::unix::fs::symlink;
use std::process::Command;

use tempfile::TempDir;

use super::*;

fn project(files: &[&str]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().canonicalize().unwrap();
    for file in files {
        write(&path, file);
    }
    (folder, path)
}

fn write(folder: &Path, file: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, "content").unwrap();
}

/// Returns the paths of the files that a walk found.
fn files(walk: &Walk) -> Vec<String> {
    let is_file = |entry: &Entry| matches!(entry, Entry::File { .. });
    let files = walk.entries.iter().filter(|(_, entry)| is_file(entry));
    files.map(|(path, _)| path.display().to_string()).collect()
}

fn walk_project(path: &Path) -> Walk {
    walk(&WatchedFolders::new(path, []))
}

fn skipped(walk: &Walk) -> Vec<(String, SkipReason)> {
    let named = walk.skipped.named.iter();
    named.map(|skipped| (skipped.path.display().to_string(), skipped.reason)).collect()
}

#[test]
fn finds_what_decides_and_leaves_out_the_rest() {
    let (_folder, path) = project(&[
        "tollgate.toml",
        "gates/a.toml",
        "gates/.a.toml.swp",
        "config/target/groups.json",
        ".tollgate/ledger.db",
        ".git/config",
        "web/node_modules/x/index.js",
        "contract/Cargo.toml",
        "contract/target/a.wasm",
        "cache/CACHEDIR.TAG",
        "cache/deep/x",
        "ledger.db-wal",
    ]);
    let folders = WatchedFolders::new(&path, []).without_file(&path.join("ledger.db"));
    let expected =
        ["config/target/groups.json", "contract/Cargo.toml", "gates/a.toml", "tollgate.toml"];
    let walk = walk(&folders);
    assert_eq!(files(&walk), expected);
    let watched = ["", "config", "contract", "gates", "web", "config/target"];
    let watched: Vec<_> = watched.iter().map(|folder| path.join(folder)).collect();
    assert_eq!(walk.folders, watched);
}

#[test]
fn a_mark_of_caches_in_the_project_folder_hides_nothing() {
    let (_folder, path) = project(&["CACHEDIR.TAG", "gates/a.toml"]);
    assert_eq!(files(&walk_project(&path)), ["CACHEDIR.TAG", "gates/a.toml"]);
}

#[test]
fn follows_links_inside_of_the_watched_folders_only() {
    let (_outside, elsewhere) = project(&["secret.toml"]);
    let (_folder, path) = project(&["shared/a.toml", "gates/b.toml"]);
    symlink("../shared/a.toml", path.join("gates/a.toml")).unwrap();
    symlink(elsewhere.join("secret.toml"), path.join("gates/out.toml")).unwrap();
    symlink("missing.toml", path.join("gates/nowhere.toml")).unwrap();
    let walk = walk_project(&path);
    assert_eq!(files(&walk), ["gates/a.toml", "gates/b.toml", "shared/a.toml"]);
    let expected = [
        ("gates/nowhere.toml".to_owned(), SkipReason::Unreadable(io::ErrorKind::NotFound)),
        ("gates/out.toml".to_owned(), SkipReason::LeadsOut),
    ];
    assert_eq!(skipped(&walk), expected);
    // It is inside of a folder that is watched too.
    let both = super::walk(&WatchedFolders::new(&path, [elsewhere.clone()]));
    assert!(files(&both).contains(&"gates/out.toml".to_owned()));
    assert!(files(&both).contains(&elsewhere.join("secret.toml").display().to_string()));
}

#[test]
fn links_in_a_circle_end() {
    let (_folder, path) = project(&["a/one", "b/two"]);
    symlink("../b", path.join("a/to-b")).unwrap();
    symlink("../a", path.join("b/to-a")).unwrap();
    symlink("..", path.join("b/up")).unwrap();
    let walk = walk_project(&path);
    assert_eq!(files(&walk), ["a/one", "b/two"]);
    assert_eq!(walk.folders.len(), 3);
}

#[test]
fn a_folder_inside_of_the_project_is_read_once() {
    let (_folder, path) = project(&["tollgate.toml", "packages/x.json"]);
    let walk = walk(&WatchedFolders::new(&path, [path.join("packages"), path.join("packages")]));
    assert_eq!(files(&walk), ["packages/x.json", "tollgate.toml"]);
    assert_eq!(walk.folders, [path.clone(), path.join("packages")]);
    assert_eq!(walk.entries.len(), 4, "the folders and the files, each once");
}

#[test]
fn a_pipe_is_named_and_not_opened() {
    let (_folder, path) = project(&["gates/a.toml"]);
    let made = Command::new("mkfifo").arg(path.join("gates/pipe.toml")).status().unwrap();
    assert!(made.success());
    symlink("pipe.toml", path.join("gates/link.toml")).unwrap();
    let walk = walk_project(&path);
    assert_eq!(files(&walk), ["gates/a.toml"]);
    let expected = ["gates/link.toml", "gates/pipe.toml"];
    assert_eq!(skipped(&walk), expected.map(|path| (path.to_owned(), SkipReason::NotRegular)));
}

#[test]
fn a_folder_that_is_missing_is_told() {
    let (_folder, path) = project(&["tollgate.toml"]);
    let (gone, file) = (path.join("../gone"), path.join("tollgate.toml"));
    let walk = walk(&WatchedFolders::new(&path, [gone.clone(), file.clone()]));
    assert_eq!(walk.missing, [gone, file]);
    assert_eq!(files(&walk), ["tollgate.toml"]);
}

#[test]
fn a_folder_that_is_still_to_be_made_in_the_project_is_not_missing() {
    let (_folder, path) = project(&["tollgate.toml"]);
    let walk = walk(&WatchedFolders::new(&path, [path.join("packages")]));
    assert_eq!((walk.missing.len(), walk.entries.len()), (0, 2));
}

#[test]
fn a_folder_full_of_outputs_hides_no_gate() {
    let (_folder, path) = project(&["gates/a.toml"]);
    let outputs = path.join("a-outputs");
    fs::create_dir(&outputs).unwrap();
    for number in 0..ENTRIES_MAX {
        fs::File::create(outputs.join(number.to_string())).unwrap();
    }
    let walk = walk_project(&path);
    assert_eq!(files(&walk), ["gates/a.toml"]);
    assert_eq!(skipped(&walk), [("a-outputs".to_owned(), SkipReason::TooManyEntries)]);
}

#[test]
fn folders_after_the_last_one_are_named() {
    let (_folder, path) = project(&[]);
    for number in 0..FOLDERS_MAX {
        fs::create_dir(path.join(format!("{number:04}"))).unwrap();
    }
    let walk = walk_project(&path);
    assert_eq!(walk.folders.len(), FOLDERS_MAX);
    let last = format!("{:04}", FOLDERS_MAX - 1);
    assert_eq!(skipped(&walk), [(last, SkipReason::TooManyFolders)]);
}
