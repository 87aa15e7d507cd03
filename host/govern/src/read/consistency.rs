//! Checks across the values of a gate record, after each value was read on its own.

use std::collections::BTreeSet;

use tollgate_model::{
    AbsentPart, Autonomy, BrandVoice, Capability, ContractBinding, Digest, EnforcementMode, Gate,
    KpiThreshold, Person, QUALITY_KEYS, ReviewPolicy, Share,
};

use super::error::GateFileErrorKind;
use super::tree::{Node, Step, TreeError, Value};
use crate::autonomy::{REVIEWED_CYCLES_MIN, levels};

/// Most required approvals. With more, an output would hardly ever be approved.
const REVIEWERS_MAX: u8 = 5;
/// Most repetitions of a contract. More cost money and hardly change the vote.
const REPEAT_MAX: u8 = 15;

/// Runs all checks and adds their errors. `expected_name` is the name of the file.
pub(super) fn check_consistency(
    expected_name: Option<&str>,
    gate: &Gate,
    tree: &Node,
    errors: &mut Vec<TreeError>,
) {
    let mut check = ConsistencyCheck { tree, errors };
    check.check_name(expected_name, gate);
    check.check_purpose(gate);
    if let Some(autonomy) = &gate.autonomy {
        check.check_autonomy(autonomy);
    }
    check.check_review(&gate.review, gate.author.as_ref());
    check.check_contracts(&gate.contracts);
    check.check_topics(gate);
    for (index, threshold) in gate.performance.iter().enumerate() {
        check.check_threshold(index, threshold);
    }
    check.check_duplicates(
        "performance",
        gate.performance.iter().map(|threshold| threshold.kpi.as_str()),
    );
    check.check_duplicates("access", gate.access.iter().map(|access| access.system.as_str()));
    if gate.oversight.sample_share == Some(Share::NONE) {
        check.report("oversight.sample-share", GateFileErrorKind::EmptySample);
    }
    check.check_data(gate);
    check.check_validity_dates(gate);
}

/// Checks the document that a gate has as its brand voice. `actual` is its digest, or `None` if it is missing.
pub(super) fn check_document(
    voice: &BrandVoice,
    actual: Option<Digest>,
    tree: &Node,
    errors: &mut Vec<TreeError>,
) {
    let (document, agreed) = (voice.document.to_string(), voice.digest);
    let mut check = ConsistencyCheck { tree, errors };
    match actual {
        None => {
            let kind = GateFileErrorKind::NoBrandVoice(document);
            check.report("guardrails.brand-voice.document", kind);
        }
        Some(actual) if actual != agreed => {
            let kind = GateFileErrorKind::OtherBrandVoice { document, actual, agreed };
            check.report("guardrails.brand-voice.digest", kind);
        }
        Some(_) => {}
    }
}

struct ConsistencyCheck<'a> {
    tree: &'a Node,
    errors: &'a mut Vec<TreeError>,
}

