//! The Go module, as a proxy serves it: `GOPROXY=file://…/target/dist/go`.

use std::fs;
use std::path::{Path, PathBuf};

use super::{archive, version};
use crate::shell::root;

const MODULE: &str = "tollgate.dev/sdk";
/// Nobody knows when a release is made before it is.
const TIME: &str = "1980-01-01T00:00:00Z";

/// Writes the module; gives the folder for the proxy.
pub fn make(dist: &Path) -> anyhow::Result<PathBuf> {
    let (sdk, version) = (root().join("sdk/go"), format!("v{}", version()?));
    let proxy = dist.join("go");
    let versions = proxy.join(MODULE).join("@v");
    fs::create_dir_all(&versions)?;
    fs::write(versions.join("list"), format!("{version}\n"))?;
    let info = format!("{{\"Version\":\"{version}\",\"Time\":\"{TIME}\"}}\n");
    fs::write(versions.join(format!("{version}.info")), info)?;
    fs::copy(sdk.join("go.mod"), versions.join(format!("{version}.mod")))?;
    let archive = versions.join(format!("{version}.zip"));
    archive::write(&sdk, &[], &format!("{MODULE}@{version}"), &archive)?;
    Ok(proxy)
}
