//! Packages the Go SDK in the layout of a module proxy: `GOPROXY=file://…/target/dist/go`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{archive, workspace_version};
use crate::shell::repository_root;

const MODULE: &str = "tollgate.dev/sdk";
/// Fixed, so that the package is reproducible.
const RELEASE_TIME: &str = "1980-01-01T00:00:00Z";

/// Writes the module, and returns the folder that serves as proxy.
pub fn package_go(dist: &Path) -> anyhow::Result<PathBuf> {
    let (sdk, version) = (repository_root().join("sdk/go"), format!("v{}", workspace_version()?));
    let proxy = dist.join("go");
    let versions = proxy.join(MODULE).join("@v");
    fs::create_dir_all(&versions)?;
    fs::write(versions.join("list"), format!("{version}\n"))?;
    let info = format!("{{\"Version\":\"{version}\",\"Time\":\"{RELEASE_TIME}\"}}\n");
    fs::write(versions.join(format!("{version}.info")), info)?;
    fs::copy(sdk.join("go.mod"), versions.join(format!("{version}.mod")))?;
    let archive = versions.join(format!("{version}.zip"));
    archive::write_archive(&sdk, &[], &format!("{MODULE}@{version}"), &archive)?;
    Ok(proxy)
}
