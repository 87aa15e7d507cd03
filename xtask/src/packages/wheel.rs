//! The Python wheel, by the build backend that its `pyproject.toml` names, pinned.

use std::fs;
use std::path::{Path, PathBuf};

use super::version;
use crate::shell::{root, run, run_command};
use crate::{build, python};

/// The backend, of which pip would otherwise take whichever is newest.
const BACKEND: &str = "\
setuptools==80.9.0 \
--hash=sha256:062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922
";
/// 1980, which is when the time of archives begins.
const EPOCH: &str = "315532800";

/// Builds the wheel in a copy: the backend leaves its own files behind.
pub fn make(dist: &Path) -> anyhow::Result<PathBuf> {
    let work = build::target().join("wheel");
    if work.is_dir() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let source = work.join("source");
    fs::write(work.join("backend.txt"), BACKEND)?;
    let sdk = root().join("sdk/python");
    run("cp", &["-r", &sdk.to_string_lossy(), &source.to_string_lossy()])?;
    let mut pip = python::pip(&python::with(&work.join("backend.txt"), &work.join("venv"))?);
    pip.args(["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", ".", "./source"]);
    run_command(pip.env("SOURCE_DATE_EPOCH", EPOCH).current_dir(&work))?;
    let name = format!("tollgate_sdk-{}-py3-none-any.whl", version()?);
    let wheel = dist.join(&name);
    fs::copy(work.join(&name), &wheel)?;
    Ok(wheel)
}
