//! Properties that hold for every decision.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tollgate_govern::completeness::find_missing;
use tollgate_govern::probabilistic::{count_outcomes, required_agreement};
use tollgate_govern::{LevelIncident, OutputApproval};
use tollgate_model::{
    Date, Decision, Determinism, Digest, EnforcementMode, FailOpen, Gate, Money, OnFail, Outcome,
    OversightPattern, ReasonEffect, Ruling, Severity, Share, StopEffect,
};

use crate::common::{NOW_MS, Scenario, Verdict, failure, report};

const CASES: u32 = 1_000;

const SEVERITIES: [Severity; 4] =
    [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];

fn config() -> Config {
    Config { cases: CASES, failure_persistence: None, ..Config::default() }
}

/// Generates mostly the usual value, so that enough scenarios are allowed.
fn mostly<T: Clone + std::fmt::Debug + 'static>(
    usual: T,
    other: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = T> {
    prop_oneof![9 => Just(usual), 1 => other]
}

fn verdict() -> impl Strategy<Value = Verdict> {
    let outcome =
        mostly(Outcome::Pass, select(vec![Outcome::Pass, Outcome::Fail, Outcome::Unsure]));
    let findings = prop_oneof![3 => Just(Vec::new()), 1 => vec(select(SEVERITIES.to_vec()), 0..4)];
    let report = (outcome, findings).prop_map(|(outcome, findings)| report(outcome, &findings));
    prop_oneof![12 => report, 1 => Just(failure())]
}

fn stop() -> impl Strategy<Value = StopEffect> {
    select(vec![StopEffect::Hold, StopEffect::Block])
}

fn results() -> impl Strategy<Value = (Determinism, Vec<Verdict>)> {
    let determinism = mostly(Determinism::Deterministic, Just(Determinism::Probabilistic));
    (
        determinism,
        prop_oneof![6 => vec(verdict(), 1), 2 => vec(verdict(), 3), 1 => vec(verdict(), 0..6)],
    )
}

/// Generates a binding and the results of its contract.
fn binding_and_results()
-> impl Strategy<Value = (EnforcementMode, u8, OnFail, StopEffect, bool, (Determinism, Vec<Verdict>))>
{
    let mode = select(vec![
        EnforcementMode::Enforce,
        EnforcementMode::Enforce,
        EnforcementMode::Enforce,
        EnforcementMode::Advise,
        EnforcementMode::Shadow,
    ]);
    let on_fail = (stop(), stop(), stop(), stop())
        .prop_map(|(critical, error, warning, info)| OnFail { critical, error, warning, info });
    (mode, mostly(1, 1..5_u8), on_fail, stop(), any::<bool>(), results())
}

fn gate() -> impl Strategy<Value = (Gate, Vec<(String, Determinism, Vec<Verdict>)>)> {
    let keys = [
        "task",
        "objective",
        "author",
        "prompt",
        "cost-centre",
        "review-by",
        "owner",
        "tags",
        "score",
        "autonomy",
        "oversight",
        "review",
        "budget",
        "audit",
        "access",
        "data",
        "approvals",
        "guardrails",
        "performance",
    ];
    let removed_keys = mostly(Vec::new(), subsequence(keys.to_vec(), 0..4));
    let pattern = mostly(
        Some(OversightPattern::OverTheLoop),
        select(vec![
            None,
            Some(OversightPattern::InTheLoop),
            Some(OversightPattern::OnTheLoop),
            Some(OversightPattern::Shadow),
        ]),
    );
    (removed_keys, pattern, vec(binding_and_results(), 1..4)).prop_map(
        |(removed_keys, pattern, binding_and_results)| {
            let mut gate = Scenario::valid().gate;
            gate.oversight.pattern = pattern;
            let mut json = serde_json::to_value(gate).unwrap();
            for key in removed_keys {
                json.as_object_mut().unwrap().remove(key);
            }
            let mut gate: Gate = serde_json::from_value(json).unwrap();
            gate.guardrails.topics_judged_by = Some("tollgate/banned-terms".parse().unwrap());
            gate.contracts.truncate(binding_and_results.len());
            let mut results = Vec::new();
            for (binding, (mode, repeat, on_fail, on_failure, open, (determinism, verdicts))) in
                gate.contracts.iter_mut().zip(binding_and_results)
            {
                (binding.mode, binding.repeat, binding.on_fail) = (mode, repeat, on_fail);
                (binding.on_failure, binding.majority) = (on_failure, None);
                binding.fail_open = open.then(|| FailOpen {
                    owner: "Sam Reed".parse().unwrap(),
                    until: Date::from_ms(NOW_MS),
                    reason: "reason".parse().unwrap(),
                });
                results.push((binding.id(), determinism, verdicts));
            }
            (gate, results)
        },
    )
}

