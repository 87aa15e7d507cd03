//! Decisions by case, with the codes of their reasons.

use tollgate_govern::LevelIncident;
use tollgate_model::{
    Date, DelegationPosture, Determinism, LevelScheme, Outcome, OversightPattern, Reversibility,
    Risk, Ruling, Severity, Share, SignOff, SignOffScope,
};

use crate::approvals::approval;
use crate::common::{
    NOW_MS, Scenario, Verdict, assert_decision, codes, failure, pass, report, scenario,
    with_context,
};

use Ruling::{Allow, Block, Hold};

pub fn one_contract(verdicts: Vec<Verdict>) -> Scenario {
    scenario(|scenario| {
        scenario.gate.contracts.truncate(1);
        scenario.gate.guardrails.topics_judged_by = None;
        scenario.gate.guardrails.blocked_topics = Some([].into());
        scenario.results.truncate(1);
        scenario.set_verdicts(0, verdicts);
    })
}

#[test]
fn findings_have_the_effect_the_gate_sets() {
    let fails = |severity| one_contract(vec![report(Outcome::Fail, &[severity])]);
    assert_decision(&fails(Severity::Critical), Block, &["block finding", "hold nothing-passed"]);
    // The example holds errors of this contract.
    assert_decision(&fails(Severity::Error), Hold, &["hold finding", "hold nothing-passed"]);
    assert_decision(&fails(Severity::Info), Hold, &["hold finding", "hold nothing-passed"]);
    let bare = one_contract(vec![report(Outcome::Fail, &[])]);
    assert_decision(&bare, Hold, &["hold fail", "hold nothing-passed"]);
    let noted = one_contract(vec![report(Outcome::Pass, &[Severity::Warning])]);
    assert_decision(&noted, Allow, &["note finding"]);
    let unsure = one_contract(vec![report(Outcome::Unsure, &[Severity::Error])]);
    assert_decision(&unsure, Hold, &["hold unsure", "hold nothing-passed", "note finding"]);
}

#[test]
fn pass_with_a_critical_finding_fails() {
    let contradicts = one_contract(vec![report(Outcome::Pass, &[Severity::Critical])]);
    assert_decision(&contradicts, Block, &["block finding", "hold nothing-passed"]);
}

#[test]
fn failures_never_pass() {
    let failed = scenario(|scenario| scenario.set_verdicts(0, vec![failure()]));
    let decision = assert_decision(&failed, Block, &["block failure"]);
    assert!(decision.reasons[0].to_string().starts_with("not evaluated: `tollgate/pii` gave no"));
    let held = scenario(|scenario| {
        scenario.gate.contracts[0].on_failure = tollgate_model::StopEffect::Hold;
        scenario.set_verdicts(0, vec![failure()]);
    });
    assert_decision(&held, Hold, &["hold failure"]);
    let one_of_two = one_contract(vec![pass(), failure()]);
    assert_decision(&one_of_two, Block, &["block failure", "hold nothing-passed"]);
    let missing = scenario(|scenario| drop(scenario.results.remove(0)));
    assert_decision(&missing, Block, &["block answers-missing"]);
    let empty = scenario(|scenario| scenario.set_verdicts(0, Vec::new()));
    assert_eq!(empty.ruling(), Block);
    let unknown_check = scenario(|scenario| {
        scenario.results.push(("a/b".into(), Determinism::Deterministic, vec![pass()]))
    });
    assert_decision(&unknown_check, Hold, &["hold contract-unknown"]);
}

#[test]
fn advice_and_shadow_contracts_only_note() {
    let advice = scenario(|scenario| {
        scenario.set_verdicts(2, vec![report(Outcome::Fail, &[Severity::Critical])])
    });
    let decision = assert_decision(&advice, Allow, &["note finding"]);
    assert!(decision.reasons[0].to_string().starts_with("advice: `easy to read` found"));
    let shadow = scenario(|scenario| {
        scenario.gate.contracts[2].mode = tollgate_model::EnforcementMode::Shadow;
        scenario.set_verdicts(2, vec![failure()]);
    });
    let decision = assert_decision(&shadow, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().starts_with("in shadow: not evaluated"));
}

