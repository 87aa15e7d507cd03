//! The version of a gate: it changes with everything that decisions read, and with nothing else.

use proptest::prelude::*;
use tollgate_model::{
    ChangeEvent, Digest, Event, EventKind, Figure, GateName, KpiEvent, ReviewAction, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling,
};

use super::OpenLedger;
use super::fixtures::{
    TestLedger, approved_run, claim, gate, incident, level, reject, review, run, run_event, spend,
};
use super::generators::{any_event, runner};
use super::retention::erasure;
use crate::{LedgerEntry, LedgerReader};

const CASES: u32 = 60;

fn version(world: &TestLedger) -> u64 {
    world.reader().gate_version(&gate()).unwrap()
}

fn rollback(run: Option<Digest>, release: Option<Digest>) -> EventKind {
    let (by, reason) = ("Dana Hill".parse().unwrap(), "wrong".parse().unwrap());
    EventKind::Rollback(RollbackEvent { run, release, by, reason })
}

pub fn gate_version_names_the_last_event_that_counts(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    assert_eq!(version(&world), 0);
    let (release, by) = (Digest::of("release"), "Dana Hill".parse().unwrap());
    let rollout = RolloutEvent { release, stage: RolloutStage::Full, by, reason: None };
    let (kpi, source) = ("open-rate".parse().unwrap(), "crm".parse().unwrap());
    let figure = KpiEvent { kpi, value: Figure::new(0.5).unwrap(), source };
    let kinds = [
        EventKind::Rollout(rollout),
        spend(5, Some("spring")),
        level(2),
        incident("sent twice"),
        EventKind::Kpi(figure),
        // A blocked run of the fixtures has an enforced contract without an answer.
        run("failing", Ruling::Block),
        rollback(Some(Digest::of("failing")), None),
        rollback(None, Some(release)),
    ];
    for (at_ms, kind) in kinds.into_iter().enumerate() {
        let appended = world.append(at_ms as u64, kind.clone());
        assert_eq!(version(&world), appended.last, "{kind:?}");
        world.append(9, run(&format!("allowed {at_ms}"), Ruling::Allow));
        assert_eq!(version(&world), appended.last, "an allowed run changes nothing");
    }
    assert_eq!(world.reader().gate_version(&"other".parse().unwrap()).unwrap(), 0);
    world.ledger.rebuild().unwrap();
    world.assert_sound();
}

pub fn gate_version_follows_the_oldest_hold(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let steps = [
        (5, run("first", Ruling::Hold), true, "the first hold opens"),
        (6, run("second", Ruling::Hold), false, "a second one opens"),
        (7, run("third", Ruling::Hold), false, "a third one opens"),
        (8, review("second", "Kim Osei", reject()), false, "the second one closes"),
        (9, review("first", "Kim Osei", ReviewAction::Approve), false, "the first is approved"),
        (9, approved_run("first"), true, "the oldest one closes"),
        (3, run("slow clock", Ruling::Hold), true, "one opens that waits since an earlier time"),
        (9, review("third", "Kim Osei", reject()), false, "the third one closes"),
        (9, review("slow clock", "Kim Osei", reject()), true, "the last one closes"),
    ];
    for (at_ms, kind, changes, step) in steps {
        let before = version(&world);
        let appended = world.append(at_ms, kind);
        assert_eq!(version(&world), if changes { appended.last } else { before }, "{step}");
    }
    world.assert_sound();
}

pub fn gate_version_ignores_what_decisions_do_not_read(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(5, run("held", Ruling::Hold));
    let mut drawn = run_event("drawn", Ruling::Allow);
    drawn.decision.audit = true;
    let mut shadow = run_event("shadow", Ruling::Hold);
    shadow.decision.would_be = Some(Ruling::Allow);
    let (system, change) = ("shop".parse().unwrap(), "a new price".parse().unwrap());
    let change = ChangeEvent { run: Digest::of("allowed"), system, change };
    let kinds = [
        run("allowed", Ruling::Allow),
        claim("held", "Kim Osei", 90),
        review("held", "Kim Osei", ReviewAction::Approve),
        // Held again by a decision that was made anew.
        run("held", Ruling::Hold),
        EventKind::Run(Box::new(shadow)),
        EventKind::Run(Box::new(drawn)),
        review("drawn", "Kim Osei", ReviewAction::Approve),
        EventKind::Change(change),
        erasure(vec![Digest::of("content")]),
    ];
    for kind in kinds {
        world.append(6, kind.clone());
        assert_eq!(version(&world), 1, "{kind:?}");
    }
    world.assert_sound();
}

/// Returns everything that decisions at a gate read.
fn decision_state(reader: &dyn LedgerReader, gate: &GateName) -> String {
    let spent = reader.counts(gate, 0, u64::MAX).unwrap().spent;
    format!(
        "{:?} {:?} {:?} {:?} {:?} {spent} {:?}",
        reader.level(gate).unwrap(),
        reader.level_incidents(gate).unwrap(),
        reader.figures(gate).unwrap(),
        reader.oldest_hold_ms(gate).unwrap(),
        reader.releases(gate).unwrap(),
        reader.campaigns(gate).unwrap(),
    )
}

pub fn gate_version_changes_with_everything_that_decisions_read(open: OpenLedger<'_>) {
    let gates: [GateName; 2] = [gate(), "other".parse().unwrap()];
    let events = prop::collection::vec((any_event(), any::<bool>()), 1..40);
    let open = std::cell::RefCell::new(open);
    let result = runner(CASES).run(&events, |events| {
        let world = TestLedger::new(&mut **open.borrow_mut());
        let reader = world.reader();
        let read =
            |gate: &GateName| (reader.gate_version(gate).unwrap(), decision_state(&*reader, gate));
        let mut known = gates.each_ref().map(read);
        for (at_ms, (kind, at_other)) in events.into_iter().enumerate() {
            let gate = gates[usize::from(at_other)].clone();
            let event = Event { at_ms: (at_ms as u64) ^ 3, gate, kind };
            let description = format!("{event:?}");
            let Ok(appended) = world.ledger.append_blocking(LedgerEntry::new(event).into()) else {
                continue;
            };
            let now = gates.each_ref().map(read);
            for ((version, state), (version_before, before)) in now.iter().zip(&known) {
                let changed = *version == appended.last;
                prop_assert!(changed || version == version_before, "{}", description);
                prop_assert!(changed || state == before, "{}", description);
            }
            known = now;
        }
        Ok(())
    });
    result.unwrap();
}
