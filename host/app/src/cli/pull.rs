//! `tollgate pull`: downloads packages to the local store.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use tollgate_library::catalogue::{CONCURRENT_REQUESTS_MAX, FoundPackage};
use tollgate_library::lock::{LockFile, LockedPackage};
use tollgate_library::package::{ListedPackage, PackageId, Requirement};
use tollgate_model::Digest;

use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::packages::{LOCK_FILE, ProjectPackages, RegistryAccessArgs};

/// Maximum number of concurrent downloads.
const TRANSFERS_MAX: usize = 4;

/// Downloads packages to this machine: the locked ones, or the named ones.
///
/// Examples: tollgate pull
///           tollgate pull --locked
///           tollgate pull acme/claims@^1.2 --from ghcr.io/acme/tollgate
#[derive(Args)]
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
            packages.catalogue.sources = vec![packages.find_source(&self.registry_access, from)?];
        }
        if self.requirements.is_empty() {
            return self.run_locked(&packages).await;
        }
        let mut found = BTreeMap::new();
        for requirement in &self.requirements {
            let one = packages.catalogue.find(requirement).await?;
            let one = one.with_context(|| not_found_message(&packages, requirement))?;
            packages.verify_signature(&one.listed)?;
            found.insert(one.listed.metadata.package.clone(), one);
        }
        fetch_packages(&packages, &found).await?;
        for (package, one) in &found {
            let digest = paint(QUIET, one.listed.metadata.digest);
            console::print(format!("{package}  {digest}"));
        }
        Ok(Exit::Pass)
    }

    async fn run_locked(&self, packages: &ProjectPackages) -> anyhow::Result<Exit> {
        let lock = packages.lock()?.with_context(|| {
            format!(
                "there is no `{LOCK_FILE}` and no package is named: `tollgate lock` writes the lock"
            )
        })?;
        let stale =
            if self.locked { lock.stale_gates(&packages.requirements()?) } else { Vec::new() };
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
            format!("all {} locked packages are present", lock.packages.len()),
        ));
        Ok(Exit::Pass)
    }
}

fn not_found_message(packages: &ProjectPackages, requirement: &Requirement) -> String {
    let sources = packages.catalogue.sources.iter();
    let asked = sources.filter(|listing| listing.serves(&requirement.name));
    let asked: Vec<_> = asked.map(|listing| listing.source.label()).collect();
    format!("no version of `{requirement}` was found; sources asked: {}", asked.join(", "))
}

/// Policy for asking sources about locked packages.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum SourceQuery {
    /// Ask about every package, since a version may have been yanked.
    Always,
    /// Ask only about packages whose description is not in the local store.
    IfUnknown,
}

/// Downloads all locked packages and returns their descriptions.
pub(super) async fn fetch_locked(
    packages: &ProjectPackages,
    lock: &LockFile,
    query: SourceQuery,
) -> anyhow::Result<BTreeMap<PackageId, FoundPackage>> {
    let found = stream::iter(&lock.packages)
        .map(async |(package, locked)| {
            let one = find_locked(packages, package, locked, query).await?;
            Ok::<_, anyhow::Error>((package.clone(), one))
        })
        // `buffered` keeps the order, so that the same one of several errors is reported every time.
        .buffered(CONCURRENT_REQUESTS_MAX)
        .try_collect::<BTreeMap<_, _>>()
        .await?;
    found.values().for_each(|one| super::lock::warn_of_yanked(&one.listed));
    fetch_packages(packages, &found).await?;
    Ok(found)
}

/// Finds the description of a locked package and checks that it matches the lock and is signed as required.
async fn find_locked(
    packages: &ProjectPackages,
    package: &PackageId,
    locked: &LockedPackage,
    query: SourceQuery,
) -> anyhow::Result<FoundPackage> {
    let catalogue = &packages.catalogue;
    let mut sources = 0..catalogue.sources.len();
    let source = sources.find(|source| catalogue.label(*source) == locked.source).with_context(|| {
        format!(
            "`{package}` is locked from `{}`, which is no longer a source of this project: `tollgate \
             update {}` looks for it in the other sources",
            locked.source, package.name
        )
    })?;
    let remembered = catalogue.store.cached_metadata(&locked.source, package)?;
    // The stored description may lack a signature that is required by now; then the source is asked again.
    let is_sufficient = |listed: &ListedPackage| {
        listed.metadata.digest == locked.digest && packages.verify_signature(listed).is_ok()
    };
    let remembered = remembered.filter(is_sufficient);
    let listed = match (remembered, query) {
        (Some(listed), SourceQuery::IfUnknown) => listed,
        (None, _) => catalogue.describe(package, source).await?,
        (Some(remembered), SourceQuery::Always) => {
            match catalogue.describe(package, source).await {
                Ok(listed) => listed,
                // The stored package is the locked one, so an unreachable source is no reason to stop.
                Err(error) => {
                    console::warn(format!("cannot check whether `{package}` is yanked: {error}"));
                    remembered
                }
            }
        }
    };
    if listed.metadata.digest != locked.digest {
        return Err(anyhow!(
            "`{package}` is locked as {}, but {} has {} under this version: one of them was changed, and \
             nothing was downloaded",
            locked.digest,
            locked.source,
            listed.metadata.digest
        ));
    }
    if !locked.matches(&listed) {
        bail!(
            "the entry of `{package}` in `{LOCK_FILE}` does not match the package: the lock was edited. Restore it \
             from version control, or remove it and run `tollgate lock`"
        );
    }
    packages.verify_signature(&listed)?;
    Ok(FoundPackage { listed, source })
}

/// Downloads packages to the store, with a progress bar.
///
/// Packages with the same bytes are downloaded one after the other: both would lock the same file, and on a single
/// thread the second would wait for the lock while the first could not continue. All processes lock the files in
/// the order of their digests, so that no two processes wait for each other.
pub(super) async fn fetch_packages(
    packages: &ProjectPackages,
    found: &BTreeMap<PackageId, FoundPackage>,
) -> anyhow::Result<()> {
    let mut same: BTreeMap<Digest, Vec<&FoundPackage>> = BTreeMap::new();
    for one in found.values() {
        same.entry(one.listed.metadata.digest).or_default().push(one);
    }
    let missing = same.iter().filter(|(digest, _)| !packages.catalogue.store.contains(**digest));
    let bytes =
        missing.filter_map(|(_, found)| Some(found.first()?.listed.metadata.size_bytes)).sum();
    let bar = &console::transfer_bar("fetching", bytes);
    let brought = stream::iter(same.into_values())
        .map(async |found| {
            for one in found {
                packages.fetch(&one.listed, one.source, bar).await?;
            }
            Ok(())
        })
        .buffer_unordered(TRANSFERS_MAX)
        .try_collect::<Vec<()>>();
    let brought = brought.await;
    bar.finish_and_clear();
    brought.map(drop)
}
