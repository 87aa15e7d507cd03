//! Whether the parts of a record fit each other.

use std::collections::BTreeSet;

use tollgate_model::{Autonomy, Binding, Capability, Gate, Mode, Person, Review, Share, Threshold};

use super::fault::Problem;
use super::tree::{Node, Step, Wrong};
use crate::autonomy::{REVIEWED_CYCLES_MIN, levels};

/// More people than this approve nothing any more.
const REVIEWERS_MAX: u8 = 5;
/// Asking a model more often costs more than it tells.
const REPEAT_MAX: u8 = 15;

/// Looks at everything; tells what does not fit.
pub(super) fn look(called: Option<&str>, gate: &Gate, tree: &Node, faults: &mut Vec<Wrong>) {
    let mut fit = Fit { tree, faults };
    fit.name(called, gate);
    if let Some(autonomy) = &gate.autonomy {
        fit.autonomy(autonomy);
    }
    fit.review(&gate.review, gate.author.as_ref());
    fit.contracts(&gate.contracts);
    fit.topics(gate);
    for (index, threshold) in gate.performance.iter().enumerate() {
        fit.threshold(index, threshold);
    }
    fit.twice("performance", gate.performance.iter().map(|threshold| threshold.kpi.as_str()));
    fit.twice("access", gate.access.iter().map(|access| access.system.as_str()));
    if gate.oversight.sample_share == Some(Share::NONE) {
        fit.tell("oversight.sample-share", Problem::NothingSampled);
    }
    fit.data(gate);
    fit.agreements(gate);
}

struct Fit<'a> {
    tree: &'a Node,
    faults: &'a mut Vec<Wrong>,
}

