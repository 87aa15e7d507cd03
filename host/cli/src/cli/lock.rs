//! `tollgate lock` and `tollgate update`: pin the packages that the project's gates run, by digest.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use tollgate_model::Capability;
use tollgate_packages::catalogue::{FoundPackage, ResolvedPackages};
use tollgate_packages::lock::{LockFile, NewCapability};
use tollgate_packages::package::{ListedPackage, PackageId, PackageName};
use tollgate_packages::resolve::{GateRequirements, LockedVersions};
use tollgate_project::{LOCK_FILE, ProjectPackages, SourceQuery};
use tollgate_toolchain::WIT_VERSION;

use super::contract_loading;
use crate::console::{self, BAD, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::registry_access::{RegistryAccessArgs, TransferBar};

/// Chooses the versions that the gates of this project run, and writes them to `tollgate.lock`.
///
/// Locked versions stay as long as they satisfy the gates; use `tollgate update` for newer ones. All
/// locked packages are fetched and checked. Exits with 1 if a contract requests a new capability that is
/// not approved.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate lock
  tollgate lock --locked --offline")]
pub(super) struct LockCommand {
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
    #[command(flatten)]
    approvals: CapabilityApprovalArgs,
    /// Change nothing, and fail if the lock does not satisfy the gates.
    #[arg(long)]
    locked: bool,
}

/// Updates packages to the newest versions that the gates accept.
///
/// If a contract requests a new capability, nothing is changed: the command shows the capability and its
/// reason, and exits with 1. Approve it with `--approve`.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate update
  tollgate update acme/claims --approve acme/claims:clock")]
pub(super) struct UpdateCommand {
    /// Packages to update [default: all].
    #[arg(value_name = "NAME")]
    names: Vec<PackageName>,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
    #[command(flatten)]
    approvals: CapabilityApprovalArgs,
}

#[derive(Args)]
struct CapabilityApprovalArgs {
    /// Approve a new capability of a contract. May be repeated.
    #[arg(long = "approve", value_name = "NAME:CAPABILITY", value_parser = parse_approval)]
    approved: Vec<(PackageName, Capability)>,
}

fn parse_approval(text: &str) -> anyhow::Result<(PackageName, Capability)> {
    let parts = text.rsplit_once(':');
    let (name, named) = parts.context("expected `NAME:CAPABILITY`, such as `acme/claims:clock`")?;
    Ok((
        name.parse()?,
        contract_loading::parse_capability(named).map_err(|error| anyhow!("{error}"))?,
    ))
}

impl LockCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.registry_access.open()?;
        let requirements = packages.read_requirements()?;
        let lock = packages.read_lock()?;
        let stale = match &lock {
            Some(lock) => lock.stale_gates(&requirements).iter().map(ToString::to_string).collect(),
            None => vec![format!("there is no `{LOCK_FILE}` yet")],
        };
        if let Some(lock) = lock.as_ref().filter(|_| stale.is_empty()) {
            return self.confirm_lock(&packages, lock).await;
        }
        if self.locked {
            bail!(
                "`{LOCK_FILE}` does not satisfy the gates, and `--locked` forbids changes\n  {}",
                stale.join("\n  ")
            );
        }
        let old = lock.unwrap_or_default();
        let locked_versions = LockedVersions { gates: old.gates.clone(), updated: BTreeSet::new() };
        relock(&packages, &requirements, &old, &locked_versions, &self.approvals).await
    }
}

impl LockCommand {
    /// Checks a lock that satisfies the gates. Its signers are updated, since trust may have changed
    /// after it was written.
    async fn confirm_lock(
        &self,
        packages: &ProjectPackages,
        lock: &LockFile,
    ) -> anyhow::Result<Exit> {
        let source_query = if self.locked { SourceQuery::IfUnknown } else { SourceQuery::Always };
        let found = super::pull::fetch_locked(packages, lock, source_query).await?;
        let found = ResolvedPackages { gates: lock.gates.clone(), packages: found };
        let new = packages.lock_resolved(&found, lock)?;
        if new != *lock && !self.locked {
            packages.write_lock(&new)?;
        }
        console::print(format!("`{LOCK_FILE}` is up to date: {}", count_packages(lock)));
        Ok(Exit::Pass)
    }
}

impl UpdateCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.registry_access.open()?;
        let requirements = packages.read_requirements()?;
        let old = packages.read_lock()?.with_context(|| {
            format!("there is no `{LOCK_FILE}` yet: create it with `tollgate lock`")
        })?;
        let locked_names: BTreeSet<_> =
            old.packages.keys().map(|package| package.name.clone()).collect();
        if let Some(name) = self.names.iter().find(|name| !locked_names.contains(name)) {
            bail!("`{name}` is not in `{LOCK_FILE}`: add it to a gate and run `tollgate lock`");
        }
        let updated =
            if self.names.is_empty() { locked_names } else { self.names.into_iter().collect() };
        let locked_versions = LockedVersions { gates: old.gates.clone(), updated };
        relock(&packages, &requirements, &old, &locked_versions, &self.approvals).await
    }
}

