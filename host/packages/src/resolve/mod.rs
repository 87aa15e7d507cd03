//! Version resolution: chooses the versions that a project runs from the requirements of its gates,
//! the versions in its sources, and the versions locked before.
//!
//! Gates are resolved independently, so two gates may run different versions of one contract.
//! Within a gate, a contract depends only on the prompt, by the prompt versions that it supports.
//! Once a prompt version is fixed, each contract is chosen by itself, so trying the prompt versions
//! in order is a complete search. It cannot run long, and every rejected version has a reason.
//!
//! This module does no IO: it returns the information that it lacks, and the caller resolves again.

mod candidates;
mod conflict;

use std::collections::{BTreeMap, BTreeSet};

use semver::Version;

use crate::lock::LockedGate;
use crate::package::{ListedPackage, PackageId, PackageName, Requirement};

use candidates::VersionChooser;
pub use conflict::{ConflictReason, GateConflict, PromptConflict, RejectionReason};

/// Packages that a gate requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRequirements {
    pub gate: String,
    /// Prompt that produces the outputs; `None` if the gate names none.
    pub prompt: Option<Requirement>,
    /// Contracts in the order of the gate.
    pub contracts: Vec<Requirement>,
}

/// Information gathered so far about the required packages.
#[derive(Clone, Debug, Default)]
pub struct KnownPackages {
    /// Available versions by package; `None` if no source has the package.
    pub versions: BTreeMap<PackageName, Option<AvailableVersions>>,
    /// Descriptions of single versions.
    pub packages: BTreeMap<PackageId, ListedPackage>,
}

/// Versions of a package in the one source that it is taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AvailableVersions {
    /// Index of the source in the project's list.
    pub source: usize,
    pub label: String,
    pub versions: BTreeSet<Version>,
}

/// Information that resolution still needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnknownPackages {
    /// Packages whose available versions are needed.
    pub versions: BTreeSet<PackageName>,
    /// Versions whose description is needed.
    pub packages: BTreeSet<PackageId>,
}

/// Outcome of one call of [`resolve`].
#[derive(Debug)]
pub enum Resolution {
    /// Chosen versions by name of the gate.
    Resolved(BTreeMap<String, LockedGate>),
    /// More information is needed.
    NeedsInfo(UnknownPackages),
    /// Some gates cannot be resolved.
    Conflict(Vec<GateConflict>),
}

/// Versions locked before, which are kept as long as they satisfy the gates.
#[derive(Clone, Debug, Default)]
pub struct LockedVersions {
    /// Locked versions by name of the gate.
    pub gates: BTreeMap<String, LockedGate>,
    /// Packages that are chosen anew although they are locked.
    pub updated: BTreeSet<PackageName>,
}

/// Chooses the versions of every gate: the locked ones if they still fit, or else the highest.
///
/// `wit` is the WIT version of this host; contracts built for an incompatible one are rejected.
pub fn resolve(
    gates_to_resolve: &[GateRequirements],
    known: &KnownPackages,
    locked: &LockedVersions,
    wit: &Version,
) -> Resolution {
    let mut unknown = UnknownPackages::default();
    let (mut gates, mut conflicts) = (BTreeMap::new(), Vec::new());
    for gate in gates_to_resolve {
        let chooser =
            VersionChooser { known, locked: locked.locked_for(&gate.gate), host_wit: wit };
        match chooser.choose(gate, &mut unknown) {
            Ok(Some(chosen)) => {
                gates.insert(gate.gate.clone(), chosen);
            }
            Ok(None) => {}
            Err(reason) => {
                conflicts.push(GateConflict { gate: gate.gate.clone(), reason: *reason });
            }
        }
    }
    // Missing information comes first, so that conflicts are reported once and completely.
    match (unknown.is_empty(), conflicts.is_empty()) {
        (false, _) => Resolution::NeedsInfo(unknown),
        (true, false) => Resolution::Conflict(conflicts),
        (true, true) => Resolution::Resolved(gates),
    }
}

impl UnknownPackages {
    fn is_empty(&self) -> bool {
        self.versions.is_empty() && self.packages.is_empty()
    }
}

impl LockedVersions {
    /// Returns the versions of a gate that should be kept.
    fn locked_for(&self, gate: &str) -> BTreeSet<PackageId> {
        let packages = self.gates.get(gate).into_iter().flat_map(LockedGate::packages);
        packages.filter(|package| !self.updated.contains(&package.name)).collect()
    }
}

#[cfg(test)]
mod tests;
