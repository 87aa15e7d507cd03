//! What the documents say works: every command in a block marked `sh` is run.

use std::fs;
use std::process::Command;

use crate::tool::{Place, Ran, binary, repository, target};

/// Exit codes that a verdict may have; 2 means that the command did not work.
const DID_NOT_WORK: i32 = 2;

fn run_blocks(document: &str) {
    let text = fs::read_to_string(repository().join(document)).unwrap();
    let blocks: Vec<_> =
        text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "{document} has no commands");
    let place = Place::new();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(repository().join("examples"))
        .arg(place.path(""))
        .status();
    assert!(copied.unwrap().success());
    for block in blocks {
        for folder in ["", "examples"] {
            if block.starts_with("cd examples") == (folder == "examples") {
                lines(&place, document, block.trim_start_matches("cd examples\n"), folder);
            }
        }
    }
}

fn lines(place: &Place, document: &str, block: &str, folder: &str) {
    for line in block.lines().filter(|line| !line.is_empty()) {
        let path =
            format!("{}:{}", binary().parent().unwrap().display(), std::env::var("PATH").unwrap());
        let output = Command::new("bash")
            .args(["-c", line])
            .current_dir(place.path(folder))
            .env("PATH", path)
            .env("TOLLGATE_CACHE", target().join("e2e-cache"))
            .env("TOLLGATE_STORE", place.path("store"))
            .env("CARGO_TARGET_DIR", target().join("e2e"))
            .output()
            .unwrap();
        let ran = Ran::of(output);
        assert!(ran.code >= 0 && ran.code != DID_NOT_WORK, "{document}: `{line}`: {ran:#?}");
    }
}

#[test]
fn the_gates_way() {
    run_blocks("docs/check.md");
}

#[test]
fn the_languages() {
    run_blocks("docs/languages.md");
}

#[test]
fn the_ledger() {
    run_blocks("docs/ledger.md");
}

#[test]
fn the_packages() {
    run_blocks("docs/packages.md");
}

#[test]
fn the_prompts() {
    run_blocks("docs/prompts.md");
}

#[test]
fn the_reviews() {
    run_blocks("docs/review.md");
}

#[test]
fn the_readme() {
    run_blocks("README.md");
}
