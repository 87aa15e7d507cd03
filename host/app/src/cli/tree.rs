//! `tollgate tree`: what each gate runs.

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tollgate_library::lock::Lock;
use tollgate_library::package::PackageId;

use crate::console::{self, QUIET, STRONG, paint};
use crate::exit::Exit;
use crate::packages::{self, LOCK};

/// Digits of a digest that people compare.
const SHOWN_DIGITS: usize = 19;

/// Shows what each gate of the project runs, as it is locked.
///
/// Example: tollgate tree --json
#[derive(Args)]
pub(super) struct Tree {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

impl Tree {
    pub(super) fn run(self) -> anyhow::Result<Exit> {
        let lock = packages::lock_here()?;
        let lock =
            lock.with_context(|| format!("there is no `{LOCK}`: `tollgate lock` writes it"))?;
        if self.json {
            console::say(format!("{:#}", as_json(&lock)));
            return Ok(Exit::Pass);
        }
        for (gate, locked) in &lock.gates {
            console::say(paint(STRONG, gate));
            let packages: Vec<_> = locked.packages().collect();
            let name = |package: &PackageId| format!("{} {}", package.name, package.version);
            let width =
                packages.iter().map(|package| name(package).len()).max().unwrap_or_default();
            for (index, package) in packages.iter().enumerate() {
                let branch = if index + 1 == packages.len() { "└──" } else { "├──" };
                let kind = package.name.kind();
                let about = about(&lock, package);
                console::say(format!("{branch} {kind:8}  {:width$}  {about}", name(package)));
            }
        }
        Ok(Exit::Pass)
    }
}

fn about(lock: &Lock, package: &PackageId) -> String {
    let Some(locked) = lock.packages.get(package) else { return String::new() };
    let digest = locked.digest.to_string();
    let digest = digest.get(..SHOWN_DIGITS).unwrap_or_default();
    let mut about = vec![paint(QUIET, format!("{digest}…")), locked.source.clone()];
    if !locked.capabilities.is_empty() {
        let names: Vec<_> = locked.capabilities.iter().map(ToString::to_string).collect();
        about.push(format!("wants {}", names.join(", ")));
    }
    if locked.signer.is_some() {
        about.push("signed".into());
    }
    about.join("  ")
}

fn as_json(lock: &Lock) -> serde_json::Value {
    let gates = lock.gates.iter().map(|(name, locked)| {
        let packages = locked.packages().map(|package| {
            let mut about = json!({"package": package, "kind": package.name.kind()});
            let locked = lock.packages.get(&package).and_then(|one| serde_json::to_value(one).ok());
            if let (Some(about), Some(serde_json::Value::Object(locked))) =
                (about.as_object_mut(), locked)
            {
                about.extend(locked);
            }
            about
        });
        json!({"gate": name, "packages": packages.collect::<Vec<_>>()})
    });
    json!(gates.collect::<Vec<_>>())
}