#[test]
fn missing_advice_holds_unless_it_may_fail_open() {
    let failed = scenario(|scenario| scenario.set_verdicts(2, vec![failure()]));
    let decision = assert_decision(&failed, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().contains("`fail-open` exception applies"));
    let until = |days: &str| {
        let mut scenario = failed.clone();
        let open = scenario.gate.contracts[2].fail_open.as_mut().unwrap();
        open.until = days.parse().unwrap();
        scenario.ruling()
    };
    let today = Date::from_ms(NOW_MS).to_string();
    assert_eq!((until(&today), until("2026-11-30")), (Allow, Hold));
    let mut without_fail_open = failed.clone();
    without_fail_open.gate.contracts[2].fail_open = None;
    assert_decision(&without_fail_open, Hold, &["hold failure"]);
}

#[test]
fn probabilistic_contracts_never_allow_alone() {
    let mut only = one_contract(vec![pass()]);
    only.results[0].1 = Determinism::Probabilistic;
    assert_decision(&only, Hold, &["hold only-probabilistic"]);
    let mut permitted = only.clone();
    permitted.gate.allow_on_probabilistic_alone = Some("nothing else can tell".parse().unwrap());
    assert_decision(&permitted, Allow, &[]);
    let mixed = scenario(|scenario| scenario.results[0].1 = Determinism::Probabilistic);
    assert_decision(&mixed, Allow, &[]);
}

#[test]
fn majority_of_repeated_runs_decides() {
    let asked = |verdicts| {
        let mut scenario = one_contract(verdicts);
        scenario.gate.contracts[0].repeat = 3;
        scenario
    };
    let (fail, unsure) =
        (report(Outcome::Fail, &[Severity::Critical]), report(Outcome::Unsure, &[]));
    assert_decision(&asked(vec![pass(), fail.clone(), pass()]), Allow, &["note finding"]);
    let failed = asked(vec![pass(), fail.clone(), fail.clone()]);
    assert_decision(&failed, Block, &["block finding", "block finding", "hold nothing-passed"]);
    let split = asked(vec![pass(), fail.clone(), unsure]);
    let decision =
        assert_decision(&split, Hold, &["hold no-majority", "hold nothing-passed", "note finding"]);
    assert!(decision.reasons[0].to_string().contains("flaky"));
    let mut more_than_asked =
        one_contract(vec![pass(), pass(), pass(), fail.clone(), fail.clone()]);
    assert_decision(&more_than_asked, Allow, &["note finding", "note finding"]);
    more_than_asked.set_verdicts(0, vec![pass(), pass(), fail.clone()]);
    assert_decision(&more_than_asked, Allow, &["note finding"]);
    let even = one_contract(vec![pass(), pass(), fail.clone(), fail.clone()]);
    assert!(codes(&even.decide()).contains(&"hold no-majority".into()));
    let too_few = asked(vec![pass(), pass()]);
    assert_eq!(too_few.ruling(), Block);
}

#[test]
fn incomplete_record_allows_nothing() {
    let lacks = scenario(|scenario| scenario.gate.owner = None);
    let decision = assert_decision(&lacks, Hold, &["hold record-incomplete"]);
    assert_eq!(
        decision.reasons[0].to_string(),
        "the gate record lacks `[owner] name, role`: the decision owner, by name and role"
    );
    // An approval does not help.
    let mut approved = lacks.clone();
    approved.state.approval = approval(&approved, &["Kim Osei", "Lou Park"]);
    assert_eq!(approved.ruling(), Hold);
}

