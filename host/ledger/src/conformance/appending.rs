//! Appending, by one caller and by many at once.

use std::sync::Arc;

use tollgate_model::{
    Digest, Event, EventKind, GateName, Measure, Outcome, OutputId, RecordedVerdict, Report,
    RetainedContent, ReviewAction, Ruling, RunEvent, Verdict,
};

use super::OpenLedger;
use super::fixtures::{
    TestLedger, batch_line, entry, gate, line, review, run, run_event, spend, subject,
};
use super::retention::erasure;
use crate::{Append, ConflictError, EventQuery, LedgerEntry, LedgerError, PageCursor, RunQuery};

fn query_all(limit: u32) -> EventQuery {
    EventQuery { gate: None, kind: None, page: PageCursor::After(0), limit }
}

pub fn reads_back_appended_events(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let events = [
        entry(1_000, run("one", Ruling::Block)),
        entry(1_001, review("one", "Kim Osei", ReviewAction::Approve)),
    ];
    let appended = world.ledger.append_blocking(events.to_vec().into()).unwrap();
    assert_eq!((appended.first, appended.last), (1, 2));
    let back = world.reader().events(&query_all(10)).unwrap();
    assert_eq!([&back[0].event, &back[1].event], [&events[0].event, &events[1].event]);
    assert_eq!(world.reader().history(Digest::of("one")).unwrap(), back);
    assert_eq!(back[1].hash, appended.hash);
    world.assert_sound();
}

pub fn reads_back_masked_and_digest_only_outputs(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    for (name, content) in [
        ("one", RetainedContent::Masked(Box::new(subject("Welcome, ***!")))),
        ("two", RetainedContent::Digest),
    ] {
        let mut event = run_event(name, Ruling::Allow);
        event.content = content;
        world.append(1, EventKind::Run(Box::new(event.clone())));
        let back = world.reader().history(Digest::of(name)).unwrap();
        assert_eq!(back[0].event.kind, EventKind::Run(Box::new(event)));
    }
}

