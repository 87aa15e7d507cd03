//! What is locked comes to another machine as it was, or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Project;
use crate::tool::Ran;
use crate::versions::Contract;

/// How many bytes of each file are changed, one after the other.
const CHANGED_BYTES: usize = 24;

/// A project with a signed contract and a prompt, locked.
fn project() -> Project {
    let project = Project::new();
    project.run("keys new release").exits_with(0);
    project.run("keys trust keys/release.pub --for acme").exits_with(0);
    project.built(&Contract::new("acme/calm@1.0.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key release").exits_with(0);
    project.has_prompt("welcome@2.0.0", "Hi");
    project.gate("mail", "welcome@^2", &["acme/calm@^1"]);
    project.run("lock").exits_with(0);
    project
}

/// What comes out, but for the time that it took.
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
fn an_empty_store_gets_what_is_locked() {
    let project = project();
    let before = judgement(&project);
    project.forget();
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    // What came meanwhile changes nothing.
    project.built(&Contract::new("acme/calm@1.1.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key release").exits_with(0);
    project.run("pull --locked").exits_with_snapshot(0);
    assert_eq!(judgement(&project), before);
    project.run("judge acme/calm@^1.1 letter.txt").exits_with_snapshot(2);
}

/// Changes bytes of a file, one at a time, and looks what comes of each.
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

fn refused(ran: &Ran, what: &Path, at: usize) {
    assert_eq!(ran.code, 2, "{}: byte {at}: {ran:#?}", what.display());
}

#[test]
fn a_byte_that_is_changed_in_a_source_is_refused() {
    let project = project();
    for file in files(&project.0.path("packages/acme")) {
        if file.ends_with(".lock") {
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
        let hint = text.find("\"keyid\"").map_or(0..0, |at| at..at + "'keyid':".len() + 66);
        tamper(&file, |at| {
            // Whose key it is, is a hint that nobody relies on.
            if hint.contains(&at) {
                return;
            }
            project.forget();
            let pulled = project.run("pull --locked");
            refused(&pulled, &file, at);
            if file.extension().is_some_and(|extension| extension == "wasm") {
                assert_eq!(pulled.err.matches("sha256:").count(), 2, "{pulled:#?}");
            }
        });
    }
    project.run("pull --locked").exits_with(0);
}

#[test]
fn a_byte_that_is_changed_in_the_store_is_refused() {
    let project = project();
    for file in files(&project.0.path("store/sha256")) {
        tamper(&file, |at| {
            for line in ["pull --locked", "lock", "judge acme/calm --prompt welcome@^2 letter.txt"]
            {
                let ran = project.run(line);
                refused(&ran, &file, at);
                assert_eq!(ran.err.matches("sha256:").count(), 2, "{ran:#?}");
                ran.exits_with_snapshot(2);
            }
        });
    }
    // It comes again, once it is removed.
    let file = files(&project.0.path("store/sha256")).remove(0);
    fs::remove_file(file).unwrap();
    project.run("pull --locked").exits_with(0);
    judgement(&project);
}

/// White space and comments say nothing, and who signed is looked at anew.
#[test]
fn a_byte_that_is_changed_in_the_lock_is_refused() {
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
        project.forget();
        let ran = project.run("pull --locked");
        refused(&ran, &lock, at);
    }
    fs::write(&lock, sound.replace("wit = \"0.1.0\"\n", "")).unwrap();
    project.run("pull").exits_with_snapshot(2);
}

#[test]
fn a_digest_that_is_not_the_locked_one_is_named() {
    let project = project();
    let sound = project.lock();
    let at = sound.rfind("sha256:").unwrap() + "sha256:".len();
    let there = &sound[at..at + 64];
    let other = "0".repeat(64);
    project.0.write("tollgate.lock", sound.replace(there, &other));
    for line in ["pull --locked", "lock"] {
        project.run(line).exits_with_snapshot(2);
    }
    project.run("update").exits_with_snapshot(2);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
}

#[test]
fn locks_that_are_none() {
    let project = project();
    let sound = project.lock();
    let refused = |lock: String| {
        project.0.write("tollgate.lock", lock);
        for line in ["lock", "pull", "tree", "judge acme/calm letter.txt"] {
            project.run(line).exits_with_snapshot(2);
        }
    };
    refused(sound.replace("format = 2", "format = 3"));
    let (head, _) = sound.split_once("[[contract]]").unwrap();
    refused(head.into());
    refused(sound.replace("source =", "sauce ="));
    let (_, entry) = sound.split_once("[[contract]]").unwrap();
    refused(format!("{sound}\n[[contract]]{entry}"));
    refused(String::new());
}

/// At every step that leads to a judgement.
#[test]
fn what_has_to_be_signed_is_refused_without() {
    let project = project();
    project.built(&Contract::new("acme/calm@1.1.0"));
    project.run("publish built.wasm --force planned").exits_with_snapshot(2);
    project.run("keys new strangers").exits_with(0);
    project.run("publish built.wasm --force planned --key strangers").exits_with_snapshot(2);

    // Somebody else publishes it, without asking.
    let signature = "packages/acme/calm/1.0.0.wasm.sig";
    let sound = project.read(signature);
    fs::remove_file(project.0.path(signature)).unwrap();
    project.forget();
    for line in ["pull --locked", "pull acme/calm", "lock", "update"] {
        project.run(line).exits_with_snapshot(2);
    }
    project.0.write(signature, sound);
    project.run("pull --locked").exits_with(0);
    judgement(&project);
    // Who is trusted may change, and what is here already is looked at again.
    project.run("keys trust keys/strangers.pub --for acme").exits_with(0);
    let file = project.read("tollgate.toml").replace("\"release\", ", "");
    project.0.write("tollgate.toml", file);
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.run("lock --locked").exits_with_snapshot(2);
    // And who signs later may vouch for it, without another version.
    let signer =
        |lock: &str| lock.lines().find(|line| line.starts_with("signer")).unwrap().to_owned();
    let before = project.lock();
    project.built(&Contract::new("acme/calm@1.0.0").for_prompt("welcome", "^2"));
    project.run("publish built.wasm --key strangers").exits_with_snapshot(0);
    project.run("pull --locked").exits_with(0);
    project.run("lock").exits_with_snapshot(0);
    judgement(&project);
    let after = project.lock();
    assert_ne!(signer(&before), signer(&after));
    assert_eq!(before.replace(&signer(&before), &signer(&after)), after);
}

/// One signs, another publishes.
#[test]
fn a_signature_beside_the_file_goes_with_it() {
    let project = project();
    project.built(&Contract::new("acme/mild@1.0.0"));
    project.run("sign built.wasm --key release").exits_with(0);
    project.run("publish built.wasm").exits_with_snapshot(0);
    assert!(project.0.path("packages/acme/mild/1.0.0.wasm.sig").is_file());
    project.run("pull acme/mild").exits_with_snapshot(0);
    project.run("judge acme/mild letter.txt").exits_with_snapshot(0);
    // A second one joins it, later.
    project.run("keys new second").exits_with(0);
    project.run("publish built.wasm --key second").exits_with_snapshot(0);
    let signature: Value =
        serde_json::from_str(&project.read("packages/acme/mild/1.0.0.wasm.sig")).unwrap();
    assert_eq!(signature["signatures"].as_array().unwrap().len(), 2);
    assert!(project.lock().contains("signer = "), "{}", project.lock());
}

/// What is remembered of one package says nothing of another.
#[test]
fn a_note_under_another_name_is_refused() {
    let project = Project::new();
    project.has(&["acme/calm@1.0.0", "free/calm@1.0.0"]);
    project.run("pull acme/calm free/calm").exits_with(0);
    let listed = project.0.path("store/listed");
    let source = std::fs::read_dir(listed).unwrap().next().unwrap().unwrap().path();
    let note = |name: &str| source.join(name).join("1.0.0.json");
    std::fs::copy(note("free/calm"), note("acme/calm")).unwrap();
    project.run("judge acme/calm letter.txt").exits_with_snapshot(2);
    project.run("judge free/calm letter.txt").exits_with_snapshot(0);
}
