//! Choice of the versions of one gate.

use std::collections::BTreeSet;

use semver::Version;

use super::conflict::{ConflictReason, PromptConflict, RejectionReason};
use super::{AvailableVersions, GateRequirements, KnownPackages, UnknownPackages};
use crate::lock::LockedGate;
use crate::package::{ListedPackage, PackageId, PackageMetadata, Requirement};

/// Information that the versions of a gate are chosen from.
pub(super) struct VersionChooser<'a> {
    pub known: &'a KnownPackages,
    pub locked: BTreeSet<PackageId>,
    /// WIT version of this host.
    pub host_wit: &'a Version,
}

/// A requirement with the versions that it admits, in the order in which they are tried.
struct RequirementCandidates<'a> {
    requirement: &'a Requirement,
    candidates: Vec<VersionCandidate<'a>>,
}

/// A version that a requirement admits, with its description if that is known. Looked up once and
/// then tried with every prompt version.
struct VersionCandidate<'a> {
    package: PackageId,
    listed: Option<&'a ListedPackage>,
}

/// Reason for the rejection of a version. Borrows, because most rejections are never reported.
enum Rejection<'a> {
    General(RejectionReason),
    /// Written for other prompt versions.
    OtherPrompts(&'a PackageMetadata),
}

/// A prompt version that was rejected, with the contracts that have no version for it.
struct RejectedPrompt<'a> {
    prompt: Option<PackageId>,
    contracts: Vec<(&'a Requirement, RejectedVersions<'a>)>,
}

type RejectedVersions<'a> = Vec<(Version, Rejection<'a>)>;

/// Choice for one contract.
enum ContractChoice<'a> {
    Chosen(PackageId),
    Unknown,
    /// No version fits; each admitted version with its reason.
    None(RejectedVersions<'a>),
}

/// Usability of a version, regardless of the prompt.
enum Usability<'a> {
    Usable(&'a PackageMetadata),
    Rejected(RejectionReason),
    /// Its description is needed first.
    Unknown,
}

/// Choice for all contracts of a gate, given one prompt version.
enum ContractSelection<'a> {
    Chosen(Vec<PackageId>),
    Unknown,
    /// Some contracts have no version for this prompt version.
    Rejected(RejectedPrompt<'a>),
}

impl<'a> VersionChooser<'a> {
    /// Chooses the versions of a gate. Returns `None` and adds to `unknown` while information is
    /// missing.
    pub fn choose(
        &self,
        gate: &GateRequirements,
        unknown: &mut UnknownPackages,
    ) -> Result<Option<LockedGate>, Box<ConflictReason>> {
        if !self.has_versions(gate, unknown)? {
            return Ok(None);
        }
        let with_candidates = |requirement| RequirementCandidates {
            requirement,
            candidates: self.ordered_candidates(requirement),
        };
        let contracts: Vec<_> = gate.contracts.iter().map(with_candidates).collect();
        let Some(requirement) = &gate.prompt else {
            return self.choose_without_prompt(&contracts, unknown);
        };
        let (mut rejected_prompts, mut rejected) = (Vec::new(), Vec::new());
        let candidates = self.ordered_candidates(requirement);
        for (index, candidate) in candidates.iter().enumerate() {
            let prompt = &candidate.package;
            match self.usability(candidate) {
                Usability::Unknown => {
                    request_descriptions(&candidates, index, unknown);
                    return Ok(None);
                }
                Usability::Rejected(reason) => {
                    rejected.push((prompt.version.clone(), Rejection::General(reason)))
                }
                Usability::Usable(_) => {
                    match self.choose_contracts(&contracts, Some(prompt), unknown)? {
                        ContractSelection::Unknown => return Ok(None),
                        ContractSelection::Rejected(prompt) => rejected_prompts.push(prompt),
                        ContractSelection::Chosen(contracts) => {
                            let prompt = Some(prompt.clone());
                            return Ok(Some(LockedGate { prompt, contracts }));
                        }
                    }
                }
            }
        }
        Err(Box::new(match rejected_prompts.is_empty() {
            true => self.no_matching_version(requirement, rejected),
            false => ConflictReason::IncompatibleContracts {
                rejected: to_prompt_conflicts(rejected_prompts),
            },
        }))
    }

