//! Texts that are still being written: the states of a gate in which a part may go out before the decision.

use tollgate_govern::early_text::{EarlyTextObstacle, early_text_obstacle};
use tollgate_model::{Determinism, EnforcementMode, OversightEffect, OversightPattern, Ruling};

use crate::common::{Scenario, failure};

/// Returns a scenario in which people look at exceptions only.
fn exceptions_only() -> Scenario {
    let mut scenario = Scenario::valid();
    scenario.gate.oversight.pattern = Some(OversightPattern::OnTheLoop);
    scenario.gate.score.in_the_middle = None;
    let autonomy = scenario.gate.autonomy.as_mut().unwrap();
    autonomy.highest = Some(5);
    for score in
        [&mut scenario.gate.score.reputational_risk, &mut scenario.gate.score.cost_efficiency]
    {
        score.as_mut().unwrap().value = tollgate_model::ScoreValue::new(1).unwrap();
    }
    scenario.set_level(5);
    scenario
}

fn obstacle(scenario: &Scenario) -> Option<EarlyTextObstacle> {
    let contracts = scenario.results.iter();
    let contracts: Vec<(String, Determinism)> =
        contracts.map(|(id, determinism, _)| (id.clone(), *determinism)).collect();
    let Scenario { gate, facts, state, now_ms, .. } = scenario;
    early_text_obstacle(gate, &contracts, facts, state, *now_ms)
}

/// Returns the ruling that stops early texts, and the codes of its reasons.
fn not_allowed(scenario: &Scenario) -> (Ruling, Vec<&'static str>) {
    match obstacle(scenario) {
        Some(EarlyTextObstacle::NotAllowed { ruling, reasons }) => {
            (ruling, reasons.iter().map(|reason| reason.kind.code()).collect())
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn early_text_needs_a_level_of_exceptions_only() {
    assert_eq!(obstacle(&exceptions_only()), None);
    let sampled = Some(EarlyTextObstacle::Oversight { effect: OversightEffect::Sampled });
    assert_eq!(obstacle(&Scenario::valid()), sampled);
    let mut over_the_loop = exceptions_only();
    over_the_loop.gate.oversight.pattern = Some(OversightPattern::OverTheLoop);
    assert_eq!(obstacle(&over_the_loop), sampled);
    for (level, ruling, code) in
        [(0, Ruling::Block, "level-refuses"), (3, Ruling::Hold, "oversight")]
    {
        let mut lower = exceptions_only();
        lower.set_level(level);
        assert_eq!(not_allowed(&lower), (ruling, vec![code]), "level {level}");
    }
}

#[test]
fn no_early_text_where_every_output_is_held_or_blocked() {
    let mut shadow = exceptions_only();
    shadow.gate.oversight.pattern = Some(OversightPattern::Shadow);
    assert_eq!(not_allowed(&shadow).0, Ruling::Block);
    let mut spent = exceptions_only();
    spent.state.spent.day = "12.00".parse().unwrap();
    assert_eq!(not_allowed(&spent), (Ruling::Block, vec!["budget-exceeded"]));
    let mut other_channel = exceptions_only();
    other_channel.facts.channel = Some("billboard".into());
    assert_eq!(not_allowed(&other_channel), (Ruling::Block, vec!["channel-not-allowed"]));
    let mut unsure_of_cost = exceptions_only();
    unsure_of_cost.facts.output_tokens = None;
    assert_eq!(not_allowed(&unsure_of_cost), (Ruling::Hold, vec!["cost-unknown"]));
    let mut unloaded = exceptions_only();
    unloaded.results.clear();
    assert_eq!(not_allowed(&unloaded).0, Ruling::Block, "no contract judges it");
}

#[test]
fn no_early_text_where_a_part_of_a_document_is_judged() {
    let mut part = exceptions_only();
    part.gate.contracts[0].at = Some("/text".parse().unwrap());
    let (ruling, codes) = not_allowed(&part);
    assert_eq!((ruling, codes[0]), (Ruling::Block, "part-not-judged"));
    part.gate.contracts[0].mode = EnforcementMode::Shadow;
    assert_eq!(obstacle(&part), None, "nothing depends on a contract in shadow");
}

/// The question is about any output: the findings in a certain one do not matter.
#[test]
fn early_text_does_not_depend_on_findings() {
    let mut failed = exceptions_only();
    failed.set_verdicts(0, vec![failure()]);
    assert_eq!(failed.ruling(), Ruling::Block);
    assert_eq!(obstacle(&failed), None);
    failed.set_verdicts(0, Vec::new());
    failed.gate.contracts[0].repeat = 3;
    assert_eq!(obstacle(&failed), None, "each contract passes as often as the gate asks for");
}
