//! The contract rules: reasons from reports, failures and missing checks.

use tollgate_model::{
    AbsentPart, CheckedPart, ContractBinding, ContractCheck, Date, Determinism, EnforcementMode,
    Finding, JsonProblem, Outcome, OutputPlace, PartProblem, ReasonEffect, ReasonKind, Report,
    StopEffect,
};

use crate::probabilistic::{
    MajorityVote, count_outcomes, effective_outcome, majority_vote, required_agreement,
};
use crate::{DecisionInput, Reasons};

/// Results of the enforced contracts.
#[derive(Debug, Default)]
struct ContractTally {
    // Those whose parts are all missing are left out: they judged nothing.
    any_deterministic_passed: bool,
    any_probabilistic_passed: bool,
    /// Those whose failure costs the gate a level.
    failed: Vec<String>,
}

/// Adds the reasons of all contracts. Returns the enforced contracts whose failure costs the gate a level.
pub(crate) fn add_reasons(input: &DecisionInput<'_>, reasons: &mut Reasons) -> Vec<String> {
    if input.facts.is_unfenced {
        reasons.add(ReasonKind::Unfenced);
    }
    if let Some(problem) = &input.facts.not_json {
        reasons.add(not_json_reason(problem));
        // No contract was asked, and each of them would say so again.
        return Vec::new();
    }
    let mut tally = ContractTally::default();
    for binding in &input.gate.contracts {
        add_contract_reasons(input, binding, &mut tally, reasons);
    }
    for check in input.checks {
        if !input.gate.contracts.iter().any(|binding| is_check_of(check, binding)) {
            reasons.add(ReasonKind::ContractUnknown { contract: check.contract.clone() });
        }
    }
    match (tally.any_deterministic_passed, tally.any_probabilistic_passed) {
        (true, _) => {}
        (false, false) => reasons.add(ReasonKind::NothingPassed),
        (false, true) if input.gate.allow_on_probabilistic_alone.is_some() => {}
        (false, true) => reasons.add(ReasonKind::OnlyProbabilistic),
    }
    tally.failed.sort();
    tally.failed.dedup();
    tally.failed
}

fn not_json_reason(problem: &JsonProblem) -> ReasonKind {
    ReasonKind::NotJson {
        line: problem.line,
        column: problem.column,
        problem: problem.message.clone(),
        fenced: problem.is_fenced,
        open_fence: problem.has_open_fence,
    }
}

/// Returns the reports of a check, without failures.
fn answered_reports(check: &ContractCheck) -> impl Iterator<Item = &Report> {
    check.verdicts.iter().filter_map(|verdict| verdict.result.report())
}

fn is_check_of(check: &ContractCheck, binding: &ContractBinding) -> bool {
    match &binding.alias {
        Some(called) => called.as_str() == check.contract,
        // A binding without `as` is named by its contract, without the version requirement.
        None => {
            let name = &binding.contract.name;
            check.contract.split_once('/') == Some((name.namespace(), name.name()))
        }
    }
}

fn add_contract_reasons(
    input: &DecisionInput<'_>,
    binding: &ContractBinding,
    tally: &mut ContractTally,
    reasons: &mut Reasons,
) {
    let mut checks = input.checks.iter().filter(|check| is_check_of(check, binding)).peekable();
    let mut contract_reasons = BindingReasons { input, binding, reasons };
    if checks.peek().is_none() {
        contract_reasons.add_missing_answers(None, 0);
        return;
    }
    // A contract has a check for each part of the document that it judges; all of them have to pass.
    let (mut passed, mut deterministic, mut judged) = (true, true, false);
    for check in checks {
        deterministic &= check.determinism == Determinism::Deterministic;
        if binding.at.is_some() != check.part.is_some() {
            // It judged something else than the gate says.
            contract_reasons.add_missing_answers(part_pointer(check), 0);
            passed = false;
            continue;
        }
        if let Some(CheckedPart { at, problem: Some(problem) }) = &check.part {
            passed &= contract_reasons.add_part_problem(at, *problem);
            continue;
        }
        judged = true;
        let answered = contract_reasons.add_failures(check);
        // The author of an output can make a contract fail, and must not take the gate a level with it.
        let fails_by_itself = check.fails_ordinary && check.has_failure();
        if fails_by_itself && binding.mode == EnforcementMode::Enforce {
            tally.failed.push(binding.id());
        }
        passed &= contract_reasons.add_vote(check) && answered;
    }
    if passed && judged && binding.mode == EnforcementMode::Enforce {
        tally.any_deterministic_passed |= deterministic;
        tally.any_probabilistic_passed |= !deterministic;
    }
}

/// Reasons of one contract as the gate binds it.
struct BindingReasons<'a, 'c> {
    input: &'a DecisionInput<'c>,
    binding: &'a ContractBinding,
    reasons: &'a mut Reasons,
}

impl BindingReasons<'_, '_> {
    /// Adds a reason that stops the output if the contract is enforced, and is a note otherwise.
    fn add_stop(&mut self, kind: ReasonKind, stop: StopEffect) {
        let enforced = self.binding.mode == EnforcementMode::Enforce;
        let effect = if enforced { stop.into() } else { ReasonEffect::Note };
        self.reasons.add_as(kind, effect);
    }

    /// Adds a reason for a missing evaluation. It holds for advice too, unless the gate has a
    /// fail-open entry with an owner that is still valid. `kind` is passed whether it is.
    fn add_not_evaluated(&mut self, kind: impl Fn(bool) -> ReasonKind) {
        let today = || Date::from_ms(self.input.now_ms);
        let open = self.binding.fail_open.as_ref().is_some_and(|open| today() <= open.until);
        let effect = match self.binding.mode {
            // Enforced contracts never fail open, even if a gate was not read from a file.
            EnforcementMode::Enforce => {
                return self.reasons.add_as(kind(false), self.binding.on_failure.into());
            }
            EnforcementMode::Advise if open => ReasonEffect::Note,
            EnforcementMode::Advise => ReasonEffect::Hold,
            EnforcementMode::Shadow => ReasonEffect::Note,
        };
        self.reasons.add_as(kind(open), effect);
    }

