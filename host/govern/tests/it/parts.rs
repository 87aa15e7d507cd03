//! Decisions about parts of documents, and about documents that are none.

use tollgate_govern::OutputFacts;
use tollgate_model::{
    AbsentPart, CheckedPart, Content, ContractCheck, Decision, Determinism, EnforcementMode,
    Outcome, PartProblem, Ruling, Severity, StopEffect, Subject,
};

use crate::common::{Scenario, Verdict, failure, pass, report, subject};
use crate::decisions::one_contract;

/// Returns a scenario with one contract, which judges parts.
fn scenario(change: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut scenario = one_contract(vec![pass()]);
    scenario.gate.contracts[0].at = Some("/items/*".parse().unwrap());
    change(&mut scenario);
    scenario
}

/// Decides by a check for each part.
fn decide(scenario: &Scenario, parts: &[(&str, Result<Vec<Verdict>, PartProblem>)]) -> Decision {
    let check = |(at, result): &(&str, Result<Vec<Verdict>, PartProblem>)| {
        let mut scenario = scenario.clone();
        scenario.set_verdicts(0, result.clone().unwrap_or_default());
        let part = Some(CheckedPart { at: (*at).into(), problem: result.as_ref().err().copied() });
        ContractCheck { part, ..scenario.checks().remove(0) }
    };
    scenario.decide_by(&parts.iter().map(check).collect::<Vec<_>>())
}

/// Returns the reasons as their effect, code and place.
fn reasons(decision: &Decision) -> Vec<String> {
    let reasons = decision.reasons.iter().map(|reason| {
        let at = reason.kind.pointer().unwrap_or_default();
        format!("{} {} {at}", reason.effect, reason.kind.code()).trim_end().to_owned()
    });
    reasons.collect()
}

#[test]
fn every_part_has_to_pass() {
    let scenario = scenario(|_| {});
    let (passed, failed) =
        (Ok(vec![pass()]), Ok(vec![report(Outcome::Fail, &[Severity::Critical])]));
    let decision = decide(&scenario, &[("/items/0", passed.clone()), ("/items/1", passed.clone())]);
    assert_eq!((decision.ruling, reasons(&decision)), (Ruling::Allow, Vec::new()));
    let decision = decide(&scenario, &[("/items/0", failed), ("/items/1", passed.clone())]);
    assert_eq!(decision.ruling, Ruling::Block);
    assert_eq!(reasons(&decision), ["block finding /items/0", "hold nothing-passed"]);
    let decision = decide(&scenario, &[("/items/0", passed), ("/items/1", Ok(vec![failure()]))]);
    assert_eq!(reasons(&decision), ["block failure /items/1", "hold nothing-passed"]);
}

#[test]
fn parts_that_are_not_there_do_not_pass() {
    let problems = [
        PartProblem::Absent,
        PartProblem::WrongShape,
        PartProblem::NotADocument,
        PartProblem::TooMany,
        PartProblem::Ambiguous,
        PartProblem::Unreadable,
    ];
    for problem in problems {
        let parts = [("/items/0", Ok(vec![pass()])), ("/items/1", Err(problem))];
        let decision = decide(&scenario(|_| {}), &parts);
        assert_eq!(
            reasons(&decision),
            ["block part-not-judged /items/1", "hold nothing-passed"],
            "{problem:?}"
        );
        let held = scenario(|scenario| scenario.gate.contracts[0].on_failure = StopEffect::Hold);
        assert_eq!(decide(&held, &parts).ruling, Ruling::Hold);
        let optional =
            scenario(|scenario| scenario.gate.contracts[0].when_absent = AbsentPart::Pass);
        let is_excused = problem == PartProblem::Absent;
        let decision = decide(&optional, &parts);
        assert_eq!(decision.ruling == Ruling::Allow, is_excused, "{problem:?}");
        let effect = if is_excused { "note" } else { "block" };
        assert_eq!(reasons(&decision)[0], format!("{effect} part-not-judged /items/1"));
        let advised =
            scenario(|scenario| scenario.gate.contracts[0].mode = EnforcementMode::Advise);
        assert!(
            reasons(&decide(&advised, &parts)).contains(&"hold part-not-judged /items/1".into())
        );
    }
}

