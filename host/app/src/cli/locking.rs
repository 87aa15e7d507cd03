//! `tollgate lock` and `tollgate update`: which packages the project runs, to the byte.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, anyhow, bail};
use clap::Args;
use tollgate_library::catalogue::{Found, Resolved};
use tollgate_library::lock::{Lock, Locked, NewlyWanted};
use tollgate_library::package::{Listed, PackageId, PackageName};
use tollgate_library::resolve::{Kept, Wants};
use tollgate_model::Capability;

use super::loading;
use super::pull::Asking;
use crate::author::WIT_VERSION;
use crate::console::{self, BAD, GOOD, QUIET, harmless, paint};
use crate::exit::Exit;
use crate::packages::{Having, LOCK, Packages};

/// Chooses the versions that the gates of this project run, and writes them into `tollgate.lock`.
///
/// What is locked stays, while it is what the gates ask for: `tollgate update` takes newer
/// versions. Everything that is locked is brought to this machine and looked at. Ends with 1 where a
/// contract newly wants a capability that nobody has approved.
///
/// Examples: tollgate lock
///           tollgate lock --locked --offline
#[derive(Args)]
pub(super) struct LockCommand {
    #[command(flatten)]
    having: Having,
    #[command(flatten)]
    approving: Approving,
    /// Change nothing: fail where the lock is not what the gates ask for.
    #[arg(long)]
    locked: bool,
}

/// Takes the newest versions that the gates ask for, of some packages or of all.
///
/// Stops, and changes nothing, where a contract newly wants a capability: it shows which one and why, and
/// `--approve` lets it. Ends with 1 then.
///
/// Examples: tollgate update
///           tollgate update acme/claims --approve acme/claims:clock
#[derive(Args)]
pub(super) struct Update {
    /// Which packages; all, where none is named.
    #[arg(value_name = "NAME")]
    names: Vec<PackageName>,
    #[command(flatten)]
    having: Having,
    #[command(flatten)]
    approving: Approving,
}

#[derive(Args)]
struct Approving {
    /// A capability that a contract may want from now on.
    #[arg(long = "approve", value_name = "NAME:CAPABILITY", value_parser = approval)]
    approved: Vec<(PackageName, Capability)>,
}

fn approval(written: &str) -> anyhow::Result<(PackageName, Capability)> {
    let parts = written.rsplit_once(':');
    let (name, named) = parts.context("it is written `NAME:CAPABILITY`, as `acme/claims:clock`")?;
    Ok((name.parse()?, loading::capability(named).map_err(|error| anyhow!("{error}"))?))
}

impl LockCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.having.open()?;
        let wants = packages.wants()?;
        let lock = packages.lock()?;
        let stale = match &lock {
            Some(lock) => lock.stale(&wants).iter().map(ToString::to_string).collect(),
            None => vec!["nothing is locked yet".into()],
        };
        if let Some(lock) = lock.as_ref().filter(|_| stale.is_empty()) {
            return self.keep(&packages, lock).await;
        }
        if self.locked {
            bail!(
                "`{LOCK}` is not what the gates ask for, and `--locked` lets nothing change\n  {}",
                stale.join("\n  ")
            );
        }
        let old = lock.unwrap_or_default();
        let kept = Kept { gates: old.gates.clone(), moving: BTreeSet::new() };
        relock(&packages, &wants, &old, &kept, &self.approving).await
    }
}

impl LockCommand {
    /// Nothing is chosen anew. But who vouches for it may be another than when it was locked.
    async fn keep(&self, packages: &Packages, lock: &Lock) -> anyhow::Result<Exit> {
        let asking = if self.locked { Asking::WhereUnknown } else { Asking::Again };
        let found = super::pull::locked(packages, lock, asking).await?;
        let new = locked(packages, &Resolved { gates: lock.gates.clone(), packages: found })?;
        if new != *lock && !self.locked {
            packages.write_lock(&new)?;
        }
        console::say(format!("`{LOCK}` is what the gates ask for: {}", count(lock)));
        Ok(Exit::Pass)
    }
}

impl Update {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.having.open()?;
        let wants = packages.wants()?;
        let old = packages
            .lock()?
            .with_context(|| format!("there is no `{LOCK}` yet: `tollgate lock` writes it"))?;
        let known: BTreeSet<_> = old.packages.keys().map(|package| package.name.clone()).collect();
        if let Some(name) = self.names.iter().find(|name| !known.contains(name)) {
            bail!("`{name}` is not locked: no gate asked for it when `{LOCK}` was written");
        }
        let moving = if self.names.is_empty() { known } else { self.names.into_iter().collect() };
        let kept = Kept { gates: old.gates.clone(), moving };
        relock(&packages, &wants, &old, &kept, &self.approving).await
    }
}

