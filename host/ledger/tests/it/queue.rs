//! The queue, and what reviews do to the state of a gate.

use tollgate_ledger::{Conflict, Counts, Error, Happened, TrackRecord, WaitingFor, WaitingWanted};
use tollgate_model::{
    Act, Digest, Figure, Incident, KpiFigure, Money, Rollback, Rollout, RolloutStage, Ruling,
    RunEvent, Spend, What,
};

use crate::common::{DAY_MS, World, approved_run, claim, gate, level, review, run, run_event};

fn waiting(world: &World, waiting_for: WaitingFor) -> Vec<Digest> {
    let wanted = WaitingWanted { gate: Some(gate()), waiting_for, after: 0, limit: 10 };
    let queue = world.view().queue(&wanted).unwrap();
    let all = WaitingWanted { gate: None, ..wanted };
    assert_eq!(world.view().queue(&all).unwrap(), queue);
    queue.into_iter().map(|one| one.run).collect()
}

fn reject() -> Act {
    Act::Reject { reason: "wrong offer".parse().unwrap() }
}

fn track(world: &World) -> [u32; 3] {
    let TrackRecord { approved, edited, rejected, .. } = world.view().track(&gate()).unwrap();
    [approved, edited, rejected]
}

#[test]
fn a_hold_waits_until_it_is_approved_and_decided_again() {
    let world = World::new();
    let one = Digest::of("one");
    world.append(5, run("one", Ruling::Hold));
    world.append(6, run("other", Ruling::Allow));
    assert_eq!(waiting(&world, WaitingFor::Review), [one]);
    assert_eq!(world.view().oldest_hold_ms(&gate()).unwrap(), Some(5));
    world.append(7, claim("one", "Kim Osei", 100));
    let held = world.view().waiting(one).unwrap().unwrap();
    assert_eq!((held.claim.unwrap().until_ms, held.state, held.since_ms), (100, 3, 5));
    world.append(8, review("one", "Kim Osei", Act::Approve));
    let held = world.view().waiting(one).unwrap().unwrap();
    assert_eq!(held.approved_by, ["Kim Osei".parse().unwrap()]);
    assert_eq!((held.claim, held.closed, track(&world)), (None, None, [0, 0, 0]));
    world.append(9, approved_run("one"));
    assert_eq!(waiting(&world, WaitingFor::Review), []);
    assert_eq!(track(&world), [1, 0, 0]);
    let counts = world.view().counts(&gate(), 0, 0).unwrap();
    let expected = Counts {
        runs: 2,
        allowed_by_itself: 1,
        allowed_by_people: 1,
        reviewed: 1,
        review_ms: 1_000,
        ..Counts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(world.view().oldest_hold_ms(&gate()).unwrap(), None);
    world.assert_sound();
}

#[test]
fn an_edited_output_takes_the_place_of_the_other_and_is_one_cycle() {
    let world = World::new();
    let (one, two) = (Digest::of("one"), Digest::of("two"));
    world.append(1, run("one", Ruling::Hold));
    world.append(2, review("one", "Kim Osei", Act::Edit { edited: two }));
    assert_eq!(waiting(&world, WaitingFor::Review), [one], "the edited output is not judged yet");
    let edited = RunEvent { edited_from: Some(one), ..run_event("two", Ruling::Hold) };
    world.append(3, What::Run(Box::new(edited)));
    assert_eq!(waiting(&world, WaitingFor::Review), [two]);
    assert_eq!(track(&world), [0, 1, 0]);
    world.append(4, review("two", "Lee Park", Act::Approve));
    world.append(5, approved_run("two"));
    assert_eq!((waiting(&world, WaitingFor::Review), track(&world)), (vec![], [0, 1, 0]));
    assert_eq!(world.view().history(one).unwrap().len(), 3);
    world.assert_sound();
}

#[test]
fn rejected_escalated_and_audited() {
    let world = World::new();
    world.append(1, run("one", Ruling::Hold));
    let reason = "not mine".parse().unwrap();
    world.append(2, review("one", "Kim Osei", Act::Escalate { reason }));
    assert_eq!(world.view().waiting(Digest::of("one")).unwrap().unwrap().escalated, 1);
    world.append(3, review("one", "Kim Osei", reject()));
    assert_eq!((waiting(&world, WaitingFor::Review), track(&world)), (vec![], [0, 0, 1]));
    let mut drawn = run_event("drawn", Ruling::Allow);
    drawn.decision.audit = true;
    world.append(4, What::Run(Box::new(drawn)));
    assert_eq!(waiting(&world, WaitingFor::Audit), [Digest::of("drawn")]);
    world.append(5, review("drawn", "Kim Osei", Act::Approve));
    assert_eq!((waiting(&world, WaitingFor::Audit), track(&world)), (vec![], [1, 0, 1]));
    let mut shadow = run_event("shadow", Ruling::Hold);
    shadow.decision.would_be = Some(Ruling::Allow);
    world.append(6, What::Run(Box::new(shadow)));
    assert_eq!(waiting(&world, WaitingFor::Review), []);
    world.assert_sound();
}

#[test]
fn of_two_reviewers_at_once_one_is_told() {
    let world = World::new();
    let one = Digest::of("one");
    world.append(1, run("one", Ruling::Hold));
    let state = world.view().waiting(one).unwrap().unwrap().state;
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
        let Error::Conflict(conflict) = result else { panic!("{result}") };
        assert_eq!(conflict, Conflict::Moved { run: one, expected: 1, now: 2 });
    }
    world.append_expecting(3, review("one", "Kim Osei", reject()), one, 2).unwrap();
    let late = world.append_expecting(4, review("one", "Lee Park", Act::Approve), one, 2);
    assert!(matches!(late, Err(Error::Conflict(Conflict::NotWaiting { .. }))));
    assert_eq!(world.view().head().unwrap().unwrap().0, 3);
}

