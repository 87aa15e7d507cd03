use std::sync::Arc;

use tollgate_ledger::Ledger;
use tollgate_model::IncidentEvent;

use self::overtaken_ledger::OvertakenLedger;
use super::*;
use crate::figures::ReportedFigure;
use crate::test_host::{START_MS, TestHost, actor, entry, gate_name, text};

#[path = "../../tests/it/overtaken_ledger.rs"]
mod overtaken_ledger;

/// Returns a host on whose first append this event is already recorded.
fn overtaken(test: &TestHost, kind: EventKind) -> Host {
    let other = test.ledger.clone();
    let act = async move {
        other.append(entry(START_MS, kind).into()).await.unwrap();
    };
    test.with_ledger(Arc::new(OvertakenLedger::new(test.ledger.clone(), vec![Box::pin(act)])))
}

fn incident() -> EventKind {
    let (description, by) = (text("a wrong name"), "Kim Osei".parse().unwrap());
    EventKind::Incident(IncidentEvent { description, by, run: None })
}

fn lowered_to_2() -> EventKind {
    let reason =
        LevelChangeReason::Lowered { by: "Lou Park".parse().unwrap(), reason: text("new offers") };
    EventKind::Level(LevelEvent { scheme: LevelScheme::L0ToL5, from: 3, to: 2, reason })
}

/// Returns the level changes of the gate, oldest first.
fn levels(host: &Host) -> Vec<(u8, u8)> {
    let history = host.level_history(&gate_name(), 100).unwrap();
    let change = |event: &StoredEvent| match &event.event.kind {
        EventKind::Level(change) => Some((change.from, change.to)),
        _ => None,
    };
    history.iter().rev().filter_map(change).collect()
}

/// Returns a host whose gate can be promoted, with the promotion.
async fn promotable() -> (TestHost, PromotionProposal) {
    let test = TestHost::new();
    let figure = |kpi, value| ReportedFigure {
        gate: gate_name(),
        at_ms: START_MS,
        figure: tollgate_model::KpiEvent {
            kpi: text(kpi),
            value: tollgate_model::Figure::new(value).unwrap(),
            source: text("the mailer"),
        },
    };
    let figures = vec![figure("open-rate", 0.4), figure("complaints-per-thousand", 0.1)];
    test.host.record_figures(figures).await.unwrap();
    for number in 0..30 {
        test.record_approved_run(&format!("letter {number}")).await;
    }
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    let proposal = status.propose_promotion().unwrap();
    (test, proposal)
}

#[tokio::test]
async fn records_a_due_demotion_once() {
    let test = TestHost::new();
    test.record(incident()).await;
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    let demotion = status.demotion.unwrap();
    assert_eq!((demotion.from, demotion.to), (3, 2));
    let again = test.host.gate_status(&gate_name()).await.unwrap();
    assert_eq!(again.demotion, None);
    assert_eq!(levels(&test.host), [(3, 2)]);
}

#[tokio::test]
async fn a_demotion_that_another_process_recorded_first_is_not_recorded_again() {
    let test = TestHost::new();
    test.record(incident()).await;
    let status = overtaken(&test, lowered_to_2()).gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.demotion, None, "the level change has ended the incident");
    assert_eq!(levels(&test.host), [(3, 2)]);
}

#[tokio::test]
async fn shows_a_demotion_that_cannot_be_recorded() {
    let test = TestHost::new();
    test.record(incident()).await;
    let ledger = test.ledger.clone();
    tokio::task::spawn_blocking(move || ledger.close()).await.unwrap();
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.demotion.map(|change| change.to), Some(2));
    assert!(matches!(status.record_error, Some(RecordDemotionError(LedgerError::Closed))));
}

#[tokio::test]
async fn a_host_without_a_ledger_knows_the_state_of_a_new_gate() {
    let test = TestHost::new();
    let host = Host::builder(test.project.clone()).build();
    let status = host.gate_status(&gate_name()).await.unwrap();
    assert_eq!((status.track_record, status.demotion), (None, None));
    let demoted = host.demote(&gate_name(), &actor("Sam Reed"), text("new offers")).await;
    assert!(matches!(demoted, Err(LevelChangeError::Ledger(LedgerError::Closed))));
}

