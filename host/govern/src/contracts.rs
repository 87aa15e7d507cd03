//! What contracts said, and what the gate makes of it.

use tollgate_model::{
    Binding, Cause, Checked, Date, Determinism, Effect, Finding, Mode, Outcome, Report, Stop,
};

use crate::probabilistic::{Together, agreeing, count, outcome, together};
use crate::{Case, Reasons};

/// Which contracts that count have passed, and which have given no answer.
#[derive(Debug, Default)]
struct Came {
    passed: bool,
    passed_deterministic: bool,
    failed: Vec<String>,
}

/// Goes through the contracts of the gate; tells those that count and gave no answer.
pub(crate) fn rule(case: &Case<'_>, reasons: &mut Reasons) -> Vec<String> {
    let mut came = Came::default();
    for binding in &case.gate.contracts {
        one(case, binding, &mut came, reasons);
    }
    for check in case.checks {
        if !case.gate.contracts.iter().any(|binding| is_of(check, binding)) {
            reasons.add(Cause::CheckUnknown { contract: check.contract.clone() });
        }
    }
    if !came.passed {
        reasons.add(Cause::NothingPassed);
    } else if !came.passed_deterministic && case.gate.allow_on_probabilistic_alone.is_none() {
        reasons.add(Cause::OnlyProbabilistic);
    }
    came.failed.sort();
    came.failed.dedup();
    came.failed
}

/// The answers that are no failures.
fn reports(check: &Checked) -> impl Iterator<Item = &Report> {
    check.verdicts.iter().flat_map(|verdict| &verdict.said)
}

fn is_of(check: &Checked, binding: &Binding) -> bool {
    match &binding.called {
        Some(called) => called.as_str() == check.contract,
        None => {
            let name = &binding.contract.name;
            check.contract.split_once('/') == Some((name.namespace(), name.name()))
        }
    }
}

fn one(case: &Case<'_>, binding: &Binding, came: &mut Came, reasons: &mut Reasons) {
    let mut checks = case.checks.iter().filter(|check| is_of(check, binding)).peekable();
    let mut asked = Asked { case, binding, reasons };
    if checks.peek().is_none() {
        asked.missing(0);
        return;
    }
    let (mut passed, mut deterministic) = (true, true);
    for check in checks {
        let answered = asked.failures(check);
        if !answered && binding.mode == Mode::Enforce {
            came.failed.push(binding.id());
        }
        passed &= asked.answers(check) && answered;
        deterministic &= check.determinism == Determinism::Deterministic;
    }
    if passed && binding.mode == Mode::Enforce {
        came.passed = true;
        came.passed_deterministic |= deterministic;
    }
}

/// A contract that was asked.
struct Asked<'a, 'c> {
    case: &'a Case<'c>,
    binding: &'a Binding,
    reasons: &'a mut Reasons,
}

impl Asked<'_, '_> {
    /// What a stop does: only what is enforced stops anything.
    fn stop(&mut self, cause: Cause, stop: Stop) {
        let enforced = self.binding.mode == Mode::Enforce;
        let effect = if enforced { stop.into() } else { Effect::Note };
        self.reasons.add_as(cause, effect);
    }

    /// What was not evaluated stops advice too, unless somebody answers for going on without it.
    fn not_evaluated(&mut self, cause: impl Fn(bool) -> Cause) {
        let today = || Date::of_ms(self.case.now_ms);
        let open = self.binding.fail_open.as_ref().is_some_and(|open| today() <= open.until);
        let effect = match self.binding.mode {
            Mode::Enforce => {
                return self.reasons.add_as(cause(false), self.binding.on_failure.into());
            }
            Mode::Advise if open => Effect::Note,
            Mode::Advise => Effect::Hold,
            Mode::Shadow => Effect::Note,
        };
        self.reasons.add_as(cause(open), effect);
    }

    fn missing(&mut self, answers: u32) {
        let (binding, mode) = (self.binding, self.binding.mode);
        let wanted = u32::from(binding.repeat);
        let cause = |_| Cause::CheckMissing { contract: binding.id(), answers, wanted, mode };
        self.not_evaluated(cause);
    }

    /// Tells what was not answered; whether everything was.
    fn failures(&mut self, check: &Checked) -> bool {
        let mut answered = true;
        let (binding, mode) = (self.binding, self.binding.mode);
        for failure in check.verdicts.iter().filter_map(|verdict| verdict.said.as_ref().err()) {
            answered = false;
            self.not_evaluated(|fail_open| Cause::Failure {
                contract: binding.id(),
                kind: failure.kind().into(),
                message: failure.to_string(),
                mode,
                fail_open,
            });
        }
        if check.verdicts.len() < usize::from(self.binding.repeat) {
            answered = false;
            self.missing(u32::try_from(check.verdicts.len()).unwrap_or(u32::MAX));
        }
        answered
    }

    /// Tells what the answers come to; whether it is a pass.
    fn answers(&mut self, check: &Checked) -> bool {
        let count = count(reports(check));
        let agreeing = agreeing(self.binding, count);
        let (binding, mode) = (self.binding, self.binding.mode);
        match together(count, agreeing) {
            Together::Agreed(Outcome::Pass) => {
                self.findings(check, None);
                return true;
            }
            Together::Agreed(Outcome::Fail) => self.fail(check),
            Together::Agreed(Outcome::Unsure) => {
                self.findings(check, None);
                self.stop(Cause::Unsure { contract: binding.id(), mode }, Stop::Hold);
            }
            // Nothing was answered, which has been told.
            Together::Split if reports(check).next().is_none() => {}
            Together::Split => {
                let answers = [count.pass, count.fail, count.unsure];
                let contract = binding.id();
                self.findings(check, None);
                self.stop(Cause::Split { contract, answers, agreeing, mode }, Stop::Hold);
            }
        }
        false
    }

    /// The findings of answers that say `fail` stop, by their severity. A `fail` without any does
    /// the least that one could do, so that no finding makes it milder.
    fn fail(&mut self, check: &Checked) {
        let on_fail = self.binding.on_fail;
        if self.findings(check, Some(Outcome::Fail)) {
            return;
        }
        let least = [on_fail.critical, on_fail.error, on_fail.warning, on_fail.info];
        let least = least.into_iter().min().unwrap_or(Stop::Hold);
        let (contract, mode) = (self.binding.id(), self.binding.mode);
        self.stop(Cause::Fail { contract, mode }, least);
    }

    /// Tells all findings; those of answers with the outcome that counts do what the gate says.
    /// Whether there were any of these.
    fn findings(&mut self, check: &Checked, counts: Option<Outcome>) -> bool {
        let mut any = false;
        for report in reports(check) {
            let counts = counts == Some(outcome(report));
            any |= counts && !report.findings.is_empty();
            for finding in &report.findings {
                let cause = self.finding(finding);
                if counts {
                    self.stop(cause, self.binding.on_fail.stop(finding.severity));
                } else {
                    self.reasons.add_as(cause, Effect::Note);
                }
            }
        }
        any
    }

    fn finding(&self, finding: &Finding) -> Cause {
        Cause::Finding {
            contract: self.binding.id(),
            rule: finding.rule.clone(),
            severity: finding.severity,
            message: finding.message.clone(),
            mode: self.binding.mode,
        }
    }
}