#[test]
fn high_score_blocks_without_a_sign_off() {
    let high = |when_high| {
        scenario(|scenario| {
            let score = &mut scenario.gate.score;
            for scored in [&mut score.outcome_criticality, &mut score.reputational_risk] {
                scored.as_mut().unwrap().value = tollgate_model::ScoreValue::new(5).unwrap();
            }
            score.scope_and_time_horizon.as_mut().unwrap().value =
                tollgate_model::ScoreValue::new(3).unwrap();
            score.label = Some(DelegationPosture::Block);
            score.when_high = Some(when_high);
        })
    };
    let blocks = high(tollgate_model::HighScorePolicy::Block);
    assert_decision(&blocks, Block, &["block score-too-high", "hold oversight"]);
    let mut accepts_sign_off = high(tollgate_model::HighScorePolicy::ExecutiveSignOff);
    assert_decision(&accepts_sign_off, Block, &["block score-too-high", "hold oversight"]);
    accepts_sign_off.gate.sign_offs.push(sign_off(SignOffScope::Score, "Eva Stone"));
    assert_decision(&accepts_sign_off, Hold, &["hold oversight"]);
    accepts_sign_off.gate.sign_offs[0].by.name = "Dana Hill".parse().unwrap();
    assert_eq!(accepts_sign_off.ruling(), Block, "the author cannot sign off");
}

fn sign_off(of: SignOffScope, by: &str) -> SignOff {
    SignOff {
        scope: of,
        by: tollgate_model::RoleHolder { name: by.parse().unwrap(), role: "CMO".parse().unwrap() },
        on: "2026-01-01".parse().unwrap(),
        until: Some("2026-12-31".parse().unwrap()),
        reason: "reason".parse().unwrap(),
    }
}

#[test]
fn strictest_oversight_applies() {
    let held = &["hold oversight"];
    assert_decision(&scenario(|scenario| scenario.set_level(3)), Hold, held);
    assert_decision(
        &scenario(|scenario| scenario.gate.oversight.pattern = Some(OversightPattern::InTheLoop)),
        Hold,
        held,
    );
    let sign_off_each = Some(tollgate_model::MiddleScorePolicy::SignOff);
    assert_decision(
        &scenario(|scenario| scenario.gate.score.in_the_middle = sign_off_each),
        Hold,
        held,
    );
    assert_decision(&scenario(|scenario| scenario.gate.guardrails.channels.clear()), Hold, held);
    assert_decision(&scenario(|scenario| scenario.set_level(0)), Block, &["block level-refuses"]);
}

#[test]
fn risky_and_irreversible_tasks_are_held_unless_signed_off() {
    let risky = |scenario: &mut Scenario| scenario.gate.tags.risk = Some(Risk::High);
    let irreversible =
        |scenario: &mut Scenario| scenario.gate.tags.reversibility = Some(Reversibility::Not);
    assert_decision(&scenario(risky), Hold, &["hold oversight"]);
    assert_decision(&scenario(irreversible), Hold, &["hold oversight"]);
    let mut signed = scenario(irreversible);
    signed.gate.sign_offs.push(sign_off(SignOffScope::Risk, "Eva Stone"));
    assert_decision(&signed, Allow, &[]);
    signed.now_ms = "2027-01-01".parse::<Date>().unwrap().start_ms();
    assert_eq!(signed.ruling(), Hold, "the sign-off has ended");
}

#[test]
fn unpromoted_gates_hold_every_output() {
    let unpromoted = scenario(|scenario| {
        scenario.gate.autonomy.as_mut().unwrap().level = 4;
        scenario.state.level = None;
    });
    let decision = assert_decision(&unpromoted, Hold, &["hold oversight"]);
    let reason = decision.reasons[0].to_string();
    assert!(reason.contains("has not been promoted to it"), "{reason}");
}

#[test]
fn holds_on_levels_of_another_scheme() {
    let other =
        scenario(|scenario| scenario.state.level.as_mut().unwrap().scheme = LevelScheme::Tiers1To4);
    assert_decision(&other, Hold, &["hold oversight", "hold level-invalid"]);
}

