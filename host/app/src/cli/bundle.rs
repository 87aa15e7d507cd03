//! `tollgate export` and `tollgate import`: packages in a file, for where no network is.

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tollgate_library::bundle;
use tollgate_library::package::{Listed, Requirement};

use super::pull::{self, Asking};
use crate::console::{self, GOOD, QUIET, paint};
use crate::exit::Exit;
use crate::files;
use crate::packages::{self, Having, LOCK};

/// Writes packages into one file: those that are locked, or those that are named. Signatures go
/// along. The file is an OCI image layout, which other tools can copy to a registry.
///
/// Examples: tollgate export packages.tar
///           tollgate export claims.tar acme/claims@^1.2
#[derive(Args)]
pub(super) struct Export {
    /// The file.
    bundle: PathBuf,
    /// What to write, of what is on this machine. Nothing writes all that is locked.
    #[arg(value_name = "NAME@REQ")]
    wanted: Vec<Requirement>,
    #[command(flatten)]
    having: Having,
}

/// Brings the packages of a file to this machine. What the project wants signed has to be.
///
/// Example: tollgate import packages.tar && tollgate lock --locked --offline
#[derive(Args)]
pub(super) struct Import {
    /// The file.
    bundle: PathBuf,
    #[command(flatten)]
    having: Having,
}

impl Export {
    pub(super) async fn run(self) -> anyhow::Result<Exit> {
        let packages = self.having.open()?;
        let store = &packages.catalogue.store;
        let chosen: Vec<(Listed, String)> = if self.wanted.is_empty() {
            let lock = packages.lock()?.with_context(|| {
                format!("there is no `{LOCK}`, and nothing is named: `tollgate lock` writes one")
            })?;
            let found = pull::locked(&packages, &lock, Asking::WhereUnknown).await?.into_values();
            found.map(|found| (found.listed, packages.catalogue.label(found.source))).collect()
        } else {
            let pulled = self.wanted.iter().map(|wanted| {
                store.pulled(wanted)?.with_context(|| {
                    format!("`{wanted}` is not on this machine: `tollgate pull {wanted}` brings it")
                })
            });
            pulled.collect::<anyhow::Result<_>>()?
        };
        files::write_with(&self.bundle, |file| Ok(bundle::export(&chosen, store, file)?))?;
        for (listed, source) in &chosen {
            console::say(format!("  {}  {}", listed.about.package, paint(QUIET, source)));
        }
        let path = self.bundle.display();
        console::say(paint(GOOD, format!("`{path}` holds {} packages", chosen.len())));
        Ok(Exit::Pass)
    }
}

impl Import {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let packages = self.having.open()?;
        let path = &self.bundle;
        if path.is_dir() {
            bail!("`{}` is a folder, and a bundle is a file", path.display());
        }
        let file = File::open(path).with_context(|| files::cannot_read(path))?;
        let catalogue = &packages.catalogue;
        let admit =
            |listed: &Listed| packages::vouched(packages.project.as_ref(), listed).map(drop);
        let imported = bundle::import(file, &catalogue.store, catalogue.manifest, admit)
            .with_context(|| format!("`{}` is not taken", path.display()))?;
        for one in &imported {
            console::say(format!("  {}  {}", one.listed.about.package, paint(QUIET, &one.source)));
        }
        console::say(paint(GOOD, format!("{} packages are here now", imported.len())));
        Ok(Exit::Pass)
    }
}
