//! Which versions a project runs: from what its gates ask for, what sources have, and what was
//! locked before.
//!
//! Gates do not depend on each other: one may be pinned to a version that another has left. And
//! within a gate, contracts depend on its prompt alone, by the prompt versions that they were
//! written for. So once a prompt version is taken, each contract is chosen by itself, and going
//! through the prompt versions finds what there is to find. No search is needed that could run long, and
//! whatever excludes a version can be named.
//!
//! Pure: what it does not know yet it asks for, and is called again.

mod candidates;
mod conflict;

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::lock::LockedGate;
use crate::package::{Listed, PackageId, PackageName, Requirement};

use candidates::Candidates;
pub use conflict::{Conflict, Excluded, Uncovered, Unfit};

/// What a gate asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wants {
    /// What it is called.
    pub gate: String,
    /// The prompt that the outputs come from, if they come from one.
    pub prompt: Option<Requirement>,
    /// The contracts that judge them.
    pub contracts: Vec<Requirement>,
}

/// What is known of the packages that gates ask for.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// The versions of a package, and the source that they are in; nothing, where none has it.
    pub versions: BTreeMap<PackageName, Option<Offer>>,
    /// What is known of a version.
    pub listed: BTreeMap<PackageId, Listed>,
}

/// A package as one source has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Which source: its place in the project's list.
    pub source: usize,
    /// What it is called.
    pub label: String,
    /// The versions that it has.
    pub versions: BTreeSet<Version>,
}

/// What has to be known before more can be said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unknown {
    /// Packages of which it is not known which versions there are.
    pub versions: BTreeSet<PackageName>,
    /// Versions of which nothing is known.
    pub listed: BTreeSet<PackageId>,
}

/// What comes of it.
#[derive(Debug)]
pub enum Resolution {
    /// The versions that each gate runs.
    Done(BTreeMap<String, LockedGate>),
    /// More has to be known.
    Unknown(Unknown),
    /// Some gates cannot have what they ask for.
    Conflict(Vec<Conflict>),
}

/// What was decided before, and stays if it can.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    /// The versions of each gate.
    pub gates: BTreeMap<String, LockedGate>,
    /// Packages that may move all the same; all, where there is nothing else.
    pub moving: BTreeSet<PackageName>,
}

/// Chooses the versions of every gate: those that were kept, else the highest that would do.
pub fn resolve(wants: &[Wants], known: &Known, kept: &Kept, wit: &Version) -> Resolution {
    let mut unknown = Unknown::default();
    let (mut gates, mut conflicts) = (BTreeMap::new(), Vec::new());
    for gate in wants {
        let candidates = Candidates { known, kept: kept.of(&gate.gate), wit };
        match candidates.choose(gate, &mut unknown) {
            Ok(Some(chosen)) => {
                gates.insert(gate.gate.clone(), chosen);
            }
            Ok(None) => {}
            Err(excluded) => {
                conflicts.push(Conflict { gate: gate.gate.clone(), excluded: *excluded });
            }
        }
    }
    match (unknown.is_empty(), conflicts.is_empty()) {
        (false, _) => Resolution::Unknown(unknown),
        (true, false) => Resolution::Conflict(conflicts),
        (true, true) => Resolution::Done(gates),
    }
}

impl Unknown {
    fn is_empty(&self) -> bool {
        self.versions.is_empty() && self.listed.is_empty()
    }
}

impl Kept {
    /// The versions of a gate that stay if they can.
    fn of(&self, gate: &str) -> BTreeSet<PackageId> {
        let packages = self.gates.get(gate).into_iter().flat_map(LockedGate::packages);
        packages.filter(|package| !self.moving.contains(&package.name)).collect()
    }
}

#[cfg(test)]
mod tests;
