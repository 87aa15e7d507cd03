//! Changes of the state of a gate by events.

use tollgate_model::{
    Digest, Event, EventKind, Figure, GateName, KpiEvent, Money, ReasonKind, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling,
};

use super::OpenLedger;
use super::fixtures::{
    DAY_MS, TestLedger, gate, incident, level, release_rollback, rollout, run, run_event, spend,
};
use crate::{LedgerEntry, LevelIncident};

pub fn incidents_count_until_the_level_changes(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let by = || "Dana Hill".parse().unwrap();
    world.append(10, incident("sent twice"));
    world.append(11, run("failing", Ruling::Block));
    world.append(12, run("failing too", Ruling::Block));
    let reason = "wrong".parse().unwrap();
    let run_of = Some(Digest::of("failing"));
    world.append(
        13,
        EventKind::Rollback(RollbackEvent { run: run_of, release: None, by: by(), reason }),
    );
    let failed = LevelIncident::ContractFailed { at_ms: 12, contract: "tollgate/pii".into() };
    let reported = LevelIncident::Incident { at_ms: 10, description: "sent twice".into() };
    let expected = [reported, failed, LevelIncident::Rollback { at_ms: 13 }];
    assert_eq!(world.reader().level_incidents(&gate()).unwrap(), expected);
    let counts = world.reader().counts(&gate(), 0, 0).unwrap();
    assert_eq!((counts.with_failure, counts.blocked, counts.rolled_back), (2, 2, 1));
    world.append(20, level(2));
    assert_eq!(world.reader().level_incidents(&gate()).unwrap(), []);
    let level = world.reader().level(&gate()).unwrap().unwrap();
    assert_eq!((level.since_ms, level.change.to), (20, 2));
    world.assert_sound();
}

/// Clocks of writers differ. An incident that is recorded after a level change counts, whatever its time is, and one
/// that was recorded before it does not.
pub fn the_chain_decides_which_incidents_a_level_change_ends(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(90, incident("from a fast clock"));
    world.append(50, level(2));
    assert_eq!(world.reader().level_incidents(&gate()).unwrap(), []);
    world.append(70, incident("first"));
    world.append(20, incident("second, from a slow clock"));
    let descriptions: Vec<_> = world.reader().level_incidents(&gate()).unwrap();
    let expected =
        [(70, "first"), (20, "second, from a slow clock")].map(|(at_ms, description)| {
            LevelIncident::Incident { at_ms, description: description.into() }
        });
    assert_eq!(descriptions, expected);
    world.assert_sound();
}

/// The author of an output can make a contract fail. Only one that fails on ordinary outputs, too, is an incident.
pub fn a_failure_that_the_output_caused_is_no_incident(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let mut event = run_event("too deep", Ruling::Block);
    for reason in &mut event.decision.reasons {
        if let ReasonKind::Failure { fails_ordinary, .. } = &mut reason.kind {
            *fails_ordinary = false;
        }
    }
    world.append(1, EventKind::Run(Box::new(event)));
    assert_eq!(world.reader().level_incidents(&gate()).unwrap(), []);
    assert_eq!(world.reader().gate_version(&gate()).unwrap(), 0);
    assert_eq!(world.reader().counts(&gate(), 0, 0).unwrap().with_failure, 1);
    world.assert_sound();
}

pub fn the_last_failure_of_a_contract_in_the_chain_counts(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(90, run("failing", Ruling::Block));
    world.append(40, run("failing too", Ruling::Block));
    let failed = LevelIncident::ContractFailed { at_ms: 40, contract: "tollgate/pii".into() };
    assert_eq!(world.reader().level_incidents(&gate()).unwrap(), [failed]);
    world.assert_sound();
}

