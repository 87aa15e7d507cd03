//! A broken draft in the project: the active release in the ledger governs, so nobody is stopped who takes something
//! back, reports something or looks at the gate.

use tollgate::gate::GoverningRecordError;
use tollgate::incidents::{IncidentError, IncidentReport, RetractionError};
use tollgate::insight::PeriodStart;
use tollgate::model::GateName;
use tollgate::{ErrorKind, HostError};
use tollgate_project::files;

use super::fixture::{Fixture, actor, check};

const BROKEN: &[u8] = b"tasl = \"a misspelt key\"\n";

fn name(name: &str) -> GateName {
    name.parse().unwrap()
}

/// Publishes a second release, and breaks the file of the gate and that of another one.
async fn break_drafts(fixture: &Fixture) {
    fixture.change_gate(20).await;
    fixture.host.publish_release("short", &actor(), None).await.unwrap();
    for file in ["gates/short.toml", "gates/draft.toml"] {
        files::write(&fixture.folder.path().join(file), BROKEN).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_draft_stops_nobody() {
    let fixture = Fixture::new(200).await;
    break_drafts(&fixture).await;
    let (host, short) = (&fixture.host, name("short"));
    let run = check(&fixture.open_gate().await, "Hello").await.run;
    host.report_incident(
        &short,
        IncidentReport::new("a wrong name".parse().unwrap()).caused_by(run),
        &actor(),
    )
    .await
    .unwrap();
    // The record was read: the output is refused for what it is.
    let retracted = host.retract(run, &actor(), "wrong".parse().unwrap()).await;
    assert!(matches!(retracted, Err(RetractionError::NotAllowed { .. })), "{retracted:?}");
    let system = "mailer".parse().unwrap();
    host.record_change(run, system, "sent".parse().unwrap()).await.unwrap();
    let statistics = host.gate_statistics(None, PeriodStart::Last("7d".parse().unwrap())).unwrap();
    assert_eq!(statistics.len(), 1);
    let before = host.governing_gate(&short).unwrap();
    host.gate_status(&before).await.unwrap();
    host.roll_back_release(&short, &actor(), "too strict".parse().unwrap()).await.unwrap();
    let after = host.governing_gate(&short).unwrap();
    assert_ne!(before, after, "the release before has a record of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_without_a_release_is_read_from_its_file() {
    let fixture = Fixture::new(200).await;
    break_drafts(&fixture).await;
    let read = fixture.host.governing_gate(&name("draft"));
    assert!(matches!(read, Err(GoverningRecordError::File(_))), "{read:?}");
    files::write(&fixture.folder.path().join("gates/draft.toml"), b"task = \"a draft\"\n").unwrap();
    fixture.host.require_gate(&name("draft")).unwrap();
    assert_eq!(fixture.host.governing_gate(&name("draft")).unwrap().name, name("draft"));
    let report = IncidentReport::new("a wrong name".parse().unwrap());
    let unknown = fixture.host.report_incident(&name("farewell"), report, &actor()).await;
    let unknown = unknown.unwrap_err();
    assert!(matches!(unknown, IncidentError::Gate(_)), "{unknown:?}");
    assert_eq!(unknown.kind(), ErrorKind::NotFound);
}