/// Locks a project for the first time.
pub(super) async fn lock_new_project(packages: &ProjectPackages) -> anyhow::Result<Exit> {
    let requirements = packages.read_requirements()?;
    let none = LockedVersions { gates: BTreeMap::new(), updated: BTreeSet::new() };
    let approvals = CapabilityApprovalArgs { approved: Vec::new() };
    relock(packages, &requirements, &LockFile::default(), &none, &approvals).await
}

/// Resolves, fetches and checks all packages, and writes the lock only after that succeeded.
async fn relock(
    packages: &ProjectPackages,
    requirements: &[GateRequirements],
    old: &LockFile,
    locked_versions: &LockedVersions,
    approvals: &CapabilityApprovalArgs,
) -> anyhow::Result<Exit> {
    let spinner = console::spinner("resolving");
    let resolved =
        packages.catalogue.resolve(requirements, locked_versions, &WIT_VERSION.parse()?).await;
    spinner.finish_and_clear();
    let resolved = resolved?;
    // Checked before anything is fetched: changed bytes under a locked version must not enter the store.
    let new = packages.lock_resolved(&resolved, old)?;
    packages.fetch(&resolved.packages, &TransferBar::new("fetching")).await?;
    warn_of_chosen_versions(old, &resolved);
    let new_capabilities = old.new_capabilities(&new);
    let unapproved: Vec<_> = new_capabilities
        .into_iter()
        .filter(|requested| !approvals.is_approved(requested))
        .collect();
    if !unapproved.is_empty() {
        print_unapproved(&unapproved, &resolved.packages);
        return Ok(Exit::Fail);
    }
    packages.write_lock(&new)?;
    print_lock_changes(old, &new);
    Ok(Exit::Pass)
}

/// Warns of yanked versions, and of new ones whose version number understates their changes.
fn warn_of_chosen_versions(old: &LockFile, resolved: &ResolvedPackages) {
    for (package, FoundPackage { listed, .. }) in &resolved.packages {
        warn_of_yanked(listed);
        // A version that was locked before has been warned of when it was chosen.
        let forced = listed.forced_reason.as_ref().filter(|_| !old.packages.contains_key(package));
        if let Some(reason) = forced {
            console::warn(format!(
                "`{package}` was published with a smaller version step than its changes need, because: {reason}"
            ));
        }
    }
}

/// Warns if a package that stays locked was yanked.
pub(super) fn warn_of_yanked(listed: &ListedPackage) {
    let package = &listed.metadata.package;
    if let Some(yanked) = &listed.yanked {
        console::warn(format!(
            "`{package}` is yanked: {}\n  it stays locked; `tollgate update {}` chooses another version",
            yanked.reason, package.name
        ));
    }
}

fn print_unapproved(unapproved: &[NewCapability], packages: &BTreeMap<PackageId, FoundPackage>) {
    console::print(paint(BAD, "stopped: contracts request new capabilities; nothing was changed"));
    for NewCapability { gate, locked_version: from, new_version: to, capability } in unapproved {
        let found = packages.get(to).and_then(|found| found.listed.metadata.contract.as_ref());
        let reason = found.and_then(|contract| contract.capabilities.get(capability));
        let reason = reason.map_or("", String::as_str);
        console::print(format!(
            "  {} {} → {} in gate `{gate}` requests `{capability}`: {reason}",
            to.name, from.version, to.version
        ));
        console::print(format!("    to approve it: `--approve {}:{capability}`", to.name));
    }
}

fn print_lock_changes(old: &LockFile, new: &LockFile) {
    for (gate, now) in &new.gates {
        let then: Vec<_> =
            old.gates.get(gate).into_iter().flat_map(|then| then.packages()).collect();
        for package in now.packages().filter(|package| !then.contains(package)) {
            let before = then.iter().find(|before| before.name == package.name);
            let line = match before {
                Some(before) => {
                    format!("{} {} → {}", package.name, before.version, package.version)
                }
                None => format!("{} {}", package.name, package.version),
            };
            let mut end = paint(QUIET, format!("in gate `{gate}`"));
            let locked = new.packages.get(&package);
            if let Some(locked) = locked.filter(|locked| !locked.capabilities.is_empty()) {
                let names: Vec<_> = locked.capabilities.iter().map(ToString::to_string).collect();
                end = format!("{end}, requests {}", names.join(", "));
            }
            console::print(format!("  {line}  {end}"));
        }
    }
    let outcome = if old == new { "is unchanged" } else { "was written" };
    console::print(paint(GOOD, format!("`{LOCK_FILE}` {outcome}: {}", count_packages(new))));
}

fn count_packages(lock: &LockFile) -> String {
    let prompts = lock
        .packages
        .keys()
        .filter(|package| matches!(package.name, PackageName::Prompt(_)))
        .count();
    let number = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    };
    let contracts = number(lock.packages.len() - prompts, "contract");
    format!(
        "{contracts} and {} for {}",
        number(prompts, "prompt"),
        number(lock.gates.len(), "gate")
    )
}

impl CapabilityApprovalArgs {
    fn is_approved(&self, requested: &NewCapability) -> bool {
        let matches = |(name, capability): &(PackageName, Capability)| {
            *name == requested.new_version.name && *capability == requested.capability
        };
        self.approved.iter().any(matches)
    }
}
