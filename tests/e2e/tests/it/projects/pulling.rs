//! `tollgate pull`: locked packages arrive unchanged on another machine, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Project;
use crate::tool::Ran;
use crate::versions::Contract;

/// Number of bytes of each file that are changed, one at a time.
const CHANGED_BYTES: usize = 24;

/// Creates a project with a signed contract and a prompt, locked.
fn project() -> Project {
    let project = Project::new();
    project.run("keys new release").exits_with(0);
    project.run("keys trust keys/release.pub --for acme").exits_with(0);
    project.write_component(&Contract::new("acme/calm@1.0.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key release").exits_with(0);
    project.publish_prompt("welcome@2.0.0", "Hi");
    project.gate("mail", "welcome@^2", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    project
}

/// Returns a verdict without its duration.
fn judgement(project: &Project) -> Value {
    project.0.write("loud.txt", "Buy now! Only today!");
    let judged = project.run("judge acme/calm --prompt welcome@^2 --json loud.txt");
    let mut verdict = judged.exits_with(1).json();
    assert!(verdict.as_object_mut().unwrap().remove("time-us").is_some());
    verdict
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn pull_fills_an_empty_store_with_the_locked_versions() {
    let project = project();
    let before = judgement(&project);
    project.empty_store();
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    // A newer version is ignored.
    project.write_component(&Contract::new("acme/calm@1.1.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key release").exits_with(0);
    project.run("pull --locked").exits_with_snapshot(0);
    assert_eq!(judgement(&project), before);
    project.run("judge acme/calm@^1.1 letter.txt").exits_with_snapshot(2);
}

/// Changes bytes of a file, one at a time, and calls `check` after each change.
fn tamper(path: &Path, mut check: impl FnMut(usize)) {
    let sound = fs::read(path).unwrap();
    for at in (0..sound.len()).step_by((sound.len() / CHANGED_BYTES).max(1)) {
        let mut changed = sound.clone();
        changed[at] ^= 1;
        fs::remove_file(path).unwrap();
        fs::write(path, &changed).unwrap();
        check(at);
    }
    fs::remove_file(path).unwrap();
    fs::write(path, &sound).unwrap();
}

fn assert_refused(ran: &Ran, file: &Path, at: usize) {
    assert_eq!(ran.code, 2, "{}: byte {at}: {ran:#?}", file.display());
}

#[test]
fn refuses_a_changed_byte_in_a_source() {
    let project = project();
    for file in files(&project.0.path("packages/acme")) {
        if file.ends_with(".lock") {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let hint = text.find("\"keyid\"").map_or(0..0, |at| at..at + "'keyid':".len() + 66);
        tamper(&file, |at| {
            // The key id is a hint that nothing depends on.
            if hint.contains(&at) {
                return;
            }
            project.empty_store();
            let pulled = project.run("pull --locked");
            assert_refused(&pulled, &file, at);
            if file.extension().is_some_and(|extension| extension == "wasm") {
                assert_eq!(pulled.err.matches("sha256:").count(), 2, "{pulled:#?}");
            }
        });
    }
    project.run("pull --locked").exits_with(0);
}

#[test]
fn refuses_a_changed_byte_in_the_store() {
    let project = project();
    for file in files(&project.0.path("store/sha256")) {
        tamper(&file, |at| {
            for line in ["pull --locked", "lock", "judge acme/calm --prompt welcome@^2 letter.txt"]
            {
                let ran = project.run(line);
                assert_refused(&ran, &file, at);
                assert_eq!(ran.err.matches("sha256:").count(), 2, "{ran:#?}");
            }
        });
    }
    // A removed file is pulled again.
    let file = files(&project.0.path("store/sha256")).remove(0);
    fs::remove_file(file).unwrap();
    project.run("pull --locked").exits_with(0);
    judgement(&project);
}

/// White space and comments mean nothing, and signers are verified anew.
#[test]
fn refuses_a_changed_byte_in_the_lock() {
    let project = project();
    let sound = project.lock();
    let lock = project.0.path("tollgate.lock");
    for at in (0..sound.len()).step_by(5) {
        let line = sound[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = sound[line..].lines().next().unwrap_or_default();
        if line.starts_with('#') || line.starts_with("signer") || sound[at..].starts_with(' ') {
            continue;
        }
        let mut changed = sound.clone().into_bytes();
        changed[at] ^= 1;
        fs::write(&lock, changed).unwrap();
        project.empty_store();
        let ran = project.run("pull --locked");
        assert_refused(&ran, &lock, at);
    }
    fs::write(&lock, sound.replace("wit = \"0.1.0\"\n", "")).unwrap();
    project.run("pull").exits_with_snapshot(2);
}

/// The source gives other bytes than the ones that this machine has from it, and no lock says so.
#[test]
fn refuses_a_version_that_its_source_has_changed() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.1.0"]);
    project.gate("mail", "", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    let lock = project.lock();
    fs::remove_dir_all(project.0.path("packages/acme")).unwrap();
    project.publish(&Contract::of("empty", "acme/calm@1.1.0")).exits_with(0);
    project.run("lock").exits_with_snapshot(2);
    fs::remove_file(project.0.path("tollgate.lock")).unwrap();
    project.run("lock").exits_with_snapshot(2);
    project.run("pull acme/calm").exits_with_snapshot(2);
    // A project that locked the version before keeps it.
    project.0.write("tollgate.lock", lock);
    project.run("pull --locked").exits_with(0);
    project.0.write("loud.txt", "Buy now!");
    project.run("judge acme/calm loud.txt").exits_with_snapshot(1);
}

#[test]
fn names_a_digest_that_differs_from_the_locked_one() {
    let project = project();
    let sound = project.lock();
    let at = sound.rfind("sha256:").unwrap() + "sha256:".len();
    let locked = &sound[at..at + 64];
    let other = "0".repeat(64);
    project.0.write("tollgate.lock", sound.replace(locked, &other));
    for line in ["pull --locked", "lock"] {
        project.run(line).exits_with_snapshot(2);
    }
    project.run("update").exits_with_snapshot(2);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
}

#[test]
fn rejects_invalid_lock_files() {
    let project = project();
    let sound = project.lock();
    let reject = |lock: String| {
        project.0.write("tollgate.lock", lock);
        for line in ["lock", "pull", "tree", "judge acme/calm letter.txt"] {
            project.run(line).exits_with_snapshot(2);
        }
    };
    reject(sound.replace("format = 2", "format = 3"));
    let (head, _) = sound.split_once("[[contract]]").unwrap();
    reject(head.into());
    reject(sound.replace("source =", "sauce ="));
    let (_, entry) = sound.split_once("[[contract]]").unwrap();
    reject(format!("{sound}\n[[contract]]{entry}"));
    reject(String::new());
}

/// Checked at every step that leads to a judgement.
#[test]
fn requires_a_trusted_signature() {
    let project = project();
    project.write_component(&Contract::new("acme/calm@1.1.0"));
    project.run("publish built.wasm --force planned").exits_with_snapshot(2);
    project.run("keys new strangers").exits_with(0);
    project.run("publish built.wasm --force planned --key strangers").exits_with_snapshot(2);

    // Somebody removes the signature.
    let signature = "packages/acme/calm/1.0.0.wasm.sig";
    let sound = project.read(signature);
    fs::remove_file(project.0.path(signature)).unwrap();
    project.empty_store();
    for line in ["pull --locked", "pull acme/calm", "lock", "update"] {
        project.run(line).exits_with_snapshot(2);
    }
    project.0.write(signature, sound);
    project.run("pull --locked").exits_with(0);
    judgement(&project);
    // If trust changes, stored packages are verified again.
    project.run("keys trust keys/strangers.pub --for acme").exits_with(0);
    let file = project.read("tollgate.toml").replace("\"release\", ", "");
    project.0.write("tollgate.toml", file);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.run("lock --locked").exits_with_snapshot(2);
    // A later signature of a trusted key is enough, without a new version.
    let signer =
        |lock: &str| lock.lines().find(|line| line.starts_with("signer")).unwrap().to_owned();
    let before = project.lock();
    project.write_component(&Contract::new("acme/calm@1.0.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key strangers").exits_with_snapshot(0);
    project.run("pull --locked").exits_with(0);
    project.run("lock").exits_with_snapshot(0);
    judgement(&project);
    let after = project.lock();
    assert_ne!(signer(&before), signer(&after));
    assert_eq!(before.replace(&signer(&before), &signer(&after)), after);
}

#[test]
fn publishes_the_signature_beside_a_file() {
    let project = project();
    project.write_component(&Contract::new("acme/mild@1.0.0"));
    project.run("sign built.wasm --key release").exits_with(0);
    project.run("publish built.wasm").exits_with_snapshot(0);
    assert!(project.0.path("packages/acme/mild/1.0.0.wasm.sig").is_file());
    project.run("pull acme/mild").exits_with_snapshot(0);
    project.run("judge acme/mild letter.txt").exits_with_snapshot(0);
    // A second signature is added later.
    project.run("keys new second").exits_with(0);
    project.run("publish built.wasm --key second").exits_with_snapshot(0);
    let signature: Value =
        serde_json::from_str(&project.read("packages/acme/mild/1.0.0.wasm.sig")).unwrap();
    assert_eq!(signature["signatures"].as_array().unwrap().len(), 2);
    assert!(project.lock().contains("signer = "), "{}", project.lock());
}

#[test]
fn refuses_the_stored_description_of_another_package() {
    let project = Project::new();
    project.publish_all(&["acme/calm@1.0.0", "free/calm@1.0.0"]);
    project.run("pull acme/calm free/calm").exits_with(0);
    let listed = project.0.path("store/listed");
    let source = std::fs::read_dir(listed).unwrap().next().unwrap().unwrap().path();
    let description = |name: &str| source.join(name).join("1.0.0.json");
    std::fs::copy(description("free/calm"), description("acme/calm")).unwrap();
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.run("judge free/calm letter.txt").exits_with_snapshot(0);
}
