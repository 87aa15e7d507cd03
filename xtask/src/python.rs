//! Programs that pip installs, in an environment of their own.

use std::path::{Path, PathBuf};

use crate::setup;
use crate::shell::{command, run, run_command};

/// Makes an environment with what a file of requirements pins by hash, and nothing else; gives
/// its Python.
pub fn with(requirements: &Path, venv: &Path) -> anyhow::Result<PathBuf> {
    setup::has_python()?;
    run("python3", &["-m", "venv", &venv.to_string_lossy()])?;
    let python = venv.join("bin/python");
    let mut pip = pip(&python);
    pip.args(["install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]);
    run_command(pip.arg("--requirement").arg(requirements))?;
    Ok(python)
}

/// The pip of an environment, without the settings of this machine.
pub fn pip(python: &Path) -> std::process::Command {
    command(python, &["-m", "pip", "--isolated", "--disable-pip-version-check", "--quiet"])
}