pub fn appends_from_many_tasks_without_loss(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    let appended: Vec<u64> = runtime.block_on(async {
        let tasks: Vec<_> = (0..32)
            .map(|writer| {
                let ledger = Arc::clone(&world.ledger);
                tokio::spawn(async move {
                    let mut numbers = Vec::new();
                    for at in 0..20 {
                        let kind = run(&format!("{writer} {at}"), Ruling::Allow);
                        numbers.push(ledger.append(entry(at, kind).into()).await.unwrap().first);
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

pub fn finds_runs_by_the_id_of_the_caller(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let with_id = |name: &str, id: &str| {
        let event = run_event(name, Ruling::Allow);
        EventKind::Run(Box::new(RunEvent { output_id: Some(OutputId::new(id)), ..event }))
    };
    for (at, name, id) in [(1, "one", "dana"), (2, "two", "noor"), (3, "three", "dana")] {
        world.append(at, with_id(name, id));
    }
    // Deciding a run again does not list it twice.
    world.append(4, with_id("one", "dana"));
    let found = |gate: &GateName, id: &str| {
        let runs = world.reader().runs_with_output_id(gate, id, 10).unwrap();
        runs.into_iter().map(|run| run.run).collect::<Vec<_>>()
    };
    assert_eq!(found(&gate(), "dana"), [Digest::of("one"), Digest::of("three")]);
    assert_eq!(found(&gate(), "sol"), []);
    assert_eq!(found(&"other".parse().unwrap(), "dana"), []);
    let history = world.reader().history(Digest::of("two")).unwrap();
    let EventKind::Run(run) = &history[0].event.kind else { panic!("not a run") };
    assert_eq!(run.output_id, Some(OutputId::new("noor")));
    let contents = history[0].contents.iter().map(|content| content.digest).collect();
    world.append(5, erasure(contents));
    let history = world.reader().history(Digest::of("two")).unwrap();
    let EventKind::Run(run) = &history[0].event.kind else { panic!("not a run") };
    assert_eq!(run.output_id, Some(OutputId::new("noor").without_text()), "the text is erased");
    assert_eq!(found(&gate(), "noor"), [Digest::of("two")]);
    world.assert_sound();
    world.ledger.rebuild().unwrap();
    assert_eq!(found(&gate(), "dana"), [Digest::of("one"), Digest::of("three")]);
    world.assert_sound();
}

pub fn refuses_to_record_a_batch_line_twice(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let find = |batch, release| {
        let line = batch_line(batch, "17");
        world.reader().batch_line(&gate(), &line, Digest::of(release)).unwrap()
    };
    assert_eq!(find("march", "release"), None);
    world.append(1, line("march", "17", "one"));
    assert_eq!(find("march", "release"), Some(Digest::of("one")));
    assert_eq!(find("april", "release"), None);
    let entries =
        vec![entry(2, run("before", Ruling::Allow)), entry(2, line("march", "17", "two"))];
    let again = world.ledger.append_blocking(entries.into());
    assert!(matches!(
        again,
        Err(LedgerError::Conflict(ConflictError::AlreadyRecorded { ref line, run }))
            if line.key == "17" && run == Digest::of("one")
    ));
    assert_eq!(world.reader().head().unwrap().unwrap().0, 1, "all of it, or none");
    let twice = vec![entry(2, line("may", "1", "a")), entry(2, line("may", "1", "b"))];
    assert!(world.ledger.append_blocking(twice.into()).is_err());
    world.assert_sound();
}

/// A line is done where the present release has decided it: another gate, and another release, decide anew.
pub fn a_batch_line_is_recorded_once_by_each_release(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let decided = |name: &str, release: &str| {
        let batch_line = Some(batch_line("march", "17"));
        let run = run_event(name, Ruling::Allow);
        EventKind::Run(Box::new(RunEvent { batch_line, release: Digest::of(release), ..run }))
    };
    let find = |gate: &GateName, release| {
        let line = batch_line("march", "17");
        world.reader().batch_line(gate, &line, Digest::of(release)).unwrap()
    };
    let other_gate: GateName = "farewell".parse().unwrap();
    world.append(1, decided("one", "first"));
    assert_eq!([find(&gate(), "second"), find(&other_gate, "first")], [None; 2]);
    world.append(2, decided("two", "second"));
    let event = Event { at_ms: 3, gate: other_gate.clone(), kind: decided("three", "first") };
    world.ledger.append_blocking(LedgerEntry::new(event).into()).unwrap();
    let found = [find(&gate(), "first"), find(&gate(), "second"), find(&other_gate, "first")];
    assert_eq!(found, ["one", "two", "three"].map(|name| Some(Digest::of(name))));
    assert!(world.ledger.append_blocking(entry(4, decided("four", "first")).into()).is_err());
    // A release that judges the run again, for a reviewer, has decided the line, too.
    let again = RunEvent { release: Digest::of("third"), ..run_event("two", Ruling::Allow) };
    world.append(5, EventKind::Run(Box::new(again)));
    assert_eq!(find(&gate(), "third"), Some(Digest::of("two")));
    assert_eq!(find(&gate(), "second"), None);
    world.assert_sound();
}

pub fn pages_continue_where_the_last_one_ended(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
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
    let reader = world.reader();
    let mut seen = Vec::new();
    loop {
        let page = reader.runs(&query).unwrap();
        let Some(last) = page.last() else { break };
        query.page = PageCursor::Before(last.seq);
        seen.extend(page.iter().map(|run| run.seq));
    }
    assert_eq!(seen, (0..10).rev().map(|at| at * 3 + 1).collect::<Vec<_>>());
    let first = Digest::of("7");
    let named = reader.runs_with_prefix(&first.hex()[..12], 2).unwrap();
    assert_eq!(named.iter().map(|run| run.run).collect::<Vec<_>>(), [first]);
    assert_eq!(reader.runs_with_prefix("xyz", 2).unwrap(), []);
    assert_eq!(reader.first_since(7).unwrap(), Some(8));
}

pub fn close_waits_for_pending_appends(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let ledger = Arc::clone(&world.ledger);
    let writer = std::thread::spawn(move || {
        let append = |at| {
            ledger.append_blocking(Append::from(entry(at, run(&at.to_string(), Ruling::Hold))))
        };
        (0..).map_while(|at| append(at).ok()).count()
    });
    while world.reader().head().unwrap().is_none() {}
    world.ledger.close();
    let acknowledged = writer.join().unwrap() as u64;
    assert_eq!(world.reader().head().unwrap().unwrap().0, acknowledged);
    let after = world.ledger.append_blocking(entry(1, run("late", Ruling::Hold)).into());
    assert!(matches!(after, Err(LedgerError::Closed)));
}

pub fn refuses_values_that_do_not_read_back(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let mut event = run_event("one", Ruling::Hold);
    let measures = vec![Measure { name: "words".into(), value: f64::NAN }];
    let report = Report { outcome: Outcome::Pass, findings: Vec::new(), measures };
    let verdict =
        RecordedVerdict { result: Verdict::Report(report), answers: Vec::new(), fuel_used: 1 };
    event.checks[0].verdicts.push(verdict);
    let kind = EventKind::Run(Box::new(event));
    assert!(world.ledger.append_blocking(entry(1, kind).into()).is_err());
    assert_eq!(world.reader().head().unwrap(), None);
}

pub fn append_is_all_or_nothing(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(1, line("march", "17", "one"));
    let before = world.reader().runs_with_prefix("", 10).unwrap();
    // The last of three entries does not fit.
    let entries = vec![
        entry(2, run("two", Ruling::Hold)),
        entry(2, spend(5, Some("spring"))),
        entry(2, line("march", "17", "three")),
    ];
    assert!(world.ledger.append_blocking(entries.into()).is_err());
    let reader = world.reader();
    assert_eq!(world.last(), 1);
    assert_eq!(reader.runs_with_prefix("", 10).unwrap(), before);
    assert_eq!(reader.spent_on_campaign(&gate(), "spring").unwrap().micros(), 0);
    assert_eq!(reader.oldest_hold_ms(&gate()).unwrap(), None);
    let entries = vec![entry(2, run("two", Ruling::Hold)), entry(2, spend(5, Some("spring")))];
    let appended = world.ledger.append_blocking(entries.into()).unwrap();
    assert_eq!((appended.first, appended.last), (2, 3));
    world.assert_sound();
}
