//! Gates of the purpose `quality`: findings decide, nothing else is asked, and nobody is given leave to send.

use tollgate_govern::OutputFacts;
use tollgate_model::{
    Content, Digest, EnforcementMode, Gate, JsonText, Outcome, PromptRef, Ruling, Severity, Subject,
};

use super::common::{Scenario, assert_decision, failure, pass, report, scenario};

/// Returns a scenario in which nothing is known but the output, with a change.
fn quality(change: impl FnOnce(&mut Scenario)) -> Scenario {
    scenario(|scenario| {
        scenario.gate = scenario.gate.clone().into_quality();
        scenario.facts = facts(Subject::new(Content::Text("Welcome, Lee!".into())));
        scenario.state = Default::default();
        change(scenario);
    })
}

fn facts(subject: Subject) -> OutputFacts {
    OutputFacts::from_subject(&subject, Digest::of("subject"), Digest::of("run"))
}

#[test]
fn quality_gates_ask_for_nothing_but_the_output() {
    let decision = assert_decision(&quality(|_| {}), Ruling::Pass, &[]);
    assert_eq!((decision.cost, decision.undo_until_ms, decision.audit), (None, None, false));
    // Context that no rule can read does not matter either: contracts judge it.
    let unreadable = quality(|scenario| {
        let context = JsonText::parse(r#"{"confidence": "much", "model": "other/model"}"#).unwrap();
        let content = Content::Text("Welcome, Lee!".into());
        scenario.facts = facts(Subject { content, prompt: None, context });
    });
    assert_decision(&unreadable, Ruling::Pass, &[]);
}

#[test]
fn findings_of_any_effect_fail_the_output() {
    for severity in [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical] {
        let found = quality(|scenario| {
            scenario.set_verdicts(0, vec![report(Outcome::Fail, &[severity])]);
        });
        assert_eq!(found.ruling(), Ruling::Fail, "{severity}");
    }
    let unsure = quality(|scenario| scenario.set_verdicts(0, vec![report(Outcome::Unsure, &[])]));
    assert_decision(&unsure, Ruling::Fail, &["hold unsure"]);
    let noted = quality(|scenario| {
        scenario.set_verdicts(0, vec![report(Outcome::Pass, &[Severity::Info])])
    });
    assert_decision(&noted, Ruling::Pass, &["note finding"]);
}

#[test]
fn what_was_not_evaluated_fails_the_output() {
    let failed = quality(|scenario| scenario.set_verdicts(0, vec![failure()]));
    assert_eq!(failed.ruling(), Ruling::Fail);
    let not_run = quality(|scenario| drop(scenario.results.remove(0)));
    assert_eq!(not_run.ruling(), Ruling::Fail);
    let without_contracts = quality(|scenario| {
        scenario.gate.contracts.clear();
        scenario.results.clear();
    });
    assert_decision(&without_contracts, Ruling::Fail, &["hold nothing-passed"]);
    let advice_alone = quality(|scenario| {
        for binding in &mut scenario.gate.contracts {
            binding.mode = EnforcementMode::Advise;
        }
    });
    assert_decision(&advice_alone, Ruling::Fail, &["hold nothing-passed"]);
}

#[test]
fn a_finding_says_already_that_nothing_passed() {
    let found = quality(|scenario| {
        scenario.gate.contracts.truncate(1);
        scenario.results.truncate(1);
        scenario.set_verdicts(0, vec![report(Outcome::Fail, &[Severity::Critical])]);
    });
    assert_decision(&found, Ruling::Fail, &["block finding"]);
}

#[test]
fn blank_texts_and_outputs_of_other_prompts_fail() {
    let blank = quality(|scenario| {
        scenario.facts = facts(Subject::new(Content::Text("\u{200b} \n".into())));
    });
    assert_decision(&blank, Ruling::Fail, &["block output-blank"]);
    let other = quality(|scenario| {
        let (name, version) = ("offers".into(), "1.0.0".into());
        let digest = Digest::of("prompt").to_string();
        scenario.facts.prompt = Some(PromptRef { name, version, digest });
    });
    assert_decision(&other, Ruling::Fail, &["block prompt-mismatch"]);
}

#[test]
fn quality_gates_never_lose_a_level_and_never_cost() {
    let failing = quality(|scenario| {
        scenario.fails_ordinary = true;
        scenario.set_verdicts(0, vec![failure()]);
    });
    assert!(failing.decide().reasons.iter().all(|reason| reason.kind.code() != "demotion"));
}

#[test]
fn an_empty_quality_gate_passes_nothing() {
    let empty = quality(|scenario| {
        scenario.gate = Gate::named("products".parse().unwrap()).into_quality();
        scenario.results = vec![("acme/other".into(), scenario.results[0].1, vec![pass()])];
    });
    // The answer of a contract that the gate does not use says nothing about the output.
    assert_decision(&empty, Ruling::Fail, &["hold contract-unknown"]);
}
