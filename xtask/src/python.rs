//! Virtual environments for the Python programs that the build uses.

use std::path::{Path, PathBuf};

use crate::setup;
use crate::shell::{command, run, run_command};

/// Makes a virtual environment with exactly the packages that a requirements file pins by hash.
/// Returns the path of its Python.
pub fn create_venv(requirements: &Path, venv: &Path) -> anyhow::Result<PathBuf> {
    setup::require_python()?;
    run("python3", &["-m", "venv", &venv.to_string_lossy()])?;
    let python = venv.join("bin/python");
    let mut pip = pip_command(&python);
    pip.args(["install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]);
    run_command(pip.arg("--requirement").arg(requirements))?;
    Ok(python)
}

/// Returns a `pip` command that ignores the settings of this machine.
pub fn pip_command(python: &Path) -> std::process::Command {
    command(python, &["-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet"])
}
