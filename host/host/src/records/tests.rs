use std::collections::BTreeSet;

use tollgate_ledger::{Ledger, LedgerEntry};
use tollgate_model::{
    ChangeEvent, Content, Digest, Event, EventKind, GateName, NonBlankString, OutputId,
    RetainedContent, Ruling, RunEvent, Subject,
};

use super::{GateScope, MissingContent, PAGE_BYTES_MAX, RecordPage, RunFilter, RunStanding};
use crate::lookup;
use crate::test_host::{START_MS, TestHost, actor, run, text};

const GATES: [&str; 3] = ["offers", "replies", "welcome-email"];

fn gate(name: &str) -> GateName {
    name.parse().unwrap()
}

fn only(gates: &[&str]) -> GateScope {
    GateScope::Only(gates.iter().map(|name| gate(name)).collect())
}

async fn record(test: &TestHost, at: &str, kind: EventKind) {
    let entry = LedgerEntry::new(Event { at_ms: START_MS, gate: gate(at), kind });
    test.ledger.append(entry.into()).await.unwrap();
}

async fn record_run(test: &TestHost, at: &str, run: RunEvent) -> Digest {
    let name = run.run;
    record(test, at, EventKind::Run(Box::new(run))).await;
    name
}

/// Records `count` runs, at one gate after another.
async fn record_runs(test: &TestHost, count: usize) {
    for number in 0..count {
        let ruling = if number % 2 == 0 { Ruling::Allow } else { Ruling::Block };
        record_run(test, GATES[number % GATES.len()], run(&format!("output {number}"), ruling))
            .await;
    }
}

fn numbers(page: &RecordPage) -> Vec<u64> {
    page.events.iter().map(|listed| listed.event.seq).collect()
}

fn runs(scope: GateScope) -> RunFilter {
    RunFilter { scope, output_id: None, ruling: None }
}

/// Returns the numbers on all pages of runs, and of the longest page.
fn all_runs(test: &TestHost, filter: &RunFilter, limit: u32) -> (Vec<u64>, usize) {
    let (mut all, mut longest, mut before) = (Vec::new(), 0, None);
    loop {
        let page = test.host.recorded_runs(filter, before, limit).unwrap();
        longest = longest.max(page.events.len());
        all.extend(numbers(&page));
        let Some(next) = page.next else { return (all, longest) };
        before = Some(next);
    }
}

fn all_events(test: &TestHost, scope: &GateScope, limit: u32) -> Vec<u64> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let page = test.host.recorded_events(scope, after, limit).unwrap();
        assert!(page.events.len() <= usize::try_from(limit).unwrap());
        all.extend(numbers(&page));
        let Some(next) = page.next else { return all };
        after = next;
    }
}

#[tokio::test]
async fn pages_have_each_run_once_newest_first() {
    let test = TestHost::new();
    record_runs(&test, 25).await;
    let everything: Vec<u64> = (1..=25).rev().collect();
    for limit in [1, 4, 5, 24, 25, 26] {
        let (found, longest) = all_runs(&test, &runs(GateScope::All), limit);
        assert_eq!(found, everything, "{limit}");
        assert!(longest <= usize::try_from(limit).unwrap());
    }
    let of_two: Vec<_> = everything.iter().copied().filter(|seq| (seq - 1) % 3 != 1).collect();
    let scope = only(&["offers", "welcome-email"]);
    assert_eq!(all_runs(&test, &runs(scope.clone()), 3).0, of_two);
    let allowed = RunFilter { ruling: Some(Ruling::Allow), ..runs(scope) };
    let expected: Vec<_> = of_two.into_iter().filter(|seq| seq % 2 == 1).collect();
    assert_eq!(all_runs(&test, &allowed, 2).0, expected);
    assert_eq!(all_runs(&test, &runs(only(&[])), 3).0, [0; 0]);
    assert_eq!(all_runs(&test, &runs(only(&["unknown"])), 3).0, [0; 0]);
}

#[tokio::test]
async fn a_page_that_is_full_says_that_it_is_the_last() {
    let test = TestHost::new();
    record_runs(&test, 4).await;
    let page = test.host.recorded_runs(&runs(GateScope::All), None, 4).unwrap();
    assert_eq!((page.events.len(), page.next), (4, None));
    let page = test.host.recorded_events(&GateScope::All, 0, 4).unwrap();
    assert_eq!((page.events.len(), page.next), (4, None));
    let page = test.host.recorded_events(&GateScope::All, 0, 3).unwrap();
    assert_eq!((numbers(&page), page.next), (vec![1, 2, 3], Some(3)));
    // What is recorded later is on the pages after that.
    record_runs(&test, 1).await;
    let rest = test.host.recorded_events(&GateScope::All, 3, 3).unwrap();
    assert_eq!((numbers(&rest), rest.next), (vec![4, 5], None));
}

#[tokio::test]
async fn pages_have_each_event_once_oldest_first() {
    let test = TestHost::new();
    record_runs(&test, 30).await;
    let everything: Vec<u64> = (1..=30).collect();
    for limit in [1, 7, 8, 9, 29, 30, 31] {
        assert_eq!(all_events(&test, &GateScope::All, limit), everything, "{limit}");
        let of_one: Vec<_> = everything.iter().copied().filter(|seq| (seq - 1) % 3 == 1).collect();
        assert_eq!(all_events(&test, &only(&["replies"]), limit), of_one, "{limit}");
        let both = all_events(&test, &only(&["offers", "replies"]), limit);
        assert_eq!(both.len(), 20, "{limit}");
        assert!(both.is_sorted());
    }
}

