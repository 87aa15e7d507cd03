//! Packages of npm.

use std::path::Path;
use std::process::Command;

use super::run;
use crate::author::needs::{NODE_20, NPM};
use crate::files;

/// Where npm's packages lie in a tool's folder.
pub(in crate::author) const MODULES: &str = "node_modules";
/// What to do where npm is missing.
pub(in crate::author) const NODE: &str = "install Node.js 20 or later with its `npm` from \
                                          https://nodejs.org";

/// Exactly what the lock names, and no script of any package is run.
const CI: [&str; 6] =
    ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];

/// Installs what this `package-lock.json` names.
pub(super) fn install(package: &str, lock: &str, folder: &Path) -> anyhow::Result<()> {
    NODE_20.require()?;
    NPM.require()?;
    files::write(&folder.join("package.json"), package.as_bytes())?;
    files::write(&folder.join("package-lock.json"), lock.as_bytes())?;
    run(Command::new("npm").args(CI).current_dir(folder), NODE)
}
