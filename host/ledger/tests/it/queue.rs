//! The queue, and what reviews change in the state of a gate.

use tollgate_ledger::{
    ActivityCounts, ConflictError, LedgerError, LevelIncident, QueueKind, QueueQuery, TrackRecord,
};
use tollgate_model::{
    Digest, EventKind, Figure, IncidentEvent, KpiEvent, Money, ReviewAction, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling, RunEvent, SpendEvent,
};

use crate::common::{DAY_MS, TestLedger, approved_run, claim, gate, level, review, run, run_event};

fn waiting_runs(world: &TestLedger, waiting_for: QueueKind) -> Vec<Digest> {
    let query = QueueQuery { gate: Some(gate()), kind: waiting_for, after: 0, limit: 10 };
    let queue = world.view().queue(&query).unwrap();
    let all = QueueQuery { gate: None, ..query };
    assert_eq!(world.view().queue(&all).unwrap(), queue);
    queue.into_iter().map(|one| one.run).collect()
}

fn reject() -> ReviewAction {
    ReviewAction::Reject { reason: "wrong offer".parse().unwrap() }
}

fn track(world: &TestLedger) -> [u32; 3] {
    let TrackRecord { approved, edited, rejected, .. } =
        world.view().track_record(&gate()).unwrap();
    [approved, edited, rejected]
}

