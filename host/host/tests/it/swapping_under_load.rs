//! Releases that change while outputs are checked: every output is decided once, by the release that is active then, and
//! nothing of a former release stays.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tollgate::ledger::{Attachment, AttachmentKind, Ledger, LedgerEntry};
use tollgate::model::{Digest, Event, EventKind, RolloutEvent, RolloutStage};
use tollgate::{CheckError, CheckedRun, GateHandle};

use super::fixture::{
    Fixture, START_MS, actor, assert_decided_by_active, check, decided, submission,
};

const SWAPS: usize = 200;
/// Tasks that check one output after another while releases change.
const CHECKING_TASKS: usize = 6;
/// Outputs that are checked while a release is taken back.
const CHECKS: usize = 64;
const LONG: &str = "This text has more than twenty characters.";
/// Set where a test runs in a process of its own.
const ALONE: &str = "TOLLGATE_TEST_ALONE";

/// Checks outputs until this is set, and returns what was answered.
async fn check_until(gate: GateHandle, is_over: Arc<AtomicBool>) -> Vec<CheckedRun> {
    let mut answers = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        answers.push(check(&gate, LONG).await);
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    answers
}

/// Asserts that what callers were answered is what is recorded, and nothing else.
fn assert_recorded(fixture: &Fixture, answers: &[CheckedRun]) {
    let recorded = assert_decided_by_active(&fixture.ledger());
    assert_eq!(answers.len(), recorded.len());
    for answer in answers {
        assert_eq!(recorded.get(&answer.run), Some(&answer.release), "{}", answer.run);
    }
}

/// Returns the number of threads of this process that decide.
fn deciding_threads() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap().flatten();
    let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
    names.filter(|name| name.trim_end() == "tollgate-gate").count()
}

/// Waits until as many threads decide, because a thread ends in its own time.
async fn wait_for_deciding_threads(expected: usize) {
    for _ in 0..400 {
        if deciding_threads() == expected {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(deciding_threads(), expected);
}

/// It counts threads, and other tests of one process have threads of their own.
#[test]
fn former_releases_leave_nothing_behind() {
    if std::env::var_os(ALONE).is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(swap_under_load());
    }
    let name = "swapping_under_load::former_releases_leave_nothing_behind";
    let mut test = Command::new(std::env::current_exe().unwrap());
    let ended = test.args([name, "--exact", "--nocapture"]).env(ALONE, "1").output().unwrap();
    let output = String::from_utf8_lossy(&ended.stdout) + String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success() && output.contains("1 passed"), "{output}");
}

