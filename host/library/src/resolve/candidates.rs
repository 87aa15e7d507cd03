//! Choosing the versions of one gate.

use std::collections::BTreeSet;

use semver::Version;

use super::conflict::{Excluded, Uncovered, Unfit};
use super::{Known, Offer, Unknown, Wants};
use crate::lock::LockedGate;
use crate::package::{About, Listed, PackageId, Requirement};

/// What versions of a gate are chosen from.
pub(super) struct Candidates<'a> {
    pub known: &'a Known,
    pub kept: BTreeSet<PackageId>,
    /// What contracts have to be built for.
    pub wit: &'a Version,
}

/// A requirement, and the versions that it admits, in the order in which they are tried.
struct Wanted<'a> {
    wanted: &'a Requirement,
    in_order: Vec<Candidate<'a>>,
}

/// A version that is asked for, and what is known of it. It is looked up once, and tried with every
/// prompt version.
struct Candidate<'a> {
    package: PackageId,
    listed: Option<&'a Listed>,
}

/// Why a version would not do. It is put in words where that has to be told: most are tried in
/// vain, and another is found.
enum Why<'a> {
    Unfit(Unfit),
    /// It was written for other prompt versions.
    NotCovered(&'a About),
}

/// A prompt version with which nothing is found, and the contracts that do not go with it.
struct InVain<'a> {
    prompt: Option<PackageId>,
    contracts: Vec<(&'a Requirement, Tried<'a>)>,
}

type Tried<'a> = Vec<(Version, Why<'a>)>;

/// What was found for one requirement.
enum Found<'a> {
    Chosen(PackageId),
    /// More has to be known first.
    Unknown,
    /// None would do; why not, for each that was asked for.
    None(Tried<'a>),
}

/// Whether a version can be taken at all.
enum Fitness<'a> {
    Fit(&'a About),
    Unfit(Unfit),
    /// Nothing is known of it.
    Unknown,
}

/// What was found for all contracts of a gate, with one version of its prompt.
enum Together<'a> {
    Chosen(Vec<PackageId>),
    /// More has to be known first.
    Unknown,
    /// Some of them do not go with it.
    InVain(InVain<'a>),
}

impl<'a> Candidates<'a> {
    /// The versions of a gate; nothing, while too little is known.
    pub fn choose(
        &self,
        gate: &Wants,
        unknown: &mut Unknown,
    ) -> Result<Option<LockedGate>, Box<Excluded>> {
        if !self.knows_versions(gate, unknown)? {
            return Ok(None);
        }
        let in_order = |wanted| Wanted { wanted, in_order: self.in_order(wanted) };
        let contracts: Vec<_> = gate.contracts.iter().map(in_order).collect();
        let Some(wanted) = &gate.prompt else { return self.without_prompt(&contracts, unknown) };
        let (mut prompts, mut tried) = (Vec::new(), Vec::new());
        let in_order = self.in_order(wanted);
        for (index, candidate) in in_order.iter().enumerate() {
            let prompt = &candidate.package;
            match self.fitness(candidate) {
                Fitness::Unknown => {
                    ask(&in_order, index, unknown);
                    return Ok(None);
                }
                Fitness::Unfit(unfit) => tried.push((prompt.version.clone(), Why::Unfit(unfit))),
                Fitness::Fit(_) => match self.contracts(&contracts, Some(prompt), unknown)? {
                    Together::Unknown => return Ok(None),
                    Together::InVain(in_vain) => prompts.push(in_vain),
                    Together::Chosen(contracts) => {
                        let prompt = Some(prompt.clone());
                        return Ok(Some(LockedGate { prompt, contracts }));
                    }
                },
            }
        }
        Err(Box::new(match prompts.is_empty() {
            true => self.no_version(wanted, tried),
            false => Excluded::Contracts { prompts: told(prompts) },
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
        contracts: &[Wanted<'_>],
        unknown: &mut Unknown,
    ) -> Result<Option<LockedGate>, Box<Excluded>> {
        match self.contracts(contracts, None, unknown)? {
            Together::Unknown => Ok(None),
            Together::Chosen(contracts) => Ok(Some(LockedGate { prompt: None, contracts })),
            Together::InVain(in_vain) => {
                Err(Box::new(Excluded::Contracts { prompts: told(vec![in_vain]) }))
            }
        }
    }

    /// A version of each contract that goes with a prompt. What excludes them is told of all, so
    /// that one look is enough to mend it.
    fn contracts<'w>(
        &self,
        all: &'w [Wanted<'w>],
        prompt: Option<&PackageId>,
        unknown: &mut Unknown,
    ) -> Result<Together<'w>, Box<Excluded>> {
        let (mut chosen, mut is_known, mut contracts) = (Vec::new(), true, Vec::new());
        for Wanted { wanted, in_order } in all {
            match self.contract(in_order, prompt, unknown) {
                Found::Chosen(contract) => chosen.push(contract),
                Found::Unknown => is_known = false,
                Found::None(why) => {
                    let is_of_prompt = |(_, why): &(_, _)| matches!(why, Why::NotCovered(_));
                    if !why.iter().any(is_of_prompt) {
                        return Err(Box::new(self.no_version(wanted, why)));
                    }
                    contracts.push((*wanted, why));
                }
            }
        }
        Ok(match (contracts.is_empty(), is_known) {
            (false, _) => Together::InVain(InVain { prompt: prompt.cloned(), contracts }),
            (true, true) => Together::Chosen(chosen),
            (true, false) => Together::Unknown,
        })
    }

    fn contract<'w>(
        &self,
        in_order: &[Candidate<'w>],
        prompt: Option<&PackageId>,
        unknown: &mut Unknown,
    ) -> Found<'w> {
        let mut tried = Vec::new();
        for (index, candidate) in in_order.iter().enumerate() {
            let contract = &candidate.package;
            let version = || contract.version.clone();
            match self.fitness(candidate) {
                Fitness::Unknown => {
                    ask(in_order, index, unknown);
                    return Found::Unknown;
                }
                Fitness::Unfit(unfit) => tried.push((version(), Why::Unfit(unfit))),
                Fitness::Fit(about) if about.covers(prompt) => {
                    return Found::Chosen(contract.clone());
                }
                Fitness::Fit(about) => tried.push((version(), Why::NotCovered(about))),
            }
        }
        Found::None(tried)
    }

