//! Every test that there is.

use crate::build::{self, BENCH};
use crate::shell::{self, root, run_command};
use crate::{arrows, setup};

/// Builds what the tests need and runs them.
pub fn run() -> anyhow::Result<()> {
    setup::has_python()?;
    setup::has_node()?;
    setup::registry()?;
    let tool = build::everything()?;
    arrows::check()?;
    for contract in build::contracts("plugins")? {
        shell::run(&tool, &["test", &contract])?;
    }
    shell::run("cargo", &["test", "--workspace", "--exclude", BENCH, "--doc", "--quiet"])?;
    suite("plugins", &[])?;
    suite(".", &["--exclude", BENCH])
}

/// The unit and integration tests of a workspace.
fn suite(workspace: &str, but: &[&str]) -> anyhow::Result<()> {
    let arguments: &[&str] = match setup::has_nextest() {
        true => &["nextest", "run", "--workspace", "--no-fail-fast"],
        false => &["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests"],
    };
    let mut cargo = crate::shell::command("cargo", arguments);
    run_command(cargo.args(but).current_dir(root().join(workspace)))
}