#[test]
fn an_output_that_no_contract_judged_does_not_pass() {
    let mut scenario =
        scenario(|scenario| scenario.gate.contracts[0].when_absent = AbsentPart::Pass);
    let parts = [("/items/*", Err(PartProblem::Absent))];
    for determinism in [Determinism::Deterministic, Determinism::Probabilistic] {
        scenario.results[0].1 = determinism;
        let decision = decide(&scenario, &parts);
        assert_eq!(decision.ruling, Ruling::Hold);
        assert_eq!(reasons(&decision), ["hold nothing-passed", "note part-not-judged /items/*"]);
    }
    scenario.gate = scenario.gate.clone().into_quality();
    let decision = decide(&scenario, &parts);
    assert_eq!(decision.ruling, Ruling::Fail);
    assert_eq!(reasons(&decision), ["hold nothing-passed", "note part-not-judged /items/*"]);
}

#[test]
fn an_optional_part_that_is_missing_stands_in_for_no_contract_that_asks_a_model() {
    let mut scenario =
        scenario(|scenario| scenario.gate.contracts[0].when_absent = AbsentPart::Pass);
    let mut asking = scenario.gate.contracts[0].clone();
    (asking.alias, asking.at) = (Some("tone".parse().unwrap()), None);
    asking.when_absent = AbsentPart::default();
    scenario.gate.contracts.push(asking);
    scenario.results.push(("tone".into(), Determinism::Probabilistic, vec![pass()]));
    let decide = |part: Result<(), PartProblem>| {
        let mut checks = scenario.checks();
        checks[0].part = Some(CheckedPart { at: "/items/0".into(), problem: part.err() });
        if part.is_err() {
            checks[0].verdicts.clear();
        }
        scenario.decide_by(&checks)
    };
    let decision = decide(Err(PartProblem::Absent));
    assert_eq!(reasons(&decision), ["hold only-probabilistic", "note part-not-judged /items/0"]);
    assert_eq!(decide(Ok(())).ruling, Ruling::Allow, "it judged the part");
}

#[test]
fn a_check_of_something_else_than_the_gate_names_is_no_answer() {
    let whole = scenario(|scenario| scenario.gate.contracts[0].at = None);
    let decision = decide(&whole, &[("/items/0", Ok(vec![pass()]))]);
    assert_eq!(reasons(&decision), ["block answers-missing /items/0", "hold nothing-passed"]);
    let decision = scenario(|_| {}).decide();
    assert_eq!(reasons(&decision), ["block answers-missing", "hold nothing-passed"]);
}

#[test]
fn what_should_be_json_and_is_not_is_blocked_for_that_alone() {
    let content = Content::from_json_text("{\n  \"a\": ");
    let subject = Subject { content, ..subject() };
    let mut scenario = one_contract(vec![pass()]);
    let (digest, run) = (scenario.facts.subject, scenario.facts.run);
    scenario.facts = OutputFacts::from_subject(&subject, digest, run);
    for checks in [Vec::new(), scenario.checks()] {
        let decision = scenario.decide_by(&checks);
        assert_eq!(decision.ruling, Ruling::Block);
        assert_eq!(reasons(&decision), ["block not-json"]);
        let text = decision.reasons[0].to_string();
        assert!(text.ends_with("EOF while parsing a value at line 2, column 7"), "{text}");
    }
}

#[test]
fn a_code_fence_that_was_taken_off_is_noted() {
    let mut scenario = one_contract(vec![pass()]);
    scenario.facts.is_unfenced = true;
    let decision = scenario.decide();
    assert_eq!(
        (decision.ruling, reasons(&decision)),
        (Ruling::Allow, vec!["note unfenced".into()])
    );
}
