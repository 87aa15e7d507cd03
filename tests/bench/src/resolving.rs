//! Choosing versions: 50 gates, each with a prompt and ten contracts of its own, all in twenty versions.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use semver::Version;
use serde_json::json;
use tollgate_library::catalogue::{Catalogue, Listing};
use tollgate_library::package::{Listed, Package, PackageId, PackageName};
use tollgate_library::prompt::{PromptFile, Source as Text};
use tollgate_library::resolve::{Kept, Known, Offer, Resolution, Wants, resolve};
use tollgate_library::source::{Folder, Source};
use tollgate_library::store::Store;

use crate::measure;
use crate::page::Page;

const GATES: u64 = 50;
const CONTRACTS: u64 = 10;
const VERSIONS: u64 = 20;
const WIT: Version = Version::new(0, 1, 0);
/// Of this many rounds the best counts.
const ROUNDS: usize = 9;

pub async fn run(page: &mut Page) -> anyhow::Result<()> {
    page.head("Resolving: 500 contracts and 50 prompts with 20 versions each, for 50 gates");
    page.columns(&["", "time"]);
    let (wants, packages) = (wants()?, packages()?);
    let (known, nothing) = (known(&packages), Kept::default());
    let chosen = match resolve(&wants, &known, &nothing, &WIT) {
        Resolution::Done(gates) => gates,
        other => anyhow::bail!("it should be resolved: {other:?}"),
    };
    let pure = measure::natively(|| {
        let _ = resolve(&wants, &known, &nothing, &WIT);
    });
    page.row(&["the resolver alone, everything known".into(), format!("{:.1} ms", pure / 1e3)]);

    let folder = tempfile::tempdir()?;
    describe(folder.path(), &packages)?;
    let source = Source::Folder(Folder::new(folder.path(), "packages"));
    let catalogue = Catalogue {
        sources: vec![Listing { source, namespaces: Vec::new() }],
        store: Store::new(folder.path().join("store")),
        manifest: |_| Err("nothing is opened here".into()),
    };
    for (name, kept) in [
        ("from a folder with 11,000 descriptions", Kept::default()),
        ("the same, all of it locked already", Kept { gates: chosen, ..Kept::default() }),
    ] {
        let mut best = f64::MAX;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            catalogue.resolve(&wants, &kept, &WIT).await?;
            best = best.min(started.elapsed().as_secs_f64() * 1e3);
        }
        page.row(&[name.into(), format!("{best:.1} ms")]);
    }
    page.say("");
    page.say(
        "Contracts lag behind their prompts, so that most of the 11,000 have to be read before",
    );
    page.say("versions are found that go together.");
    Ok(())
}

fn wants() -> anyhow::Result<Vec<Wants>> {
    let gate = |gate: u64| {
        let contracts =
            (0..CONTRACTS).map(|contract| format!("gate-{gate}/c{contract}@^1").parse());
        Ok(Wants {
            gate: format!("gate-{gate}"),
            prompt: Some(format!("prompt-{gate}@^1").parse()?),
            contracts: contracts.collect::<Result<_, _>>()?,
        })
    };
    (0..GATES).map(gate).collect()
}

/// Contracts lag behind their prompt, some more and some less: the highest prompt version that all go with
/// is neither the first to be tried nor the last.
fn packages() -> anyhow::Result<Vec<Listed>> {
    let mut packages = Vec::new();
    for gate in 0..GATES {
        for version in 0..VERSIONS {
            packages.push(prompt(gate, version)?);
            for contract in 0..CONTRACTS {
                packages.push(self::contract(gate, contract, version)?);
            }
        }
    }
    let listed = |package: Package| Listed {
        about: package.about().clone(),
        signature: None,
        yanked: None,
        forced: None,
    };
    Ok(packages.into_iter().map(listed).collect())
}

fn prompt(gate: u64, version: u64) -> anyhow::Result<Package> {
    let text = format!("---\nname: prompt-{gate}\nversion: 1.{version}.0\n---\nHello {version}.\n");
    let text = Text::new("a.prompt", text.as_bytes());
    let text = text.map_err(|fault| anyhow::anyhow!("{fault}"))?;
    let prompt =
        PromptFile::parse(text, &|_| None).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    Ok(Package::prompt(&prompt)?)
}

fn contract(gate: u64, contract: u64, version: u64) -> anyhow::Result<Package> {
    let highest = version.saturating_sub(contract % 5);
    let manifest = json!({
        "contract": {
            "name": format!("gate-{gate}/c{contract}"), "version": format!("1.{version}.0"),
            "description": "Finds what should not be there", "license": "Apache-2.0", "wit": WIT,
            "prompts": {format!("prompt-{gate}"): format!(">=1.0.0, <=1.{highest}.0")},
            "rules": {"term": {"severity": "error", "description": "A term that should not be there"}},
        },
        "config-schema": {},
    });
    let bytes = manifest.to_string().into_bytes();
    Ok(Package::contract(bytes, &serde_json::from_value(manifest)?)?)
}

fn known(packages: &[Listed]) -> Known {
    let mut known = Known::default();
    let mut offers: BTreeMap<PackageName, Offer> = BTreeMap::new();
    for listed in packages {
        let PackageId { name, version } = listed.about.package.clone();
        let offer = offers.entry(name).or_insert_with(|| Offer {
            source: 0,
            label: "folder packages".into(),
            versions: Default::default(),
        });
        offer.versions.insert(version);
        known.listed.insert(listed.about.package.clone(), listed.clone());
    }
    known.versions = offers.into_iter().map(|(name, offer)| (name, Some(offer))).collect();
    known
}

/// As a folder has them, but for the packages themselves: nothing of these is read.
fn describe(folder: &Path, packages: &[Listed]) -> anyhow::Result<()> {
    for listed in packages {
        let PackageId { name, version } = &listed.about.package;
        let folder = folder.join(name.path());
        fs::create_dir_all(&folder)?;
        let description = json!({"about": listed.about});
        fs::write(folder.join(format!("{version}.json")), format!("{description:#}"))?;
    }
    Ok(())
}
