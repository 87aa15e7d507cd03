use semver::VersionReq;
use serde_json::json;
use tollgate_model::{ContractFile, Digest};

use super::*;
use crate::lock::{LockFile, LockedPackage};
use crate::package::{PackageMetadata, YankNotice};

/// Packages in the sources, one line each: `acme/claims 1.2.0 for welcome ^2`, `acme/claims 1.0.0
/// yanked`.
struct World {
    lines: Vec<String>,
}

fn listed(line: &str) -> ListedPackage {
    let mut words = line.split_whitespace();
    let package: PackageId =
        format!("{}@{}", words.next().unwrap(), words.next().unwrap()).parse().unwrap();
    let rest: Vec<&str> = words.collect();
    let mut prompts = BTreeMap::new();
    let (mut yanked, mut wit, mut capabilities) = (None, "0.1.0", json!({}));
    match rest.as_slice() {
        ["for", name, requirement] => {
            prompts.insert(name.to_string(), requirement.to_string());
        }
        ["yanked"] => yanked = Some(YankNotice { reason: "it passes all".into() }),
        ["wit", version] => wit = version,
        ["requires", capability] => capabilities = json!({ *capability: "it asks" }),
        [] => {}
        other => panic!("{other:?}"),
    }
    let contract = matches!(package.name, PackageName::Contract(_)).then(|| {
        let file = json!({
            "name": package.name, "version": package.version, "description": "", "license": "MIT",
            "wit": wit, "prompts": prompts, "capabilities": capabilities,
        });
        Box::new(serde_json::from_value::<ContractFile>(file).unwrap())
    });
    let digest = Digest::of(line);
    let about = PackageMetadata { package, digest, size_bytes: 1, manifest: digest, contract };
    ListedPackage { metadata: about, signature: None, yanked, forced_reason: None }
}

impl World {
    fn new(lines: &[&str]) -> Self {
        Self { lines: lines.iter().map(ToString::to_string).collect() }
    }

    /// Resolves, answering requests for information until there are none.
    fn resolve(
        &self,
        requirements: &[GateRequirements],
        locked: &LockedVersions,
    ) -> Result<BTreeMap<String, LockedGate>, String> {
        let all: Vec<_> = self.lines.iter().map(|line| listed(line)).collect();
        let mut known = KnownPackages::default();
        for _ in 0..100 {
            match resolve(requirements, &known, locked, &"0.1.0".parse().unwrap()) {
                Resolution::Resolved(gates) => return Ok(gates),
                Resolution::Conflict(conflicts) => {
                    let messages: Vec<_> = conflicts.iter().map(ToString::to_string).collect();
                    return Err(messages.join("\n"));
                }
                Resolution::NeedsInfo(unknown) => answer(&all, &mut known, unknown),
            }
        }
        panic!("resolution does not terminate");
    }

    fn one(&self, requirements: &GateRequirements) -> Result<String, String> {
        self.resolve(std::slice::from_ref(requirements), &LockedVersions::default())
            .map(|gates| package_list(&gates))
    }
}

fn answer(all: &[ListedPackage], known: &mut KnownPackages, unknown: UnknownPackages) {
    for name in unknown.versions {
        let packages = all.iter().map(|listed| &listed.metadata.package);
        let versions: BTreeSet<_> =
            packages.filter(|one| one.name == name).map(|one| one.version.clone()).collect();
        let offer = AvailableVersions { source: 0, label: "folder packages".into(), versions };
        known.versions.insert(name, Some(offer).filter(|offer| !offer.versions.is_empty()));
    }
    for package in unknown.packages {
        let found = all.iter().find(|listed| listed.metadata.package == package).unwrap();
        known.packages.insert(package, found.clone());
    }
}

fn gate(name: &str, prompt: &str, contracts: &[&str]) -> GateRequirements {
    GateRequirements {
        gate: name.into(),
        prompt: (!prompt.is_empty()).then(|| prompt.parse().unwrap()),
        contracts: contracts.iter().map(|requirement| requirement.parse().unwrap()).collect(),
    }
}

