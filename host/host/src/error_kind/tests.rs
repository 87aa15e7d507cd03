use std::sync::Arc;

use tollgate_ledger::LedgerError;
use tollgate_model::Digest;
use tollgate_project::LockError;

use super::{ErrorKind, HostError};
use crate::gate::{CheckError, GateLoadError, GateOpenError, ReleasePart, ReleaseReadError};
use crate::incidents::RetractionError;
use crate::intake::{AnswerError, CheckManyError, IntakeError};
use crate::review::{ConductReviewError, ReviewError, ReviewLookupError};
use crate::test_host::{TestHost, actor, gate_name, text};

fn load_error(source: impl Into<GateLoadError>) -> GateOpenError {
    let (gate, release) = (gate_name(), Digest::of("release"));
    GateOpenError::Load { gate, release, source: Box::new(source.into()) }
}

#[test]
fn looks_through_wrapping_errors() {
    let missing =
        || ReleaseReadError::Missing { part: ReleasePart::Prompt, digest: Digest::of("prompt") };
    assert_eq!(load_error(LockError::Missing).kind(), ErrorKind::NotReady);
    assert_eq!(load_error(missing()).kind(), ErrorKind::BrokenRecord);
    let review = ConductReviewError::Gate(load_error(missing()));
    assert_eq!(review.kind(), ErrorKind::BrokenRecord);
    let followed = CheckError::Gate(Arc::new(load_error(LockError::Missing)));
    assert_eq!(followed.kind(), ErrorKind::NotReady);
    assert_eq!(CheckError::from(LedgerError::Closed).kind(), ErrorKind::NotReady);
    assert_eq!(ReviewError::NothingEdited.kind(), ErrorKind::InvalidInput);
    let unread = AnswerError::from(IntakeError::NotOneContent);
    assert_eq!(unread.kind(), ErrorKind::InvalidInput);
    assert_eq!(AnswerError::from(followed).kind(), ErrorKind::NotReady);
    let stopped = CheckManyError::Check(LedgerError::Closed.into());
    assert_eq!(stopped.kind(), ErrorKind::NotReady);
    assert_eq!(CheckManyError::WorkerStopped.kind(), ErrorKind::Internal);
}

#[tokio::test]
async fn a_host_says_what_is_missing_and_what_was_done_before() {
    let test = TestHost::new();
    let unopened = test.host.gate(&gate_name()).await.err().unwrap();
    assert_eq!(unopened.kind(), ErrorKind::NotFound);
    let unlocked = test.host.publish_release("welcome-email", &actor("Sam Reed"), None).await;
    assert_eq!(unlocked.unwrap_err().kind(), ErrorKind::NotReady);
    let run = test.record_run("Hello", tollgate_model::Ruling::Allow).await;
    let review = test.host.find_review(&run.hex()).err().unwrap();
    assert!(matches!(review, ReviewLookupError::NeverQueued { .. }), "{review}");
    test.host.retract(run, &actor("Sam Reed"), text("too early")).await.unwrap();
    let again = test.host.retract(run, &actor("Sam Reed"), text("too early")).await.unwrap_err();
    assert!(matches!(again, RetractionError::AlreadyRetracted { .. }), "{again}");
    assert_eq!(again.kind(), ErrorKind::Conflict);
}
