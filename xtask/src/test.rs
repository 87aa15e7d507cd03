//! Runs every test of the repository.

use crate::build::{self, BENCH};
use crate::shell::{self, repository_root, run_command};
use crate::{dependencies, setup};

/// Builds what the tests need, and runs them.
pub fn run() -> anyhow::Result<()> {
    setup::require_python()?;
    setup::require_node()?;
    setup::fetch_registry()?;
    setup::fetch_schemas()?;
    let tool = build::build_all()?;
    dependencies::check_dependencies()?;
    for contract in build::contract_folders("plugins")? {
        shell::run(&tool, &["test", &contract])?;
    }
    shell::run("cargo", &["test", "--workspace", "--exclude", BENCH, "--doc", "--quiet"])?;
    run_suite("plugins", &[])?;
    run_suite(".", &["--exclude", BENCH])
}

/// Runs the unit and integration tests of a workspace.
fn run_suite(workspace: &str, exclusions: &[&str]) -> anyhow::Result<()> {
    let arguments: &[&str] = match setup::has_nextest() {
        true => &["nextest", "run", "--workspace", "--no-fail-fast"],
        false => &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"],
    };
    let mut cargo = crate::shell::command("cargo", arguments);
    run_command(cargo.args(exclusions).current_dir(repository_root().join(workspace)))
}
