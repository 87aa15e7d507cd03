//! `tollgate pull`: packages to this machine.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow, bail};
use clap::Args;
use futures_util::{StreamExt, TryStreamExt, stream};
use tollgate_library::catalogue::{Found, QUESTIONS_MAX};
use tollgate_library::lock::{Lock, Locked};
use tollgate_library::package::{Listed, PackageId, Requirement};
use tollgate_model::Digest;

use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::packages::{Having, LOCK, Packages};

/// How many packages come at once.
const TRANSFERS_MAX: usize = 4;

/// Brings packages to this machine: those that are locked, or those that are named.
///
/// Examples: tollgate pull
///           tollgate pull --locked
///           tollgate pull acme/claims@^1.2 --from ghcr.io/acme/tollgate
#[derive(Args)]
pub(super) struct Pull {
    /// What to bring: a name, and the versions that would do. Nothing brings all that is locked.
    #[arg(value_name = "NAME@REQ")]
    wanted: Vec<Requirement>,
    /// Where from, if not from the first source of the project that has it: the name of a source, a folder
    /// (`./packages`) or a registry (`HOST/PREFIX`).
    #[arg(long, value_name = "SOURCE")]
    from: Option<String>,
    #[command(flatten)]
    having: Having,
    /// Fail where the lock is not what the gates ask for.
    #[arg(long, conflicts_with_all = ["wanted", "from"])]
    locked: bool,
}

impl Pull {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let mut packages = self.having.open()?;
        if let Some(from) = &self.from {
            packages.catalogue.sources = vec![packages.source(&self.having, from)?];
        }
        if self.wanted.is_empty() {
            return self.run_locked(&packages).await;
        }
        let mut found = BTreeMap::new();
        for wanted in &self.wanted {
            let one = packages.catalogue.find(wanted).await?;
            let one = one.with_context(|| absent(&packages, wanted))?;
            packages.vouched(&one.listed)?;
            found.insert(one.listed.about.package.clone(), one);
        }
        bring(&packages, &found).await?;
        for (package, one) in &found {
            let digest = paint(QUIET, one.listed.about.digest);
            console::say(format!("{package}  {digest}"));
        }
        Ok(Exit::Pass)
    }

    async fn run_locked(&self, packages: &Packages) -> anyhow::Result<Exit> {
        let lock = packages.lock()?.with_context(|| {
            format!("there is no `{LOCK}`, and nothing is named: `tollgate lock` writes one")
        })?;
        let stale = if self.locked { lock.stale(&packages.wants()?) } else { Vec::new() };
        if !stale.is_empty() {
            let stale: Vec<_> = stale.iter().map(ToString::to_string).collect();
            bail!("`{LOCK}` is not what the gates ask for\n  {}", stale.join("\n  "));
        }
        locked(packages, &lock, Asking::WhereUnknown).await?;
        console::say(paint(
            GOOD,
            format!("all that is locked is here: {} packages", lock.packages.len()),
        ));
        Ok(Exit::Pass)
    }
}

fn absent(packages: &Packages, wanted: &Requirement) -> String {
    let sources = packages.catalogue.sources.iter();
    let asked = sources.filter(|listing| listing.may_have(&wanted.name));
    let asked: Vec<_> = asked.map(|listing| listing.source.label()).collect();
    format!("no version of `{wanted}` is to be had; asked: {}", asked.join(", "))
}

/// Whether sources are asked about what is locked.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Asking {
    /// About all of it: somebody may have taken a version back.
    Again,
    /// About what this machine does not know.
    WhereUnknown,
}

/// Brings everything that is locked, and says what is known of it.
pub(super) async fn locked(
    packages: &Packages,
    lock: &Lock,
    asking: Asking,
) -> anyhow::Result<BTreeMap<PackageId, Found>> {
    let found = stream::iter(&lock.packages)
        .map(async |(package, locked)| {
            let one = as_locked(packages, package, locked, asking).await?;
            Ok::<_, anyhow::Error>((package.clone(), one))
        })
        // In their order, so that of several errors the same one is told every time.
        .buffered(QUESTIONS_MAX)
        .try_collect::<BTreeMap<_, _>>()
        .await?;
    found.values().for_each(|one| super::locking::warn_of_yanked(&one.listed));
    bring(packages, &found).await?;
    Ok(found)
}

/// What is known of a package that is locked.
async fn as_locked(
    packages: &Packages,
    package: &PackageId,
    locked: &Locked,
    asking: Asking,
) -> anyhow::Result<Found> {
    let catalogue = &packages.catalogue;
    let mut sources = 0..catalogue.sources.len();
    let source = sources.find(|source| catalogue.label(*source) == locked.source).with_context(|| {
        format!(
            "`{package}` is locked from `{}`, which is no source of this project any more: `tollgate \
             update {}` looks for it elsewhere",
            locked.source, package.name
        )
    })?;
    let remembered = catalogue.store.remembered(&locked.source, package)?;
    // Who has to vouch for it may be another than when it came, and may have done so since.
    let suffices =
        |listed: &Listed| listed.about.digest == locked.digest && packages.vouched(listed).is_ok();
    let remembered = remembered.filter(suffices);
    let listed = match (remembered, asking) {
        (Some(listed), Asking::WhereUnknown) => listed,
        (None, _) => catalogue.listed(package, source).await?,
        (Some(remembered), Asking::Again) => match catalogue.listed(package, source).await {
            Ok(listed) => listed,
            // What is here is what is locked: nobody has to be asked to go on with it.
            Err(error) => {
                console::warn(format!(
                    "nobody could be asked whether `{package}` is yanked: {error}"
                ));
                remembered
            }
        },
    };
    if listed.about.digest != locked.digest {
        return Err(anyhow!(
            "`{package}` is locked as {}, and {} has {} under this version: one of them was changed, and \
             nothing was brought",
            locked.digest,
            locked.source,
            listed.about.digest
        ));
    }
    if !locked.is_of(&listed) {
        bail!(
            "`{LOCK}` says something else of `{package}` than it says of itself: somebody changed the lock. \
             Take it from version control again, or remove it and run `tollgate lock`"
        );
    }
    packages.vouched(&listed)?;
    Ok(Found { listed, source })
}

/// Brings packages into the store, and shows how far it is.
///
/// Packages of the same bytes come one after the other: each would hold the file that they arrive in, and
/// on this one thread the second would wait for it while the first could not go on. And the files are held
/// in the order of their digests by whoever brings packages, so that no two processes wait for each other.
pub(super) async fn bring(
    packages: &Packages,
    found: &BTreeMap<PackageId, Found>,
) -> anyhow::Result<()> {
    let mut same: BTreeMap<Digest, Vec<&Found>> = BTreeMap::new();
    for one in found.values() {
        same.entry(one.listed.about.digest).or_default().push(one);
    }
    let missing = same.iter().filter(|(digest, _)| !packages.catalogue.store.has(**digest));
    let bytes = missing.filter_map(|(_, found)| Some(found.first()?.listed.about.size_bytes)).sum();
    let bar = &console::transfer("fetching", bytes);
    let brought = stream::iter(same.into_values())
        .map(async |found| {
            for one in found {
                packages.bring(&one.listed, one.source, bar).await?;
            }
            Ok(())
        })
        .buffer_unordered(TRANSFERS_MAX)
        .try_collect::<Vec<()>>();
    let brought = brought.await;
    bar.finish_and_clear();
    brought.map(drop)
}
