//! Packages of PyPI, by pip.

use std::path::Path;
use std::process::Command;

use super::run;
use crate::author::needs::PYTHON_VENV;
use crate::files;

/// Where Python packages lie in a tool's folder.
pub(in crate::author) const PACKAGES: &str = "packages";
/// What to do where Python is missing.
pub(in crate::author) const PYTHON: &str = "install Python 3.11 or later with its `venv`, on \
                                            Debian by `apt install python3 python3-venv`";

/// Installs what this `requirements.txt` names.
pub(super) fn install(list: &str, folder: &Path) -> anyhow::Result<()> {
    let (path, venv) = (folder.join("requirements.txt"), folder.join("venv"));
    files::write(&path, list.as_bytes())?;
    pip(&venv, &path, &folder.join(PACKAGES), &[])?;
    Ok(std::fs::remove_dir_all(venv)?)
}

/// Installs wheels that a contract's author pinned: of pure Python, because nothing that is
/// compiled for this machine runs in a sandbox.
pub(in crate::author) fn pure_python(requirements: &Path, target: &Path) -> anyhow::Result<()> {
    let venv = tempfile::tempdir()?;
    let pure = ["--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];
    pip(venv.path(), requirements, target, &pure)
}

/// pip comes with a virtual environment, which is needed for nothing else: packages find
/// themselves wherever they are moved.
fn pip(venv: &Path, list: &Path, target: &Path, more: &[&str]) -> anyhow::Result<()> {
    PYTHON_VENV.require()?;
    run(Command::new("python3").args(["-m", "venv"]).arg(venv), PYTHON)?;
    let mut pip = Command::new(venv.join("bin/python"));
    pip.args(["-m", "pip", "--isolated", "--disable-pip-version-check", "--no-input"]);
    pip.args(["install", "--quiet", "--no-compile", "--require-hashes", "--no-deps"]);
    pip.args(["--only-binary", ":all:"]).args(more);
    run(pip.arg("--target").arg(target).arg("--requirement").arg(list), PYTHON)
}
