//! What is true of every decision, whatever comes in.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use tollgate_govern::completeness::missing;
use tollgate_govern::probabilistic::{agreeing, count};
use tollgate_govern::{Approved, Happened};
use tollgate_model::{
    Date, Determinism, Digest, Effect, FailOpen, Gate, Mode, Money, OnFail, Outcome, Pattern,
    Ruling, Severity, Share, Stop,
};

use crate::common::{NOW_MS, Verdict, World, failure, report};

const CASES: u32 = 1_000;

const SEVERITIES: [Severity; 4] =
    [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];

fn config() -> Config {
    Config { cases: CASES, failure_persistence: None, ..Config::default() }
}

/// Mostly what is in order, so that an `allow` is in reach.
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

fn stop() -> impl Strategy<Value = Stop> {
    select(vec![Stop::Hold, Stop::Block])
}

fn said() -> impl Strategy<Value = (Determinism, Vec<Verdict>)> {
    let determinism = mostly(Determinism::Deterministic, Just(Determinism::Probabilistic));
    (
        determinism,
        prop_oneof![6 => vec(verdict(), 1), 2 => vec(verdict(), 3), 1 => vec(verdict(), 0..6)],
    )
}

/// How a contract is bound, and what it said.
fn bound() -> impl Strategy<Value = (Mode, u8, OnFail, Stop, bool, (Determinism, Vec<Verdict>))> {
    let mode =
        select(vec![Mode::Enforce, Mode::Enforce, Mode::Enforce, Mode::Advise, Mode::Shadow]);
    let on_fail = (stop(), stop(), stop(), stop())
        .prop_map(|(critical, error, warning, info)| OnFail { critical, error, warning, info });
    (mode, mostly(1, 1..5_u8), on_fail, stop(), any::<bool>(), said())
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
    let without = mostly(Vec::new(), subsequence(keys.to_vec(), 0..4));
    let pattern = mostly(
        Some(Pattern::OverTheLoop),
        select(vec![
            None,
            Some(Pattern::InTheLoop),
            Some(Pattern::OnTheLoop),
            Some(Pattern::Shadow),
        ]),
    );
    (without, pattern, vec(bound(), 1..4)).prop_map(|(without, pattern, bound)| {
        let mut gate = World::in_order().gate;
        gate.oversight.pattern = pattern;
        let mut json = serde_json::to_value(gate).unwrap();
        for key in without {
            json.as_object_mut().unwrap().remove(key);
        }
        let mut gate: Gate = serde_json::from_value(json).unwrap();
        gate.guardrails.topics_judged_by = Some("tollgate/banned-terms".parse().unwrap());
        gate.contracts.truncate(bound.len());
        let mut said = Vec::new();
        for (binding, (mode, repeat, on_fail, on_failure, open, (determinism, verdicts))) in
            gate.contracts.iter_mut().zip(bound)
        {
            (binding.mode, binding.repeat, binding.on_fail) = (mode, repeat, on_fail);
            (binding.on_failure, binding.majority) = (on_failure, None);
            binding.fail_open = open.then(|| FailOpen {
                owner: "Sam Reed".parse().unwrap(),
                until: Date::of_ms(NOW_MS),
                reason: "reason".parse().unwrap(),
            });
            said.push((binding.id(), determinism, verdicts));
        }
        (gate, said)
    })
}

fn happened() -> impl Strategy<Value = Vec<Happened>> {
    let incident = Happened::Incident { at_ms: NOW_MS - 5, what: "what".into() };
    let rollback = Happened::Rollback { at_ms: NOW_MS - 5 };
    let old = Happened::Rollback { at_ms: 5 };
    mostly(Vec::new(), subsequence(vec![incident, rollback, old], 0..3))
}

/// A world in which anything may be out of order; nobody has approved anything.
fn world() -> impl Strategy<Value = World> {
    let level = mostly(Some(4_u8), select(vec![None, Some(0), Some(3), Some(5), Some(9)]));
    let confidence = mostly(Share::of(0.9).ok(), select(vec![None, Some(Share::NONE)]));
    let channel = mostly(Some("email".to_owned()), select(vec![None, Some("billboard".into())]));
    let spent = mostly(Money::ZERO, (0..20_000_000_u64).prop_map(Money::of_micros));
    let drop_check = mostly(false, Just(true));
    (gate(), level, confidence, channel, spent, happened(), drop_check, any::<[u8; 4]>()).prop_map(
        |((gate, said), level, confidence, channel, spent, happened, drop_check, run)| {
            let mut world = World::in_order();
            (world.gate, world.said) = (gate, said);
            world.at_level(level.unwrap_or_default());
            world.state.level = world.state.level.filter(|_| level.is_some());
            (world.facts.confidence, world.facts.channel) = (confidence, channel);
            (world.state.spent.day, world.state.happened) = (spent, happened);
            world.facts.run = Digest::of(run);
            if drop_check {
                world.said.pop();
            }
            world
        },
    )
}

fn approved(world: &World, edited: bool) -> World {
    let by = vec!["Kim Osei".parse().unwrap(), "Lou Park".parse().unwrap()];
    let mut world = world.clone();
    let subject = world.facts.subject;
    world.state.approved = Some(Approved { subject, by, edited, people_wanted: 2 });
    world
}

/// Whether a contract that counts was not asked, or gave no answer.
fn not_evaluated(world: &World) -> bool {
    world.gate.contracts.iter().any(|binding| {
        let said = world.said.iter().find(|(contract, ..)| *contract == binding.id());
        let complete = said.is_some_and(|(_, _, verdicts)| {
            verdicts.len() >= usize::from(binding.repeat) && verdicts.iter().all(Result::is_ok)
        });
        let counts = match binding.mode {
            Mode::Enforce => true,
            Mode::Advise => binding.fail_open.is_none(),
            Mode::Shadow => false,
        };
        counts && !complete
    })
}

