//! Installs PyPI packages with pip, in a virtual environment so that the system stays untouched.

use std::path::Path;
use std::process::Command;

use super::run_tool;
use crate::author::requirements::PYTHON_VENV;
use crate::files;

/// Folder of Python packages in a tool's folder.
pub(in crate::author) const PYTHON_PACKAGES: &str = "packages";
/// Instruction shown when Python is missing.
pub(in crate::author) const INSTALL_PYTHON: &str = "install Python 3.11 or later with its `venv`, on \
                                            Debian with `apt install python3 python3-venv`";

/// Installs the packages of this `requirements.txt` into a folder.
pub(super) fn install(list: &str, folder: &Path) -> anyhow::Result<()> {
    let (path, venv) = (folder.join("requirements.txt"), folder.join("venv"));
    files::write(&path, list.as_bytes())?;
    pip(&venv, &path, &folder.join(PYTHON_PACKAGES), &[])?;
    Ok(std::fs::remove_dir_all(venv)?)
}

/// Installs the wheels that a contract's author pinned. Only wheels of pure Python are accepted,
/// because native code for this machine cannot run in a sandbox.
pub(in crate::author) fn install_pure_python(
    requirements: &Path,
    target: &Path,
) -> anyhow::Result<()> {
    let venv = tempfile::tempdir()?;
    let pure = ["--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];
    pip(venv.path(), requirements, target, &pure)
}

/// Runs `pip install` in a new virtual environment. The environment only provides pip; the
/// installed packages do not depend on it.
fn pip(venv: &Path, list: &Path, target: &Path, more: &[&str]) -> anyhow::Result<()> {
    PYTHON_VENV.require()?;
    run_tool(Command::new("python3").args(["-m", "venv"]).arg(venv), INSTALL_PYTHON)?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input"]);
    pip.args(["install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]);
    pip.args(["--only-binary", ":all:"]).args(more);
    run_tool(pip.arg("--target").arg(target).arg("--requirement").arg(list), INSTALL_PYTHON)
}