impl ConsistencyCheck<'_> {
    /// Adds an error at a path of keys and indices, separated by dots.
    fn report(&mut self, path: &str, kind: GateFileErrorKind) {
        let path: Vec<Step> = path.split('.').map(parse_step).collect();
        let mut known = &path[..];
        // If the value itself is missing, use the place of the nearest table around it.
        let span = loop {
            match (self.tree.at(known), known) {
                (Some(node), _) => break node.span,
                (None, [rest @ .., _]) => known = rest,
                (None, []) => break self.tree.span,
            }
        };
        self.errors.push(TreeError { span, path, kind });
    }

    fn check_name(&mut self, expected_name: Option<&str>, gate: &Gate) {
        if let Some(stem) = expected_name
            && stem != gate.name.as_str()
        {
            self.report("name", GateFileErrorKind::NameMismatch(stem.into()));
        }
    }

    /// Refuses keys that a gate of the purpose `quality` would ignore.
    fn check_purpose(&mut self, gate: &Gate) {
        let (true, Value::Table(members)) = (gate.is_quality(), &self.tree.value) else { return };
        let ignored = members
            .iter()
            .filter(|(key, node)| !node.is_removed() && !QUALITY_KEYS.contains(&key.text.as_str()));
        self.errors.extend(ignored.map(|(key, _)| TreeError {
            span: key.span,
            path: vec![Step::Key(key.text.clone())],
            kind: GateFileErrorKind::NotOfQuality,
        }));
    }

    fn check_autonomy(&mut self, autonomy: &Autonomy) {
        let range = levels(autonomy.scheme);
        let (lowest, highest) = (*range.start(), *range.end());
        let scheme = autonomy.scheme;
        let not_in_scheme =
            |level| GateFileErrorKind::LevelNotInScheme { level, scheme, lowest, highest };
        if !range.contains(&autonomy.level) {
            self.report("autonomy.level", not_in_scheme(autonomy.level));
        }
        if let Some(level) = autonomy.highest {
            if !range.contains(&level) {
                self.report("autonomy.highest", not_in_scheme(level));
            } else if range.contains(&autonomy.level) && level < autonomy.level {
                let kind =
                    GateFileErrorKind::HighestBelowLevel { level: autonomy.level, highest: level };
                self.report("autonomy.highest", kind);
            }
        }
        let cycles = autonomy.promotion.as_ref().map(|promotion| promotion.reviewed_cycles);
        if let Some(cycles) = cycles.filter(|cycles| *cycles < REVIEWED_CYCLES_MIN) {
            self.report(
                "autonomy.promotion.reviewed-cycles",
                GateFileErrorKind::TooFewCycles(cycles),
            );
        }
    }

    fn check_review(&mut self, review: &ReviewPolicy, author: Option<&Person>) {
        for (key, holders) in
            [("reviewers", &review.reviewers), ("escalate-to", &review.escalate_to)]
        {
            for (index, reviewer) in holders.iter().enumerate() {
                let path = format!("review.{key}.{index}");
                if Some(&reviewer.name) == author {
                    self.report(&path, GateFileErrorKind::ReviewerIsAuthor(reviewer.name.clone()));
                } else if review.may_not.contains(&reviewer.name) {
                    self.report(&path, GateFileErrorKind::ReviewerExcluded(reviewer.name.clone()));
                }
            }
        }
        let mut names: Vec<_> = review.reviewers.iter().map(|holder| &holder.name).collect();
        names.sort();
        names.dedup();
        let required = review.count.unwrap_or(1);
        if let Some(given) = review.count.filter(|count| !(1..=REVIEWERS_MAX).contains(count)) {
            let kind = GateFileErrorKind::OutOfBounds { given, least: 1, most: REVIEWERS_MAX };
            self.report("review.count", kind);
        } else if !names.is_empty()
            && review.roles.is_empty()
            && names.len() < usize::from(required)
        {
            self.report(
                "review.count",
                GateFileErrorKind::TooFewReviewers { required, named: names.len() },
            );
        }
        self.check_duplicates(
            "review.checklist",
            review.checklist.iter().map(|item| item.item.as_str()),
        );
    }

    fn check_contracts(&mut self, contracts: &[ContractBinding]) {
        self.check_binding_ids(contracts);
        for (index, binding) in contracts.iter().enumerate() {
            self.check_contract(&format!("contracts.{index}"), binding);
        }
    }

    /// Refuses two bindings with one id, and proposes an `as` for the second one.
    fn check_binding_ids(&mut self, contracts: &[ContractBinding]) {
        let mut seen = BTreeSet::new();
        let mut taken: BTreeSet<_> = contracts.iter().map(ContractBinding::id).collect();
        for (index, binding) in contracts.iter().enumerate() {
            let id = binding.id();
            if seen.insert(id.clone()) {
                continue;
            }
            let alias = propose_alias(binding, &taken);
            taken.insert(alias.clone());
            let kind = GateFileErrorKind::BindingTwice { id, alias };
            self.report(&format!("contracts.{index}"), kind);
        }
    }

    fn check_contract(&mut self, path: &str, binding: &ContractBinding) {
        if binding.at.is_none() && binding.when_absent != AbsentPart::default() {
            self.report(&format!("{path}.when-absent"), GateFileErrorKind::AbsentWithoutPart);
        }
        let (repeat, majority) = (binding.repeat, binding.required_majority());
        if !(1..=REPEAT_MAX).contains(&repeat) {
            let kind = GateFileErrorKind::OutOfBounds { given: repeat, least: 1, most: REPEAT_MAX };
            self.report(&format!("{path}.repeat"), kind);
        } else if majority <= repeat / 2 || majority > repeat {
            let kind = GateFileErrorKind::NoMajority { majority, repeat };
            self.report(&format!("{path}.majority"), kind);
        }
        if binding.config.is_some() && binding.config_file.is_some() {
            self.report(&format!("{path}.config-file"), GateFileErrorKind::TwoConfigs);
        }
        if !binding.tables.is_empty() && !binding.grants.contains(&Capability::Lookup) {
            self.report(&format!("{path}.tables"), GateFileErrorKind::TablesWithoutLookup);
        }
        if binding.fail_open.is_some() && binding.mode == EnforcementMode::Enforce {
            self.report(&format!("{path}.fail-open"), GateFileErrorKind::FailOpenEnforced);
        }
    }

    fn check_topics(&mut self, gate: &Gate) {
        let Some(judge) = &gate.guardrails.topics_judged_by else { return };
        let judges = |binding: &ContractBinding| {
            binding.mode == EnforcementMode::Enforce && binding.id() == judge.as_str()
        };
        if !gate.contracts.iter().any(judges) {
            let kind = GateFileErrorKind::UnknownTopicsContract(judge.to_string());
            self.report("guardrails.topics-judged-by", kind);
        }
    }

    fn check_threshold(&mut self, index: usize, threshold: &KpiThreshold) {
        let fits = match (threshold.at_least, threshold.at_most) {
            (None, None) => false,
            (Some(least), Some(most)) => least <= most,
            _ => true,
        };
        // A limit that was wrong has an error of its own.
        let place = [Step::Key("performance".into()), Step::Index(index)];
        let is_removed = self.tree.at(&place).is_some_and(Node::has_removed_member);
        if !fits && !is_removed {
            self.report(&format!("performance.{index}"), GateFileErrorKind::InvalidLimits);
        }
    }

    fn check_data(&mut self, gate: &Gate) {
        let classes = gate.data.as_deref().unwrap_or_default();
        self.check_duplicates("data", classes.iter().map(|data| data.class.as_str()));
        for (index, data) in classes.iter().enumerate() {
            if data.region_restricted == Some(true) && data.regions.is_empty() {
                self.report(
                    &format!("data.{index}.region-restricted"),
                    GateFileErrorKind::RegionsMissing,
                );
            }
        }
    }

    /// Checks the dates of approvals and sign-offs, and that no author signs off.
    fn check_validity_dates(&mut self, gate: &Gate) {
        for (index, approval) in gate.approvals.iter().enumerate() {
            if let Some(until) = approval.until.filter(|until| *until < approval.on) {
                let (end, start) = (until.to_string(), approval.on.to_string());
                let path = format!("approvals.{index}.until");
                self.report(&path, GateFileErrorKind::EndBeforeStart { end, start });
            }
        }
        for (index, sign_off) in gate.sign_offs.iter().enumerate() {
            if let Some(until) = sign_off.until.filter(|until| *until < sign_off.on) {
                let (end, start) = (until.to_string(), sign_off.on.to_string());
                let path = format!("sign-offs.{index}.until");
                self.report(&path, GateFileErrorKind::EndBeforeStart { end, start });
            }
            if Some(&sign_off.by.name) == gate.author.as_ref() {
                let kind = GateFileErrorKind::SignOffByAuthor(sign_off.by.name.clone());
                self.report(&format!("sign-offs.{index}.by"), kind);
            }
        }
    }

    fn check_duplicates<'n>(&mut self, path: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                self.report(&format!("{path}.{index}"), GateFileErrorKind::Duplicate(name.into()));
            }
        }
    }
}

/// Returns a name for a binding that no other one has: the contract, with the place that it judges.
fn propose_alias(binding: &ContractBinding, taken: &BTreeSet<String>) -> String {
    let place = binding.at.as_ref().map(ToString::to_string).unwrap_or_default();
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_');
    let words = place.split(|character| !is_word(character)).filter(|word| !word.is_empty());
    let words: Vec<_> = std::iter::once(binding.contract.name.name()).chain(words).collect();
    let base = words.join("-");
    let numbered = (2..).map(|number: u64| format!("{base}-{number}"));
    let mut names = std::iter::once(base.clone()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or(base)
}

fn parse_step(part: &str) -> Step {
    part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index)
}