#[tokio::test]
async fn a_demotion_starts_from_the_level_that_applies_when_it_is_recorded() {
    let test = TestHost::new();
    let host = overtaken(&test, lowered_to_2());
    let change = host.demote(&gate_name(), &actor("Sam Reed"), text("new offers")).await.unwrap();
    assert_eq!((change.from, change.to), (2, 1));
    assert_eq!(levels(&test.host), [(3, 2), (2, 1)]);
}

#[tokio::test]
async fn demotes_to_the_lowest_level_and_no_further() {
    let test = TestHost::new();
    for _ in 0..3 {
        test.host.demote(&gate_name(), &actor("Sam Reed"), text("again")).await.unwrap();
    }
    let refused = test.host.demote(&gate_name(), &actor("Sam Reed"), text("again")).await;
    assert!(matches!(refused, Err(LevelChangeError::LowestLevel { level: 0, .. })), "{refused:?}");
    let farewell = "farewell".parse().unwrap();
    let refused = test.host.demote(&farewell, &actor("Sam Reed"), text("again")).await;
    assert!(matches!(refused, Err(LevelChangeError::NoAutonomy { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_demotion_to_a_named_level_is_made_once() {
    let test = TestHost::new();
    let sam = actor("Sam Reed");
    let change = test.host.demote_to(&gate_name(), 2, &sam, text("new offers")).await.unwrap();
    assert_eq!((change.from, change.to), (3, 2));
    for level in [2, 0, 3] {
        let refused = test.host.demote_to(&gate_name(), level, &sam, text("new offers")).await;
        let is_refused =
            matches!(refused, Err(LevelChangeError::OtherLevel { from: 2, to: 1, .. }));
        assert!(is_refused, "{refused:?}");
    }
    assert_eq!(levels(&test.host), [(3, 2)]);
}

#[tokio::test]
async fn a_demotion_to_a_named_level_is_decided_from_the_level_that_applies_when_it_is_recorded() {
    let test = TestHost::new();
    let host = overtaken(&test, lowered_to_2());
    let refused = host.demote_to(&gate_name(), 2, &actor("Sam Reed"), text("new offers")).await;
    assert!(matches!(refused, Err(LevelChangeError::OtherLevel { from: 2, .. })), "{refused:?}");
    assert_eq!(levels(&test.host), [(3, 2)]);
}

#[tokio::test]
async fn promotes_once_and_not_for_the_author() {
    let (test, proposal) = promotable().await;
    let refused = test.host.promote(&gate_name(), &proposal, &actor("dana hill")).await;
    assert!(matches!(refused, Err(LevelChangeError::NotPromoted { .. })), "{refused:?}");
    let change = test.host.promote(&gate_name(), &proposal, &actor("Sam Reed")).await.unwrap();
    assert_eq!((change.from, change.to), (3, 4));
    let again = test.host.promote(&gate_name(), &proposal, &actor("Sam Reed")).await;
    assert!(matches!(again, Err(LevelChangeError::NotPromoted { .. })), "{again:?}");
    assert_eq!(levels(&test.host), [(3, 4)]);
}

#[tokio::test]
async fn does_not_promote_a_gate_with_an_incident_that_nobody_has_seen() {
    let (test, proposal) = promotable().await;
    let host = overtaken(&test, incident());
    let refused = host.promote(&gate_name(), &proposal, &actor("Sam Reed")).await;
    assert!(matches!(refused, Err(LevelChangeError::NotPromoted { .. })), "{refused:?}");
    assert_eq!(levels(&test.host), [(3, 2)]);
}

#[tokio::test]
async fn does_not_promote_as_another_proposal_said() {
    let (test, proposal) = promotable().await;
    let other = PromotionProposal { to: 5, ..proposal };
    let refused = test.host.promote(&gate_name(), &other, &actor("Sam Reed")).await;
    assert!(matches!(refused, Err(LevelChangeError::GateChanged { .. })), "{refused:?}");
    assert_eq!(levels(&test.host), []);
}
