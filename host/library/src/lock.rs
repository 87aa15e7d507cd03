//! The file `tollgate.lock`: which packages a project runs, to the byte.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use tollgate_model::{Capability, Digest, PromptName, covers};

use crate::package::{Listed, PackageId, PackageName};
use crate::resolve::Wants;
use crate::trust::KeyId;

/// How the file is written now.
const FORMAT: u32 = 1;
const HEAD: &str = "\
# Which packages this project runs, to the byte. `tollgate lock` writes it: keep it under version
# control, and do not edit it.
";

/// What a project runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// The versions of each gate.
    pub gates: BTreeMap<String, LockedGate>,
    /// What each of them is.
    pub packages: BTreeMap<PackageId, Locked>,
}

/// The versions that a gate runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LockedGate {
    /// The prompt that the outputs come from.
    pub prompt: Option<PackageId>,
    /// The contracts that judge them, as the gate orders them.
    pub contracts: Vec<PackageId>,
}

/// A package to the byte.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Locked {
    /// Of its bytes.
    pub digest: Digest,
    /// Where it came from, as messages call it.
    pub source: String,
    /// The WIT version that a contract is built for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wit: Option<Version>,
    /// What a contract asks of its host: whoever locks it approves of that.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub capabilities: BTreeSet<Capability>,
    /// The prompt versions that a contract was written for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub prompts: BTreeMap<PromptName, VersionReq>,
    /// Whose signature was found, of those that the project wants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signer: Option<KeyId>,
}

/// Why a lock file is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// It cannot be read.
    #[error("{line}: {reason}")]
    Malformed {
        /// Where.
        line: usize,
        /// Why.
        reason: String,
    },
    /// A later tool wrote it.
    #[error("it is of format {0}, and this tool knows format {FORMAT}: use a newer one")]
    Newer(u32),
    /// Something stands there twice: perhaps two people locked, and both files were merged.
    #[error("it names `{0}` twice: remove the file and run `tollgate lock`")]
    Repeated(String),
    /// A gate runs something that is not described.
    #[error(
        "gate `{gate}` runs `{package}`, which the file does not describe: remove the file and run `tollgate lock`"
    )]
    Undescribed {
        /// Which gate.
        gate: String,
        /// What.
        package: PackageId,
    },
}

/// Something that a gate asks for and the lock does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// Which gate.
    pub gate: String,
    /// What is another than it asks for.
    pub reason: String,
}

/// A capability that a gate's contract did not want before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewlyWanted {
    /// In which gate.
    pub gate: String,
    /// What it ran before.
    pub from: PackageId,
    /// What it would run.
    pub to: PackageId,
    /// What that wants.
    pub capability: Capability,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    gate: Vec<GateEntry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    prompt: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    contract: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct GateEntry {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt: Option<PackageId>,
    contracts: Vec<PackageId>,
}

/// A flat table, because that is how people read it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    name: PackageName,
    version: Version,
    digest: Digest,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wit: Option<Version>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    capabilities: BTreeSet<Capability>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    signer: Option<KeyId>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    prompts: BTreeMap<PromptName, VersionReq>,
}

