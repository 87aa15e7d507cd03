//! A broken draft in the project: the active release in the ledger governs, so nobody is stopped who takes something
//! back, reports something or looks at the gate.

use tollgate::autonomy::LevelChangeError;
use tollgate::figures::{ReportedFigure, ThresholdResult};
use tollgate::gate::GoverningRecordError;
use tollgate::incidents::{IncidentError, IncidentReport, RetractionError};
use tollgate::insight::PeriodStart;
use tollgate::model::{Figure, GateName, KpiEvent};
use tollgate::{ErrorKind, HostError};
use tollgate_project::files;

use super::fixture::{Fixture, START_MS, actor, check};

const BROKEN: &[u8] = b"tasl = \"a misspelt key\"\n";
const AUTONOMY: &str = r#"
[autonomy]
scheme = "l0-l5"
level = 3
[autonomy.promotion]
reviewed-cycles = 30
approval-rate = 0.95
"#;
const THRESHOLD: &str = r#"
[[performance]]
kpi = "open-rate"
at-least = 0.3
"#;

fn name(name: &str) -> GateName {
    name.parse().unwrap()
}

fn open_rate() -> ReportedFigure {
    let (kpi, source) = ("open-rate".parse().unwrap(), "the mailer".parse().unwrap());
    let figure = KpiEvent { kpi, value: Figure::new(0.1).unwrap(), source };
    ReportedFigure { gate: name("short"), at_ms: START_MS, figure }
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
    host.gate_status(&short).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_changes_no_rule_of_promotion_before_it_is_released() {
    let fixture = Fixture::new(200).await;
    let (host, short) = (&fixture.host, name("short"));
    fixture.add_to_gate(AUTONOMY).await;
    host.publish_release("short", &actor(), None).await.unwrap();
    let released = host.gate_status(&short).await.unwrap();
    let path = fixture.folder.path().join("gates/short.toml");
    let text = files::read_text(&path).unwrap();
    let lowered = format!("author = \"Lou Park\"\n{}", text.replace("0.95", "0.1"));
    files::write(&path, lowered.as_bytes()).unwrap();
    let drafted = host.gate_status(&short).await.unwrap();
    assert_eq!(drafted.gate, released.gate);
    assert_eq!(drafted.propose_promotion(), released.propose_promotion());
    fixture.add_to_gate("").await;
    host.publish_release("short", &actor(), None).await.unwrap();
    assert_ne!(host.gate_status(&short).await.unwrap().gate, released.gate);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_gives_a_gate_no_level_and_no_threshold_before_it_is_released() {
    let fixture = Fixture::new(200).await;
    let (host, short) = (&fixture.host, name("short"));
    fixture.add_to_gate(&format!("{AUTONOMY}{THRESHOLD}")).await;
    let refused = host.demote(&short, &actor(), "new offers".parse().unwrap()).await;
    assert!(matches!(refused, Err(LevelChangeError::NoAutonomy { .. })), "{refused:?}");
    let recorded = host.record_figures(vec![open_rate()]).await.unwrap();
    assert_eq!(recorded[0].result, ThresholdResult::NoThreshold);
    host.publish_release("short", &actor(), None).await.unwrap();
    host.demote(&short, &actor(), "new offers".parse().unwrap()).await.unwrap();
    let recorded = host.record_figures(vec![open_rate()]).await.unwrap();
    assert!(matches!(recorded[0].result, ThresholdResult::Broken { .. }), "{recorded:?}");
}
