//! Checks: by the active release, recorded once, in many tasks and hosts at once.

use std::sync::atomic::Ordering;

use tollgate::model::BatchLine;
use tollgate::{CheckError, CheckOutcome, GateOpenError};

use super::fixture::{Fixture, actor, check, is_too_long, submission};

/// Checks that are dropped, each after one step more than the one before.
const DROPPED: usize = 40;
const LONG: &str = "This text has more than twenty characters.";

#[tokio::test(flavor = "multi_thread")]
async fn two_hosts_in_one_process_judge_for_two_projects() {
    let (strict, lenient) = (Fixture::new(20).await, Fixture::new(200).await);
    let (first, second) = (strict.open_gate().await, lenient.open_gate().await);
    let (first, second) = tokio::join!(check(&first, LONG), check(&second, LONG));
    assert!(is_too_long(&first) && !is_too_long(&second));
    assert_ne!(first.release, second.release);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_gate_follows_what_another_process_publishes() {
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    let before = check(&gate, LONG).await;
    fixture.change_gate(20).await;
    assert!(!is_too_long(&check(&gate, LONG).await), "a change is not a release");
    let other = fixture.open_again();
    let change = other.publish_release("short", &actor(), None).await.unwrap();
    assert_eq!(change.before, Some(before.release));
    let after = check(&gate, LONG).await;
    assert!(is_too_long(&after));
    assert_eq!((after.release, gate.release()), (change.after, change.after));
    let name = "short".parse().unwrap();
    other.roll_back_release(&name, &actor(), "too strict".parse().unwrap()).await.unwrap();
    assert_eq!(check(&gate, LONG).await.release, before.release);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_share_a_gate_and_each_output_is_recorded_once() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let checks = (0..100).map(|number| {
        let gate = gate.clone();
        tokio::spawn(async move { check(&gate, &format!("Letter {number}")).await.run })
    });
    let mut runs = Vec::new();
    for one in checks.collect::<Vec<_>>() {
        runs.push(one.await.unwrap());
    }
    runs.sort();
    runs.dedup();
    assert_eq!(runs.len(), 100);
    for run in runs {
        fixture.host.find_run(&run.hex()).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_batch_is_recorded_once() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let line = || BatchLine { batch: "monday".parse().unwrap(), key: "a.jsonl:1".into() };
    let first = gate.check(submission("Hello").with_batch_line(line()), &actor()).await.unwrap();
    let CheckOutcome::Decided(first) = first else { panic!("{first:?}") };
    let again = gate.check(submission("Hello").with_batch_line(line()), &actor()).await.unwrap();
    let CheckOutcome::AlreadyRecorded(again) = again else { panic!("{again:?}") };
    assert_eq!(again.run, first.run);
    assert_eq!(fixture.run_count(), 1);
    let other = gate.check(submission("Hallo").with_batch_line(line()), &actor()).await;
    assert!(matches!(other, Err(CheckError::DifferentOutput { .. })), "{other:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn runs_are_found_by_the_id_of_the_caller() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let mut runs = Vec::new();
    for (text, id) in [("Hello Dana", "dana"), ("Hello Noor", "noor"), ("Hallo Dana", "dana")] {
        let checked = gate.check(submission(text).with_output_id(id), &actor()).await.unwrap();
        let CheckOutcome::Decided(run) = checked else { panic!("{checked:?}") };
        runs.push(run.run);
    }
    let name = "short".parse().unwrap();
    let found = |id: &str| {
        let found = fixture.host.runs_with_output_id(&name, id).unwrap();
        found.into_iter().map(|run| run.run).collect::<Vec<_>>()
    };
    assert_eq!(found("dana"), [runs[0], runs[2]]);
    assert_eq!(found("noor"), [runs[1]]);
    assert_eq!(found("sol"), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_handed_in_twice_at_once_is_recorded_once() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let mut judged = Vec::new();
    for key in ["first", "a", "b", "a", "c", "a"] {
        let line = BatchLine { batch: "monday".parse().unwrap(), key: key.into() };
        judged.push(gate.judge(submission(key).with_batch_line(line)).await.unwrap());
    }
    // While the first one is written to the disk, the others gather, and are decided together.
    let mut pending = Vec::new();
    for judged in judged {
        pending.push(gate.submit(judged, &actor()).await.unwrap());
    }
    let mut runs = Vec::new();
    for decision in pending {
        runs.push(match decision.outcome().await.unwrap() {
            CheckOutcome::Decided(run) => (true, run.run),
            CheckOutcome::AlreadyRecorded(run) => (false, run.run),
            other => panic!("{other:?}"),
        });
    }
    let is_new: Vec<_> = runs.iter().map(|(is_new, _)| *is_new).collect();
    assert_eq!(is_new, [true, true, true, false, true, false]);
    assert_eq!((runs[3].1, runs[5].1), (runs[1].1, runs[1].1));
    assert_eq!(fixture.run_count(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_cannot_be_recorded_fails_alone() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    // The ledger refuses entries of this size.
    let endless = "a".repeat(65 << 20);
    let mut pending = Vec::new();
    for key in ["first", "a", &endless, "b"] {
        let line = BatchLine { batch: "monday".parse().unwrap(), key: key.into() };
        let judged = gate.judge(submission("Hello").with_batch_line(line)).await.unwrap();
        pending.push(gate.submit(judged, &actor()).await.unwrap());
    }
    let mut outcomes = Vec::new();
    for decision in pending {
        outcomes.push(decision.outcome().await);
    }
    let is_recorded: Vec<_> = outcomes.iter().map(Result::is_ok).collect();
    assert_eq!(is_recorded, [true, true, false, true]);
    let error = outcomes[2].as_ref().unwrap_err();
    assert!(error.concerns_one_output(), "the other lines of a batch go on: {error}");
    assert_eq!(fixture.run_count(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_check_is_recorded_completely_or_not_at_all() {
    let fixture = Fixture::new(20).await;
    let (gate, actor) = (fixture.open_gate().await, actor());
    for steps in 0..DROPPED {
        let text = format!("Letter {steps}");
        let mut future = Box::pin(gate.check(submission(&text), &actor));
        for _ in 0..steps {
            let polled = std::future::poll_fn(|context| {
                std::task::Poll::Ready(future.as_mut().poll(context).is_ready())
            });
            if polled.await {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(future);
    }
    check(&gate, "The last one").await;
    let report = fixture.host.verify_ledger().unwrap();
    assert!(report.is_sound(), "a part of a run is missing: {report:?}");
    // The first check was dropped before it began, and the last one was not dropped.
    let count = fixture.run_count();
    assert!((1..=DROPPED).contains(&count), "{count}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_stops_nothing() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    check(&gate, "Before").await;
    fixture.now_ms.fetch_sub(60 * 60 * 1000, Ordering::Relaxed);
    check(&gate, "After").await;
    assert!(fixture.host.verify_ledger().unwrap().is_sound());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_without_an_active_release_is_refused() {
    let fixture = Fixture::new(20).await;
    let unknown = fixture.host.gate(&"farewell".parse().unwrap()).await;
    assert!(matches!(unknown.map(drop), Err(GateOpenError::NoActiveRelease { .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_that_is_moved_while_it_is_open_loses_nothing() {
    let fixture = Fixture::new(20).await;
    let gate = fixture.open_gate().await;
    let moved = fixture.folder.path().with_extension("moved");
    std::fs::rename(fixture.folder.path(), &moved).unwrap();
    let outcome = gate.check(submission("Hello"), &actor()).await;
    std::fs::rename(&moved, fixture.folder.path()).unwrap();
    // Whether it is recorded depends on the database; what counts is that an answer is not given without a record.
    if let Ok(CheckOutcome::Decided(run)) = outcome {
        fixture.open_again().find_run(&run.run.hex()).unwrap();
    }
    assert!(fixture.open_again().verify_ledger().unwrap().is_sound());
}
