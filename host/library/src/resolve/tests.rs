use semver::VersionReq;
use serde_json::json;
use tollgate_model::{ContractFile, Digest};

use super::*;
use crate::lock::{Lock, Locked};
use crate::package::{About, Yanked};

/// What sources have: `acme/claims 1.2.0 for welcome ^2`, `acme/claims 1.0.0 yanked`.
struct World {
    lines: Vec<String>,
}

fn listed(line: &str) -> Listed {
    let mut words = line.split_whitespace();
    let package: PackageId =
        format!("{}@{}", words.next().unwrap(), words.next().unwrap()).parse().unwrap();
    let rest: Vec<&str> = words.collect();
    let mut prompts = BTreeMap::new();
    let (mut yanked, mut wit, mut capabilities) = (None, "0.1.0", json!({}));
    match rest.as_slice() {
        ["for", name, wanted] => {
            prompts.insert(name.to_string(), wanted.to_string());
        }
        ["yanked"] => yanked = Some(Yanked { reason: "it passes all".into() }),
        ["wit", version] => wit = version,
        ["wants", capability] => capabilities = json!({ *capability: "it asks" }),
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
    let about = About { package, digest, size_bytes: 1, manifest: digest, contract };
    Listed { about, signature: None, yanked, forced: None }
}

impl World {
    fn new(lines: &[&str]) -> Self {
        Self { lines: lines.iter().map(ToString::to_string).collect() }
    }

    /// Tells what is asked for, until nothing is.
    fn resolve(
        &self,
        wants: &[Wants],
        kept: &Kept,
    ) -> Result<BTreeMap<String, LockedGate>, String> {
        let all: Vec<_> = self.lines.iter().map(|line| listed(line)).collect();
        let mut known = Known::default();
        for _ in 0..100 {
            match resolve(wants, &known, kept, &"0.1.0".parse().unwrap()) {
                Resolution::Done(gates) => return Ok(gates),
                Resolution::Conflict(conflicts) => {
                    let words: Vec<_> = conflicts.iter().map(ToString::to_string).collect();
                    return Err(words.join("\n"));
                }
                Resolution::Unknown(unknown) => tell(&all, &mut known, unknown),
            }
        }
        panic!("it asks for ever");
    }

    fn one(&self, wants: &Wants) -> Result<String, String> {
        self.resolve(std::slice::from_ref(wants), &Kept::default()).map(|gates| shown(&gates))
    }
}

fn tell(all: &[Listed], known: &mut Known, unknown: Unknown) {
    for name in unknown.versions {
        let packages = all.iter().map(|listed| &listed.about.package);
        let versions: BTreeSet<_> =
            packages.filter(|one| one.name == name).map(|one| one.version.clone()).collect();
        let offer = Offer { source: 0, label: "folder packages".into(), versions };
        known.versions.insert(name, Some(offer).filter(|offer| !offer.versions.is_empty()));
    }
    for package in unknown.listed {
        let found = all.iter().find(|listed| listed.about.package == package).unwrap();
        known.listed.insert(package, found.clone());
    }
}

fn gate(name: &str, prompt: &str, contracts: &[&str]) -> Wants {
    Wants {
        gate: name.into(),
        prompt: (!prompt.is_empty()).then(|| prompt.parse().unwrap()),
        contracts: contracts.iter().map(|wanted| wanted.parse().unwrap()).collect(),
    }
}

fn shown(gates: &BTreeMap<String, LockedGate>) -> String {
    let packages = gates.values().flat_map(LockedGate::packages);
    packages.map(|package| package.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_highest_that_would_do_is_taken() {
    let world =
        World::new(&["a/b 1.0.0", "a/b 1.9.0", "a/b 1.10.0", "a/b 2.0.0", "a/b 1.11.0-rc.1"]);
    let one = |wanted: &str| world.one(&gate("g", "", &[wanted]));
    assert_eq!(one("a/b@^1").unwrap(), "a/b@1.10.0");
    assert_eq!(one("a/b").unwrap(), "a/b@2.0.0");
    assert_eq!(one("a/b@=1.9.0").unwrap(), "a/b@1.9.0");
    assert_eq!(one("a/b@^1.11.0-rc").unwrap(), "a/b@1.11.0-rc.1");
}

#[test]
fn what_was_kept_stays_until_it_may_move() {
    let world = World::new(&["a/b 1.0.0", "a/b 1.1.0", "c/d 1.0.0", "c/d 1.1.0"]);
    let wants = [gate("g", "", &["a/b@^1", "c/d@^1"])];
    let contracts = ["a/b@1.0.0", "c/d@1.0.0"].map(|id| id.parse().unwrap()).to_vec();
    let mut kept = Kept::default();
    kept.gates.insert("g".into(), LockedGate { prompt: None, contracts });
    let resolve = |wants: &[Wants], kept: &Kept| shown(&world.resolve(wants, kept).unwrap());
    assert_eq!(resolve(&wants, &kept), "a/b@1.0.0 c/d@1.0.0");
    let moved = [gate("g", "", &["a/b@^1.1", "c/d@^1"])];
    assert_eq!(resolve(&moved, &kept), "a/b@1.1.0 c/d@1.0.0");
    kept.moving.insert("c/d".parse().unwrap());
    assert_eq!(resolve(&wants, &kept), "a/b@1.0.0 c/d@1.1.0");
}

#[test]
fn gates_do_not_bind_each_other() {
    let world = World::new(&["a/b 1.0.0", "a/b 1.1.0"]);
    let wants = [gate("f", "", &["a/b@=1.0.0"]), gate("g", "", &["a/b"])];
    let gates = world.resolve(&wants, &Kept::default()).unwrap();
    assert_eq!(shown(&gates), "a/b@1.0.0 a/b@1.1.0");
}

#[test]
fn contracts_go_with_the_prompt() {
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
    for words in [
        "with prompt welcome 2.1.0",
        "`a/b@=1.1.0`",
        "1.1.0 was written for welcome ^1",
        "with prompt welcome 1.0.0",
        "`c/d`",
    ] {
        assert!(error.contains(words), "{words}: {error}");
    }
    assert!(one("welcome", &["e/f"]).unwrap_err().contains("was written for farewell ^1"));
    let error = one("", &["c/d"]).unwrap_err();
    assert!(error.contains("it names no prompt") && error.contains("for welcome ^2"), "{error}");
}

#[test]
fn what_is_absent_is_explained() {
    let world =
        World::new(&["a/b 1.0.0 yanked", "a/b 1.1.0 wit 0.9.0", "a/b 2.0.0-rc.1", "a/b 3.0.0"]);
    let one = |wanted: &str| world.one(&gate("g", "", &[wanted])).unwrap_err();
    assert!(
        one("x/y@^1").contains("gate `g`")
            && one("x/y@^1").contains("no source has a contract `x/y`")
    );
    let error = one("a/b@^1");
    for words in
        ["1.0.0 is yanked: it passes all", "1.1.0 is built for WIT version 0.9.0", "has 3.0.0"]
    {
        assert!(error.contains(words), "{words}: {error}");
    }
    assert!(one("a/b@^2").contains("a pre-release has to be asked for: `a/b@^2.0.0-rc.1`"));
}

#[test]
fn who_runs_a_yanked_version_keeps_it() {
    let world = World::new(&["a/b 1.0.0 yanked"]);
    let mut kept = Kept::default();
    let contracts = vec!["a/b@1.0.0".parse().unwrap()];
    kept.gates.insert("g".into(), LockedGate { prompt: None, contracts });
    let wants = [gate("g", "", &["a/b"])];
    assert_eq!(shown(&world.resolve(&wants, &kept).unwrap()), "a/b@1.0.0");
    assert!(world.resolve(&wants, &Kept::default()).is_err());
}

fn lock(lines: &[&str]) -> Lock {
    let listed: Vec<_> = lines.iter().map(|line| listed(line)).collect();
    let mut gate = LockedGate::default();
    for one in &listed {
        match one.about.package.name {
            PackageName::Prompt(_) => gate.prompt = Some(one.about.package.clone()),
            PackageName::Contract(_) => gate.contracts.push(one.about.package.clone()),
        }
    }
    let locked = |one: &Listed| {
        (one.about.package.clone(), Locked::new(one, "folder packages".into(), None))
    };
    Lock { gates: [("g".into(), gate)].into(), packages: listed.iter().map(locked).collect() }
}

#[test]
fn a_lock_reads_back() {
    let lock = lock(&["welcome 2.0.0", "a/b 1.0.0 for welcome ^2", "c/d 1.0.0 wants clock"]);
    let text = lock.to_text().unwrap();
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    let refused = |text: &str| Lock::parse(text).unwrap_err().to_string();
    assert!(refused(&text.replace("format = 1", "format = 2")).contains("format 2"));
    assert!(refused(&text.replace("source =", "sauce =")).contains("sauce"));
    assert!(refused(&text.replace("name = \"c/d\"", "name = \"c/e\"")).contains("`c/d@1.0.0`"));
    assert!(refused("").contains("format"));
}

#[test]
fn a_lock_knows_that_it_is_stale() {
    let lock = lock(&["welcome 2.0.0", "a/b 1.0.0 for welcome ^2"]);
    let stale = |wants: &[Wants]| {
        let stale = lock.stale(wants);
        stale.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let sound = gate("g", "welcome@^2", &["a/b@^1"]);
    assert_eq!(stale(std::slice::from_ref(&sound)), "");
    assert!(
        stale(&[gate("g", "welcome@^3", &["a/b@^1"])])
            .contains("`welcome@^3`, and locked is 2.0.0")
    );
    assert!(
        stale(&[gate("g", "welcome@^2", &["a/b", "c/d"])]).contains("asks for welcome, a/b, c/d")
    );
    assert!(stale(&[sound, gate("h", "", &[])]).contains("gate `h`: it is not locked"));
    assert!(stale(&[]).contains("no gate any more"));
    let mut other = lock.clone();
    other.packages.get_mut(&"a/b@1.0.0".parse().unwrap()).unwrap().prompts =
        [("welcome".parse().unwrap(), VersionReq::parse("^3").unwrap())].into();
    assert!(
        other.stale(&[gate("g", "welcome@^2", &["a/b"])])[0].reason.contains("written for other")
    );
}

#[test]
fn what_is_newly_wanted_is_seen() {
    let (then, now) = (lock(&["a/b 1.0.0"]), lock(&["a/b 1.1.0 wants clock"]));
    let newly = then.newly_wanted(&now);
    assert_eq!(newly.len(), 1);
    assert_eq!(
        (newly[0].from.to_string(), newly[0].to.to_string()),
        ("a/b@1.0.0".into(), "a/b@1.1.0".into())
    );
    assert!(now.newly_wanted(&now).is_empty() && now.newly_wanted(&then).is_empty());
    let first = Lock::default();
    assert!(first.newly_wanted(&now).is_empty(), "who locks for the first time sees all of it");
}

/// Each round may wait for a registry, and each question is one to it.
#[test]
fn few_rounds_and_few_questions() {
    let asked = |covering: u64| {
        let contract = |version: u64| match version {
            version if version == covering => format!("a/b 1.{version}.0"),
            version => format!("a/b 1.{version}.0 for farewell ^1"),
        };
        let lines: Vec<_> = (0..64).map(contract).collect();
        let all: Vec<_> = lines.iter().map(|line| listed(line)).collect();
        let (wants, mut known) = ([gate("g", "", &["a/b"])], Known::default());
        for round in 0.. {
            match resolve(&wants, &known, &Kept::default(), &"0.1.0".parse().unwrap()) {
                Resolution::Done(gates) => {
                    assert_eq!(shown(&gates), format!("a/b@1.{covering}.0"));
                    return (round, known.listed.len());
                }
                Resolution::Unknown(unknown) => tell(&all, &mut known, unknown),
                Resolution::Conflict(conflicts) => panic!("{conflicts:?}"),
            }
        }
        unreachable!()
    };
    assert_eq!(asked(63), (2, 1), "the highest will do, and no other is asked about");
    assert_eq!(asked(62), (3, 2));
    let (rounds, questions) = asked(30);
    assert!(rounds <= 8 && questions <= 64, "{rounds} rounds, {questions} questions");
    assert!(asked(0).0 <= 9);
}

/// Whatever is chosen fits; whatever is not chosen could not be, or a higher one was.
#[test]
fn any_world_is_resolved_or_explained() {
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
        let wants = gate("g", &format!("p@^1.{}", random(4)), &["a/a", "b/b"]);
        let all: Vec<_> = world.lines.iter().map(|line| listed(line)).collect();
        let fits = |prompt: &PackageId, name: &str| {
            all.iter().any(|one| {
                one.about.package.name.to_string() == name && one.about.covers(Some(prompt))
            })
        };
        let possible = all.iter().map(|one| &one.about.package).any(|prompt| {
            let wanted = wants.prompt.as_ref().unwrap();
            prompt.name == wanted.name
                && wanted.admits(&prompt.version)
                && fits(prompt, "a/a")
                && fits(prompt, "b/b")
        });
        match world.resolve(std::slice::from_ref(&wants), &Kept::default()) {
            Ok(gates) => {
                resolved += 1;
                let chosen = &gates["g"];
                let prompt = chosen.prompt.as_ref().unwrap();
                for contract in &chosen.contracts {
                    assert!(all.iter().any(
                        |one| one.about.package == *contract && one.about.covers(Some(prompt))
                    ));
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