fn package_list(gates: &BTreeMap<String, LockedGate>) -> String {
    let packages = gates.values().flat_map(LockedGate::packages);
    packages.map(|package| package.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn takes_the_highest_matching_version() {
    let world =
        World::new(&["a/b 1.0.0", "a/b 1.9.0", "a/b 1.10.0", "a/b 2.0.0", "a/b 1.11.0-rc.1"]);
    let one = |requirement: &str| world.one(&gate("g", "", &[requirement]));
    assert_eq!(one("a/b@^1").unwrap(), "a/b@1.10.0");
    assert_eq!(one("a/b").unwrap(), "a/b@2.0.0");
    assert_eq!(one("a/b@=1.9.0").unwrap(), "a/b@1.9.0");
    assert_eq!(one("a/b@^1.11.0-rc").unwrap(), "a/b@1.11.0-rc.1");
}

#[test]
fn keeps_locked_versions_until_they_are_updated() {
    let world = World::new(&["a/b 1.0.0", "a/b 1.1.0", "c/d 1.0.0", "c/d 1.1.0"]);
    let requirements = [gate("g", "", &["a/b@^1", "c/d@^1"])];
    let contracts = ["a/b@1.0.0", "c/d@1.0.0"].map(|id| id.parse().unwrap()).to_vec();
    let mut locked = LockedVersions::default();
    locked.gates.insert("g".into(), LockedGate { prompt: None, contracts });
    let resolve = |requirements: &[GateRequirements], locked: &LockedVersions| {
        package_list(&world.resolve(requirements, locked).unwrap())
    };
    assert_eq!(resolve(&requirements, &locked), "a/b@1.0.0 c/d@1.0.0");
    let moved = [gate("g", "", &["a/b@^1.1", "c/d@^1"])];
    assert_eq!(resolve(&moved, &locked), "a/b@1.1.0 c/d@1.0.0");
    locked.updated.insert("c/d".parse().unwrap());
    assert_eq!(resolve(&requirements, &locked), "a/b@1.0.0 c/d@1.1.0");
}

#[test]
fn resolves_gates_independently() {
    let world = World::new(&["a/b 1.0.0", "a/b 1.1.0"]);
    let requirements = [gate("f", "", &["a/b@=1.0.0"]), gate("g", "", &["a/b"])];
    let gates = world.resolve(&requirements, &LockedVersions::default()).unwrap();
    assert_eq!(package_list(&gates), "a/b@1.0.0 a/b@1.1.0");
}

#[test]
fn matches_contracts_to_the_prompt_version() {
    let world = World::new(&[
        "welcome 1.0.0",
        "welcome 2.0.0",
        "welcome 2.1.0",
        "a/b 1.0.0",
        "a/b 1.1.0 for welcome ^1",
        "a/b 1.2.0 for welcome =2.0.0",
        "c/d 1.0.0 for welcome ^2",
        "e/f 1.0.0 for farewell ^1",
    ]);
    let one = |prompt: &str, contracts: &[&str]| world.one(&gate("g", prompt, contracts));
    assert_eq!(
        one("welcome@^2", &["a/b@^1.1", "c/d"]).unwrap(),
        "welcome@2.0.0 a/b@1.2.0 c/d@1.0.0"
    );
    assert_eq!(one("welcome", &["a/b"]).unwrap(), "welcome@2.1.0 a/b@1.0.0");
    assert_eq!(one("welcome@^1", &["a/b"]).unwrap(), "welcome@1.0.0 a/b@1.1.0");
    let error = one("welcome", &["a/b@=1.1.0", "c/d"]).unwrap_err();
    for expected in [
        "with prompt welcome 2.1.0",
        "`a/b@=1.1.0`",
        "1.1.0 was written for welcome ^1",
        "with prompt welcome 1.0.0",
        "`c/d`",
    ] {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(one("welcome", &["e/f"]).unwrap_err().contains("was written for farewell ^1"));
    let error = one("", &["c/d"]).unwrap_err();
    assert!(error.contains("names no prompt") && error.contains("for welcome ^2"), "{error}");
}

#[test]
fn explains_missing_versions() {
    let world =
        World::new(&["a/b 1.0.0 yanked", "a/b 1.1.0 wit 0.9.0", "a/b 2.0.0-rc.1", "a/b 3.0.0"]);
    let one = |requirement: &str| world.one(&gate("g", "", &[requirement])).unwrap_err();
    assert!(
        one("x/y@^1").contains("gate `g`")
            && one("x/y@^1").contains("no source has a contract `x/y`")
    );
    let error = one("a/b@^1");
    for expected in
        ["1.0.0 is yanked: it passes all", "1.1.0 is built for WIT version 0.9.0", "has 3.0.0"]
    {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    assert!(
        one("a/b@^2").contains("a pre-release must be requested explicitly: `a/b@^2.0.0-rc.1`")
    );
}

#[test]
fn keeps_a_locked_version_that_was_yanked() {
    let world = World::new(&["a/b 1.0.0 yanked"]);
    let mut locked = LockedVersions::default();
    let contracts = vec!["a/b@1.0.0".parse().unwrap()];
    locked.gates.insert("g".into(), LockedGate { prompt: None, contracts });
    let requirements = [gate("g", "", &["a/b"])];
    assert_eq!(package_list(&world.resolve(&requirements, &locked).unwrap()), "a/b@1.0.0");
    assert!(world.resolve(&requirements, &LockedVersions::default()).is_err());
}

fn lock(lines: &[&str]) -> LockFile {
    let listed: Vec<_> = lines.iter().map(|line| listed(line)).collect();
    let mut gate = LockedGate::default();
    for one in &listed {
        match one.metadata.package.name {
            PackageName::Prompt(_) => gate.prompt = Some(one.metadata.package.clone()),
            PackageName::Contract(_) => gate.contracts.push(one.metadata.package.clone()),
        }
    }
    let locked = |one: &ListedPackage| {
        (one.metadata.package.clone(), LockedPackage::new(one, "folder packages".into(), None))
    };
    LockFile { gates: [("g".into(), gate)].into(), packages: listed.iter().map(locked).collect() }
}

#[test]
fn round_trips_a_lock_file() {
    let lock = lock(&["welcome 2.0.0", "a/b 1.0.0 for welcome ^2", "c/d 1.0.0 requires clock"]);
    let text = lock.to_text().unwrap();
    assert_eq!(LockFile::parse(&text).unwrap(), lock);
    let refused = |text: &str| LockFile::parse(text).unwrap_err().to_string();
    assert!(refused(&text.replace("format = 2", "format = 3")).contains("format 3"));
    assert!(refused(&text.replace("format = 2", "format = 1")).contains("lock the project again"));
    assert!(refused(&text.replace("source =", "sauce =")).contains("sauce"));
    assert!(refused(&text.replace("name = \"c/d\"", "name = \"c/e\"")).contains("`c/d@1.0.0`"));
    assert!(refused("").contains("format"));
}

#[test]
fn detects_a_stale_lock_file() {
    let lock = lock(&["welcome 2.0.0", "a/b 1.0.0 for welcome ^2"]);
    let stale = |requirements: &[GateRequirements]| {
        let stale = lock.stale_gates(requirements);
        stale.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let sound = gate("g", "welcome@^2", &["a/b@^1"]);
    assert_eq!(stale(std::slice::from_ref(&sound)), "");
    assert!(
        stale(&[gate("g", "welcome@^3", &["a/b@^1"])])
            .contains("`welcome@^3`, but 2.0.0 is locked")
    );
    assert!(
        stale(&[gate("g", "welcome@^2", &["a/b", "c/d"])])
            .contains("it requires `c/d`, which is not locked")
    );
    assert!(stale(&[sound, gate("h", "", &[])]).contains("gate `h`: it is not locked"));
    assert!(stale(&[]).contains("no longer exists"));
    let mut other = lock.clone();
    other.packages.get_mut(&"a/b@1.0.0".parse().unwrap()).unwrap().prompts =
        [("welcome".parse().unwrap(), VersionReq::parse("^3").unwrap())].into();
    assert!(
        other.stale_gates(&[gate("g", "welcome@^2", &["a/b"])])[0]
            .reason
            .contains("written for other")
    );
}

#[test]
fn reports_newly_required_capabilities() {
    let (then, now) = (lock(&["a/b 1.0.0"]), lock(&["a/b 1.1.0 requires clock"]));
    let newly = then.new_capabilities(&now);
    assert_eq!(newly.len(), 1);
    assert_eq!(
        (newly[0].locked_version.to_string(), newly[0].new_version.to_string()),
        ("a/b@1.0.0".into(), "a/b@1.1.0".into())
    );
    assert!(now.new_capabilities(&now).is_empty() && now.new_capabilities(&then).is_empty());
    let first = LockFile::default();
    assert!(first.new_capabilities(&now).is_empty(), "a first lock reports no new capabilities");
}

/// Each round may wait for a registry, and each request costs a round trip.
#[test]
fn needs_few_rounds_and_requests() {
    let asked = |covering: u64| {
        let contract = |version: u64| match version {
            version if version == covering => format!("a/b 1.{version}.0"),
            version => format!("a/b 1.{version}.0 for farewell ^1"),
        };
        let lines: Vec<_> = (0..64).map(contract).collect();
        let all: Vec<_> = lines.iter().map(|line| listed(line)).collect();
        let (requirements, mut known) = ([gate("g", "", &["a/b"])], KnownPackages::default());
        for round in 0.. {
            match resolve(
                &requirements,
                &known,
                &LockedVersions::default(),
                &"0.1.0".parse().unwrap(),
            ) {
                Resolution::Resolved(gates) => {
                    assert_eq!(package_list(&gates), format!("a/b@1.{covering}.0"));
                    return (round, known.packages.len());
                }
                Resolution::NeedsInfo(unknown) => answer(&all, &mut known, unknown),
                Resolution::Conflict(conflicts) => panic!("{conflicts:?}"),
            }
        }
        unreachable!()
    };
    assert_eq!(asked(63), (2, 1), "the highest version fits, and no other is requested");
    assert_eq!(asked(62), (3, 2));
    let (rounds, questions) = asked(30);
    assert!(rounds <= 8 && questions <= 64, "{rounds} rounds, {questions} questions");
    assert!(asked(0).0 <= 9);
}

/// Every choice is valid, and every gate without one has no valid choice.
#[test]
fn resolves_or_explains_random_worlds() {
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut resolved, mut refused) = (0, 0);
    for _ in 0..2_000 {
        let mut lines: BTreeSet<String> =
            (0..random(4) + 1).map(|_| format!("p 1.{}.0", random(4))).collect();
        for name in ["a/a", "b/b"] {
            for _ in 0..random(4) + 1 {
                let end = match random(3) {
                    0 => format!(" for p =1.{}.0", random(4)),
                    1 => format!(" for p >=1.{}.0", random(4)),
                    _ => String::new(),
                };
                let start = format!("{name} 1.{}.0", random(4));
                if lines
                    .iter()
                    .all(|line| *line != start && !line.starts_with(&format!("{start} ")))
                {
                    lines.insert(start + &end);
                }
            }
        }
        let world = World { lines: lines.into_iter().collect() };
        let requirements = gate("g", &format!("p@^1.{}", random(4)), &["a/a", "b/b"]);
        let all: Vec<_> = world.lines.iter().map(|line| listed(line)).collect();
        let fits = |prompt: &PackageId, name: &str| {
            all.iter().any(|one| {
                one.metadata.package.name.to_string() == name
                    && one.metadata.covers_prompt(Some(prompt))
            })
        };
        let possible = all.iter().map(|one| &one.metadata.package).any(|prompt| {
            let requirement = requirements.prompt.as_ref().unwrap();
            prompt.name == requirement.name
                && requirement.admits(&prompt.version)
                && fits(prompt, "a/a")
                && fits(prompt, "b/b")
        });
        match world.resolve(std::slice::from_ref(&requirements), &LockedVersions::default()) {
            Ok(gates) => {
                resolved += 1;
                let chosen = &gates["g"];
                let prompt = chosen.prompt.as_ref().unwrap();
                for contract in &chosen.contracts {
                    assert!(all.iter().any(|one| one.metadata.package == *contract
                        && one.metadata.covers_prompt(Some(prompt))));
                }
                assert!(possible);
            }
            Err(words) => {
                refused += 1;
                assert!(!possible, "{words}\n{:?}", world.lines);
            }
        }
    }
    assert!(resolved > 100 && refused > 100, "{resolved} and {refused}");
}
