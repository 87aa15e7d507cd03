//! Choosing the versions of one gate.

use std::collections::BTreeSet;

use semver::Version;

use super::conflict::{Excluded, Uncovered, Unfit};
use super::{Known, Offer, Unknown, Wants};
use crate::lock::LockedGate;
use crate::package::{About, PackageId, Requirement};

/// What versions of a gate are chosen from.
pub(super) struct Candidates<'a> {
    pub known: &'a Known,
    pub kept: BTreeSet<PackageId>,
    /// What contracts have to be built for.
    pub wit: &'a Version,
}

/// What was found for one requirement.
enum Found {
    Chosen(PackageId),
    /// More has to be known first.
    Unknown,
    /// None would do; why not, for each that was asked for.
    None(Vec<(Version, Unfit)>),
}

/// Whether a version can be taken at all.
enum Fitness {
    Fit,
    Unfit(Unfit),
    /// Nothing is known of it.
    Unknown,
}

/// What was found for all contracts of a gate, with one version of its prompt.
enum Together {
    Chosen(Vec<PackageId>),
    /// More has to be known first.
    Unknown,
    /// Some of them do not go with it.
    Uncovered(Uncovered),
}

impl Candidates<'_> {
    /// The versions of a gate; nothing, while too little is known.
    pub fn choose(
        &self,
        gate: &Wants,
        unknown: &mut Unknown,
    ) -> Result<Option<LockedGate>, Box<Excluded>> {
        if !self.knows_versions(gate, unknown)? {
            return Ok(None);
        }
        let Some(wanted) = &gate.prompt else { return self.without_prompt(gate, unknown) };
        let (mut prompts, mut tried) = (Vec::new(), Vec::new());
        for prompt in self.in_order(wanted) {
            match self.fitness(&prompt, unknown) {
                Fitness::Unknown => return Ok(None),
                Fitness::Unfit(unfit) => tried.push((prompt.version, unfit)),
                Fitness::Fit => match self.contracts(gate, Some(&prompt), unknown)? {
                    Together::Unknown => return Ok(None),
                    Together::Uncovered(uncovered) => prompts.push(uncovered),
                    Together::Chosen(contracts) => {
                        return Ok(Some(LockedGate { prompt: Some(prompt), contracts }));
                    }
                },
            }
        }
        Err(Box::new(match prompts.is_empty() {
            true => self.no_version(wanted, tried),
            false => Excluded::Contracts { prompts },
        }))
    }

    fn knows_versions(&self, gate: &Wants, unknown: &mut Unknown) -> Result<bool, Box<Excluded>> {
        let mut knows = true;
        for wanted in gate.prompt.iter().chain(&gate.contracts) {
            match self.known.versions.get(&wanted.name) {
                Some(Some(_)) => {}
                Some(None) => return Err(Box::new(Excluded::Absent(wanted.clone()))),
                None => {
                    unknown.versions.insert(wanted.name.clone());
                    knows = false;
                }
            }
        }
        Ok(knows)
    }

    fn without_prompt(
        &self,
        gate: &Wants,
        unknown: &mut Unknown,
    ) -> Result<Option<LockedGate>, Box<Excluded>> {
        match self.contracts(gate, None, unknown)? {
            Together::Unknown => Ok(None),
            Together::Chosen(contracts) => Ok(Some(LockedGate { prompt: None, contracts })),
            Together::Uncovered(uncovered) => {
                Err(Box::new(Excluded::Contracts { prompts: vec![uncovered] }))
            }
        }
    }

    /// A version of each contract that goes with a prompt. What excludes them is told of all, so
    /// that one look is enough to mend it.
    fn contracts(
        &self,
        gate: &Wants,
        prompt: Option<&PackageId>,
        unknown: &mut Unknown,
    ) -> Result<Together, Box<Excluded>> {
        let (mut chosen, mut is_known, mut contracts) = (Vec::new(), true, Vec::new());
        for wanted in &gate.contracts {
            match self.contract(wanted, prompt, unknown) {
                Found::Chosen(contract) => chosen.push(contract),
                Found::Unknown => is_known = false,
                Found::None(why) => {
                    let is_of_prompt = |(_, why): &(_, Unfit)| matches!(why, Unfit::NotCovered(_));
                    if !why.iter().any(is_of_prompt) {
                        return Err(Box::new(self.no_version(wanted, why)));
                    }
                    contracts.push((wanted.clone(), why));
                }
            }
        }
        Ok(match (contracts.is_empty(), is_known) {
            (false, _) => Together::Uncovered(Uncovered { prompt: prompt.cloned(), contracts }),
            (true, true) => Together::Chosen(chosen),
            (true, false) => Together::Unknown,
        })
    }

    fn contract(
        &self,
        wanted: &Requirement,
        prompt: Option<&PackageId>,
        unknown: &mut Unknown,
    ) -> Found {
        let mut tried = Vec::new();
        for contract in self.in_order(wanted) {
            match self.fitness(&contract, unknown) {
                Fitness::Unknown => return Found::Unknown,
                Fitness::Unfit(unfit) => tried.push((contract.version, unfit)),
                Fitness::Fit => {
                    let about = self.known.listed.get(&contract).map(|listed| &listed.about);
                    match about.filter(|about| !covers(about, prompt)) {
                        Some(about) => tried.push((contract.version, Unfit::not_covered(about))),
                        None => return Found::Chosen(contract),
                    }
                }
            }
        }
        Found::None(tried)
    }

    /// The versions that are asked for: what was kept first, then from the highest on.
    fn in_order(&self, wanted: &Requirement) -> Vec<PackageId> {
        let offer = self.offer(wanted);
        let versions = offer.into_iter().flat_map(|offer| offer.versions.iter().rev());
        let admitted = versions.filter(|version| wanted.admits(version));
        let id =
            |version: &Version| PackageId { name: wanted.name.clone(), version: version.clone() };
        let (kept, others): (Vec<_>, Vec<_>) =
            admitted.map(id).partition(|package| self.kept.contains(package));
        [kept, others].concat()
    }

    /// Whether a version can be taken at all, whatever it is taken with.
    fn fitness(&self, package: &PackageId, unknown: &mut Unknown) -> Fitness {
        let Some(listed) = self.known.listed.get(package) else {
            unknown.listed.insert(package.clone());
            return Fitness::Unknown;
        };
        // Who runs a version keeps it, yanked or not: a project does not change by itself.
        if let Some(yanked) = listed.yanked.as_ref().filter(|_| !self.kept.contains(package)) {
            return Fitness::Unfit(Unfit::Yanked(yanked.reason.clone()));
        }
        let wit = listed.about.contract.as_ref().map(|contract| &contract.wit);
        match wit.filter(|wit| !is_compatible(wit, self.wit)) {
            Some(wit) => Fitness::Unfit(Unfit::Wit(wit.clone())),
            None => Fitness::Fit,
        }
    }

    fn offer(&self, wanted: &Requirement) -> Option<&Offer> {
        self.known.versions.get(&wanted.name)?.as_ref()
    }

    fn no_version(&self, wanted: &Requirement, tried: Vec<(Version, Unfit)>) -> Excluded {
        let offer = self.offer(wanted);
        let versions = offer.iter().flat_map(|offer| offer.versions.iter());
        let not_asked_for = versions.filter(|version| !wanted.admits(version)).cloned().collect();
        let source = offer.map(|offer| offer.label.clone()).unwrap_or_default();
        Excluded::NoVersion { wanted: wanted.clone(), source, tried, not_asked_for }
    }
}

/// A contract that names prompts judges those alone, and outputs of none not at all.
fn covers(about: &About, prompt: Option<&PackageId>) -> bool {
    match prompt {
        Some(prompt) => about.covers(prompt),
        None => about.contract.as_ref().is_none_or(|contract| contract.prompts.is_empty()),
    }
}

/// As requirements have it: what is built for an older one runs on a newer one of its track.
fn is_compatible(built_for: &Version, host: &Version) -> bool {
    let track = |version: &Version| match (version.major, version.minor) {
        (0, minor) => (0, minor),
        (major, _) => (major, 0),
    };
    track(built_for) == track(host) && built_for <= host
}
