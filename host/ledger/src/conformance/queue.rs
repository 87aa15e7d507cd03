//! The queue of runs that wait for a human.

use std::collections::BTreeMap;

use tollgate_model::{
    ClaimEvent, CycleResult, Digest, EventKind, Person, ReviewAction, ReviewEvent, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling, RunEvent,
};

use super::OpenLedger;
use super::fixtures::{
    TestLedger, approved_run, claim, gate, incident_about, level, reject, review, run, run_event,
};
use crate::{ActivityCounts, QueueKind, QueueLength, QueueQuery};

fn waiting_runs(world: &TestLedger, waiting_for: QueueKind) -> Vec<Digest> {
    let query = QueueQuery { gate: Some(gate()), kind: waiting_for, after: 0, limit: 10 };
    let queue = world.reader().queue(&query).unwrap();
    let all = QueueQuery { gate: None, ..query };
    assert_eq!(world.reader().queue(&all).unwrap(), queue);
    queue.into_iter().map(|one| one.run).collect()
}

/// Returns the numbers of cycles that ended with an approval, an edit and a rejection.
fn track(world: &TestLedger) -> [usize; 3] {
    let cycles = world.reader().review_cycles(&gate()).unwrap();
    let count = |result| cycles.iter().filter(|cycle| cycle.result == result).count();
    [count(CycleResult::Approved), count(CycleResult::Edited), count(CycleResult::Rejected)]
}

/// Returns the longest times that the approvals of the cycles can have taken.
fn approval_times(world: &TestLedger) -> Vec<Option<u64>> {
    let cycles = world.reader().review_cycles(&gate()).unwrap();
    cycles.into_iter().map(|cycle| cycle.approval_ms).collect()
}

/// A review whose length the reviewer does not state.
fn unstated(name: &str, by: &str, action: ReviewAction) -> EventKind {
    let EventKind::Review(stated) = review(name, by, action) else { panic!("no review") };
    EventKind::Review(ReviewEvent { time_ms: None, ..stated })
}

/// A run that was allowed and drawn for an audit.
fn drawn(name: &str) -> EventKind {
    let mut drawn = run_event(name, Ruling::Allow);
    drawn.decision.audit = true;
    EventKind::Run(Box::new(drawn))
}

pub fn holds_a_run_until_it_is_approved_and_decided_again(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let one = Digest::of("one");
    world.append(5, run("one", Ruling::Hold));
    world.append(6, run("other", Ruling::Allow));
    assert_eq!(waiting_runs(&world, QueueKind::Review), [one]);
    assert_eq!(world.reader().oldest_hold_ms(&gate()).unwrap(), Some(5));
    world.append(7, claim("one", "Kim Osei", 100));
    let queued = world.reader().queued_run(one).unwrap().unwrap();
    assert_eq!((queued.claim.unwrap().until_ms, queued.last_event, queued.since_ms), (100, 3, 5));
    world.append(8, review("one", "Kim Osei", ReviewAction::Approve));
    let held = world.reader().queued_run(one).unwrap().unwrap();
    assert_eq!(held.approved_by, ["Kim Osei".parse().unwrap()]);
    assert_eq!((held.claim, held.closed_by, track(&world)), (None, None, [0, 0, 0]));
    world.append(9, approved_run("one"));
    assert_eq!(waiting_runs(&world, QueueKind::Review), []);
    assert_eq!(track(&world), [1, 0, 0]);
    let counts = world.reader().counts(&gate(), 0, 0).unwrap();
    let expected = ActivityCounts {
        runs: 2,
        allowed_unreviewed: 1,
        allowed_by_reviewers: 1,
        reviewed: 1,
        review_ms: 1_000,
        ..ActivityCounts::default()
    };
    assert_eq!(counts, expected);
    assert_eq!(world.reader().oldest_hold_ms(&gate()).unwrap(), None);
    world.assert_sound();
}

pub fn counts_what_waits_at_each_gate(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let lengths = |kind| world.reader().queue_lengths(kind).unwrap();
    assert_eq!(lengths(QueueKind::Review), BTreeMap::new());
    // The clock of the writer of the second one was slow.
    world.append(5, run("one", Ruling::Hold));
    world.append(3, run("two", Ruling::Hold));
    world.append(6, run("three", Ruling::Allow));
    world.append(7, drawn("four"));
    let length = |waiting, oldest_ms| [(gate(), QueueLength { waiting, oldest_ms })].into();
    assert_eq!(lengths(QueueKind::Review), length(2, 3));
    assert_eq!(lengths(QueueKind::Audit), length(1, 7));
    world.append(8, review("two", "Kim Osei", reject()));
    assert_eq!(lengths(QueueKind::Review), length(1, 5));
    world.append(9, review("one", "Kim Osei", reject()));
    assert_eq!(lengths(QueueKind::Review), BTreeMap::new());
    world.assert_sound();
}

