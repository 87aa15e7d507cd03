//! Installs PyPI packages with pip, in a virtual environment so that the system stays untouched.

use std::path::Path;
use std::process::Command;

use tollgate_project::files;

use super::{InstallError, ToolError, run_tool};
use crate::requirements::{INSTALL_PYTHON, PYTHON_VENV};

/// Folder of Python packages in a tool's folder.
pub(crate) const PYTHON_PACKAGES: &str = "packages";

/// Arguments that accept only wheels of pure Python, for the interpreter in the sandbox.
const PURE_PYTHON_ARGUMENTS: [&str; 4] =
    ["--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];

/// Installs the packages of this `requirements.txt` into a folder.
pub(super) fn install(list: &str, folder: &Path) -> Result<(), InstallError> {
    let (path, venv) = (folder.join("requirements.txt"), folder.join("venv"));
    files::write(&path, list.as_bytes())?;
    pip(&venv, &path, &folder.join(PYTHON_PACKAGES), &[])?;
    Ok(std::fs::remove_dir_all(venv)?)
}

/// Installs the wheels that a contract's author pinned, with a virtual environment in the folder
/// `venv`. Only wheels of pure Python are accepted, because native code for this machine cannot run in
/// a sandbox.
pub(crate) fn install_pure_python(
    requirements: &Path,
    target: &Path,
    venv: &Path,
) -> Result<(), ToolError> {
    pip(venv, requirements, target, &PURE_PYTHON_ARGUMENTS)
}

/// Runs `pip install` in a new virtual environment. The environment only provides pip; the
/// installed packages do not depend on it.
fn pip(venv: &Path, list: &Path, target: &Path, more: &[&str]) -> Result<(), ToolError> {
    PYTHON_VENV.require()?;
    run_tool(Command::new("python3").args(["-m", "venv"]).arg(venv), INSTALL_PYTHON)?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input"]);
    pip.args(["install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]);
    pip.args(["--only-binary", ":all:"]).args(more);
    run_tool(pip.arg("--target").arg(target).arg("--requirement").arg(list), INSTALL_PYTHON)
}
