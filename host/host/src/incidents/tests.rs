use super::*;
use crate::test_host::{TestHost, actor, gate_name, text};

#[tokio::test]
async fn an_output_is_retracted_once() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Allow).await;
    let retraction = test.host.retract(run, &actor("Kim Osei"), text("over")).await.unwrap();
    assert_eq!((retraction.run, retraction.undo_ended_ms), (run, None));
    let again = test.host.retract(run, &actor("Lou Park"), text("over")).await;
    assert!(
        matches!(&again, Err(RetractionError::AlreadyRetracted { by }) if by.as_str() == "Kim Osei"),
        "{again:?}"
    );
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.demotion.map(|change| change.to), Some(2));
}

#[tokio::test]
async fn of_two_who_retract_at_once_one_is_refused() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Allow).await;
    let (kim, lou) = (actor("Kim Osei"), actor("Lou Park"));
    let (first, second) = tokio::join!(
        test.host.retract(run, &kim, text("over")),
        test.host.retract(run, &lou, text("over")),
    );
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
}

#[tokio::test]
async fn only_what_went_out_is_retracted() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Hold).await;
    let refused = test.host.retract(run, &actor("Kim Osei"), text("over")).await;
    assert!(matches!(refused, Err(RetractionError::NotAllowed { ruling: Ruling::Hold })));
    let run = Digest::of("nothing");
    let refused = test.host.retract(run, &actor("Kim Osei"), text("over")).await;
    assert!(matches!(refused, Err(RetractionError::UnknownRun { .. })));
}

#[tokio::test]
async fn an_incident_names_a_run_of_its_gate() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Allow).await;
    let report = || IncidentReport::new(text("a wrong name")).caused_by(run);
    let farewell = "farewell".parse().unwrap();
    let refused = test.host.report_incident(&farewell, report(), &actor("Kim Osei")).await;
    assert!(matches!(refused, Err(IncidentError::OtherGate { .. })), "{refused:?}");
    test.host.report_incident(&gate_name(), report(), &actor("Kim Osei")).await.unwrap();
    let status = test.host.gate_status(&gate_name()).await.unwrap();
    assert_eq!(status.demotion.map(|change| change.to), Some(2));
}

#[tokio::test]
async fn a_change_says_whether_it_was_allowed() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Hold).await;
    let sent = test.host.record_change(run, text("mailer"), text("sent")).await.unwrap();
    assert_eq!((sent.ruling, sent.has_write_access), (Ruling::Hold, true));
    let database = text("newsletter database");
    let row = test.host.record_change(run, database, text("a row")).await.unwrap();
    assert!(!row.has_write_access);
}
