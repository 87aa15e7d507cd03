//! `tollgate tree`: lists the locked packages of each gate.

use anyhow::Context;
use clap::Args;
use tollgate_api::LockedGatesDocument;
use tollgate_packages::lock::LockFile;
use tollgate_packages::package::PackageId;
use tollgate_project::LOCK_FILE;

use crate::console::{self, QUIET, STRONG, paint};
use crate::current_project::local_packages;
use crate::exit::Exit;
use crate::json_output;

/// Length of a shortened digest: `sha256:` and 12 digits.
const DIGEST_CHARACTERS_SHOWN: usize = 19;

/// Shows the locked packages of each gate of the project.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate tree --json")]
pub(super) struct TreeCommand {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl TreeCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let packages = local_packages()?;
        let lock = packages.lock()?;
        let lock =
            lock.with_context(|| format!("there is no `{LOCK_FILE}`: `tollgate lock` writes it"))?;
        if self.json {
            json_output::print_document(&LockedGatesDocument::from(lock))?;
            return Ok(Exit::Pass);
        }
        for (gate, locked) in &lock.gates {
            console::print(paint(STRONG, gate));
            let packages: Vec<_> = locked.packages().collect();
            let name = |package: &PackageId| format!("{} {}", package.name, package.version);
            let width =
                packages.iter().map(|package| name(package).len()).max().unwrap_or_default();
            for (index, package) in packages.iter().enumerate() {
                let branch = if index + 1 == packages.len() { "└──" } else { "├──" };
                let kind = package.name.kind();
                let about = describe_package(lock, package);
                console::print(format!("{branch} {kind:8}  {:width$}  {about}", name(package)));
            }
        }
        Ok(Exit::Pass)
    }
}

fn describe_package(lock: &LockFile, package: &PackageId) -> String {
    let Some(locked) = lock.packages.get(package) else { return String::new() };
    let digest = locked.digest.to_string();
    let digest = digest.get(..DIGEST_CHARACTERS_SHOWN).unwrap_or_default();
    let mut about = vec![paint(QUIET, format!("{digest}…")), locked.source.clone()];
    if !locked.capabilities.is_empty() {
        let names: Vec<_> = locked.capabilities.iter().map(ToString::to_string).collect();
        about.push(format!("needs {}", names.join(", ")));
    }
    if locked.signer.is_some() {
        about.push("signed".into());
    }
    about.join("  ")
}
