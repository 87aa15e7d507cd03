//! `tollgate pull`: downloads packages to the local store.

use std::collections::BTreeMap;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_packages::catalogue::FoundPackage;
use tollgate_packages::lock::LockFile;
use tollgate_packages::package::{PackageId, Requirement};
use tollgate_project::{FoundLocked, LOCK_FILE, ProjectPackages, SourceQuery};

use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::hints::with_hint;
use crate::registry_access::{RegistryAccessArgs, TransferBar};

/// Downloads packages to this machine: the locked ones, or the named ones.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate pull
  tollgate pull --locked
  tollgate pull acme/claims@^1.2 --from ghcr.io/acme/tollgate")]
pub(super) struct PullCommand {
    /// Packages to download, as a name with a version requirement [default: all locked packages].
    #[arg(value_name = "NAME@REQ")]
    requirements: Vec<Requirement>,
    /// Source: the name of a source, a folder (`./packages`) or a registry (`HOST/PREFIX`) [default: the first
    /// source of the project that has the package].
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
    /// Fail if the lock does not match the requirements of the gates.
    #[arg(long, conflicts_with_all = ["requirements", "from"])]
    locked: bool,
}

impl PullCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut packages = self.registry_access.open()?;
        if let Some(from) = &self.from {
            packages.select_source(from)?;
        }
        if self.requirements.is_empty() {
            return self.run_locked(&packages).await;
        }
        let mut found = BTreeMap::new();
        for requirement in &self.requirements {
            let one = packages.catalogue.find(requirement).await?;
            let one = one.with_context(|| not_found_message(&packages, requirement))?;
            packages.verify_trust(&one.listed, &packages.catalogue.label(one.source))?;
            found.insert(one.listed.metadata.package.clone(), one);
        }
        packages.fetch(&found, &TransferBar::new("fetching")).await?;
        for (package, one) in &found {
            let digest = paint(QUIET, one.listed.metadata.digest);
            console::print(format!("{package}  {digest}"));
        }
        Ok(Exit::Pass)
    }

    async fn run_locked(&self, packages: &ProjectPackages) -> anyhow::Result<Exit> {
        let lock = packages.read_lock()?.with_context(|| {
            format!(
                "there is no `{LOCK_FILE}` and no package is named: `tollgate lock` writes the lock"
            )
        })?;
        let stale =
            if self.locked { lock.stale_gates(&packages.read_requirements()?) } else { Vec::new() };
        if !stale.is_empty() {
            let stale: Vec<_> = stale.iter().map(ToString::to_string).collect();
            bail!(
                "`{LOCK_FILE}` does not match the requirements of the gates\n  {}",
                stale.join("\n  ")
            );
        }
        fetch_locked(packages, &lock, SourceQuery::IfUnknown).await?;
        console::print(paint(
            GOOD,
            format!("all locked packages are present: {}", lock.packages.len()),
        ));
        Ok(Exit::Pass)
    }
}

fn not_found_message(packages: &ProjectPackages, requirement: &Requirement) -> String {
    let asked = packages.catalogue.serving_sources(&requirement.name);
    let asked: Vec<_> = asked.map(|(_, listing)| listing.source.label()).collect();
    format!("no version of `{requirement}` was found; sources asked: {}", asked.join(", "))
}

/// Downloads all locked packages and returns their descriptions. Warns of those that are yanked, or may be.
pub(super) async fn fetch_locked(
    packages: &ProjectPackages,
    lock: &LockFile,
    query: SourceQuery,
) -> anyhow::Result<BTreeMap<PackageId, FoundPackage>> {
    let FoundLocked { packages: found, unasked } = packages.find_locked(lock, query).await?;
    for (package, error) in &unasked {
        let error = with_hint(error);
        console::warn(format!("cannot check whether `{package}` is yanked: {error}"));
    }
    found.values().for_each(|one| super::lock::warn_of_yanked(&one.listed));
    packages.fetch(&found, &TransferBar::new("fetching")).await?;
    Ok(found)
}
