//! Appending, by one caller and by many at once.

use tollgate_ledger::{ConflictError, EventQuery, LedgerError, PageCursor, RunQuery, SqliteLedger};
use tollgate_model::{Digest, EventKind, RetainedContent, Ruling};

use crate::common::{TestLedger, entry, gate, line, review, run, run_event, subject};

fn query_all(limit: u32) -> EventQuery {
    EventQuery { gate: None, kind: None, page: PageCursor::After(0), limit }
}

#[test]
fn reads_back_appended_events() {
    let world = TestLedger::new();
    let events = [
        entry(1_000, run("one", Ruling::Block)),
        entry(1_001, review("one", "Kim Osei", tollgate_model::ReviewAction::Approve)),
    ];
    let appended = world.ledger.append_blocking(events.to_vec()).unwrap();
    assert_eq!((appended.first, appended.last), (1, 2));
    let back = world.view().events(&query_all(10)).unwrap();
    assert_eq!([&back[0].event, &back[1].event], [&events[0].event, &events[1].event]);
    assert_eq!(world.view().history(Digest::of("one")).unwrap(), back);
    assert_eq!(back[1].hash, appended.hash);
    world.assert_sound();
}

#[test]
fn reads_back_masked_and_digest_only_outputs() {
    let world = TestLedger::new();
    for (name, content) in [
        ("one", RetainedContent::Masked(Box::new(subject("Welcome, ***!")))),
        ("two", RetainedContent::Digest),
    ] {
        let mut event = run_event(name, Ruling::Allow);
        event.content = content;
        world.append(1, EventKind::Run(Box::new(event.clone())));
        let back = world.view().history(Digest::of(name)).unwrap();
        assert_eq!(back[0].event.kind, EventKind::Run(Box::new(event)));
    }
}

#[test]
fn appends_from_many_tasks_without_loss() {
    let world = TestLedger::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let appended: Vec<u64> = runtime.block_on(async {
        let tasks: Vec<_> = (0..32)
            .map(|writer| {
                let ledger = world.ledger.clone();
                tokio::spawn(async move {
                    let mut numbers = Vec::new();
                    for at in 0..20 {
                        let kind = run(&format!("{writer} {at}"), Ruling::Allow);
                        numbers.push(ledger.append(vec![entry(at, kind)]).await.unwrap().first);
                    }
                    numbers
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        all
    });
    let mut sorted = appended.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=640).collect::<Vec<_>>());
    world.assert_sound();
}

#[test]
fn two_writers_share_one_chain() {
    let world = TestLedger::new();
    let other = SqliteLedger::open(&world.path()).unwrap();
    for at in 0..10 {
        world.append(at, run(&format!("one {at}"), Ruling::Allow));
        other.append_blocking(vec![entry(at, run(&format!("two {at}"), Ruling::Hold))]).unwrap();
    }
    assert_eq!(world.view().head().unwrap().unwrap().0, 20);
    world.assert_sound();
}

#[test]
fn refuses_to_record_a_batch_line_twice() {
    let world = TestLedger::new();
    assert_eq!(world.view().batch_line("march", "17").unwrap(), None);
    world.append(1, line("march", "17", "one"));
    assert_eq!(world.view().batch_line("march", "17").unwrap(), Some(1));
    assert_eq!(world.view().batch_line("april", "17").unwrap(), None);
    let again = world.ledger.append_blocking(vec![
        entry(2, run("before", Ruling::Allow)),
        entry(2, line("march", "17", "two")),
    ]);
    assert!(matches!(
        again,
        Err(LedgerError::Conflict(ConflictError::AlreadyRecorded { seq: 1, ref key, .. })) if key == "17"
    ));
    assert_eq!(world.view().head().unwrap().unwrap().0, 1, "all of it, or none");
    let twice = vec![entry(2, line("may", "1", "a")), entry(2, line("may", "1", "b"))];
    assert!(world.ledger.append_blocking(twice).is_err());
    world.assert_sound();
}

#[test]
fn pages_continue_where_the_last_one_ended() {
    let world = TestLedger::new();
    for at in 0..30 {
        let ruling = if at % 3 == 0 { Ruling::Hold } else { Ruling::Allow };
        world.append(at, run(&format!("{at}"), ruling));
    }
    let mut query = RunQuery {
        gate: Some(gate()),
        ruling: Some(Ruling::Hold),
        page: PageCursor::Newest,
        limit: 4,
    };
    let view = world.view();
    let mut seen = Vec::new();
    loop {
        let page = view.runs(&query).unwrap();
        let Some(last) = page.last() else { break };
        query.page = PageCursor::Before(last.seq);
        seen.extend(page.iter().map(|run| run.seq));
    }
    assert_eq!(seen, (0..10).rev().map(|at| at * 3 + 1).collect::<Vec<_>>());
    let first = Digest::of("7");
    let named = view.runs_with_prefix(&first.hex()[..12], 2).unwrap();
    assert_eq!(named.iter().map(|run| run.run).collect::<Vec<_>>(), [first]);
    assert_eq!(view.runs_with_prefix("xyz", 2).unwrap(), []);
    assert_eq!(view.first_since(7).unwrap(), Some(8));
}

#[test]
fn close_waits_for_pending_appends() {
    let world = TestLedger::new();
    let ledger = world.ledger.clone();
    let writer = std::thread::spawn(move || {
        let append =
            |at| ledger.append_blocking(vec![entry(at, run(&at.to_string(), Ruling::Hold))]);
        (0..).map_while(|at| append(at).ok()).count()
    });
    while world.view().head().unwrap().is_none() {}
    world.ledger.close();
    let acknowledged = writer.join().unwrap() as u64;
    assert_eq!(world.view().head().unwrap().unwrap().0, acknowledged);
    let after = world.ledger.append_blocking(vec![entry(1, run("late", Ruling::Hold))]);
    assert!(matches!(after, Err(LedgerError::Closed)));
}
