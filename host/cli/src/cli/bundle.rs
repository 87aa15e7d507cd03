//! `tollgate export` and `tollgate import`: move packages in a file, for machines without a network.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_packages::bundle::{self, ImportedPackage};
use tollgate_packages::package::{ListedPackage, Requirement};
use tollgate_project::{LOCK_FILE, SourceQuery};

use super::pull;
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::registry_access::RegistryAccessArgs;
use crate::shell_words::quote_word;

/// Writes packages and their signatures into one file: all locked packages, or the named ones.
///
/// The file is an OCI image layout, which other tools can copy to a registry.
#[derive(Args)]
#[command(after_long_help = "Examples:
  tollgate export packages.tar
  tollgate export claims.tar acme/claims@^1.2")]
pub(super) struct ExportCommand {
    /// File to write.
    bundle: PathBuf,
    /// Packages to write, from those on this machine [default: all locked packages].
    #[arg(value_name = "NAME@REQ")]
    requirements: Vec<Requirement>,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
}

/// Imports the packages of a file. Packages that the project requires to be signed must have a valid
/// signature.
#[derive(Args)]
#[command(after_long_help = "Example:
  tollgate import packages.tar && tollgate lock --locked --offline")]
pub(super) struct ImportCommand {
    /// File to import.
    bundle: PathBuf,
    #[command(flatten)]
    registry_access: RegistryAccessArgs,
}

impl ExportCommand {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.registry_access.open()?;
        let store = &packages.catalogue.store;
        let mut chosen: Vec<(ListedPackage, String)> = if self.requirements.is_empty() {
            let lock = packages.read_lock()?.with_context(|| {
                format!(
                    "there is no `{LOCK_FILE}`: name packages, or create it with `tollgate lock`"
                )
            })?;
            let locked =
                pull::fetch_locked(&packages, &lock, SourceQuery::IfUnknown).await?.into_values();
            locked.map(|found| (found.listed, packages.catalogue.label(found.source))).collect()
        } else {
            let pulled = self.requirements.iter().map(|requirement| {
                packages.find_pulled(requirement)?.with_context(|| {
                    let named = requirement.to_string();
                    format!(
                        "`{requirement}` is not on this machine: fetch it with `tollgate pull {}`",
                        quote_word(&named)
                    )
                })
            });
            pulled.collect::<anyhow::Result<_>>()?
        };
        // Two requirements may choose the same package.
        let mut ids = BTreeSet::new();
        chosen.retain(|(listed, _)| ids.insert(listed.metadata.package.clone()));
        files::write_with(&self.bundle, |file| bundle::export_bundle(&chosen, store, file))?;
        for (listed, source) in &chosen {
            console::print(format!("  {}  {}", listed.metadata.package, paint(QUIET, source)));
        }
        let path = self.bundle.display();
        let packages = count_packages(chosen.len());
        console::print(paint(GOOD, format!("wrote {packages} to `{path}`")));
        Ok(Exit::Pass)
    }
}

impl ImportCommand {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let packages = self.registry_access.open()?;
        let path = &self.bundle;
        if path.is_dir() {
            bail!("`{}` is a folder: name a bundle file", path.display());
        }
        let file = File::open(path).with_context(|| files::read_error_message(path))?;
        let catalogue = &packages.catalogue;
        let admit = |imported: &ImportedPackage| -> anyhow::Result<()> {
            Ok(packages.verify_imported(imported)?)
        };
        let imported =
            bundle::import_bundle(file, &catalogue.store, catalogue.read_manifest, admit)
                .with_context(|| format!("cannot import `{}`", path.display()))?;
        for package in &imported {
            console::print(format!(
                "  {}  {}",
                package.listed.metadata.package,
                paint(QUIET, &package.source)
            ));
        }
        console::print(paint(GOOD, format!("imported {}", count_packages(imported.len()))));
        Ok(Exit::Pass)
    }
}

fn count_packages(count: usize) -> String {
    format!("{count} {}", if count == 1 { "package" } else { "packages" })
}