pub fn an_edited_output_replaces_the_original_in_one_cycle(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
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
    assert_eq!(world.reader().history(one).unwrap().len(), 3);
    world.assert_sound();
}

/// An older version recorded names that are refused today.
pub fn reads_names_that_are_refused_today(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let former = |name| Person::from_record(name).unwrap();
    let (author, by) = (former("Ada\nWriter"), former("Kim\u{200b} Osei\r\n"));
    let held = RunEvent { author: Some(author.clone()), ..run_event("one", Ruling::Hold) };
    world.append(1, EventKind::Run(Box::new(held)));
    let one = Digest::of("one");
    let claimed = ClaimEvent { run: one, by: by.clone(), until_ms: 100 };
    world.append(2, EventKind::Claim(claimed));
    let queued = world.reader().queued_run(one).unwrap().unwrap();
    assert_eq!(queued.author.unwrap().as_str(), author.as_str());
    assert_eq!(queued.claim.unwrap().by.as_str(), by.as_str());
    let EventKind::Review(approval) = unstated("one", "Kim Osei", ReviewAction::Approve) else {
        panic!("no review")
    };
    world.append(3, EventKind::Review(ReviewEvent { by: by.clone(), ..approval }));
    let queued = world.reader().queued_run(one).unwrap().unwrap();
    assert_eq!(queued.approved_by[0].as_str(), by.as_str());
    let (release, stage) = (Digest::of("release"), RolloutStage::Full);
    let rollout = RolloutEvent { release, stage, by: by.clone(), reason: None };
    world.append(4, EventKind::Rollout(rollout));
    assert_eq!(world.reader().releases(&gate()).unwrap()[0].by.as_str(), by.as_str());
    let recorded = world.reader().history(one).unwrap();
    let reviewers = recorded.iter().filter_map(|one| match &one.event.kind {
        EventKind::Review(review) => Some(review.by.as_str()),
        _ => None,
    });
    assert_eq!(reviewers.collect::<Vec<_>>(), [by.as_str()]);
    world.assert_sound();
}

pub fn handles_rejections_escalations_and_audits(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(1, run("one", Ruling::Hold));
    let reason = "not mine".parse().unwrap();
    world.append(2, review("one", "Kim Osei", ReviewAction::Escalate { reason }));
    assert_eq!(world.reader().queued_run(Digest::of("one")).unwrap().unwrap().escalations, 1);
    world.append(3, review("one", "Kim Osei", reject()));
    assert_eq!((waiting_runs(&world, QueueKind::Review), track(&world)), (vec![], [0, 0, 1]));
    world.append(4, drawn("drawn"));
    assert_eq!(waiting_runs(&world, QueueKind::Audit), [Digest::of("drawn")]);
    world.append(5, review("drawn", "Kim Osei", ReviewAction::Approve));
    assert_eq!((waiting_runs(&world, QueueKind::Audit), track(&world)), (vec![], [1, 0, 1]));
    let mut shadow = run_event("shadow", Ruling::Hold);
    shadow.decision.would_be = Some(Ruling::Allow);
    world.append(6, EventKind::Run(Box::new(shadow)));
    assert_eq!(waiting_runs(&world, QueueKind::Review), []);
    world.assert_sound();
}

/// Nobody approves what was taken back: the audit ends with the act that says that the output was wrong.
pub fn an_audit_ends_when_its_output_is_taken_back(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    for name in ["retracted", "named", "sound"] {
        world.append(1, drawn(name));
    }
    let (by, reason) = ("Dana Hill".parse().unwrap(), "wrong offer".parse().unwrap());
    let run_of = Some(Digest::of("retracted"));
    world.append(2, EventKind::Rollback(RollbackEvent { run: run_of, release: None, by, reason }));
    let named = world.append(3, incident_about("named", "a wrong name"));
    assert_eq!(waiting_runs(&world, QueueKind::Audit), [Digest::of("sound")]);
    assert_eq!(track(&world), [0, 0, 2]);
    let closed = world.reader().queued_run(Digest::of("named")).unwrap().unwrap();
    assert_eq!(closed.closed_by, Some(named.last));
    for name in ["retracted", "named"] {
        world.append(4, review(name, "Kim Osei", ReviewAction::Approve));
    }
    assert_eq!(track(&world), [0, 0, 2], "an approval that comes too late counts for nothing");
    world.append(5, review("sound", "Kim Osei", reject()));
    world.append(5, incident_about("sound", "found by an audit"));
    assert_eq!(track(&world), [0, 0, 3], "a rejected audit and its incident are one cycle");
    world.assert_sound();
}