    /// The versions that are asked for: what was kept first, then from the highest on.
    fn in_order(&self, wanted: &Requirement) -> Vec<Candidate<'a>> {
        let offer = self.offer(wanted);
        let versions = offer.into_iter().flat_map(|offer| offer.versions.iter().rev());
        let candidate = |version: &Version| {
            let package = PackageId { name: wanted.name.clone(), version: version.clone() };
            let listed = self.known.listed.get(&package);
            Candidate { package, listed }
        };
        let candidates = versions.filter(|version| wanted.admits(version)).map(candidate);
        let (mut in_order, others): (Vec<_>, Vec<_>) =
            candidates.partition(|candidate| self.kept.contains(&candidate.package));
        in_order.extend(others);
        in_order
    }

    /// Whether a version can be taken at all, whatever it is taken with.
    fn fitness<'c>(&self, candidate: &Candidate<'c>) -> Fitness<'c> {
        let Some(listed) = candidate.listed else { return Fitness::Unknown };
        let package = &candidate.package;
        // Who runs a version keeps it, yanked or not: a project does not change by itself.
        if let Some(yanked) = listed.yanked.as_ref().filter(|_| !self.kept.contains(package)) {
            return Fitness::Unfit(Unfit::Yanked(yanked.reason.clone()));
        }
        let wit = listed.about.contract.as_ref().map(|contract| &contract.wit);
        match wit.filter(|wit| !is_compatible(wit, self.wit)) {
            Some(wit) => Fitness::Unfit(Unfit::Wit(wit.clone())),
            None => Fitness::Fit(&listed.about),
        }
    }

    fn offer(&self, wanted: &Requirement) -> Option<&Offer> {
        self.known.versions.get(&wanted.name)?.as_ref()
    }

    fn no_version(&self, wanted: &Requirement, tried: Tried<'_>) -> Excluded {
        let offer = self.offer(wanted);
        let versions = offer.iter().flat_map(|offer| offer.versions.iter());
        let not_asked_for = versions.filter(|version| !wanted.admits(version)).cloned().collect();
        let source = offer.map(|offer| offer.label.clone()).unwrap_or_default();
        let (wanted, tried) = (wanted.clone(), in_words(tried));
        Excluded::NoVersion { wanted, source, tried, not_asked_for }
    }
}

/// What was in vain, for those who read it.
fn told(in_vain: Vec<InVain<'_>>) -> Vec<Uncovered> {
    let uncovered = |InVain { prompt, contracts }: InVain<'_>| {
        let contracts = contracts.into_iter();
        let contracts = contracts.map(|(wanted, tried)| (wanted.clone(), in_words(tried)));
        Uncovered { prompt, contracts: contracts.collect() }
    };
    in_vain.into_iter().map(uncovered).collect()
}

fn in_words(tried: Tried<'_>) -> Vec<(Version, Unfit)> {
    let why = |why| match why {
        Why::Unfit(unfit) => unfit,
        Why::NotCovered(about) => Unfit::not_covered(about),
    };
    tried.into_iter().map(|(version, one)| (version, why(one))).collect()
}

/// Asks what a version is, and with it as many of the next as were tried in vain: few questions
/// more than are needed, and rounds as few as doubling makes them.
fn ask(in_order: &[Candidate<'_>], index: usize, unknown: &mut Unknown) {
    let asked = in_order.iter().skip(index).take(index.max(1));
    let news = asked.filter(|candidate| candidate.listed.is_none());
    unknown.listed.extend(news.map(|candidate| candidate.package.clone()));
}

/// As requirements have it: what is built for an older one runs on a newer one of its track.
fn is_compatible(built_for: &Version, host: &Version) -> bool {
    let track = |version: &Version| match (version.major, version.minor) {
        (0, minor) => (0, minor),
        (major, _) => (major, 0),
    };
    track(built_for) == track(host) && built_for <= host
}