async fn swap_under_load() {
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    let loose = fixture.host.load_locked_gate("short").await.unwrap();
    let strict = fixture.load_draft(20).await;
    let publisher = fixture.open_again();
    let is_over = Arc::new(AtomicBool::new(false));
    let tasks: Vec<_> = (0..CHECKING_TASKS)
        .map(|_| tokio::spawn(check_until(gate.clone(), is_over.clone())))
        .collect();
    let mut loaded_records = vec![Arc::downgrade(&gate.gate())];
    for swap in 0..SWAPS {
        let next = if swap % 2 == 0 { &strict } else { &loose };
        // Every fourth release is loaded from the ledger, by a check or by following.
        let is_prepared = swap % 4 != 1;
        if is_prepared {
            gate.prepare(next.clone()).unwrap();
        }
        publisher.publish_loaded_release(next, &actor(), None, &[]).await.unwrap();
        gate.follow().await.unwrap();
        assert_eq!(gate.release(), next.snapshot.digest);
        if !is_prepared {
            loaded_records.push(Arc::downgrade(&gate.gate()));
        }
    }
    // The last release was loaded by these tests, so nothing that the gate loaded itself is in use.
    gate.prepare(strict.clone()).unwrap();
    publisher.publish_loaded_release(&strict, &actor(), None, &[]).await.unwrap();
    gate.follow().await.unwrap();
    is_over.store(true, Ordering::Relaxed);
    let mut answers = Vec::new();
    for task in tasks {
        answers.extend(task.await.unwrap());
    }
    assert!(answers.iter().any(|run| run.release == loose.snapshot.digest));
    assert!(answers.iter().any(|run| run.release == strict.snapshot.digest));
    wait_for_deciding_threads(1).await;
    let alive = loaded_records.iter().filter(|record| record.upgrade().is_some()).count();
    assert_eq!((alive, loaded_records.len()), (0, 1 + SWAPS / 4));
    assert_recorded(&fixture, &answers);
    drop(gate);
    wait_for_deciding_threads(0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rollback_while_outputs_are_checked_fails_none_of_them() {
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    gate.keep_former(true);
    let first = gate.release();
    let strict = fixture.load_draft(20).await;
    fixture.host.publish_loaded_release(&strict, &actor(), None, &[]).await.unwrap();
    gate.follow().await.unwrap();
    let mut answers = Vec::new();
    for number in 0..CHECKS / 4 {
        answers.push(check(&gate, &format!("{LONG} {number}")).await);
    }
    // Some are judged before the rollback and handed in after it, and the others are on their way.
    let mut judged = Vec::new();
    for number in 0..CHECKS / 4 {
        judged.push(gate.judge(submission(&format!("{LONG} {number}"))).await.unwrap());
    }
    let tasks: Vec<_> = (0..CHECKS)
        .map(|number| {
            let gate = gate.clone();
            tokio::spawn(async move { check(&gate, &format!("{LONG} {number}")).await })
        })
        .collect();
    let name = "short".parse().unwrap();
    let reason = "it blocks every letter".parse().unwrap();
    let change = fixture.host.roll_back_release(&name, &actor(), reason).await.unwrap();
    assert_eq!(change.after, first);
    for judged in judged {
        let pending = gate.submit(judged, &actor()).await.unwrap();
        let run = decided(pending.outcome().await.unwrap());
        assert_eq!(run.release, first);
        answers.push(run);
    }
    for task in tasks {
        answers.push(task.await.unwrap());
    }
    assert_eq!(answers.len(), CHECKS + CHECKS / 2);
    assert_recorded(&fixture, &answers);
}

#[tokio::test(flavor = "multi_thread")]
async fn checks_that_wait_for_the_same_release_load_it_once() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    let mut judged = Vec::new();
    for _ in 0..CHECKS {
        judged.push(gate.judge(submission(LONG)).await.unwrap());
    }
    let strict = fixture.load_draft(20).await;
    fixture.host.publish_loaded_release(&strict, &actor(), None, &[]).await.unwrap();
    let mut tasks = Vec::new();
    for judged in judged {
        let pending = gate.submit(judged, &actor()).await.unwrap();
        tasks.push(tokio::spawn(pending.outcome()));
    }
    for task in tasks {
        let run = decided(task.await.unwrap().unwrap());
        assert_eq!(run.release, strict.snapshot.digest);
    }
    assert_eq!((loads.begun(), loads.most_at_once()), (2, 1));
    assert_eq!(assert_decided_by_active(&fixture.ledger()).len(), CHECKS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_load_goes_on_when_the_check_that_began_it_is_dropped() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    loads.slow_down();
    let judged = gate.judge(submission(LONG)).await.unwrap();
    let strict = fixture.load_draft(20).await;
    fixture.host.publish_loaded_release(&strict, &actor(), None, &[]).await.unwrap();
    let pending = gate.submit(judged, &actor()).await.unwrap();
    let mut outcome = Box::pin(pending.outcome());
    while loads.begun() < 2 {
        let step = Duration::from_millis(1);
        assert!(tokio::time::timeout(step, &mut outcome).await.is_err(), "it ended too early");
    }
    drop(outcome);
    assert_eq!(gate.follow().await.unwrap().after, strict.snapshot.digest);
    assert_eq!(loads.begun(), 2, "it was not loaded again");
}

/// Records a release that this host cannot load as the active one.
async fn publish_unreadable(fixture: &Fixture) -> Digest {
    let bytes = b"not a release".to_vec();
    let release = Digest::of(&bytes);
    let by = "Sam Reed".parse().unwrap();
    let rollout = RolloutEvent { release, stage: RolloutStage::Full, by, reason: None };
    let kind = EventKind::Rollout(rollout);
    let event = Event { at_ms: START_MS, gate: "short".parse().unwrap(), kind };
    let attachments = vec![Attachment { kind: AttachmentKind::Release, bytes }];
    let entry = LedgerEntry { attachments, ..LedgerEntry::new(event) };
    fixture.ledger().append(entry.into()).await.unwrap();
    release
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_release_that_cannot_be_loaded_decides_nothing_and_is_not_tried_for_each_output() {
    let fixture = Fixture::new(200).await;
    let (gate, loads) = fixture.open_counted().await;
    loads.slow_down();
    let first = gate.release();
    let mut judged = Vec::new();
    for _ in 0..CHECKS {
        judged.push(gate.judge(submission(LONG)).await.unwrap());
    }
    publish_unreadable(&fixture).await;
    let mut tasks = Vec::new();
    for judged in judged {
        let pending = gate.submit(judged, &actor()).await.unwrap();
        tasks.push(tokio::spawn(pending.outcome()));
    }
    for task in tasks {
        let failed = task.await.unwrap().unwrap_err();
        assert!(matches!(failed, CheckError::Gate(_)), "{failed}");
    }
    assert_eq!(loads.most_at_once(), 1);
    assert!(loads.begun() < CHECKS / 2, "{} loads for {CHECKS} outputs", loads.begun());
    assert!(gate.follow().await.is_err());
    assert_eq!(gate.release(), first);
    assert_eq!(assert_decided_by_active(&fixture.ledger()).len(), 0);
    let strict = fixture.load_draft(20).await;
    fixture.host.publish_loaded_release(&strict, &actor(), None, &[]).await.unwrap();
    assert_eq!(check(&gate, LONG).await.release, strict.snapshot.digest);
}