/// Outputs of another level say nothing about this one, and clocks do not tell which they are.
pub fn a_cycle_counts_at_the_level_that_its_output_was_decided_at(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    world.append(90, run("held before", Ruling::Hold));
    world.append(90, run("rejected", Ruling::Hold));
    world.append(90, run("edited", Ruling::Hold));
    world.append(90, drawn("drawn before"));
    world.append(50, level(2));
    world.append(10, run("held after", Ruling::Hold));
    world.append(10, drawn("drawn after"));
    let edited = RunEvent {
        edited_from: Some(Digest::of("edited")),
        ..run_event("another text", Ruling::Allow)
    };
    world.append(95, EventKind::Run(Box::new(edited)));
    world.append(95, review("rejected", "Kim Osei", reject()));
    for name in ["held before", "drawn before"] {
        world.append(95, review(name, "Kim Osei", ReviewAction::Approve));
    }
    world.append(95, approved_run("held before"));
    assert_eq!(track(&world), [0, 0, 0]);
    let counts = world.reader().counts(&gate(), 0, 95).unwrap();
    assert_eq!(counts.reviewed, 4, "they were reviewed nevertheless");
    for name in ["held after", "drawn after"] {
        world.append(20, review(name, "Kim Osei", ReviewAction::Approve));
    }
    world.append(20, approved_run("held after"));
    assert_eq!((waiting_runs(&world, QueueKind::Review), track(&world)), (vec![], [2, 0, 0]));
    world.assert_sound();
}

/// A cycle says how long its approval can have taken: since the run waits, since its reviewer claimed it, and since the same
/// person reviewed something else.
pub fn a_cycle_says_how_long_its_approval_can_have_taken(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    for name in ["waited", "claimed", "at once", "stated", "two people", "rejected"] {
        world.append(1_000, run(name, Ruling::Hold));
    }
    world.append(1_000, drawn("audited"));
    let approve = |at_ms, name: &str, by: &str| {
        world.append(at_ms, unstated(name, by, ReviewAction::Approve));
    };
    approve(61_000, "waited", "Kim Osei");
    world.append(61_000, approved_run("waited"));
    world.append(70_000, claim("claimed", "Kim Osei", 500_000));
    world.append(75_000, claim("claimed", "Kim Osei", 500_000));
    approve(90_000, "claimed", "kim  OSEI");
    world.append(90_000, approved_run("claimed"));
    approve(90_100, "at once", "KIM OSEI");
    world.append(90_100, approved_run("at once"));
    // It states one second.
    world.append(300_000, review("stated", "Kim Osei", ReviewAction::Approve));
    world.append(300_000, approved_run("stated"));
    approve(301_000, "two people", "Lee Park");
    approve(302_500, "two people", "Kim Osei");
    world.append(302_500, approved_run("two people"));
    world.append(400_000, review("rejected", "Kim Osei", reject()));
    approve(402_000, "audited", "Kim Osei");
    let expected = [60_000, 20_000, 100, 1_000, 2_500].map(Some);
    let expected: Vec<_> = expected.into_iter().chain([None, Some(2_000)]).collect();
    assert_eq!(approval_times(&world), expected);
    world.assert_sound();
}

/// The clock of one review may be fast: the reviews after it are measured by their own times.
pub fn a_fast_clock_spoils_one_review_only(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    for (at_ms, name) in [(1_000, "fast"), (2_000, "next"), (3_000, "last")] {
        world.append(at_ms, run(name, Ruling::Hold));
    }
    for (at_ms, name) in [(900_000, "fast"), (20_000, "next"), (30_000, "last")] {
        world.append(at_ms, unstated(name, "Kim Osei", ReviewAction::Approve));
        world.append(at_ms, approved_run(name));
    }
    assert_eq!(approval_times(&world), [Some(899_000), Some(0), Some(10_000)]);
    world.assert_sound();
}

/// Copies are the same output, whatever prompt, context and run they have.
pub fn copies_of_an_output_have_the_same_digest_in_their_cycles(open: OpenLedger<'_>) {
    let world = TestLedger::new(open);
    let action = RunEvent { output: None, ..run_event("action", Ruling::Hold) };
    let copy = RunEvent { output: Some(Digest::of("one")), ..run_event("copy", Ruling::Hold) };
    for held in [run_event("one", Ruling::Hold), copy, action.clone()] {
        let name = held.run;
        world.append(1, EventKind::Run(Box::new(held)));
        let EventKind::Review(rejected) = review("", "Kim Osei", reject()) else {
            panic!("no review")
        };
        world.append(2, EventKind::Review(ReviewEvent { run: name, ..rejected }));
    }
    let cycles = world.reader().review_cycles(&gate()).unwrap();
    let outputs: Vec<_> = cycles.into_iter().map(|cycle| cycle.output).collect();
    assert_eq!(outputs, [Digest::of("one"), Digest::of("one"), action.subject]);
}