#[test]
fn what_happened_costs_until_the_level_moves() {
    let world = World::new();
    let by = || "Dana Hill".parse().unwrap();
    let incident = Incident { what: "sent twice".parse().unwrap(), by: by(), run: None };
    world.append(10, What::Incident(incident));
    world.append(11, run("failing", Ruling::Block));
    world.append(12, run("failing too", Ruling::Block));
    let reason = "wrong".parse().unwrap();
    let run_of = Some(Digest::of("failing"));
    world.append(13, What::Rollback(Rollback { run: run_of, release: None, by: by(), reason }));
    let failed = Happened::ContractFailed { at_ms: 12, contract: "tollgate/pii".into() };
    let incident = Happened::Incident { at_ms: 10, what: "sent twice".into() };
    let expected = [incident, failed, Happened::Rollback { at_ms: 13 }];
    assert_eq!(world.view().happened(&gate()).unwrap(), expected);
    let counts = world.view().counts(&gate(), 0, 0).unwrap();
    assert_eq!((counts.with_failure, counts.blocked, counts.rolled_back), (2, 2, 1));
    world.append(20, level(2));
    assert_eq!(world.view().happened(&gate()).unwrap(), []);
    let level = world.view().level(&gate()).unwrap().unwrap();
    assert_eq!((level.since_ms, level.change.to), (20, 2));
    world.assert_sound();
}

#[test]
fn money_figures_and_releases() {
    let world = World::new();
    let spend = |amount, campaign: Option<&str>| {
        let campaign = campaign.map(str::to_owned);
        What::Spend(Spend { run: None, campaign, amount: Money::of_micros(amount) })
    };
    world.append(DAY_MS, spend(5, Some("spring")));
    world.append(2 * DAY_MS, spend(7, None));
    world.append(2 * DAY_MS, spend(1, Some("spring")));
    let spent = |from, to| world.view().counts(&gate(), from, to).unwrap().spent.micros();
    assert_eq!([spent(DAY_MS, DAY_MS), spent(DAY_MS, 3 * DAY_MS)], [5, 13]);
    assert_eq!(spent(2 * DAY_MS, 2 * DAY_MS + 5), 8);
    assert_eq!(world.view().spent_on(&gate(), "spring").unwrap().micros(), 6);
    let campaigns = world.view().campaigns(&gate()).unwrap();
    assert_eq!(campaigns, [("spring".into(), Money::of_micros(6))]);
    assert_eq!(world.view().gates().unwrap(), [gate()]);
    let kpi = |at_ms, value: f64| {
        let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
        world
            .append(at_ms, What::Kpi(KpiFigure { kpi, value: Figure::of(value).unwrap(), source }));
    };
    kpi(50, 0.5);
    kpi(40, 0.1);
    assert_eq!(world.view().figures(&gate()).unwrap()["open-rate"].value.number(), 0.5);
    let by = || "Dana Hill".parse().unwrap();
    for (name, stage) in [("a", RolloutStage::Full), ("b", RolloutStage::Shadow)] {
        world.append(60, What::Rollout(Rollout { release: Digest::of(name), stage, by: by() }));
    }
    let (release, reason) = (Some(Digest::of("a")), "wrong".parse().unwrap());
    world.append(61, What::Rollback(Rollback { run: None, release, by: by(), reason }));
    let stages: Vec<_> = world.view().releases(&gate()).unwrap();
    let stages: Vec<_> = stages.into_iter().map(|one| one.stage).collect();
    assert_eq!(stages, [None, Some(RolloutStage::Shadow)]);
    world.assert_sound();
}
