//! Conditions of appends: of several writers that read the same state, one succeeds.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use tollgate_model::{Digest, ReviewAction, Ruling};

use super::OpenLedger;
use super::fixtures::{TestLedger, claim, entry, gate, incident, reject, review, run, spend};
use crate::{Append, AppendCondition, ConflictError, ExpectedState, LedgerError, LedgerReader};

fn gate_at(version: u64) -> AppendCondition {
    AppendCondition::GateVersion { gate: gate(), version }
}

fn conflict<T>(result: Result<T, LedgerError>) -> ConflictError {
    match result {
        Err(LedgerError::Conflict(conflict)) => conflict,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the append was recorded"),
    }
}

pub fn only_one_of_several_concurrent_claims_succeeds(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let one = Digest::of("one");
    world.append(1, run("one", Ruling::Hold));
    let last_event = world.reader().queued_run(one).unwrap().unwrap().last_event;
    let seen = ExpectedState { run: one, last_event };
    let people = ["Kim Osei", "Lee Park", "Ola Berg", "Dana Hill"];
    let results: Vec<_> = thread::scope(|scope| {
        let world = &world;
        let claiming = people
            .map(|by| scope.spawn(move || world.append_expecting(2, claim("one", by, 90), seen)));
        claiming.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    for result in results.into_iter().filter(Result::is_err) {
        let changed = ConflictError::Changed { run: one, expected: 1, now: 2 };
        assert_eq!(conflict(result), changed);
    }
    let claimed = ExpectedState { run: one, last_event: 2 };
    world.append_expecting(3, review("one", "Kim Osei", reject()), claimed).unwrap();
    let late = review("one", "Lee Park", ReviewAction::Approve);
    let late = world.append_expecting(4, late, claimed);
    assert_eq!(conflict(late), ConflictError::NotQueued { run: one });
    assert_eq!(world.last(), 3);
}

pub fn an_append_from_an_old_gate_version_is_refused(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(1, run("allowed", Ruling::Allow));
    let version = world.reader().gate_version(&gate()).unwrap();
    assert_eq!(version, 0);
    let decided =
        || Append::from(vec![entry(3, run("one", Ruling::Hold)), entry(3, spend(5, None))]);
    world.append(2, incident("sent twice"));
    let refused = world.ledger.append_blocking(decided().on_condition(gate_at(version)));
    let changed = ConflictError::GateChanged { gate: gate(), expected: 0, found: 2 };
    assert_eq!(conflict(refused), changed);
    assert_eq!(world.last(), 2, "nothing of the append is recorded");
    assert_eq!(world.reader().run(Digest::of("one")).unwrap(), None);
    let version = world.reader().gate_version(&gate()).unwrap();
    let appended = world.ledger.append_blocking(decided().on_condition(gate_at(version))).unwrap();
    assert_eq!((appended.first, appended.last), (3, 4));
    world.assert_sound();
}

pub fn all_conditions_must_hold(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(1, run("one", Ruling::Hold));
    let seen = ExpectedState { run: Digest::of("one"), last_event: 1 };
    let other = AppendCondition::GateVersion { gate: "other".parse().unwrap(), version: 0 };
    let rejection = || Append::from(entry(2, review("one", "Kim Osei", reject())));
    let old = ExpectedState { last_event: 7, ..seen };
    let refused =
        rejection().on_condition(other.clone()).on_condition(gate_at(1)).on_condition(old);
    assert!(matches!(
        conflict(world.ledger.append_blocking(refused)),
        ConflictError::Changed { expected: 7, now: 1, .. }
    ));
    let refused = rejection().on_condition(seen).on_condition(gate_at(0));
    assert!(matches!(
        conflict(world.ledger.append_blocking(refused)),
        ConflictError::GateChanged { expected: 0, found: 1, .. }
    ));
    assert_eq!(world.last(), 1);
    let fits = rejection().on_condition(seen).on_condition(other).on_condition(gate_at(1));
    assert_eq!(world.ledger.append_blocking(fits).unwrap().last, 2);
}

/// Spends one unit until the budget is used up, deciding again whenever another writer was first. Returns how often
/// that was. Every run comes with its spending, so half of an append would show in the counts.
pub fn spend_budget(
    ledger: &dyn crate::Ledger,
    reader: &dyn LedgerReader,
    name: &str,
    budget: u64,
    mut decided: impl FnMut(),
) -> u64 {
    let mut conflicts = 0;
    for attempt in 0.. {
        let version = reader.gate_version(&gate()).unwrap();
        let spent = reader.counts(&gate(), 0, 0).unwrap().spent.micros();
        assert!(spent <= budget, "{spent} of {budget} was spent");
        if spent == budget {
            break;
        }
        decided();
        let run = run(&format!("{name} {attempt}"), Ruling::Allow);
        let append = Append::from(vec![entry(1, run), entry(1, spend(1, None))]);
        match ledger.append_blocking(append.on_condition(gate_at(version))) {
            Ok(_) => {}
            Err(LedgerError::Conflict(ConflictError::GateChanged { expected, found, .. })) => {
                assert!(expected == version && found > version, "{found} follows {version}");
                conflicts += 1;
            }
            Err(other) => panic!("{other}"),
        }
    }
    conflicts
}

/// Asserts that a budget was spent to the last unit, and not a unit more.
pub fn assert_budget_spent(reader: &dyn LedgerReader, budget: u64) {
    let counts = reader.counts(&gate(), 0, 0).unwrap();
    assert_eq!((counts.spent.micros(), counts.runs), (budget, budget));
    assert_eq!(reader.head().unwrap().unwrap().0, 2 * budget);
}

pub fn writers_cannot_overspend_a_budget_together(open: OpenLedger<'_>) {
    const WRITERS: usize = 4;
    const BUDGET: u64 = 40;
    let world = TestLedger::new(open);
    let (barrier, conflicts) = (Barrier::new(WRITERS), AtomicU64::new(0));
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let (world, barrier, conflicts) = (&world, &barrier, &conflicts);
            scope.spawn(move || {
                let (reader, mut is_first) = (world.reader(), true);
                let decided = || {
                    // All writers decide the first time from the same version.
                    if std::mem::take(&mut is_first) {
                        barrier.wait();
                    }
                };
                let name = writer.to_string();
                let lost = spend_budget(&*world.ledger, &*reader, &name, BUDGET, decided);
                conflicts.fetch_add(lost, Ordering::Relaxed);
            });
        }
    });
    assert!(conflicts.into_inner() >= WRITERS as u64 - 1);
    assert_budget_spent(&*world.reader(), BUDGET);
    world.assert_sound();
}
