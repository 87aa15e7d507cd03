//! Runs every command in the `sh` blocks of the documents, each document in one shell. Each command has to end with 0, or
//! with the code that its line is marked with: `# exits with 1`.

use std::fs;
use std::process::Command;

use crate::one_shell::run_in_one_shell;
use crate::tool::{Place, repository};

fn run_blocks(document: &str) {
    let text = fs::read_to_string(repository().join(document)).unwrap();
    let blocks = text.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    let commands: Vec<_> = blocks.flat_map(str::lines).filter(|line| !line.is_empty()).collect();
    assert!(!commands.is_empty(), "`{document}` has no commands");
    let place = Place::new();
    let (examples, copy) = (repository().join("examples"), place.path("work/examples"));
    fs::create_dir_all(place.path("work")).unwrap();
    assert!(Command::new("cp").arg("-r").arg(examples).arg(copy).status().unwrap().success());
    let outputs = run_in_one_shell(&place, "work", &commands);
    let pairs =
        commands.iter().zip(&outputs).filter(|(line, output)| !output.ended_as_written(line));
    let mismatches: Vec<_> = pairs
        .map(|(line, output)| format!("`{line}` ended with {}:\n{}", output.code, output.text))
        .collect();
    assert!(mismatches.is_empty(), "{document}:\n{}", mismatches.join("\n"));
}

#[test]
fn check() {
    run_blocks("docs/check.md");
}

#[test]
fn contracts() {
    run_blocks("docs/contracts.md");
}

#[test]
fn gates() {
    run_blocks("docs/gates.md");
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
fn serve() {
    run_blocks("docs/serve.md");
}

#[test]
fn readme() {
    run_blocks("README.md");
}
