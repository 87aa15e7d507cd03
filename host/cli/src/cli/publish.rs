//! `tollgate publish`: publishes a contract or a prompt to a source.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use tollgate_api::PublicationDocument;
use tollgate_model::FormatVersion;
use tollgate_packages::catalogue::CatalogueSource;
use tollgate_packages::package::{ListedPackage, Package, PackageId};
use tollgate_packages::source::{PackageSource, PublishOptions, PublishOutcome};
use tollgate_packages::trust::Envelope;
use tollgate_project::{
    FetchProgress, PROJECT_FILE, ProjectPackages, SignatureError, StandardContractError,
    open_package, read_signature,
};

use super::keys::SigningKeyArgs;
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::json_output;
use crate::registry_access::{RegistryAccessArgs, TransferBar};

/// Publishes a contract or a prompt. A published version never changes.
///
/// The version bump since the highest earlier version has to be large enough for the changes (see `tollgate
/// semver`). Contracts are compared on the cases in their folder. A signature beside the file is published with
/// it.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate publish claims
  tollgate publish prompts/welcome-email.prompt --to ours --key acme-release")]
pub(super) struct PublishCommand {
    /// Component, folder in which it was built, or prompt file.
    path: PathBuf,
    /// Target: the name of a source, a folder (`./packages`) or a registry (`HOST/PREFIX`). Optional if only one
    /// source of the project accepts the package.
    #[arg(long, value_name = "SOURCE")]
    to: Option<String>,
    /// Sign the package with this key.
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    signing_key: SigningKeyArgs,
    #[command(flatten)]
    comparison: super::semver::ComparisonArgs,
    /// Publish despite a version bump that is too small, with this reason, which is published as well.
    #[arg(long, value_name = "REASON")]
    force: Option<String>,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl PublishCommand {
    pub(super) async fn run(self, cache: Option<PathBuf>) -> anyhow::Result<Exit> {
        if self.force.as_ref().is_some_and(|reason| reason.trim().is_empty()) {
            bail!(
                "`--force` needs a reason why the version bump is smaller than the changes require"
            );
        }
        let packages = self.registry_access.open()?;
        let (package, file) = open_package(&self.path)?;
        let signature = self.collect_signature(&package, &file)?;
        let about = package.metadata().clone();
        let listed =
            ListedPackage { metadata: about, signature, yanked: None, forced_reason: None };
        let id = &listed.metadata.package;
        let verified = packages.verify_signature(&listed, &format!("`{}`", file.display()));
        // The hint of this error is about a lock, which is not asked here.
        if let Err(SignatureError::Standard(StandardContractError::OtherBytes(_))) = verified {
            bail!(
                "`{id}` is part of the tool, with other bytes than `{}`: give yours another version or another \
                 namespace",
                file.display()
            );
        }
        verified?;
        let listing = self.target_source(&packages, &package)?;
        let source = &listing.source;
        let forced = match source.lookup(id).await? {
            // This version is published already. The same bytes were compared then, and `publish` below refuses
            // different ones.
            Some(existing) => existing.forced_reason,
            None => self.check_bump(&packages, source, &package, cache).await?,
        };
        let published =
            PublishOptions { signature: listed.signature.clone(), forced_reason: forced.clone() };
        let bar = TransferBar::new("publishing");
        bar.start(listed.metadata.size_bytes);
        let publication = source.publish(&package, &published, &bar).await;
        bar.finish();
        let is_new = publication? == PublishOutcome::Created;
        if self.json {
            json_output::print_document(&PublicationDocument {
                format: FormatVersion,
                package: id.to_string(),
                digest: listed.metadata.digest,
                source: source.label().to_string(),
                created: is_new,
                forced_reason: forced,
            })?;
            return Ok(Exit::Pass);
        }
        let words = if is_new { "is published to" } else { "is already published, unchanged, in" };
        console::print(paint(GOOD, format!("{id} {words} {}", source.label())));
        console::print(paint(QUIET, format!("  {}", listed.metadata.digest)));
        Ok(Exit::Pass)
    }

    fn target_source(
        &self,
        packages: &ProjectPackages,
        package: &Package,
    ) -> anyhow::Result<CatalogueSource> {
        let entries = match (&packages.project, &self.to) {
            (None, Some(to)) => return Ok(packages.find_source(to)?),
            _ => packages.require_project()?.sources()?,
        };
        let name = &package.metadata().package.name;
        // The standard contracts, the last source, have no entry.
        let serving = packages.catalogue.serving_sources(name);
        let serving: Vec<_> = serving.filter_map(|(index, _)| entries.get(index)).collect();
        if let Some(to) = &self.to {
            // The project would never take the version from there, and a published version stays.
            if entries.iter().any(|entry| entry.name == *to)
                && !serving.iter().any(|entry| entry.name == *to)
            {
                bail!(
                    "this project does not take the namespace `{}` from source `{to}`: change `namespaces` in \
                     `{PROJECT_FILE}`, or name another source with `--to`",
                    name.namespace()
                );
            }
            return Ok(packages.find_source(to)?);
        }
        match serving.as_slice() {
            [entry] => Ok(packages.find_source(&entry.name)?),
            [] => bail!(
                "the project has no source for namespace `{}`: add a `[[source]]` that names it, or name one with `--to`",
                name.namespace()
            ),
            several => {
                let names: Vec<_> =
                    several.iter().map(|entry| format!("`{}`", entry.name)).collect();
                bail!("name one of the sources with `--to`: {}", names.join(", "))
            }
        }
    }

    /// Returns the signature beside the file, joined with a new one if `--key` is given.
    fn collect_signature(
        &self,
        package: &Package,
        file: &Path,
    ) -> anyhow::Result<Option<Envelope>> {
        let existing = read_signature(file)?;
        let Some(key) = &self.key else { return Ok(existing) };
        let new = package.metadata().statement().sign(&self.signing_key.read_key(key)?)?;
        Ok(existing.and_then(|existing| existing.merged_with(new.clone())).or(Some(new)))
    }

    /// Checks that the version bump is large enough. Returns the reason given with `--force` if it is not, and fails
    /// without one.
    async fn check_bump(
        &self,
        packages: &ProjectPackages,
        source: &PackageSource,
        package: &Package,
        cache: Option<PathBuf>,
    ) -> anyhow::Result<Option<String>> {
        let id = &package.metadata().package;
        let Some(before) = previous_version(source, id).await? else { return Ok(None) };
        let listed = source.lookup(&before).await?;
        let listed =
            listed.with_context(|| format!("{} no longer has `{before}`", source.label()))?;
        packages
            .verify_signature(&listed, &source.label())
            .with_context(|| format!("cannot compare `{id}` with `{before}`"))?;
        let store = &packages.catalogue.store;
        source.fetch(&listed.metadata, store, &()).await?;
        listed.metadata.verify_stored(store, packages.catalogue.read_manifest)?;
        let old = store.get(listed.metadata.digest)?.unwrap_or_default();
        let comparison =
            self.comparison.compare_for_publish(&self.path, old, package.bytes(), cache).await?;
        if comparison.sufficient {
            return Ok(None);
        }
        comparison.print();
        match &self.force {
            Some(reason) => Ok(Some(reason.trim().into())),
            None => bail!(
                "the bump of `{id}` from {} is too small: it has to be {} or higher, or pass `--force REASON` to \
                 publish it anyway, with the reason",
                before.version,
                comparison.lowest_version
            ),
        }
    }
}

/// Returns the highest version below this one that the source has.
async fn previous_version(
    source: &PackageSource,
    package: &PackageId,
) -> anyhow::Result<Option<PackageId>> {
    let versions = source.versions(&package.name).await?;
    let before = versions.into_iter().filter(|version| *version < package.version).max();
    Ok(before.map(|version| PackageId { name: package.name.clone(), version }))
}