    fn has_versions(
        &self,
        gate: &GateRequirements,
        unknown: &mut UnknownPackages,
    ) -> Result<bool, Box<ConflictReason>> {
        let mut complete = true;
        for requirement in gate.prompt.iter().chain(&gate.contracts) {
            match self.known.versions.get(&requirement.name) {
                Some(Some(_)) => {}
                Some(None) => {
                    return Err(Box::new(ConflictReason::UnknownPackage(requirement.clone())));
                }
                None => {
                    unknown.versions.insert(requirement.name.clone());
                    complete = false;
                }
            }
        }
        Ok(complete)
    }

    fn choose_without_prompt(
        &self,
        contracts: &[RequirementCandidates<'_>],
        unknown: &mut UnknownPackages,
    ) -> Result<Option<LockedGate>, Box<ConflictReason>> {
        match self.choose_contracts(contracts, None, unknown)? {
            ContractSelection::Unknown => Ok(None),
            ContractSelection::Chosen(contracts) => {
                Ok(Some(LockedGate { prompt: None, contracts }))
            }
            ContractSelection::Rejected(prompt) => {
                Err(Box::new(ConflictReason::IncompatibleContracts {
                    rejected: to_prompt_conflicts(vec![prompt]),
                }))
            }
        }
    }

    /// Chooses a version of each contract for a prompt version. Does not stop at the first contract
    /// without a match, so that all conflicts are reported together.
    fn choose_contracts<'w>(
        &self,
        all: &'w [RequirementCandidates<'w>],
        prompt: Option<&PackageId>,
        unknown: &mut UnknownPackages,
    ) -> Result<ContractSelection<'w>, Box<ConflictReason>> {
        let (mut chosen, mut is_known, mut contracts) = (Vec::new(), true, Vec::new());
        for RequirementCandidates { requirement, candidates } in all {
            match self.choose_contract(candidates, prompt, unknown) {
                ContractChoice::Chosen(contract) => chosen.push(contract),
                ContractChoice::Unknown => is_known = false,
                ContractChoice::None(rejected) => {
                    let depends_on_prompt =
                        |(_, rejection): &(_, _)| matches!(rejection, Rejection::OtherPrompts(_));
                    // If the prompt ruled out none of them, another prompt version cannot help.
                    if !rejected.iter().any(depends_on_prompt) {
                        return Err(Box::new(self.no_matching_version(requirement, rejected)));
                    }
                    contracts.push((*requirement, rejected));
                }
            }
        }
        Ok(match (contracts.is_empty(), is_known) {
            (false, _) => {
                ContractSelection::Rejected(RejectedPrompt { prompt: prompt.cloned(), contracts })
            }
            (true, true) => ContractSelection::Chosen(chosen),
            (true, false) => ContractSelection::Unknown,
        })
    }

    fn choose_contract<'w>(
        &self,
        candidates: &[VersionCandidate<'w>],
        prompt: Option<&PackageId>,
        unknown: &mut UnknownPackages,
    ) -> ContractChoice<'w> {
        let mut rejected = Vec::new();
        for (index, candidate) in candidates.iter().enumerate() {
            let contract = &candidate.package;
            let version = || contract.version.clone();
            match self.usability(candidate) {
                Usability::Unknown => {
                    request_descriptions(candidates, index, unknown);
                    return ContractChoice::Unknown;
                }
                Usability::Rejected(reason) => {
                    rejected.push((version(), Rejection::General(reason)))
                }
                Usability::Usable(metadata) if metadata.covers_prompt(prompt) => {
                    return ContractChoice::Chosen(contract.clone());
                }
                Usability::Usable(metadata) => {
                    rejected.push((version(), Rejection::OtherPrompts(metadata)))
                }
            }
        }
        ContractChoice::None(rejected)
    }

    /// Returns the admitted versions: locked ones first, then from the highest down.
    fn ordered_candidates(&self, requirement: &Requirement) -> Vec<VersionCandidate<'a>> {
        let available = self.available_versions(requirement);
        let versions = available.into_iter().flat_map(|available| available.versions.iter().rev());
        let candidate = |version: &Version| {
            let package = PackageId { name: requirement.name.clone(), version: version.clone() };
            let listed = self.known.packages.get(&package);
            VersionCandidate { package, listed }
        };
        let candidates = versions.filter(|version| requirement.admits(version)).map(candidate);
        let (mut candidates, others): (Vec<_>, Vec<_>) =
            candidates.partition(|candidate| self.locked.contains(&candidate.package));
        candidates.extend(others);
        candidates
    }

    /// Returns whether a version can be used at all.
    fn usability<'c>(&self, candidate: &VersionCandidate<'c>) -> Usability<'c> {
        let Some(listed) = candidate.listed else { return Usability::Unknown };
        let package = &candidate.package;
        // A locked version stays usable after it is yanked, so that a project never changes by
        // itself.
        if let Some(yanked) = listed.yanked.as_ref().filter(|_| !self.locked.contains(package)) {
            return Usability::Rejected(RejectionReason::Yanked(yanked.reason.clone()));
        }
        let wit = listed.metadata.contract.as_ref().map(|contract| &contract.wit);
        match wit.filter(|wit| !is_compatible(wit, self.host_wit)) {
            Some(wit) => Usability::Rejected(RejectionReason::Wit(wit.clone())),
            None => Usability::Usable(&listed.metadata),
        }
    }

    fn available_versions(&self, requirement: &Requirement) -> Option<&AvailableVersions> {
        self.known.versions.get(&requirement.name)?.as_ref()
    }

    fn no_matching_version(
        &self,
        requirement: &Requirement,
        rejected: RejectedVersions<'_>,
    ) -> ConflictReason {
        let available = self.available_versions(requirement);
        let versions = available.iter().flat_map(|available| available.versions.iter());
        let not_requested =
            versions.filter(|version| !requirement.admits(version)).cloned().collect();
        let source = available.map(|available| available.label.clone()).unwrap_or_default();
        let (requirement, rejected) = (requirement.clone(), to_rejection_reasons(rejected));
        ConflictReason::NoMatchingVersion { requirement, source, rejected, not_requested }
    }
}