fn incidents() -> impl Strategy<Value = Vec<LevelIncident>> {
    let incident = LevelIncident::Incident { at_ms: NOW_MS - 5, description: "what".into() };
    let rollback = LevelIncident::Rollback { at_ms: NOW_MS - 5 };
    let old = LevelIncident::Rollback { at_ms: 5 };
    mostly(Vec::new(), subsequence(vec![incident, rollback, old], 0..3))
}

/// Generates scenarios without an approval in which anything may be wrong.
fn scenario() -> impl Strategy<Value = Scenario> {
    let level = mostly(Some(4_u8), select(vec![None, Some(0), Some(3), Some(5), Some(9)]));
    let confidence = mostly(Share::new(0.9).ok(), select(vec![None, Some(Share::NONE)]));
    let channel = mostly(Some("email".to_owned()), select(vec![None, Some("billboard".into())]));
    let spent = mostly(Money::ZERO, (0..20_000_000_u64).prop_map(Money::from_micros));
    let drop_check = mostly(false, Just(true));
    (gate(), level, confidence, channel, spent, incidents(), drop_check, any::<[u8; 4]>()).prop_map(
        |((gate, results), level, confidence, channel, spent, incidents, drop_check, run)| {
            let mut scenario = Scenario::valid();
            (scenario.gate, scenario.results) = (gate, results);
            scenario.set_level(level.unwrap_or_default());
            scenario.state.level = scenario.state.level.filter(|_| level.is_some());
            (scenario.facts.confidence, scenario.facts.channel) = (confidence, channel);
            (scenario.state.spent.day, scenario.state.incidents) = (spent, incidents);
            scenario.facts.run = Digest::of(run);
            if drop_check {
                scenario.results.pop();
            }
            scenario
        },
    )
}

fn approved(scenario: &Scenario, edited: bool) -> Scenario {
    let by = vec!["Kim Osei".parse().unwrap(), "Lou Park".parse().unwrap()];
    let mut scenario = scenario.clone();
    let subject = scenario.facts.subject;
    scenario.state.approval = Some(OutputApproval { subject, by, edited, required_approvals: 2 });
    scenario
}

/// Checks whether a contract that counts was not run or gave no answer.
fn is_incomplete(scenario: &Scenario) -> bool {
    scenario.gate.contracts.iter().any(|binding| {
        let results = scenario.results.iter().find(|(contract, ..)| *contract == binding.id());
        let complete = results.is_some_and(|(_, _, verdicts)| {
            verdicts.len() >= usize::from(binding.repeat) && verdicts.iter().all(Result::is_ok)
        });
        let counts = match binding.mode {
            EnforcementMode::Enforce => true,
            EnforcementMode::Advise => binding.fail_open.is_none(),
            EnforcementMode::Shadow => false,
        };
        counts && !complete
    })
}

fn has_only_notes(decision: &Decision) -> bool {
    decision.reasons.iter().all(|reason| reason.effect == ReasonEffect::Note)
}

