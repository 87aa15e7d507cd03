//! Version resolution for 50 gates, each with its own prompt and ten contracts in twenty versions
//! each.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use semver::Version;
use serde_json::json;
use tollgate_packages::catalogue::{Catalogue, CatalogueSource};
use tollgate_packages::package::{ListedPackage, Package, PackageId, PackageName};
use tollgate_packages::prompt::{PromptFile, PromptText};
use tollgate_packages::resolve::{
    AvailableVersions, GateRequirements, KnownPackages, LockedVersions, Resolution, resolve,
};
use tollgate_packages::source::{FolderSource, PackageSource};
use tollgate_packages::store::Store;

use crate::measure;
use crate::page::Page;

const GATES: u64 = 50;
const CONTRACTS: u64 = 10;
const VERSIONS: u64 = 20;
const WIT: Version = Version::new(0, 1, 0);
/// Number of rounds; the best counts.
const ROUNDS: usize = 9;

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.add_heading("Resolving: 500 contracts and 50 prompts with 20 versions each, for 50 gates");
    page.add_columns(&["", "time"]);
    let (requirements, packages) = (requirements()?, packages()?);
    let (known, no_lock) = (known(&packages), LockedVersions::default());
    let chosen = match resolve(&requirements, &known, &no_lock, &WIT) {
        Resolution::Resolved(gates) => gates,
        other => anyhow::bail!("the resolution failed: {other:?}"),
    };
    let pure = measure::time_call(|| {
        let _ = resolve(&requirements, &known, &no_lock, &WIT);
    });
    page.add_row(&["the resolver alone, without I/O".into(), format!("{:.1} ms", pure / 1e3)]);

    let folder = tempfile::tempdir()?;
    write_descriptions(folder.path(), &packages)?;
    let source = PackageSource::Folder(FolderSource::new(folder.path(), "packages"));
    let catalogue = Catalogue {
        sources: vec![CatalogueSource { source, namespaces: Vec::new() }],
        store: Store::new(folder.path().join("store")),
        read_manifest: |_| Err("this benchmark opens no manifests".into()),
    };
    for (name, locked) in [
        ("from a folder with 11,000 descriptions", LockedVersions::default()),
        (
            "the same, with a complete lock",
            LockedVersions { gates: chosen, ..LockedVersions::default() },
        ),
    ] {
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            catalogue.resolve(&requirements, &locked, &WIT).await?;
            best = best.min(started.elapsed().as_secs_f64() * 1e3);
        }
        page.add_row(&[name.into(), format!("{best:.1} ms")]);
    }
    page.add_line("");
    page.add_line(
        "Contracts lag behind their prompts, so most of the 11,000 descriptions have to be read before",
    );
    page.add_line("compatible versions are found.");
    Ok(())
}

fn requirements() -> anyhow::Result<Vec<GateRequirements>> {
    let gate = |gate: u64| {
        let contracts =
            (0..CONTRACTS).map(|contract| format!("gate-{gate}/c{contract}@^1").parse());
        Ok(GateRequirements {
            gate: format!("gate-{gate}"),
            prompt: Some(format!("prompt-{gate}@^1").parse()?),
            contracts: contracts.collect::<Result<_, _>>()?,
        })
    };
    (0..GATES).map(gate).collect()
}

/// Returns packages whose contracts lag behind their prompt by different amounts, so that the highest
/// prompt version that suits all of them is neither the first that is tried nor the last.
fn packages() -> anyhow::Result<Vec<ListedPackage>> {
    let mut packages = Vec::new();
    for gate in 0..GATES {
        for version in 0..VERSIONS {
            packages.push(prompt(gate, version)?);
            for contract in 0..CONTRACTS {
                packages.push(self::contract(gate, contract, version)?);
            }
        }
    }
    let listed = |package: Package| ListedPackage {
        metadata: package.metadata().clone(),
        signature: None,
        yanked: None,
        forced_reason: None,
    };
    Ok(packages.into_iter().map(listed).collect())
}

fn prompt(gate: u64, version: u64) -> anyhow::Result<Package> {
    let text = format!("---\nname: prompt-{gate}\nversion: 1.{version}.0\n---\nHello {version}.\n");
    let text = PromptText::new("a.prompt", text.as_bytes());
    let prompt = PromptFile::parse(text?, &|_| None)?;
    Ok(Package::from_prompt(&prompt)?)
}

fn contract(gate: u64, contract: u64, version: u64) -> anyhow::Result<Package> {
    let highest = version.saturating_sub(contract % 5);
    let manifest = json!({
        "contract": {
            "name": format!("gate-{gate}/c{contract}"), "version": format!("1.{version}.0"),
            "description": "Finds banned terms", "license": "Apache-2.0", "wit": WIT,
            "prompts": {format!("prompt-{gate}"): format!(">=1.0.0, <=1.{highest}.0")},
            "rules": {"term": {"severity": "error", "description": "A banned term"}},
        },
        "config-schema": {},
    });
    let bytes = manifest.to_string().into_bytes();
    Ok(Package::from_contract(bytes, &serde_json::from_value(manifest)?)?)
}

fn known(packages: &[ListedPackage]) -> KnownPackages {
    let mut known = KnownPackages::default();
    let mut offers: BTreeMap<PackageName, AvailableVersions> = BTreeMap::new();
    for listed in packages {
        let PackageId { name, version } = listed.metadata.package.clone();
        let offer = offers.entry(name).or_insert_with(|| AvailableVersions {
            source: 0,
            label: "folder packages".into(),
            versions: Default::default(),
        });
        offer.versions.insert(version);
        known.packages.insert(listed.metadata.package.clone(), listed.clone());
    }
    known.versions = offers.into_iter().map(|(name, offer)| (name, Some(offer))).collect();
    known
}

/// Writes the descriptions of a package folder without the packages, which resolution never reads.
fn write_descriptions(folder: &Path, packages: &[ListedPackage]) -> anyhow::Result<()> {
    for listed in packages {
        let PackageId { name, version } = &listed.metadata.package;
        let folder = folder.join(name.path());
        fs::create_dir_all(&folder)?;
        let description = json!({"metadata": listed.metadata});
        fs::write(folder.join(format!("{version}.json")), format!("{description:#}"))?;
    }
    Ok(())
}
