//! Installs npm packages from a lock file.

use std::path::Path;
use std::process::Command;

use tollgate_project::files;

use super::{InstallError, run_tool};
use crate::requirements::{INSTALL_NODE, NODE_20, NPM};

/// Folder of npm's packages in a tool's folder.
pub(crate) const NODE_MODULES: &str = "node_modules";

/// Arguments that install exactly the locked packages and run none of their scripts.
const NPM_CI_ARGUMENTS: [&str; 6] =
    ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];

/// Installs the packages of this `package-lock.json` into a folder.
pub(super) fn install(package: &str, lock: &str, folder: &Path) -> Result<(), InstallError> {
    NODE_20.require()?;
    NPM.require()?;
    files::write(&folder.join("package.json"), package.as_bytes())?;
    files::write(&folder.join("package-lock.json"), lock.as_bytes())?;
    run_tool(Command::new("npm").args(NPM_CI_ARGUMENTS).current_dir(folder), INSTALL_NODE)?;
    Ok(())
}