    /// Adds the reason for a place with nothing to judge. Returns whether the gate says that this passes.
    fn add_part_problem(&mut self, at: &str, problem: PartProblem) -> bool {
        let (contract, mode) = (self.binding.id(), self.binding.mode);
        let kind = ReasonKind::PartNotJudged { contract, at: at.to_owned(), problem, mode };
        let is_optional = self.binding.when_absent == AbsentPart::Pass;
        let passes = problem == PartProblem::Absent && is_optional;
        match passes {
            true => self.reasons.add_as(kind, ReasonEffect::Note),
            false => self.add_not_evaluated(|_| kind.clone()),
        }
        passes
    }

    fn add_missing_answers(&mut self, at: Option<String>, answers: u32) {
        let (binding, mode) = (self.binding, self.binding.mode);
        let required = u32::from(binding.repeat);
        let kind = |_| ReasonKind::AnswersMissing {
            contract: binding.id(),
            at: at.clone(),
            answers,
            expected: required,
            mode,
        };
        self.add_not_evaluated(kind);
    }

    /// Adds failures and missing answers. Returns whether every answer was given.
    fn add_failures(&mut self, check: &ContractCheck) -> bool {
        let mut answered = true;
        let (binding, mode, at) = (self.binding, self.binding.mode, part_pointer(check));
        for failure in check.verdicts.iter().filter_map(|verdict| verdict.result.failure()) {
            answered = false;
            self.add_not_evaluated(|fail_open| ReasonKind::Failure {
                contract: binding.id(),
                at: at.clone(),
                kind: failure.kind().into(),
                message: failure.to_string(),
                mode,
                fail_open,
                fails_ordinary: check.fails_ordinary,
            });
        }
        if check.verdicts.len() < usize::from(self.binding.repeat) {
            answered = false;
            let answers = u32::try_from(check.verdicts.len()).unwrap_or(u32::MAX);
            self.add_missing_answers(at, answers);
        }
        answered
    }

    /// Adds the reasons for the outcome of the vote. Returns whether it is a pass.
    fn add_vote(&mut self, check: &ContractCheck) -> bool {
        let count = count_outcomes(answered_reports(check));
        let agreeing = required_agreement(self.binding, count);
        let (binding, mode, at) = (self.binding, self.binding.mode, part_pointer(check));
        match majority_vote(count, agreeing) {
            MajorityVote::Agreed(Outcome::Pass) => {
                self.add_findings(check, None);
                return true;
            }
            MajorityVote::Agreed(Outcome::Fail) => self.add_fail(check),
            MajorityVote::Agreed(Outcome::Unsure) => {
                self.add_findings(check, None);
                let contract = binding.id();
                self.add_stop(ReasonKind::Unsure { contract, at, mode }, StopEffect::Hold);
            }
            // No reports at all: `add_failures` has added the reason.
            MajorityVote::Split if answered_reports(check).next().is_none() => {}
            MajorityVote::Split => {
                let contract = binding.id();
                self.add_findings(check, None);
                let (answers, majority) = (count, agreeing);
                let kind = ReasonKind::NoMajority { contract, at, answers, majority, mode };
                self.add_stop(kind, StopEffect::Hold);
            }
        }
        false
    }

    /// Stops by the severity of each finding of the failing reports. A `fail` without findings has
    /// the mildest effect of the gate's `on-fail`, so that adding a finding never makes a decision
    /// milder.
    fn add_fail(&mut self, check: &ContractCheck) {
        let on_fail = self.binding.on_fail;
        if self.add_findings(check, Some(Outcome::Fail)) {
            return;
        }
        let mildest = [on_fail.critical, on_fail.error, on_fail.warning, on_fail.info];
        let mildest = mildest.into_iter().min().unwrap_or(StopEffect::Hold);
        let (contract, mode) = (self.binding.id(), self.binding.mode);
        self.add_stop(ReasonKind::Fail { contract, at: part_pointer(check), mode }, mildest);
    }

    /// Adds all findings. Those of reports with the outcome `counts` stop as `on-fail` says, the
    /// others are notes. Returns whether any finding counted.
    fn add_findings(&mut self, check: &ContractCheck, counts: Option<Outcome>) -> bool {
        let mut any = false;
        for report in answered_reports(check) {
            let counts = counts == Some(effective_outcome(report));
            any |= counts && !report.findings.is_empty();
            for finding in &report.findings {
                let kind = self.finding_reason(check, finding);
                if counts {
                    self.add_stop(kind, self.binding.on_fail.stop_for(finding.severity));
                } else {
                    self.reasons.add_as(kind, ReasonEffect::Note);
                }
            }
        }
        any
    }

    fn finding_reason(&self, check: &ContractCheck, finding: &Finding) -> ReasonKind {
        let part = check.part_pointer();
        ReasonKind::Finding {
            contract: self.binding.id(),
            at: part.and_then(|part| OutputPlace::new(&finding.place, Some(part)).pointer),
            rule: finding.rule.clone(),
            severity: finding.severity,
            message: finding.message.clone(),
            mode: self.binding.mode,
        }
    }
}

/// Returns the pointer of the part that a check is about, or `None` for the whole output.
fn part_pointer(check: &ContractCheck) -> Option<String> {
    check.part_pointer().map(Into::into)
}
