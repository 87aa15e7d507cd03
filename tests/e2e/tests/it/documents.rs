//! Runs every command in the `sh` blocks of the documents. Each has to end with 0, or with the
//! code that its line is marked with: `# exits with 1`.

use std::fs;
use std::process::Command;

use crate::tool::{Place, Ran, binary, repository, target};

/// Introduces the exit code of a command that does not end with 0.
pub const EXIT_CODE_MARK: &str = " # exits with ";

fn run_blocks(document: &str) {
    let text = fs::read_to_string(repository().join(document)).unwrap();
    let blocks: Vec<_> =
        text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty(), "`{document}` has no commands");
    let place = Place::new();
    let copied = Command::new("cp")
        .arg("-r")
        .arg(repository().join("examples"))
        .arg(place.path(""))
        .status();
    assert!(copied.unwrap().success());
    let mut mismatches = Vec::new();
    for block in blocks {
        for folder in ["", "examples"] {
            if block.starts_with("cd examples") == (folder == "examples") {
                let block = block.trim_start_matches("cd examples\n");
                mismatches.extend(block.lines().filter_map(|line| run_line(&place, line, folder)));
            }
        }
    }
    assert!(mismatches.is_empty(), "{document}:\n{}", mismatches.join("\n"));
}

/// Runs a line, and describes how it ended if the document says something else.
fn run_line(place: &Place, line: &str, folder: &str) -> Option<String> {
    if line.is_empty() {
        return None;
    }
    let (command, code) = line.split_once(EXIT_CODE_MARK).unwrap_or((line, "0"));
    let path =
        format!("{}:{}", binary().parent().unwrap().display(), std::env::var("PATH").unwrap());
    let mut bash = Command::new("bash");
    bash.args(["-c", command])
        .current_dir(place.path(folder))
        .env("PATH", path)
        .env("TOLLGATE_CACHE", target().join("e2e-cache"))
        .env("TOLLGATE_STORE", place.path("store"))
        .env("CARGO_TARGET_DIR", target().join("e2e"));
    let ran = Ran::from_command(&mut bash);
    (ran.code.to_string() != code).then(|| format!("`{line}` ended with {ran:#?}"))
}

#[test]
fn check() {
    run_blocks("docs/check.md");
}

#[test]
fn gates() {
    run_blocks("docs/gates.md");
}

#[test]
fn contracts() {
    run_blocks("docs/contracts.md");
}

#[test]
fn languages() {
    run_blocks("docs/languages.md");
}

#[test]
fn ledger() {
    run_blocks("docs/ledger.md");
}

#[test]
fn packages() {
    run_blocks("docs/packages.md");
}

#[test]
fn prompts() {
    run_blocks("docs/prompts.md");
}

#[test]
fn review() {
    run_blocks("docs/review.md");
}

#[test]
fn readme() {
    run_blocks("README.md");
}