impl Fit<'_> {
    /// Keys and indices, with dots between them.
    fn tell(&mut self, path: &str, problem: Problem) {
        let path: Vec<Step> = path.split('.').map(step).collect();
        let mut known = &path[..];
        // Where the value itself is not there, what it should be in is.
        let line = loop {
            match (self.tree.at(known), known) {
                (Some(node), _) => break node.line,
                (None, [rest @ .., _]) => known = rest,
                (None, []) => break self.tree.line,
            }
        };
        self.faults.push(Wrong { line, path, problem });
    }

    fn name(&mut self, called: Option<&str>, gate: &Gate) {
        if let Some(stem) = called
            && stem != gate.name.as_str()
        {
            self.tell("name", Problem::NameOfFile(stem.into()));
        }
    }

    fn autonomy(&mut self, autonomy: &Autonomy) {
        let range = levels(autonomy.scheme);
        let (lowest, highest) = (*range.start(), *range.end());
        let scheme = autonomy.scheme;
        let not_there = |level| Problem::LevelNotInScheme { level, scheme, lowest, highest };
        if !range.contains(&autonomy.level) {
            self.tell("autonomy.level", not_there(autonomy.level));
        }
        if let Some(level) = autonomy.highest {
            if !range.contains(&level) {
                self.tell("autonomy.highest", not_there(level));
            } else if range.contains(&autonomy.level) && level < autonomy.level {
                let problem = Problem::HighestBelowLevel { level: autonomy.level, highest: level };
                self.tell("autonomy.highest", problem);
            }
        }
        let cycles = autonomy.promotion.as_ref().map(|promotion| promotion.reviewed_cycles);
        if let Some(cycles) = cycles.filter(|cycles| *cycles < REVIEWED_CYCLES_MIN) {
            self.tell("autonomy.promotion.reviewed-cycles", Problem::CyclesTooFew(cycles));
        }
    }

    fn review(&mut self, review: &Review, author: Option<&Person>) {
        for (index, reviewer) in review.reviewers.iter().enumerate() {
            let place = format!("review.reviewers.{index}");
            if Some(&reviewer.name) == author {
                self.tell(&place, Problem::ReviewerIsAuthor(reviewer.name.clone()));
            } else if review.may_not.contains(&reviewer.name) {
                self.tell(&place, Problem::ReviewerMayNot(reviewer.name.clone()));
            }
        }
        let mut names: Vec<_> = review.reviewers.iter().map(|holder| &holder.name).collect();
        names.sort();
        names.dedup();
        let wanted = review.count.unwrap_or(1);
        if let Some(given) = review.count.filter(|count| !(1..=REVIEWERS_MAX).contains(count)) {
            let problem = Problem::OutOfBounds { given, least: 1, most: REVIEWERS_MAX };
            self.tell("review.count", problem);
        } else if !names.is_empty() && review.roles.is_empty() && names.len() < usize::from(wanted)
        {
            self.tell("review.count", Problem::ReviewersTooFew { wanted, named: names.len() });
        }
        self.twice("review.checklist", review.checklist.iter().map(|item| item.item.as_str()));
    }

    fn contracts(&mut self, contracts: &[Binding]) {
        let ids: Vec<String> = contracts.iter().map(Binding::id).collect();
        self.twice("contracts", ids.iter().map(String::as_str));
        for (index, binding) in contracts.iter().enumerate() {
            self.contract(&format!("contracts.{index}"), binding);
        }
    }

    fn contract(&mut self, place: &str, binding: &Binding) {
        let (repeat, agreeing) = (binding.repeat, binding.agreeing());
        if !(1..=REPEAT_MAX).contains(&repeat) {
            let problem = Problem::OutOfBounds { given: repeat, least: 1, most: REPEAT_MAX };
            self.tell(&format!("{place}.repeat"), problem);
        } else if agreeing <= repeat / 2 || agreeing > repeat {
            let problem = Problem::NoMajority { majority: agreeing, repeat };
            self.tell(&format!("{place}.majority"), problem);
        }
        if binding.config.is_some() && binding.config_file.is_some() {
            self.tell(&format!("{place}.config-file"), Problem::TwoConfigs);
        }
        if !binding.tables.is_empty() && !binding.grants.contains(&Capability::Lookup) {
            self.tell(&format!("{place}.tables"), Problem::TablesWithoutLookup);
        }
        if binding.fail_open.is_some() && binding.mode == Mode::Enforce {
            self.tell(&format!("{place}.fail-open"), Problem::FailOpenEnforced);
        }
    }

    fn topics(&mut self, gate: &Gate) {
        let Some(judge) = &gate.guardrails.topics_judged_by else { return };
        let judges =
            |binding: &Binding| binding.mode == Mode::Enforce && binding.id() == judge.as_str();
        if !gate.contracts.iter().any(judges) {
            let problem = Problem::NoJudgeOfTopics(judge.to_string());
            self.tell("guardrails.topics-judged-by", problem);
        }
    }

    fn threshold(&mut self, index: usize, threshold: &Threshold) {
        let fits = match (threshold.at_least, threshold.at_most) {
            (None, None) => false,
            (Some(least), Some(most)) => least <= most,
            _ => true,
        };
        if !fits {
            self.tell(&format!("performance.{index}"), Problem::NoLimit);
        }
    }

    fn data(&mut self, gate: &Gate) {
        let classes = gate.data.as_deref().unwrap_or_default();
        self.twice("data", classes.iter().map(|data| data.class.as_str()));
        for (index, data) in classes.iter().enumerate() {
            if data.region_restricted == Some(true) && data.regions.is_empty() {
                self.tell(&format!("data.{index}.region-restricted"), Problem::NoRegions);
            }
        }
    }

    /// Approvals and sign-offs.
    fn agreements(&mut self, gate: &Gate) {
        for (index, approval) in gate.approvals.iter().enumerate() {
            if let Some(until) = approval.until.filter(|until| *until < approval.on) {
                let (until, on) = (until.to_string(), approval.on.to_string());
                let place = format!("approvals.{index}.until");
                self.tell(&place, Problem::OverBefore { until, on });
            }
        }
        for (index, sign_off) in gate.sign_offs.iter().enumerate() {
            if let Some(until) = sign_off.until.filter(|until| *until < sign_off.on) {
                let (until, on) = (until.to_string(), sign_off.on.to_string());
                let place = format!("sign-offs.{index}.until");
                self.tell(&place, Problem::OverBefore { until, on });
            }
            if Some(&sign_off.by.name) == gate.author.as_ref() {
                let problem = Problem::SignOffByAuthor(sign_off.by.name.clone());
                self.tell(&format!("sign-offs.{index}.by"), problem);
            }
        }
    }

    fn twice<'n>(&mut self, place: &str, names: impl Iterator<Item = &'n str>) {
        let mut seen = BTreeSet::new();
        for (index, name) in names.enumerate() {
            if !seen.insert(name) {
                self.tell(&format!("{place}.{index}"), Problem::Twice(name.into()));
            }
        }
    }
}

fn step(part: &str) -> Step {
    part.parse().map_or_else(|_| Step::Key(part.into()), Step::Index)
}