impl Lock {
    /// Reads the file.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let malformed = |error: toml::de::Error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
            LockError::Malformed { line, reason: error.message().into() }
        };
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = toml::from_str(text).map_err(malformed)?;
        if format != FORMAT {
            return Err(LockError::Newer(format));
        }
        let file: File = toml::from_str(text).map_err(malformed)?;
        let mut lock = Self::default();
        for GateEntry { name, prompt, contracts } in file.gate {
            if lock.gates.insert(name.clone(), LockedGate { prompt, contracts }).is_some() {
                return Err(LockError::Repeated(name));
            }
        }
        for entry in file.prompt.into_iter().chain(file.contract) {
            let (package, locked) = entry.into_parts();
            if lock.packages.insert(package.clone(), locked).is_some() {
                return Err(LockError::Repeated(package.to_string()));
            }
        }
        lock.check()?;
        Ok(lock)
    }

    fn check(&self) -> Result<(), LockError> {
        for (gate, locked) in &self.gates {
            let missing = locked.packages().find(|package| !self.packages.contains_key(package));
            if let Some(package) = missing {
                return Err(LockError::Undescribed { gate: gate.clone(), package });
            }
        }
        Ok(())
    }

    /// The file's text.
    pub fn to_text(&self) -> Result<String, toml::ser::Error> {
        let entry = |(package, locked): (&PackageId, &Locked)| Entry::new(package, locked);
        let (mut prompt, mut contract) = (Vec::new(), Vec::new());
        for package in &self.packages {
            match package.0.name {
                PackageName::Prompt(_) => prompt.push(entry(package)),
                PackageName::Contract(_) => contract.push(entry(package)),
            }
        }
        let gate = self.gates.iter().map(|(name, locked)| GateEntry {
            name: name.clone(),
            prompt: locked.prompt.clone(),
            contracts: locked.contracts.clone(),
        });
        let file = File { format: FORMAT, gate: gate.collect(), prompt, contract };
        Ok(format!("{HEAD}{}", toml::to_string_pretty(&file)?))
    }

    /// Where it is not what gates ask for any more. Nothing has to be asked for that.
    pub fn stale(&self, wants: &[Wants]) -> Vec<Stale> {
        let of_gate = |gate: &Wants| {
            let reasons = match self.gates.get(&gate.gate) {
                None => vec!["it is not locked".into()],
                Some(locked) => self.differences(gate, locked),
            };
            let name = gate.gate.clone();
            reasons.into_iter().map(move |reason| Stale { gate: name.clone(), reason })
        };
        let mut stale: Vec<_> = wants.iter().flat_map(of_gate).collect();
        let gone = self.gates.keys().filter(|name| wants.iter().all(|gate| gate.gate != **name));
        stale.extend(gone.map(|gate| Stale {
            gate: gate.clone(),
            reason: "it is locked, and is no gate any more".into(),
        }));
        stale
    }

    fn differences(&self, gate: &Wants, locked: &LockedGate) -> Vec<String> {
        let mut reasons = Vec::new();
        let wanted: Vec<_> = gate.prompt.iter().chain(&gate.contracts).collect();
        let there: Vec<_> = locked.packages().collect();
        if !wanted.iter().map(|wanted| &wanted.name).eq(there.iter().map(|package| &package.name)) {
            let names = |names: Vec<String>| names.join(", ");
            let now = names(wanted.iter().map(|wanted| wanted.name.to_string()).collect());
            let then = names(there.iter().map(|package| package.name.to_string()).collect());
            return vec![format!("it asks for {now}, and locked is {then}")];
        }
        for (wanted, package) in wanted.iter().zip(&there) {
            if !wanted.admits(&package.version) {
                reasons.push(format!("it asks for `{wanted}`, and locked is {}", package.version));
            }
        }
        let contracts =
            locked.contracts.iter().filter(|contract| !self.goes_with(contract, locked));
        reasons.extend(contracts.map(|contract| match &locked.prompt {
            Some(prompt) => format!("`{contract}` was written for other versions than `{prompt}`"),
            None => format!("`{contract}` was written for prompts, and the gate names none"),
        }));
        reasons
    }

    /// Whether a contract was written for the prompt of its gate.
    fn goes_with(&self, contract: &PackageId, gate: &LockedGate) -> bool {
        let prompt = gate.prompt.as_ref().and_then(PackageId::as_prompt);
        self.packages.get(contract).is_none_or(|locked| covers(&locked.prompts, prompt))
    }

    /// Capabilities that contracts of a gate did not want before.
    pub fn newly_wanted(&self, new: &Self) -> Vec<NewlyWanted> {
        let mut newly = Vec::new();
        for (gate, then) in &self.gates {
            let now = new.gates.get(gate).map(|now| now.contracts.as_slice()).unwrap_or_default();
            for to in now {
                let Some(from) = then.contracts.iter().find(|from| from.name == to.name) else {
                    continue;
                };
                let of = |lock: &Self, package| {
                    lock.packages.get(package).map(|locked: &Locked| locked.capabilities.clone())
                };
                let (before, after) = (of(self, from), of(new, to));
                let before = before.unwrap_or_default();
                let wants = after.unwrap_or_default().into_iter();
                newly.extend(wants.filter(|one| !before.contains(one)).map(|capability| {
                    NewlyWanted {
                        gate: gate.clone(),
                        from: from.clone(),
                        to: to.clone(),
                        capability,
                    }
                }));
            }
        }
        newly
    }
}

impl LockedGate {
    /// Everything that it runs: its prompt, then its contracts.
    pub fn packages(&self) -> impl Iterator<Item = PackageId> {
        self.prompt.clone().into_iter().chain(self.contracts.clone())
    }
}

impl Locked {
    /// A package as a source lists it.
    pub fn new(listed: &Listed, source: String, signer: Option<KeyId>) -> Self {
        let contract = listed.about.contract.as_ref();
        Self {
            digest: listed.about.digest,
            source,
            wit: contract.map(|contract| contract.wit.clone()),
            capabilities: contract
                .iter()
                .flat_map(|one| one.capabilities.keys().copied())
                .collect(),
            prompts: contract.map(|contract| contract.prompts.clone()).unwrap_or_default(),
            signer,
        }
    }

    /// Whether it says of a package what that says of itself. Who vouches for it is asked anew each
    /// time, and so does not count here.
    pub fn is_of(&self, listed: &Listed) -> bool {
        *self == Self::new(listed, self.source.clone(), self.signer.clone())
    }
}

impl Entry {
    fn new(package: &PackageId, locked: &Locked) -> Self {
        let Locked { digest, source, wit, capabilities, prompts, signer } = locked.clone();
        let (name, version) = (package.name.clone(), package.version.clone());
        Self { name, version, digest, source, wit, capabilities, signer, prompts }
    }

    fn into_parts(self) -> (PackageId, Locked) {
        let Self { name, version, digest, source, wit, capabilities, signer, prompts } = self;
        let locked = Locked { digest, source, wit, capabilities, prompts, signer };
        (PackageId { name, version }, locked)
    }
}

impl fmt::Display for Stale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "gate `{}`: {}", self.gate, self.reason)
    }
}