#[tokio::test]
async fn a_page_ends_when_it_is_large() {
    let test = TestHost::new();
    let large = "a".repeat(PAGE_BYTES_MAX / 3);
    for number in 0..7 {
        record_run(&test, "offers", run(&format!("{number}{large}"), Ruling::Allow)).await;
    }
    let page = test.host.recorded_events(&GateScope::All, 0, 100).unwrap();
    assert_eq!((numbers(&page), page.next), (vec![1, 2, 3], Some(3)));
    assert_eq!(all_events(&test, &GateScope::All, 100), (1..=7).collect::<Vec<_>>());
    let page = test.host.recorded_runs(&runs(GateScope::All), None, 100).unwrap();
    assert_eq!((numbers(&page), page.next), (vec![7, 6, 5], Some(5)));
}

#[tokio::test]
async fn finds_runs_by_the_id_of_the_caller() {
    let test = TestHost::new();
    for (at, output) in [("offers", "a"), ("replies", "b"), ("offers", "c"), ("offers", "d")] {
        let id = if output == "d" { "order-2" } else { "order-1" };
        let run = RunEvent { output_id: Some(OutputId::new(id)), ..run(output, Ruling::Allow) };
        record_run(&test, at, run).await;
    }
    let named = |scope| RunFilter { output_id: Some("order-1".into()), ..runs(scope) };
    assert_eq!(all_runs(&test, &named(GateScope::All), 2).0, [3, 2, 1]);
    assert_eq!(all_runs(&test, &named(only(&["offers"])), 1).0, [3, 1]);
    let held = RunFilter { ruling: Some(Ruling::Hold), ..named(GateScope::All) };
    assert_eq!(all_runs(&test, &held, 2).0, [0; 0]);
}

#[tokio::test]
async fn lists_how_runs_stand_now() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Allow).await;
    test.host.retract(run, &actor("Sam Reed"), text("too early")).await.unwrap();
    let page = test.host.recorded_events(&GateScope::All, 0, 10).unwrap();
    let [judged, retracted] = &page.events[..] else { panic!("{}", page.events.len()) };
    let standing = judged.standing.as_ref().unwrap();
    assert_eq!(standing.ruling, Ruling::Allow);
    assert_eq!(standing.revocation.as_ref().unwrap().by.as_str(), "Sam Reed");
    assert_eq!(retracted.standing, None);
}

#[test]
fn a_ledger_that_is_not_made_yet_has_no_records() {
    let test = TestHost::new();
    let host = crate::Host::builder(test.project.clone()).build();
    assert!(host.recorded_runs(&runs(GateScope::All), None, 5).unwrap().events.is_empty());
    assert!(host.recorded_events(&GateScope::All, 0, 5).unwrap().events.is_empty());
}

#[test]
fn narrows_a_scope_to_what_it_includes() {
    let all = GateScope::All.narrowed_to(&gate("offers"));
    assert_eq!(all, only(&["offers"]));
    assert_eq!(only(&["offers", "replies"]).narrowed_to(&gate("replies")), only(&["replies"]));
    assert_eq!(only(&["offers"]).narrowed_to(&gate("replies")), GateScope::Only(BTreeSet::new()));
    assert!(!only(&[]).includes(&gate("offers")));
}

#[tokio::test]
async fn a_record_has_what_an_edit_came_from_and_what_followed() {
    let test = TestHost::new();
    let first = test.record_run("Hello", Ruling::Hold).await;
    let edited = RunEvent { edited_from: Some(first), ..run("Hello Dana", Ruling::Allow) };
    let edited = record_run(&test, "welcome-email", edited).await;
    let (system, change) = ("mail".parse().unwrap(), "sent".parse().unwrap());
    test.record(EventKind::Change(ChangeEvent { run: edited, system, change })).await;
    let record = test.host.run_record(test.host.find_run(&edited.hex()).unwrap()).unwrap();
    assert_eq!((record.summary.run, record.decided.run, record.event.seq), (edited, edited, 2));
    assert_eq!(record.answers.edited.as_ref().unwrap().from, first);
    assert_eq!(record.answers.changed.len(), 1);
    let seqs: Vec<_> = record.all_events().map(|stored| stored.seq).collect();
    assert_eq!(seqs, [1, 2, 2, 3], "an edited run is in the history of the run that it is from");
    assert_eq!((record.release, record.missing_details), (None, None));
}

#[tokio::test]
async fn an_erased_record_says_who_erased_it() {
    let test = TestHost::new();
    let (content, ruling) = (Content::Text("secret".into()), Ruling::Allow);
    let subject = Box::new(Subject::new(content));
    let run = RunEvent { content: RetainedContent::Full(subject), ..run("secret", ruling) };
    let run = record_run(&test, "welcome-email", run).await;
    let reason: NonBlankString = text("asked to");
    test.host.erase_run(run, &actor("Sam Reed"), &reason).await.unwrap();
    let summary = test.host.find_run(&run.hex()).unwrap();
    let record = test.host.run_record(summary.clone()).unwrap();
    assert_eq!(record.decided.content, RetainedContent::Erased);
    let reader = test.ledger.open_reader().unwrap();
    let missing = super::find_missing_content(&*reader, &record.event, |_| true).unwrap();
    let Some(MissingContent::Erased { seq: 2, erasure: Some(erasure) }) = missing else {
        panic!("{missing:?}");
    };
    assert_eq!((erasure.by.to_string(), erasure.reason), ("Sam Reed".into(), reason));
    let history = reader.history(run).unwrap();
    let judged = lookup::first_judgement(&history, run).unwrap();
    assert_eq!(judged.run, run);
    let standing = RunStanding::new(summary.ruling, &history, run);
    assert_eq!(standing, RunStanding { ruling: Ruling::Allow, revocation: None });
}
