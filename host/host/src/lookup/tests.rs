use tollgate_ledger::{Ledger, LedgerEntry};
use tollgate_model::{IncidentEvent, ReviewEvent, RollbackEvent, Ruling};

use super::*;
use crate::test_host::{START_MS, TestHost, run, text};

fn incident(run: Option<Digest>) -> EventKind {
    let (description, by) = (text("a wrong name"), "Kim Osei".parse().unwrap());
    EventKind::Incident(IncidentEvent { description, by, run })
}

fn review(run: Digest, action: ReviewAction) -> EventKind {
    EventKind::Review(ReviewEvent {
        run,
        subject: Digest::of("subject"),
        by: "Kim Osei".parse().unwrap(),
        role: None,
        action,
        answers: Vec::new(),
        time_ms: None,
    })
}

/// Records a held run and then these events, and returns what took its decision back.
async fn revocation(kinds: impl FnOnce(Digest) -> Vec<EventKind>) -> Option<RevocationAct> {
    let test = TestHost::new();
    let digest = test.record_run("letter", Ruling::Hold).await;
    for kind in kinds(digest) {
        test.record(kind).await;
    }
    let history = test.host.shared.read(|reader| reader.history(digest)).unwrap();
    find_revocation(&history, digest).map(|revocation| revocation.act)
}

#[tokio::test]
async fn finds_what_took_a_decision_back() {
    let reason = || text("wrong offer");
    let rejected = |run| vec![review(run, ReviewAction::Reject { reason: reason() })];
    assert_eq!(revocation(rejected).await, Some(RevocationAct::Rejection { reason: reason() }));
    let edited = Digest::of("edited");
    let replaced = |run| vec![review(run, ReviewAction::Edit { edited })];
    assert_eq!(revocation(replaced).await, Some(RevocationAct::Edit { edited }));
    let by = "Kim Osei".parse().unwrap();
    let retracted = |run| {
        let (run, release) = (Some(run), None);
        vec![EventKind::Rollback(RollbackEvent { run, release, by, reason: reason() })]
    };
    assert_eq!(revocation(retracted).await, Some(RevocationAct::Retraction { reason: reason() }));
    let named = |run| vec![incident(Some(run))];
    let description = text("a wrong name");
    assert_eq!(revocation(named).await, Some(RevocationAct::Incident { description }));
}

#[tokio::test]
async fn an_approval_or_a_later_decision_takes_nothing_back() {
    let approved = |run| vec![review(run, ReviewAction::Approve)];
    assert_eq!(revocation(approved).await, None);
    assert_eq!(revocation(|_| vec![incident(None)]).await, None, "it names no run");
    // The incident was known when it was decided again.
    let again = |digest| {
        vec![incident(Some(digest)), EventKind::Run(Box::new(run("letter", Ruling::Allow)))]
    };
    assert_eq!(revocation(again).await, None);
}

/// Records a run with this name at this gate.
async fn record_named(test: &TestHost, gate: &str, name: &str) {
    let run = RunEvent { run: name.parse().unwrap(), ..run("letter", Ruling::Hold) };
    let kind = EventKind::Run(Box::new(run));
    let event = tollgate_model::Event { at_ms: START_MS, gate: gate.parse().unwrap(), kind };
    test.ledger.append(LedgerEntry::new(event).into()).await.unwrap();
}

#[tokio::test]
async fn hidden_runs_do_not_change_what_is_found() {
    let test = TestHost::new();
    let name = |end: &str| format!("sha256:12345678{end:0>56}");
    for (gate, end) in [("mail", "1"), ("offers", "2"), ("offers", "3")] {
        record_named(&test, gate, &name(end)).await;
    }
    let find = |prefix: &str, visible: &str| {
        let found = test.host.find_visible_run(prefix, |gate| gate.as_str() == visible);
        found.map(|run| run.run.to_string())
    };
    assert_eq!(find("12345678", "mail").unwrap(), name("1"));
    assert_eq!(find(&name("3"), "offers").unwrap(), name("3"));
    let is_unknown = |prefix: &str, visible: &str| {
        matches!(find(prefix, visible), Err(RunLookupError::NotFound { .. }))
    };
    assert!(is_unknown(&name("2"), "mail"), "a hidden run");
    assert!(is_unknown(&name("4"), "mail"), "no run");
    assert!(is_unknown("1234567", "mail"), "too few digits");
    assert!(is_unknown("sha256:1234567", "mail"), "too few digits");
    match find("12345678", "offers") {
        Err(RunLookupError::Ambiguous { examples, .. }) => assert_eq!(examples.len(), 2),
        other => panic!("{other:?}"),
    }
}