/// Whether every contract that is enforced passed, as often as it has to.
fn all_passed(world: &World) -> bool {
    let enforced = world.gate.contracts.iter().filter(|binding| binding.mode == Mode::Enforce);
    let mut any = false;
    let all = enforced.into_iter().all(|binding| {
        any = true;
        let (_, _, verdicts) =
            world.said.iter().find(|(contract, ..)| *contract == binding.id()).unwrap();
        let count = count(verdicts.iter().flatten());
        count.pass >= agreeing(binding, count)
    });
    all && any
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn no_failure_and_no_missing_check_is_an_allow(world in world()) {
        if not_evaluated(&world) {
            prop_assert_ne!(world.ruling(), Ruling::Allow);
        }
    }

    #[test]
    fn no_incomplete_record_is_an_allow_whoever_approves(world in world(), edited: bool) {
        if !missing(&world.gate, world.state.thresholds).is_empty() {
            prop_assert_ne!(world.ruling(), Ruling::Allow);
            prop_assert_ne!(approved(&world, edited).ruling(), Ruling::Allow);
        }
    }

    #[test]
    fn an_allow_has_everything_behind_it(world in world()) {
        let decision = world.decide();
        if decision.ruling == Ruling::Allow {
            prop_assert!(all_passed(&world) && !not_evaluated(&world));
            prop_assert!(missing(&world.gate, world.state.thresholds).is_empty());
            prop_assert!(world.gate.oversight.pattern != Some(Pattern::Shadow));
            prop_assert!(world.state.level.is_some());
            prop_assert_eq!(world.facts.channel.as_deref(), Some("email"));
            prop_assert!(world.facts.confidence >= world.gate.guardrails.confidence);
            let only_notes = decision.reasons.iter().all(|reason| reason.effect == Effect::Note);
            prop_assert!(only_notes);
        }
    }

    #[test]
    fn an_approval_never_undoes_a_block(world in world(), edited: bool) {
        let before = world.ruling();
        let after = approved(&world, edited).ruling();
        prop_assert!(after <= before, "{before} became {after}");
        prop_assert_eq!(before == Ruling::Block, after == Ruling::Block);
    }

    #[test]
    fn a_finding_more_never_makes_it_milder(
        world in world(),
        (contract, answer, severity) in (0..3_usize, 0..5_usize, select(SEVERITIES.to_vec())),
        approves: bool,
    ) {
        let world = if approves { approved(&world, false) } else { world };
        let mut worse = world.clone();
        let found = worse.said.get_mut(contract).and_then(|(.., verdicts)| verdicts.get_mut(answer));
        if let Some(Ok(report)) = found {
            report.findings.extend(crate::common::report(Outcome::Fail, &[severity]).unwrap().findings);
        }
        let (before, after) = (world.ruling(), worse.ruling());
        prop_assert!(after >= before, "{before} became {after}");
    }

    #[test]
    fn a_failure_more_never_makes_it_milder(world in world(), contract in 0..3_usize) {
        let mut worse = world.clone();
        if let Some((.., verdicts)) = worse.said.get_mut(contract) {
            verdicts.push(failure());
        }
        prop_assert!(worse.ruling() >= world.ruling());
    }

    #[test]
    fn the_order_of_contracts_does_not_matter(
        (world, order) in world().prop_flat_map(|world| {
            let order = Just((0..world.gate.contracts.len()).collect::<Vec<_>>()).prop_shuffle();
            (Just(world), order)
        }),
    ) {
        let mut other = world.clone();
        other.gate.contracts = order.iter().map(|index| world.gate.contracts[*index].clone()).collect();
        other.said.reverse();
        prop_assert_eq!(other.decide(), world.decide());
    }

    #[test]
    fn the_same_comes_to_the_same_and_the_strictest_reason_counts(world in world()) {
        let decision = world.decide();
        prop_assert_eq!(&world.clone().decide(), &decision);
        let strictest = decision.reasons.iter().map(|reason| reason.effect).max();
        prop_assert_eq!(decision.ruling, strictest.unwrap_or(Effect::Note).into());
        prop_assert!(decision.reasons.is_sorted_by(|a, b| a.effect >= b.effect));
        prop_assert_eq!(decision.ruling == Ruling::Allow, decision.reasons.iter().all(|reason| reason.effect == Effect::Note));
    }

    #[test]
    fn a_gate_in_shadow_would_decide_as_it_does_in_earnest(world in world()) {
        let mut earnest = world.clone();
        earnest.gate.oversight.pattern = Some(Pattern::Shadow);
        let shadow = earnest.decide();
        prop_assert_eq!(shadow.ruling, Ruling::Block);
        prop_assert!(shadow.would_be.is_some() && !shadow.audit);
    }
}

/// What is said above says nothing if hardly anything is ever allowed.
#[test]
fn worlds_come_to_each_decision() {
    let mut runner = TestRunner::deterministic();
    let mut counts = [0; 3];
    for _ in 0..1_000 {
        match world().new_tree(&mut runner).unwrap().current().ruling() {
            Ruling::Allow => counts[0] += 1,
            Ruling::Hold => counts[1] += 1,
            Ruling::Block => counts[2] += 1,
        }
    }
    assert!(counts.iter().all(|count| *count >= 80), "{counts:?}");
}