#[test]
fn tier_3_allows_only_low_risk_tasks() {
    let tier = |risk| {
        scenario(|scenario| {
            let autonomy = scenario.gate.autonomy.as_mut().unwrap();
            (autonomy.scheme, autonomy.level) = (LevelScheme::Tiers1To4, 2);
            scenario.gate.tags.risk = Some(risk);
            let held = scenario.state.level.as_mut().unwrap();
            (held.scheme, held.level) = (LevelScheme::Tiers1To4, 3);
        })
    };
    assert_eq!((tier(Risk::Low).ruling(), tier(Risk::Medium).ruling()), (Allow, Hold));
}

#[test]
fn demotion_takes_effect_at_once() {
    let incident =
        LevelIncident::Incident { at_ms: NOW_MS - 1, description: "a wrong offer".into() };
    let demoted = scenario(|scenario| scenario.state.incidents.push(incident));
    let decision = assert_decision(&demoted, Hold, &["hold oversight", "note demotion"]);
    assert!(decision.reasons[1].to_string().contains("incident: a wrong offer"));
    let late = scenario(|scenario| scenario.gate.review_by = Some("2026-11-30".parse().unwrap()));
    assert_decision(&late, Hold, &["hold oversight", "note demotion", "note record-overdue"]);
}

#[test]
fn shadow_gates_block_every_output() {
    let shadow =
        scenario(|scenario| scenario.gate.oversight.pattern = Some(OversightPattern::Shadow));
    let decision = assert_decision(&shadow, Block, &["block shadow"]);
    assert_eq!(decision.would_be, Some(Allow));
    let mut incomplete = shadow.clone();
    incomplete.gate.owner = None;
    assert_eq!(incomplete.decide().would_be, Some(Hold));
}

/// Otherwise every author of outputs could take the autonomy of a gate away.
#[test]
fn only_a_contract_that_fails_on_ordinary_outputs_too_costs_a_level() {
    let failed = scenario(|scenario| scenario.set_verdicts(0, vec![failure()]));
    let by_itself = Scenario { fails_ordinary: true, ..failed };
    let reasons = ["block failure", "hold oversight", "note demotion"];
    assert_decision(&by_itself, Block, &reasons);
    let mut advice = by_itself;
    advice.gate.contracts[0].mode = tollgate_model::EnforcementMode::Advise;
    assert_decision(&advice, Hold, &["hold failure"]);
    let passed = Scenario { fails_ordinary: true, ..Scenario::valid() };
    assert_decision(&passed, Allow, &[]);
}

#[test]
fn sampled_outputs_are_audited() {
    let drawn = scenario(|scenario| scenario.gate.oversight.sample_share = Some(Share::ALL));
    assert!(assert_decision(&drawn, Allow, &["note sampled"]).audit);
    let mut blocked = drawn.clone();
    blocked.set_verdicts(0, vec![failure()]);
    assert!(!blocked.decide().audit, "only allowed outputs are audited");
}

#[test]
fn on_the_loop_outputs_have_an_undo_window() {
    let on_the_loop = scenario(|scenario| {
        scenario.gate.oversight.pattern = Some(OversightPattern::OnTheLoop);
        scenario.gate.oversight.sample_share = Some(Share::new(0.000_001).unwrap());
    });
    let decision = assert_decision(&on_the_loop, Allow, &["note undo-window"]);
    assert_eq!(decision.undo_until_ms, Some(NOW_MS + 4 * 60 * 60 * 1000));
}

#[test]
fn reports_every_reason() {
    let mut everything = with_context("email", "billboard");
    everything.set_verdicts(0, vec![failure()]);
    everything.set_verdicts(1, vec![report(Outcome::Fail, &[Severity::Error, Severity::Warning])]);
    everything.gate.owner = None;
    everything.state.spent.day = "50".parse().unwrap();
    assert_decision(
        &everything,
        Block,
        &[
            "block finding",
            "block failure",
            "block channel-not-allowed",
            "block budget-exceeded",
            "hold finding",
            "hold nothing-passed",
            "hold record-incomplete",
        ],
    );
}