/// Chooses, brings and looks at everything, and only then writes it down.
async fn relock(
    packages: &Packages,
    wants: &[Wants],
    old: &Lock,
    kept: &Kept,
    approving: &Approving,
) -> anyhow::Result<Exit> {
    let spinner = console::spinner("resolving");
    let resolved = packages.catalogue.resolve(wants, kept, &WIT_VERSION.parse()?).await;
    spinner.finish_and_clear();
    let resolved = resolved?;
    check_unchanged(old, &resolved)?;
    let new = locked(packages, &resolved)?;
    super::pull::bring(packages, &resolved.packages).await?;
    warn(old, &resolved);
    let newly = old.newly_wanted(&new);
    let open: Vec<_> = newly.into_iter().filter(|one| !approving.has(one)).collect();
    if !open.is_empty() {
        tell_newly_wanted(&open, &resolved.packages);
        return Ok(Exit::Fail);
    }
    packages.write_lock(&new)?;
    tell(old, &new);
    Ok(Exit::Pass)
}

/// A version that is locked never becomes another one.
fn check_unchanged(old: &Lock, resolved: &Resolved) -> anyhow::Result<()> {
    for (package, found) in &resolved.packages {
        let (now, then) = (&found.listed.about.digest, old.packages.get(package));
        if let Some(then) = then.filter(|then| then.digest != *now) {
            bail!(
                "`{package}` is locked as {}, and its source has {now} under this version: one of them was \
                 changed, and a version never changes. Ask who publishes it, and take another version",
                then.digest
            );
        }
    }
    Ok(())
}

fn locked(packages: &Packages, resolved: &Resolved) -> anyhow::Result<Lock> {
    let mut locked = BTreeMap::new();
    for (package, Found { listed, source }) in &resolved.packages {
        let signer = packages.vouched(listed)?;
        let source = packages.catalogue.label(*source);
        locked.insert(package.clone(), Locked::new(listed, source, signer));
    }
    Ok(Lock { gates: resolved.gates.clone(), packages: locked })
}

/// What whoever locks should know of what is chosen.
fn warn(old: &Lock, resolved: &Resolved) {
    for (package, Found { listed, .. }) in &resolved.packages {
        warn_of_yanked(listed);
        let forced = listed.forced.as_ref().filter(|_| !old.packages.contains_key(package));
        if let Some(reason) = forced {
            let reason = harmless(reason);
            console::warn(format!(
                "the version of `{package}` moved less than what it does, for this reason: {reason}"
            ));
        }
    }
}

/// That somebody took back what stays locked.
pub(super) fn warn_of_yanked(listed: &Listed) {
    let package = &listed.about.package;
    if let Some(yanked) = &listed.yanked {
        console::warn(format!(
            "`{package}` is yanked: {}\n  it stays locked; `tollgate update {}` takes another",
            harmless(&yanked.reason),
            package.name
        ));
    }
}

fn tell_newly_wanted(open: &[NewlyWanted], packages: &BTreeMap<PackageId, Found>) {
    console::say(paint(BAD, "stopped: contracts want more than before, and nothing was changed"));
    for NewlyWanted { gate, from, to, capability } in open {
        let found = packages.get(to).and_then(|found| found.listed.about.contract.as_ref());
        let reason = found.and_then(|contract| contract.capabilities.get(capability));
        let reason = harmless(reason.map_or("", String::as_str));
        console::say(format!(
            "  {} {} → {} in gate `{gate}` newly wants `{capability}`: {reason}",
            to.name, from.version, to.version
        ));
        console::say(format!("    to approve of it: `--approve {}:{capability}`", to.name));
    }
}

fn tell(old: &Lock, new: &Lock) {
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
                end = format!("{end}, wants {}", names.join(", "));
            }
            console::say(format!("  {line}  {end}"));
        }
    }
    let word = if old == new { "is unchanged" } else { "is written" };
    console::say(paint(GOOD, format!("`{LOCK}` {word}: {}", count(new))));
}

fn count(lock: &Lock) -> String {
    let prompts =
        lock.packages.keys().filter(|one| matches!(one.name, PackageName::Prompt(_))).count();
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

impl Approving {
    fn has(&self, newly: &NewlyWanted) -> bool {
        let is_it = |(name, capability): &(PackageName, Capability)| {
            *name == newly.to.name && *capability == newly.capability
        };
        self.approved.iter().any(is_it)
    }
}
