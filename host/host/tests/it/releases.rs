//! Releases that are published or taken back while other processes record something at the same gate.

use std::sync::Arc;

use tollgate::gate::{
    ActivationError, GateLoadError, GateOpenError, ReleaseError, ReleaseReadError, TestEvidence,
};
use tollgate::incidents::IncidentReport;
use tollgate::ledger::{
    Attachment, AttachmentKind, BoxFuture, ConflictError, Ledger, LedgerEntry, LedgerError,
};
use tollgate::model::{
    Digest, Event, EventKind, GateName, RolloutEvent, RolloutStage, canonical_json,
};
use tollgate::{Actor, Host};
use tollgate_ledger_sqlite::SqliteLedger;

use super::fixture::{Fixture, START_MS, actor, gate};
use super::overtaken_ledger::OvertakenLedger;

/// An act of another process.
enum OtherAct {
    Incident,
    Rollback,
}

async fn act(host: Host, act: OtherAct) {
    match act {
        OtherAct::Incident => {
            let report = IncidentReport::new("a wrong name".parse().unwrap());
            host.report_incident(&short(), report, &actor()).await.unwrap();
        }
        OtherAct::Rollback => {
            host.roll_back_release(&short(), &actor(), "too loose".parse().unwrap()).await.unwrap();
        }
    }
}

fn short() -> GateName {
    "short".parse().unwrap()
}

/// Returns a host of a project with two releases, and lets another process do this before what it appends.
async fn busy_host(fixture: &Fixture, acts: Vec<OtherAct>) -> Host {
    fixture.change_gate(20).await;
    fixture.host.publish_release("short", &actor(), None).await.unwrap();
    let ledger = SqliteLedger::open(&fixture.folder.path().join("ledger.db")).unwrap();
    let other = fixture.open_again();
    let begin = |next| Box::pin(act(other.clone(), next)) as BoxFuture<'static, ()>;
    let acts = acts.into_iter().map(begin).collect();
    fixture.open_with_ledger(Arc::new(OvertakenLedger::new(ledger, acts)))
}

