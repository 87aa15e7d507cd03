//! Installs npm packages from a lock file.

use std::path::Path;
use std::process::Command;

use super::run_tool;
use crate::author::requirements::{NODE_20, NPM};
use crate::files;

/// Folder of npm's packages in a tool's folder.
pub(in crate::author) const NODE_MODULES: &str = "node_modules";
/// Instruction shown when Node.js or npm is missing.
pub(in crate::author) const INSTALL_NODE: &str = "install Node.js 20 or later with its `npm` from \
                                          https://nodejs.org";

/// Arguments that install exactly the locked packages and run none of their scripts.
const NPM_CI_ARGUMENTS: [&str; 6] =
    ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];

/// Installs the packages of this `package-lock.json` into a folder.
pub(super) fn install(package: &str, lock: &str, folder: &Path) -> anyhow::Result<()> {
    NODE_20.require()?;
    NPM.require()?;
    files::write(&folder.join("package.json"), package.as_bytes())?;
    files::write(&folder.join("package-lock.json"), lock.as_bytes())?;
    run_tool(Command::new("npm").args(NPM_CI_ARGUMENTS).current_dir(folder), INSTALL_NODE)
}