/// Checks whether every enforced contract has a majority of passes.
fn all_passed(scenario: &Scenario) -> bool {
    let enforced =
        scenario.gate.contracts.iter().filter(|binding| binding.mode == EnforcementMode::Enforce);
    let mut any = false;
    let all = enforced.into_iter().all(|binding| {
        any = true;
        let (_, _, verdicts) =
            scenario.results.iter().find(|(contract, ..)| *contract == binding.id()).unwrap();
        let count = count_outcomes(verdicts.iter().flatten());
        count.pass >= required_agreement(binding, count)
    });
    all && any
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn never_allows_with_a_failure_or_a_missing_check(scenario in scenario()) {
        if is_incomplete(&scenario) {
            prop_assert_ne!(scenario.ruling(), Ruling::Allow);
        }
    }

    #[test]
    fn never_allows_with_an_incomplete_record(scenario in scenario(), edited: bool) {
        if !find_missing(&scenario.gate, scenario.state.thresholds).is_empty() {
            prop_assert_ne!(scenario.ruling(), Ruling::Allow);
            prop_assert_ne!(approved(&scenario, edited).ruling(), Ruling::Allow);
        }
    }

    #[test]
    fn allows_only_if_every_condition_is_met(scenario in scenario()) {
        let decision = scenario.decide();
        if decision.ruling == Ruling::Allow {
            prop_assert!(all_passed(&scenario) && !is_incomplete(&scenario));
            prop_assert!(find_missing(&scenario.gate, scenario.state.thresholds).is_empty());
            prop_assert!(scenario.gate.oversight.pattern != Some(OversightPattern::Shadow));
            prop_assert!(scenario.state.level.is_some());
            prop_assert_eq!(scenario.facts.channel.as_deref(), Some("email"));
            prop_assert!(scenario.facts.confidence >= scenario.gate.guardrails.confidence);
            prop_assert!(has_only_notes(&decision));
        }
    }

    #[test]
    fn approval_never_lifts_a_block(scenario in scenario(), edited: bool) {
        let before = scenario.ruling();
        let after = approved(&scenario, edited).ruling();
        prop_assert!(after <= before, "{before} became {after}");
        prop_assert_eq!(before == Ruling::Block, after == Ruling::Block);
    }

    #[test]
    fn additional_findings_never_make_a_decision_milder(
        scenario in scenario(),
        (contract, answer, severity) in (0..3_usize, 0..5_usize, select(SEVERITIES.to_vec())),
        approves: bool,
    ) {
        let scenario = if approves { approved(&scenario, false) } else { scenario };
        let mut worse = scenario.clone();
        let verdicts = worse.results.get_mut(contract).map(|(.., verdicts)| verdicts);
        let verdict = verdicts.and_then(|verdicts| verdicts.get_mut(answer));
        if let Some(Ok(report)) = verdict {
            let other = crate::common::report(Outcome::Fail, &[severity]).unwrap();
            report.findings.extend(other.findings);
        }
        let (before, after) = (scenario.ruling(), worse.ruling());
        prop_assert!(after >= before, "{before} became {after}");
    }

    #[test]
    fn additional_failures_never_make_a_decision_milder(
        scenario in scenario(),
        contract in 0..3_usize,
    ) {
        let mut worse = scenario.clone();
        if let Some((.., verdicts)) = worse.results.get_mut(contract) {
            verdicts.push(failure());
        }
        prop_assert!(worse.ruling() >= scenario.ruling());
    }

    #[test]
    fn order_of_contracts_does_not_matter(
        (scenario, order) in scenario().prop_flat_map(|scenario| {
            let order = Just((0..scenario.gate.contracts.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(scenario), order)
        }),
    ) {
        let mut other = scenario.clone();
        let contracts = order.iter().map(|index| scenario.gate.contracts[*index].clone());
        other.gate.contracts = contracts.collect();
        other.results.reverse();
        prop_assert_eq!(other.decide(), scenario.decide());
    }

    #[test]
    fn decisions_are_deterministic_and_strictest_reason_wins(scenario in scenario()) {
        let decision = scenario.decide();
        prop_assert_eq!(&scenario.clone().decide(), &decision);
        let strictest = decision.reasons.iter().map(|reason| reason.effect).max();
        prop_assert_eq!(decision.ruling, strictest.unwrap_or(ReasonEffect::Note).into());
        prop_assert!(decision.reasons.is_sorted_by(|a, b| a.effect >= b.effect));
        prop_assert_eq!(decision.ruling == Ruling::Allow, has_only_notes(&decision));
    }

    #[test]
    fn quality_gates_never_allow(scenario in scenario(), edited in any::<bool>()) {
        let mut quality = scenario.clone();
        quality.gate = scenario.gate.clone().into_quality();
        let decision = quality.decide();
        let expected = if has_only_notes(&decision) { Ruling::Pass } else { Ruling::Fail };
        prop_assert_eq!(decision.ruling, expected);
        prop_assert_eq!(approved(&quality, edited).decide(), decision);
        // Contracts count for both purposes in the same way.
        if scenario.ruling() == Ruling::Allow {
            prop_assert_eq!(expected, Ruling::Pass);
        }
    }

    #[test]
    fn shadow_blocks_and_records_the_other_ruling(scenario in scenario()) {
        let mut scenario_in_shadow = scenario.clone();
        scenario_in_shadow.gate.oversight.pattern = Some(OversightPattern::Shadow);
        let shadow = scenario_in_shadow.decide();
        prop_assert_eq!(shadow.ruling, Ruling::Block);
        prop_assert!(shadow.would_be.is_some() && !shadow.audit);
    }
}

/// Guards the properties above, which would be empty if hardly any scenario were allowed.
#[test]
fn generated_scenarios_reach_every_ruling() {
    let mut runner = TestRunner::deterministic();
    let mut counts = [0; 3];
    for _ in 0..1_000 {
        match scenario().new_tree(&mut runner).unwrap().current().ruling() {
            Ruling::Allow => counts[0] += 1,
            Ruling::Hold => counts[1] += 1,
            Ruling::Block => counts[2] += 1,
            ruling => panic!("a gate that delegates has decided `{ruling}`"),
        }
    }
    assert!(counts.iter().all(|count| *count >= 80), "{counts:?}");
}
