//! `tollgate publish`: a contract or a prompt to where others find it.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use serde_json::json;
use tollgate_library::catalogue::Listing;
use tollgate_library::package::{Listed, Package, PackageId};
use tollgate_library::source::{Publication, Published, Source};
use tollgate_library::trust::Envelope;

use super::keys::Own;
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::packages::{self, Having, Packages};
use crate::signatures;

/// Publishes a contract or a prompt. What is published under a version never changes.
///
/// The version has to have moved as far as the behaviour did, compared with the highest one before
/// it (see `tollgate semver`); a contract's cases are what it is compared by. A signature that
/// lies beside the file goes with it.
///
/// Examples: tollgate publish claims
///           tollgate publish prompts/welcome-email.prompt --to ours --key acme-release
#[derive(Args)]
pub(super) struct Publish {
    /// A component, the folder that one was built in, or a prompt's file.
    path: PathBuf,
    /// Where to: the name of a source, a folder (`./packages`) or a registry (`HOST/PREFIX`). Not
    /// needed where the project has one source only.
    #[arg(long, value_name = "SOURCE")]
    to: Option<String>,
    /// Sign it with this key.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    own: Own,
    #[command(flatten)]
    comparing: super::semver::Comparing,
    /// Publish it though its version moved too little, for this reason, which everybody sees.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,
    #[command(flatten)]
    having: Having,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Publish {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        if self.force.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            bail!("`--force` should say why the version moves less than the behaviour");
        }
        let packages = self.having.open()?;
        let (package, file) = packages::of_path(&self.path)?;
        let listing = self.target(&packages, &package)?;
        let signature = self.signature(&package, &file)?;
        let about = package.about().clone();
        let listed = Listed { about, signature, yanked: None, forced: None };
        packages::vouched(packages.project.as_ref(), &listed)?;
        let source = &listing.source;
        let id = &listed.about.package;
        let forced = match source.listed(id).await? {
            // It was compared when it was published, or another is there, which is refused below.
            Some(there) => there.forced,
            None => self.check_bump(&packages, source, &package, cache).await?,
        };
        let published = Published { signature: listed.signature.clone(), forced: forced.clone() };
        let bar = console::transfer("publishing", listed.about.size_bytes);
        let publication = source.publish(&package, &published, &packages::Shown(bar.clone())).await;
        bar.finish_and_clear();
        let is_new = publication? == Publication::New;
        if self.json {
            let all = json!({
                "package": id, "digest": listed.about.digest, "source": source.label(),
                "new": is_new, "forced": forced,
            });
            console::say(format!("{all:#}"));
            return Ok(Exit::Pass);
        }
        let words = if is_new { "is published to" } else { "is published already, just so, in" };
        console::say(paint(GOOD, format!("{id} {words} {}", source.label())));
        console::say(paint(QUIET, format!("  {}", listed.about.digest)));
        Ok(Exit::Pass)
    }

    fn target(&self, packages: &Packages, package: &Package) -> anyhow::Result<Listing> {
        if let Some(to) = &self.to {
            return packages.source(&self.having, to);
        }
        let entries = packages.project()?.sources()?;
        let namespace = package.about().package.name.namespace();
        let takes = |names: &[String]| names.is_empty() || names.iter().any(|one| one == namespace);
        let fit: Vec<_> = entries.iter().filter(|entry| takes(&entry.namespaces)).collect();
        match fit.as_slice() {
            [entry] => packages.source(&self.having, &entry.name),
            [] => bail!(
                "the project has no source for `{namespace}`: add a `[[source]]`, or name one with `--to`"
            ),
            several => {
                let names: Vec<_> =
                    several.iter().map(|entry| format!("`{}`", entry.name)).collect();
                bail!("name one of the sources with `--to`: {}", names.join(", "))
            }
        }
    }

    /// The signature that lies beside the file, and one more where a key is named.
    fn signature(&self, package: &Package, file: &Path) -> anyhow::Result<Option<Envelope>> {
        let there = signatures::beside(file)?;
        let Some(key) = &self.key else { return Ok(there) };
        let new = package.about().statement().sign(&self.own.key(key)?)?;
        Ok(there.and_then(|there| there.joined(new.clone())).or(Some(new)))
    }

    /// Whether the version moved as far as the behaviour did; the reason, where it need not.
    async fn check_bump(
        &self,
        packages: &Packages,
        source: &Source,
        package: &Package,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Option<String>> {
        let id = &package.about().package;
        let Some(before) = before(source, id).await? else { return Ok(None) };
        let listed = source.listed(&before).await?;
        let listed = listed.with_context(|| format!("{} lost `{before}`", source.label()))?;
        let store = &packages.catalogue.store;
        source.fetch(&listed.about, store, &()).await?;
        listed.about.check(store, packages.catalogue.manifest)?;
        let old = store.get(listed.about.digest)?.unwrap_or_default();
        let comparison = self.comparing.published(&self.path, old, package.bytes(), cache).await?;
        if comparison.enough {
            return Ok(None);
        }
        comparison.tell();
        match &self.force {
            Some(reason) => Ok(Some(reason.trim().into())),
            None => bail!(
                "`{id}` moves too little from {}: it has to be {} or higher; `--force REASON` publishes it \
                 all the same, and everybody sees why",
                before.version,
                comparison.next
            ),
        }
    }
}

/// The highest version before this one.
async fn before(source: &Source, package: &PackageId) -> anyhow::Result<Option<PackageId>> {
    let versions = source.versions(&package.name).await?;
    let before = versions.into_iter().filter(|version| *version < package.version).max();
    Ok(before.map(|version| PackageId { name: package.name.clone(), version }))
}
