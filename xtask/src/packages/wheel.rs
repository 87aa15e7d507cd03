//! Builds the wheel of the Python SDK with a pinned version of the build backend in `pyproject.toml`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{SOURCE_DATE_EPOCH, workspace_version};
use crate::shell::{repository_root, run, run_command};
use crate::{build, python};

/// Pinned build backend. Without it, pip would use the newest version.
const BACKEND: &str = "\
setuptools==80.9.0 \
--hash=sha256:062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922
";

/// Builds the wheel in a copy of the SDK, because the backend writes files beside its sources.
pub fn build_wheel(dist: &Path) -> anyhow::Result<PathBuf> {
    let work = build::target_folder().join("wheel");
    if work.is_dir() {
        fs::remove_dir_all(&work)?;
    }
    fs::create_dir_all(&work)?;
    let source = work.join("source");
    fs::write(work.join("backend.txt"), BACKEND)?;
    let sdk = repository_root().join("sdk/python");
    run("cp", &["-r", &sdk.to_string_lossy(), &source.to_string_lossy()])?;
    let mut pip =
        python::pip_command(&python::create_venv(&work.join("backend.txt"), &work.join("venv"))?);
    pip.args(["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", ".", "./source"]);
    run_command(pip.env("SOURCE_DATE_EPOCH", SOURCE_DATE_EPOCH).current_dir(&work))?;
    let name = format!("tollgate_contracts-{}-py3-none-any.whl", workspace_version()?);
    let wheel = dist.join(&name);
    fs::copy(work.join(&name), &wheel)?;
    Ok(wheel)
}