pub fn reads_spending_figures_and_releases(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(DAY_MS, spend(5, Some("spring")));
    world.append(2 * DAY_MS, spend(7, None));
    world.append(2 * DAY_MS, spend(1, Some("spring")));
    let spent = |from, to| world.reader().counts(&gate(), from, to).unwrap().spent.micros();
    assert_eq!([spent(DAY_MS, DAY_MS), spent(DAY_MS, 3 * DAY_MS)], [5, 13]);
    assert_eq!(spent(2 * DAY_MS, 2 * DAY_MS + 5), 8);
    assert_eq!(world.reader().spent_on_campaign(&gate(), "spring").unwrap().micros(), 6);
    let campaigns = world.reader().campaigns(&gate()).unwrap();
    assert_eq!(campaigns, [("spring".into(), Money::from_micros(6))]);
    assert_eq!(world.reader().gates().unwrap(), [gate()]);
    let kpi = |at_ms, value: f64| {
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        world.append(
            at_ms,
            EventKind::Kpi(KpiEvent { kpi, value: Figure::new(value).unwrap(), source }),
        );
    };
    // The clock of the first sender was fast.
    kpi(50, 0.5);
    kpi(40, 0.1);
    let latest = || {
        let figures = world.reader().figures(&gate()).unwrap();
        (figures["open-rate"].value.as_f64(), figures["open-rate"].is_new)
    };
    assert_eq!(latest(), (0.1, true));
    world.append(90, level(2));
    assert_eq!(latest(), (0.1, false), "it was recorded before the level changed");
    kpi(30, 0.2);
    assert_eq!(
        latest(),
        (0.2, true),
        "it was recorded after the level changed, whatever the clocks say"
    );
    let by = || "Dana Hill".parse().unwrap();
    for (name, stage) in [("a", RolloutStage::Full), ("b", RolloutStage::Shadow)] {
        world.append(
            60,
            EventKind::Rollout(RolloutEvent {
                release: Digest::of(name),
                stage,
                by: by(),
                reason: None,
            }),
        );
    }
    let (release, reason) = (Some(Digest::of("a")), "wrong".parse().unwrap());
    world.append(61, EventKind::Rollback(RollbackEvent { run: None, release, by: by(), reason }));
    let stages: Vec<_> = world.reader().releases(&gate()).unwrap();
    let stages: Vec<_> = stages.into_iter().map(|one| one.stage).collect();
    assert_eq!(stages, [None, Some(RolloutStage::Shadow)]);
    let rolled_back = LevelIncident::ReleaseRollback { at_ms: 61 };
    assert_eq!(world.reader().level_incidents(&gate()).unwrap().last(), Some(&rolled_back));
    world.assert_sound();
}

/// Appends an event to another gate than that of the fixtures.
fn append_to_farewell(world: &TestLedger, kind: EventKind) {
    let entry = LedgerEntry::new(Event { at_ms: 1, gate: farewell(), kind });
    world.ledger.append_blocking(entry.into()).unwrap();
}

fn farewell() -> GateName {
    "farewell".parse().unwrap()
}

/// Asserts which releases are active, in every way in which a reader answers that.
fn assert_active(world: &TestLedger, expected: &[(GateName, &str)]) {
    let reader = world.reader();
    let expected = expected.iter().map(|(gate, name)| (gate.clone(), Digest::of(name))).collect();
    assert_eq!(reader.active_releases().unwrap(), expected);
    for gate in [gate(), farewell()] {
        let active = reader.active_release(&gate).unwrap();
        assert_eq!(active.as_ref(), expected.get(&gate));
        let releases = reader.releases(&gate).unwrap();
        let first = releases.iter().find(|one| one.stage == Some(RolloutStage::Full));
        assert_eq!(active, first.map(|one| one.release));
    }
}

pub fn names_the_active_release_of_each_gate(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    assert_active(&world, &[]);
    world.append(1, rollout("b", RolloutStage::Shadow));
    assert_active(&world, &[]);
    world.append(1, rollout("b", RolloutStage::Full));
    append_to_farewell(&world, rollout("z", RolloutStage::Full));
    world.append(1, rollout("a", RolloutStage::Full));
    world.append(1, rollout("c", RolloutStage::Shadow));
    assert_active(&world, &[(gate(), "a"), (farewell(), "z")]);
    world.append(1, release_rollback("a"));
    assert_active(&world, &[(gate(), "b"), (farewell(), "z")]);
    world.append(1, rollout("c", RolloutStage::Full));
    world.append(1, rollout("b", RolloutStage::Full));
    assert_active(&world, &[(gate(), "b"), (farewell(), "z")]);
    append_to_farewell(&world, rollout("z", RolloutStage::Aborted));
    assert_active(&world, &[(gate(), "b")]);
    world.assert_sound();
}

pub fn the_version_of_releases_changes_when_another_one_can_be_active(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let version = || world.reader().releases_version().unwrap();
    assert_eq!(version(), 0);
    world.append(1, run("first", Ruling::Allow));
    world.append(1, level(2));
    assert_eq!(version(), 0);
    world.append(1, rollout("a", RolloutStage::Full));
    assert_eq!(version(), world.last());
    append_to_farewell(&world, rollout("z", RolloutStage::Full));
    let both_active = version();
    assert_eq!(both_active, world.last());
    world.append(1, run("second", Ruling::Block));
    world.append(1, incident("sent twice"));
    assert_eq!(version(), both_active);
    world.append(1, release_rollback("a"));
    assert_eq!(version(), world.last());
    world.ledger.rebuild().unwrap();
    assert_eq!(version(), world.last());
}