#[test]
fn holds_a_run_until_it_is_approved_and_decided_again() {
    let world = TestLedger::new();
    let one = Digest::of("one");
    world.append(5, run("one", Ruling::Hold));
    world.append(6, run("other", Ruling::Allow));
    assert_eq!(waiting_runs(&world, QueueKind::Review), [one]);
    assert_eq!(world.view().oldest_hold_ms(&gate()).unwrap(), Some(5));
    world.append(7, claim("one", "Kim Osei", 100));
    let queued = world.view().queued_run(one).unwrap().unwrap();
    assert_eq!((queued.claim.unwrap().until_ms, queued.last_event, queued.since_ms), (100, 3, 5));
    world.append(8, review("one", "Kim Osei", ReviewAction::Approve));
    let held = world.view().queued_run(one).unwrap().unwrap();
    assert_eq!(held.approved_by, ["Kim Osei".parse().unwrap()]);
    assert_eq!((held.claim, held.closed_by, track(&world)), (None, None, [0, 0, 0]));
    world.append(9, approved_run("one"));
    assert_eq!(waiting_runs(&world, QueueKind::Review), []);
    assert_eq!(track(&world), [1, 0, 0]);
    let counts = world.view().counts(&gate(), 0, 0).unwrap();
    let expected = ActivityCounts {
        runs: 2,
        allowed_unreviewed: 1,
        allowed_by_reviewers: 1,
        reviewed: 1,
        review_ms: 1_000,
        ..ActivityCounts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(world.view().oldest_hold_ms(&gate()).unwrap(), None);
    world.assert_sound();
}

#[test]
fn an_edited_output_replaces_the_original_in_one_cycle() {
    let world = TestLedger::new();
    let (one, two) = (Digest::of("one"), Digest::of("two"));
    world.append(1, run("one", Ruling::Hold));
    world.append(2, review("one", "Kim Osei", ReviewAction::Edit { edited: two }));
    assert_eq!(
        waiting_runs(&world, QueueKind::Review),
        [one],
        "the edited output is not judged yet"
    );
    let edited = RunEvent { edited_from: Some(one), ..run_event("two", Ruling::Hold) };
    world.append(3, EventKind::Run(Box::new(edited)));
    assert_eq!(waiting_runs(&world, QueueKind::Review), [two]);
    assert_eq!(track(&world), [0, 1, 0]);
    world.append(4, review("two", "Lee Park", ReviewAction::Approve));
    world.append(5, approved_run("two"));
    assert_eq!((waiting_runs(&world, QueueKind::Review), track(&world)), (vec![], [0, 1, 0]));
    assert_eq!(world.view().history(one).unwrap().len(), 3);
    world.assert_sound();
}

#[test]
fn handles_rejections_escalations_and_audits() {
    let world = TestLedger::new();
    world.append(1, run("one", Ruling::Hold));
    let reason = "not mine".parse().unwrap();
    world.append(2, review("one", "Kim Osei", ReviewAction::Escalate { reason }));
    assert_eq!(world.view().queued_run(Digest::of("one")).unwrap().unwrap().escalations, 1);
    world.append(3, review("one", "Kim Osei", reject()));
    assert_eq!((waiting_runs(&world, QueueKind::Review), track(&world)), (vec![], [0, 0, 1]));
    let mut drawn = run_event("drawn", Ruling::Allow);
    drawn.decision.audit = true;
    world.append(4, EventKind::Run(Box::new(drawn)));
    assert_eq!(waiting_runs(&world, QueueKind::Audit), [Digest::of("drawn")]);
    world.append(5, review("drawn", "Kim Osei", ReviewAction::Approve));
    assert_eq!((waiting_runs(&world, QueueKind::Audit), track(&world)), (vec![], [1, 0, 1]));
    let mut shadow = run_event("shadow", Ruling::Hold);
    shadow.decision.would_be = Some(Ruling::Allow);
    world.append(6, EventKind::Run(Box::new(shadow)));
    assert_eq!(waiting_runs(&world, QueueKind::Review), []);
    world.assert_sound();
}

#[test]
fn only_one_of_several_concurrent_claims_succeeds() {
    let world = TestLedger::new();
    let one = Digest::of("one");
    world.append(1, run("one", Ruling::Hold));
    let state = world.view().queued_run(one).unwrap().unwrap().last_event;
    let people = ["Kim Osei", "Lee Park", "Ola Berg", "Dana Hill"];
    let results: Vec<_> = std::thread::scope(|scope| {
        let world = &world;
        let claiming = people.map(|by| {
            scope.spawn(move || world.append_expecting(2, claim("one", by, 90), one, state))
        });
        claiming.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter_map(Result::err) {
        let LedgerError::Conflict(conflict) = result else { panic!("{result}") };
        assert_eq!(conflict, ConflictError::Changed { run: one, expected: 1, now: 2 });
    }
    world.append_expecting(3, review("one", "Kim Osei", reject()), one, 2).unwrap();
    let late = world.append_expecting(4, review("one", "Lee Park", ReviewAction::Approve), one, 2);
    assert!(matches!(late, Err(LedgerError::Conflict(ConflictError::NotQueued { .. }))));
    assert_eq!(world.view().head().unwrap().unwrap().0, 3);
}

#[test]
fn incidents_count_until_the_level_changes() {
    let world = TestLedger::new();
    let by = || "Dana Hill".parse().unwrap();
    let incident =
        IncidentEvent { description: "sent twice".parse().unwrap(), by: by(), run: None };
    world.append(10, EventKind::Incident(incident));
    world.append(11, run("failing", Ruling::Block));
    world.append(12, run("failing too", Ruling::Block));
    let reason = "wrong".parse().unwrap();
    let run_of = Some(Digest::of("failing"));
    world.append(
        13,
        EventKind::Rollback(RollbackEvent { run: run_of, release: None, by: by(), reason }),
    );
    let failed = LevelIncident::ContractFailed { at_ms: 12, contract: "tollgate/pii".into() };
    let incident = LevelIncident::Incident { at_ms: 10, description: "sent twice".into() };
    let expected = [incident, failed, LevelIncident::Rollback { at_ms: 13 }];
    assert_eq!(world.view().level_incidents(&gate()).unwrap(), expected);
    let counts = world.view().counts(&gate(), 0, 0).unwrap();
    assert_eq!((counts.with_failure, counts.blocked, counts.rolled_back), (2, 2, 1));
    world.append(20, level(2));
    assert_eq!(world.view().level_incidents(&gate()).unwrap(), []);
    let level = world.view().level(&gate()).unwrap().unwrap();
    assert_eq!((level.since_ms, level.change.to), (20, 2));
    world.assert_sound();
}

#[test]
fn reads_spending_figures_and_releases() {
    let world = TestLedger::new();
    let spend = |amount, campaign: Option<&str>| {
        let campaign = campaign.map(str::to_owned);
        EventKind::Spend(SpendEvent { run: None, campaign, amount: Money::from_micros(amount) })
    };
    world.append(DAY_MS, spend(5, Some("spring")));
    world.append(2 * DAY_MS, spend(7, None));
    world.append(2 * DAY_MS, spend(1, Some("spring")));
    let spent = |from, to| world.view().counts(&gate(), from, to).unwrap().spent.micros();
    assert_eq!([spent(DAY_MS, DAY_MS), spent(DAY_MS, 3 * DAY_MS)], [5, 13]);
    assert_eq!(spent(2 * DAY_MS, 2 * DAY_MS + 5), 8);
    assert_eq!(world.view().spent_on_campaign(&gate(), "spring").unwrap().micros(), 6);
    let campaigns = world.view().campaigns(&gate()).unwrap();
    assert_eq!(campaigns, [("spring".into(), Money::from_micros(6))]);
    assert_eq!(world.view().gates().unwrap(), [gate()]);
    let kpi = |at_ms, value: f64| {
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        world.append(
            at_ms,
            EventKind::Kpi(KpiEvent { kpi, value: Figure::new(value).unwrap(), source }),
        );
    };
    kpi(50, 0.5);
    kpi(40, 0.1);
    assert_eq!(world.view().figures(&gate()).unwrap()["open-rate"].value.as_f64(), 0.5);
    let by = || "Dana Hill".parse().unwrap();
    for (name, stage) in [("a", RolloutStage::Full), ("b", RolloutStage::Shadow)] {
        world.append(
            60,
            EventKind::Rollout(RolloutEvent { release: Digest::of(name), stage, by: by() }),
        );
    }
    let (release, reason) = (Some(Digest::of("a")), "wrong".parse().unwrap());
    world.append(61, EventKind::Rollback(RollbackEvent { run: None, release, by: by(), reason }));
    let stages: Vec<_> = world.view().releases(&gate()).unwrap();
    let stages: Vec<_> = stages.into_iter().map(|one| one.stage).collect();
    assert_eq!(stages, [None, Some(RolloutStage::Shadow)]);
    world.assert_sound();
}
