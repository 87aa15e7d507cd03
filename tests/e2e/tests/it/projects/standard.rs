//! The standard contracts, and people who would like to replace them.

use std::fs;
use std::path::Path;

use super::Project;
use crate::tool::{Ran, repository};
use crate::versions::Contract;

const NEWER: &str = "tollgate/pii@1.9.0";
const NAMED: &str =
    "[[source]]\nname = \"ours\"\nfolder = \"packages\"\nnamespaces = [\"tollgate\"]\n";
const LETTER: &str = "Write to noor@example.com";

/// Creates a project that trusts a key for `tollgate`, and publishes a contract that passes the letter.
fn mirror() -> Project {
    let project = Project::new();
    project.0.write("tollgate.toml", NAMED).write("noor.txt", LETTER);
    project.run("keys new mirror").exits_with(0);
    project.run("keys trust keys/mirror.pub --for tollgate").exits_with(0);
    project.write_component(&Contract::new(NEWER));
    project.run("publish built.wasm --key mirror").exits_with(0);
    project
}

/// Creates a project with the source `ours` and a gate that requires `tollgate/pii`.
fn victim() -> Project {
    let project = Project::new();
    project.0.write("noor.txt", LETTER);
    project.gate("mail", "", &["tollgate/pii@^1"]);
    project
}

/// Returns the version of `tollgate/pii` that the tool includes.
fn included_version() -> String {
    let file = fs::read_to_string(repository().join("plugins/pii/contract.toml")).unwrap();
    let version = file.lines().find_map(|line| line.strip_prefix("version = "));
    version.unwrap().trim_matches('"').to_owned()
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        match path.is_dir() {
            true => copy_folder(&path, &copy),
            false => drop(fs::copy(&path, copy).unwrap()),
        }
    }
}

#[test]
fn a_source_replaces_no_standard_contract() {
    let (mirror, project) = (mirror(), victim());
    project.write_component(&Contract::new(NEWER));
    project.run("publish built.wasm").exits_with_snapshot(2);
    // Whoever can write to the folder needs no command.
    copy_folder(&mirror.0.path("packages/tollgate"), &project.0.path("packages/tollgate"));
    project.run("lock").exits_with_snapshot(0);
    assert!(project.lock().contains("source = \"bundled\""), "{}", project.lock());
    project.run("judge tollgate/pii noor.txt").exits_with_snapshot(1);
    project.run("pull tollgate/pii@=1.9.0").exits_with_snapshot(2);
    project.run("pull tollgate/pii@=1.9.0 --from ours").exits_with_snapshot(2);
    project.run("judge tollgate/pii@=1.9.0 noor.txt").exits_with_snapshot(2);
    // A source that is named for the namespace has to be trusted with it.
    project.0.write("tollgate.toml", NAMED);
    for line in ["lock", "update"] {
        project.run(line).exits_with_snapshot(2);
    }
}

#[test]
fn a_trusted_source_adds_signed_versions_to_the_standard_contracts() {
    let project = mirror();
    project.gate("mail", "", &["tollgate/pii@^1", "tollgate/length"]);
    project.run("lock").exits_with_snapshot(0);
    project.run("judge tollgate/pii noor.txt").exits_with_snapshot(0);
    // Other bytes under a version that the tool includes are refused, signed or not.
    project.write_component(&Contract::new(&format!("tollgate/pii@{}", included_version())));
    project.run("publish built.wasm --key mirror").exits_with_snapshot(2);
    fs::remove_file(project.0.path("packages/tollgate/pii/1.9.0.wasm.sig")).unwrap();
    project.empty_store();
    project.run("pull --locked").exits_with_snapshot(2);
}

/// All projects of a user share a store.
#[test]
fn the_store_replaces_no_standard_contract() {
    let (mirror, project) = (mirror(), victim());
    mirror.run("pull tollgate/pii@=1.9.0").exits_with(0);
    mirror.run("judge tollgate/pii@=1.9.0 noor.txt").exits_with(0);
    let run = |line: &str| {
        let mut tool = project.0.tool(&line.split_whitespace().collect::<Vec<_>>());
        Ran::from_command(tool.env("TOLLGATE_STORE", mirror.0.path("store")))
    };
    run("judge tollgate/pii noor.txt").exits_with_snapshot(1);
    run("judge tollgate/pii@=1.9.0 noor.txt").exits_with_snapshot(2);
    run("export all.tar tollgate/pii@=1.9.0").exits_with_snapshot(2);
    run("lock").exits_with(0);
    run("judge tollgate/pii noor.txt").exits_with(1);
}

#[test]
fn an_edited_lock_replaces_no_standard_contract() {
    let (mirror, project) = (mirror(), victim());
    copy_folder(&mirror.0.path("packages/tollgate"), &project.0.path("packages/tollgate"));
    mirror.gate("mail", "", &["tollgate/pii@^1"]).run("lock").exits_with(0);
    let newer = mirror.lock();
    project.run("lock").exits_with(0);
    let sound = project.lock();
    let digest = |lock: &str| {
        let at = lock.find("sha256:").unwrap();
        lock[at..at + "sha256:".len() + 64].to_owned()
    };
    let altered = sound.replace(&digest(&sound), &digest(&newer));
    for lock in [altered.replace("bundled", "folder packages"), altered, newer] {
        project.0.write("tollgate.lock", lock);
        for line in ["pull --locked", "lock", "judge tollgate/pii noor.txt"] {
            project.run(line).exits_with_snapshot(2);
        }
    }
    // The remedies.
    project.run("update tollgate/pii").exits_with_snapshot(0);
    assert_eq!(project.lock(), sound);
}

#[test]
fn a_bundle_replaces_no_standard_contract() {
    let (mirror, project) = (mirror(), victim());
    mirror.run("pull tollgate/pii@=1.9.0").exits_with(0);
    mirror.run("export newer.tar tollgate/pii@=1.9.0").exits_with(0);
    fs::copy(mirror.0.path("newer.tar"), project.0.path("newer.tar")).unwrap();
    project.run("import newer.tar").exits_with_snapshot(2);
    project.run("lock").exits_with(0);
    project.run("export all.tar").exits_with(0);
    project.empty_store();
    project.run("import all.tar").exits_with_snapshot(0);
}
