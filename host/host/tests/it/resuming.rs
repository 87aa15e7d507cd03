//! Lines of a batch that are recorded already: they are told as they stand now, and only for the release that decided
//! them.

use tollgate::incidents::IncidentReport;
use tollgate::ledger::Ledger;
use tollgate::model::{BatchLine, Digest, Ruling, RunEvent};
use tollgate::receipts::{AllowedRun, ReceiptError};
use tollgate::{CheckOutcome, GateHandle, Submission};

use super::fixture::{Fixture, actor, decided, is_too_long, submission};
use super::newsletter::{LENGTH, Newsletter, subject};

fn line() -> BatchLine {
    BatchLine { batch: "autumn".parse().unwrap(), key: "a.jsonl:1".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_another_release_decided_is_judged_anew() {
    let long = || submission("This text has more than twenty characters.").with_batch_line(line());
    let fixture = Fixture::new(200).await;
    let gate = fixture.open_gate().await;
    let first = decided(gate.check(long(), &actor()).await.unwrap());
    assert!(!is_too_long(&first));
    fixture.change_gate(20).await;
    let other = fixture.open_again();
    other.publish_release("short", &actor(), None).await.unwrap();
    let found = gate.find_batch_line(&line(), &long().subject).unwrap();
    assert!(found.is_none(), "the handle does not know the new release yet: {found:?}");
    let second = decided(gate.check(long(), &actor()).await.unwrap());
    assert!(is_too_long(&second) && second.run != first.run);
    let again = gate.check(long(), &actor()).await.unwrap();
    assert!(matches!(&again, CheckOutcome::AlreadyRecorded(run) if run.run == second.run));
    // The first release is active again, and what it decided counts again.
    let name = "short".parse().unwrap();
    other.roll_back_release(&name, &actor(), "too strict".parse().unwrap()).await.unwrap();
    let again = gate.check(long(), &actor()).await.unwrap();
    assert!(matches!(&again, CheckOutcome::AlreadyRecorded(run) if run.run == first.run));
    assert_eq!(fixture.run_count(), 2);
}

/// Checks a line of a batch that is allowed.
async fn check_allowed(gate: &GateHandle) -> Digest {
    let submission = Submission::new(subject(gate, "Hello")).with_batch_line(line());
    let run = decided(gate.check(submission, &actor()).await.unwrap());
    assert_eq!(run.decision.ruling, Ruling::Allow, "{:?}", run.decision);
    run.run
}

async fn check_again(gate: &GateHandle) -> RunEvent {
    let submission = Submission::new(subject(gate, "Hello")).with_batch_line(line());
    let checked = gate.check(submission, &actor()).await.unwrap();
    let CheckOutcome::AlreadyRecorded(run) = checked else { panic!("{checked:?}") };
    let found = gate.find_batch_line(&line(), &subject(gate, "Hello")).unwrap();
    assert_eq!(found.as_deref(), Some(&*run));
    *run
}

fn first_code(run: &RunEvent) -> &str {
    run.decision.reasons[0].kind.code()
}

/// Asserts that a run that was taken back is told as blocked, and has no receipt.
async fn assert_revoked(newsletter: &Newsletter, gate: &GateHandle, run: Digest) {
    let again = check_again(gate).await;
    assert_eq!((again.decision.ruling, first_code(&again)), (Ruling::Block, "revoked"));
    let reader = newsletter.ledger().open_reader().unwrap();
    let receipt = AllowedRun::load(&*reader, run.hex().as_str()).map(drop);
    assert!(matches!(&receipt, Err(ReceiptError::Revoked { .. })), "{receipt:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_was_retracted_is_never_told_as_allowed() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_allowed(&gate).await;
    assert_eq!(check_again(&gate).await.decision.ruling, Ruling::Allow);
    let reader = newsletter.ledger().open_reader().unwrap();
    assert!(AllowedRun::load(&*reader, run.hex().as_str()).is_ok());
    newsletter.host.retract(run, &actor(), "wrong offer".parse().unwrap()).await.unwrap();
    assert_revoked(&newsletter, &gate, run).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_that_an_incident_names_is_never_told_as_allowed() {
    let newsletter = Newsletter::new(LENGTH, 5).await;
    let gate = newsletter.open_gate().await;
    let run = check_allowed(&gate).await;
    let report = IncidentReport::new("a wrong name".parse().unwrap()).caused_by(run);
    newsletter.host.report_incident(&gate.gate().name, report, &actor()).await.unwrap();
    assert_revoked(&newsletter, &gate, run).await;
}