#[tokio::test(flavor = "multi_thread")]
async fn other_events_at_a_gate_stop_no_rollback_and_no_release() {
    let fixture = Fixture::new(200).await;
    let first = fixture.host.active_release(&short()).unwrap();
    let busy = busy_host(&fixture, vec![OtherAct::Incident, OtherAct::Incident]).await;
    let change = busy.roll_back_release(&short(), &actor(), "strict".parse().unwrap()).await;
    assert_eq!(Some(change.unwrap().after), first);
    assert_eq!(fixture.host.active_release(&short()).unwrap(), first);
    let busy = busy_host(&fixture, vec![OtherAct::Incident]).await;
    fixture.change_gate(30).await;
    let change = busy.publish_release("short", &actor(), None).await.unwrap();
    assert_eq!(fixture.host.active_release(&short()).unwrap(), Some(change.after));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_who_go_back_at_once_one_is_refused() {
    let fixture = Fixture::new(200).await;
    let first = fixture.host.active_release(&short()).unwrap();
    let busy = busy_host(&fixture, vec![OtherAct::Rollback]).await;
    let refused = busy.roll_back_release(&short(), &actor(), "strict".parse().unwrap()).await;
    let Err(ReleaseError::Ledger(LedgerError::Conflict(conflict))) = refused else {
        panic!("{refused:?}");
    };
    assert!(matches!(conflict, ConflictError::GateChanged { .. }), "{conflict:?}");
    assert_eq!(fixture.host.active_release(&short()).unwrap(), first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_controlled_release_needs_a_test_of_exactly_this_release() {
    let fixture = Fixture::new(200).await;
    let host = &fixture.host;
    fixture.add_to_gate("\n[change-control]\nleast-cases = 2\n").await;
    let release = host.load_locked_gate("short").await.unwrap().snapshot.digest;
    let tested = |tested, cases| TestEvidence { tested, cases, failed: 0, at_ms: START_MS };
    let of_another = ActivationError::NoEvidence(release);
    let too_few = ActivationError::TooFewCases { cases: 1, required: 2 };
    for (evidence, expected) in
        [(tested(Digest::of("another"), 9), of_another), (tested(release, 1), too_few)]
    {
        let refused = host.publish_tested_release("short", &actor(), None, &[evidence]).await;
        let Err(ReleaseError::NotControlled { objections, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(objections, [expected]);
    }
    let untested = host.publish_release("short", &actor(), None).await;
    assert!(matches!(untested, Err(ReleaseError::NotControlled { .. })), "{untested:?}");
    let evidence = [tested(release, 2)];
    let change = host.publish_tested_release("short", &actor(), None, &evidence).await.unwrap();
    assert_eq!(change.after, release);
    // Going back needs no test.
    host.roll_back_release(&short(), &actor(), "too strict".parse().unwrap()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_names_another_author_lets_neither_publish_it() {
    let fixture = Fixture::new(200).await;
    let host = &fixture.host;
    let publish_as = async |by: &str| {
        let tested = host.load_locked_gate("short").await.unwrap().snapshot.digest;
        let evidence = [TestEvidence { tested, cases: 2, failed: 0, at_ms: START_MS }];
        let person = by.parse().unwrap();
        host.publish_tested_release("short", &Actor::new(person), None, &evidence).await
    };
    let written_by = |author: &str, end| format!("author = \"{author}\"\n\n{}{end}", gate(200));
    let control = "\n[change-control]\nleast-cases = 2\n";
    fixture.write_gate(&written_by("Dana Hill", control)).await;
    publish_as("Sam Reed").await.unwrap();
    fixture.write_gate(&written_by("Ada Writer", "")).await;
    for author in ["Dana Hill", "Ada Writer"] {
        let Err(ReleaseError::NotControlled { objections, .. }) = publish_as(author).await else {
            panic!("{author} published their own change");
        };
        assert_eq!(objections, [ActivationError::Author(author.parse().unwrap())]);
    }
    publish_as("Sam Reed").await.unwrap();
}

/// Records an active release as a version of the host wrote it that pinned neither tables nor thresholds.
async fn record_release_of_format_2(fixture: &Fixture) -> Digest {
    let loaded = fixture.host.load_locked_gate("short").await.unwrap();
    let mut release = serde_json::to_value(&loaded.snapshot.release).unwrap();
    release["format"] = 2.into();
    release.as_object_mut().unwrap().remove("score-thresholds").unwrap();
    let bytes = canonical_json(&release).unwrap().into_bytes();
    let release = Digest::of(&bytes);
    let by = "Sam Reed".parse().unwrap();
    let rollout = RolloutEvent { release, stage: RolloutStage::Full, by, reason: None };
    let event = Event { at_ms: START_MS, gate: short(), kind: EventKind::Rollout(rollout) };
    let attachments = vec![Attachment { kind: AttachmentKind::Release, bytes }];
    let ledger = SqliteLedger::open(&fixture.folder.path().join("ledger.db")).unwrap();
    ledger.append(LedgerEntry { attachments, ..LedgerEntry::new(event) }.into()).await.unwrap();
    release
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_of_an_older_format_is_refused_until_the_gate_is_released_again() {
    let fixture = Fixture::new(200).await;
    let old = record_release_of_format_2(&fixture).await;
    let refused = fixture.host.gate(&short()).await.err().unwrap();
    let GateOpenError::Load { source, .. } = &refused else { panic!("{refused:?}") };
    let is_named = matches!(
        **source,
        GateLoadError::Release(ReleaseReadError::OtherFormat { digest, found: 2, .. }) if digest == old
    );
    assert!(is_named, "{source:?}");
    let change = fixture.host.publish_release("short", &actor(), None).await.unwrap();
    assert_eq!(change.before, Some(old));
    assert_eq!(fixture.open_gate().await.release(), change.after);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_gate_file_is_told_from_what_is_released() {
    let fixture = Fixture::new(200).await;
    let loaded = fixture.open_gate().await.loaded();
    let differs = |fixture: &Fixture| fixture.open_again().has_unreleased_changes(&loaded);
    assert!(!differs(&fixture), "it is released as it is");
    fixture.change_gate(20).await;
    assert!(differs(&fixture));
    fixture.change_gate(200).await;
    assert!(!differs(&fixture));
    std::fs::write(fixture.folder.path().join("gates/short.toml"), "task = 7\n").unwrap();
    assert!(differs(&fixture), "a file with errors was not released");
    std::fs::remove_file(fixture.folder.path().join("gates/short.toml")).unwrap();
    assert!(!differs(&fixture), "without a file nothing is going to be released");
}
