use std::fs;
use std::os::unix::fs::symlink;
use std::process::Command;

use tempfile::TempDir;

use super::*;

struct TestProject {
    path: PathBuf,
    _folder: TempDir,
}

impl TestProject {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let project = Self { path: folder.path().canonicalize().unwrap(), _folder: folder };
        project.write("tollgate.toml", "");
        project.write("gates/a.toml", "task = \"Write\"\n");
        project
    }

    fn write(&self, file: &str, content: &str) {
        let path = self.path.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    fn folders(&self) -> WatchedFolders {
        WatchedFolders::new(&self.path, [])
    }

    fn read(&self) -> ProjectFingerprint {
        ProjectFingerprint::read(&self.folders())
    }

    /// Makes a volume as Kubernetes mounts it: the files are links to the present version.
    fn mount_volume(&self, version: &str, content: &str) {
        self.write(&format!("volume/{version}/b.toml"), content);
        symlink(version, self.path.join("volume/..data")).unwrap();
        symlink("..data/b.toml", self.path.join("volume/b.toml")).unwrap();
    }

    /// Switches a volume to another version and removes the one before, as Kubernetes does.
    fn switch_volume(&self, before: &str, after: &str, content: &str) {
        let volume = self.path.join("volume");
        self.write(&format!("volume/{after}/b.toml"), content);
        symlink(after, volume.join("..data_tmp")).unwrap();
        fs::rename(volume.join("..data_tmp"), volume.join("..data")).unwrap();
        fs::remove_dir_all(volume.join(before)).unwrap();
    }
}

fn changed(now: &ProjectFingerprint, before: &ProjectFingerprint) -> Vec<String> {
    let changed = now.changes_since(before);
    assert_eq!(changed.count == 0, now.digest() == before.digest());
    changed.named.iter().map(|path| path.display().to_string()).collect()
}

#[test]
fn the_same_content_has_the_same_digest_wherever_it_is() {
    let (one, other) = (TestProject::new(), TestProject::new());
    assert_eq!(one.read().digest(), other.read().digest());
    assert!(!one.read().is_same_reading(&other.read()));
    other.write("gates/b.toml", "");
    assert_ne!(one.read().digest(), other.read().digest());
}

#[test]
fn writing_what_is_there_already_is_no_change() {
    let project = TestProject::new();
    let before = project.read();
    assert!(before.is_untouched(&project.folders()));
    project.write("gates/a.toml", "task = \"Write\"\n");
    let now = project.read();
    assert_eq!(changed(&now, &before), [""; 0]);
    assert!(!now.is_same_reading(&before), "it was written");
    assert!(!before.is_untouched(&project.folders()));
    assert!(now.is_untouched(&project.folders()));
}

#[test]
fn names_what_was_changed_added_and_removed() {
    let project = TestProject::new();
    project.write("cases/a.jsonl", "{}");
    let before = project.read();
    project.write("gates/a.toml", "task = \"Read\"\n");
    project.write("trust/acme.pub", "key");
    fs::remove_file(project.path.join("cases/a.jsonl")).unwrap();
    assert_eq!(
        changed(&project.read(), &before),
        ["cases/a.jsonl", "gates/a.toml", "trust/acme.pub"]
    );
}

#[test]
fn names_some_of_many_changes_and_counts_all() {
    let project = TestProject::new();
    let before = project.read();
    for number in 0..100 {
        project.write(&format!("cases/{number}.jsonl"), "");
    }
    let changed = project.read().changes_since(&before);
    assert_eq!((changed.named.len(), changed.count), (NAMED_CHANGES_MAX, 100));
}

#[test]
fn an_empty_folder_is_no_change_and_is_watched() {
    let project = TestProject::new();
    let before = project.read();
    fs::create_dir(project.path.join("brand")).unwrap();
    let now = project.read();
    assert_eq!(now.digest(), before.digest());
    assert!(!before.is_untouched(&project.folders()));
    assert!(now.folders.contains(&project.path.join("brand")));
}

#[test]
fn a_ledger_that_is_written_all_the_time_touches_nothing() {
    let project = TestProject::new();
    let before = project.read();
    project.write(".tollgate/ledger.db", "more");
    project.write(".git/index", "more");
    project.write("gates/.a.toml.swp", "more");
    assert!(before.is_untouched(&project.folders()));
    assert_eq!(project.read().digest(), before.digest());
}

#[test]
fn a_version_of_a_volume_with_equal_content_is_no_change() {
    let project = TestProject::new();
    project.mount_volume("..2026_a", "first");
    let first = project.read();
    project.switch_volume("..2026_a", "..2026_b", "first");
    let same = project.read();
    assert_eq!(same.digest(), first.digest());
    assert!(!first.is_untouched(&project.folders()));
    project.switch_volume("..2026_b", "..2026_c", "second");
    assert_eq!(changed(&project.read(), &same), ["volume/b.toml"]);
}

#[test]
fn a_link_that_leads_out_is_compared_by_where_it_leads() {
    let project = TestProject::new();
    let outside = tempfile::tempdir().unwrap();
    let link = project.path.join("gates/b.toml");
    fs::write(outside.path().join("b.toml"), "first").unwrap();
    symlink(outside.path().join("b.toml"), &link).unwrap();
    let before = project.read();
    fs::write(outside.path().join("b.toml"), "second").unwrap();
    assert_eq!(project.read().digest(), before.digest());
    fs::remove_file(&link).unwrap();
    symlink(outside.path().join("c.toml"), &link).unwrap();
    assert_eq!(changed(&project.read(), &before), ["gates/b.toml"]);
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_a_change() {
    let project = TestProject::new();
    let before = project.read();
    let gate = project.path.join("gates/a.toml");
    fs::remove_file(&gate).unwrap();
    assert!(Command::new("mkfifo").arg(&gate).status().unwrap().success());
    let now = project.read();
    assert_eq!(changed(&now, &before), ["gates/a.toml"]);
    assert_eq!(now.coverage().skipped.named[0].reason, SkipReason::NotRegular);
    assert_eq!(open_regular(&gate).unwrap_err(), SkipReason::NotRegular);
}

#[test]
fn a_file_that_is_too_large_is_compared_by_size_and_times() {
    let project = TestProject::new();
    let path = project.path.join("packages/large.wasm");
    project.write("packages/large.wasm", "");
    let large = fs::OpenOptions::new().write(true).open(&path).unwrap();
    // It has holes, so it takes no room on the disk.
    large.set_len(CONTENT_BYTES_MAX + 1).unwrap();
    let before = project.read();
    assert_eq!(before.coverage().skipped.named[0].reason, SkipReason::TooLarge);
    assert!(before.coverage().bytes < 1_000);
    assert_eq!(project.read().digest(), before.digest());
    large.set_len(CONTENT_BYTES_MAX + 2).unwrap();
    assert_eq!(changed(&project.read(), &before), ["packages/large.wasm"]);
}

#[test]
fn a_project_that_is_gone_is_a_change() {
    let project = TestProject::new();
    let before = project.read();
    fs::rename(&project.path, project.path.with_extension("away")).unwrap();
    let gone = project.read();
    assert_ne!(gone.digest(), before.digest());
    assert_eq!(gone.missing, std::slice::from_ref(&project.path));
    fs::rename(project.path.with_extension("away"), &project.path).unwrap();
    assert_eq!(project.read().digest(), before.digest());
}

#[test]
fn paths_and_contents_are_not_mistaken_for_each_other() {
    let (one, other) = (TestProject::new(), TestProject::new());
    one.write("ab", "c");
    other.write("a", "bc");
    assert_ne!(one.read().digest(), other.read().digest());
}