/// Converts rejected prompts to the owned form that messages use.
fn to_prompt_conflicts(rejected: Vec<RejectedPrompt<'_>>) -> Vec<PromptConflict> {
    let to_conflict = |RejectedPrompt { prompt, contracts }: RejectedPrompt<'_>| {
        let contracts = contracts.into_iter();
        let contracts = contracts
            .map(|(requirement, rejected)| (requirement.clone(), to_rejection_reasons(rejected)));
        PromptConflict { prompt, contracts: contracts.collect() }
    };
    rejected.into_iter().map(to_conflict).collect()
}

fn to_rejection_reasons(rejected: RejectedVersions<'_>) -> Vec<(Version, RejectionReason)> {
    let reason = |rejection| match rejection {
        Rejection::General(reason) => reason,
        Rejection::OtherPrompts(metadata) => RejectionReason::from_package(metadata),
    };
    rejected.into_iter().map(|(version, rejection)| (version, reason(rejection))).collect()
}

/// Requests the description of a version, together with as many of the following ones as were
/// already rejected. Doubling keeps the number of rounds logarithmic at the cost of a few extra
/// requests.
fn request_descriptions(
    candidates: &[VersionCandidate<'_>],
    index: usize,
    unknown: &mut UnknownPackages,
) {
    // `index` versions were rejected so far; at least one more is needed.
    let requested = candidates.iter().skip(index).take(index.max(1));
    let missing = requested.filter(|candidate| candidate.listed.is_none());
    unknown.packages.extend(missing.map(|candidate| candidate.package.clone()));
}

/// Returns whether a contract built for one WIT version runs on a host of another: by semver, on
/// the same or a newer compatible version.
fn is_compatible(built_for: &Version, host: &Version) -> bool {
    let track = |version: &Version| match (version.major, version.minor) {
        (0, minor) => (0, minor),
        (major, _) => (major, 0),
    };
    track(built_for) == track(host) && built_for <= host
}
