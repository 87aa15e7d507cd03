//! Pipes and links to devices in the place of files of a project. Reading one may never end.

use std::path::Path;
use std::process::Command;

use tollgate_project::{FileError, LOCK_FILE, PROJECT_FILE, Project, ReadError};

use crate::common::{Place, contract, lock_of};

/// Puts a pipe in the place of a file.
fn make_pipe(path: &Path) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = std::fs::remove_file(path);
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// Fails unless an error names the file and says what is wrong with it.
fn assert_refused(error: &dyn std::error::Error, file: &str) {
    let mut message = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        message += &format!(": {source}");
        next = source.source();
    }
    assert!(message.contains(file), "{message}");
    assert!(message.contains(&ReadError::NotRegular.to_string()), "{message}");
}

#[test]
fn no_file_of_a_project_is_a_pipe() {
    let place = Place::new("");
    place.gate("letters", &[]);
    let project = place.project();
    make_pipe(&place.path("gates/letters.toml"));
    assert_refused(&project.read_gate("letters").unwrap_err(), "letters.toml");
    assert_refused(&project.read_gates().unwrap_err(), "letters.toml");

    make_pipe(&place.path("trust/ours.pub"));
    assert_refused(&project.trusted_keys().err().unwrap(), "ours.pub");

    let component = place.write("calm.wasm", b"bytes");
    make_pipe(&tollgate_project::signature_path(&component));
    assert_refused(&tollgate_project::read_signature(&component).unwrap_err(), "calm.wasm");

    make_pipe(&place.path("contract.toml"));
    let error = tollgate_project::read_contract_file(&place.path("")).unwrap_err();
    assert_refused(&error, "contract.toml");
}

#[test]
fn a_pipe_is_not_taken_for_a_missing_lock_file() {
    let place = Place::new("");
    let project = place.project();
    assert!(project.read_lock().unwrap().is_none());
    make_pipe(&place.path(LOCK_FILE));
    assert_refused(&project.read_lock().unwrap_err(), LOCK_FILE);
    std::fs::remove_file(place.path(LOCK_FILE)).unwrap();
    project.write_lock(&lock_of(&[&contract("acme/calm@1.0.0")])).unwrap();
    assert!(project.read_lock().unwrap().is_some());
}

#[test]
fn a_project_file_that_cannot_be_read_is_not_passed_over() {
    let place = Place::new("");
    let inner = place.path("inner");
    let pipe = inner.join(PROJECT_FILE);
    make_pipe(&pipe);
    // The project of the folder above has other settings, and may trust other keys.
    assert_refused(&Project::find_above(&inner).unwrap_err(), PROJECT_FILE);
    std::fs::remove_file(&pipe).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &pipe).unwrap();
    let error = Project::find_above(&inner).unwrap_err();
    let is_refused = matches!(
        error,
        tollgate_project::ProjectError::File(FileError::Read { source: ReadError::NotRegular, .. })
    );
    assert!(is_refused, "{error}");
    std::fs::remove_file(&pipe).unwrap();
    let above = Project::find_above(&inner).unwrap().unwrap();
    assert_eq!(above.folder, place.project().folder);
}
