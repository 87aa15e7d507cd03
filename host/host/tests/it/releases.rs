//! Releases that are published or taken back while other processes record something at the same gate.

use std::sync::Arc;

use tollgate::Host;
use tollgate::gate::ReleaseError;
use tollgate::incidents::IncidentReport;
use tollgate::ledger::{BoxFuture, ConflictError, LedgerError};
use tollgate::model::GateName;
use tollgate_ledger_sqlite::SqliteLedger;

use super::fixture::{Fixture, actor};
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
