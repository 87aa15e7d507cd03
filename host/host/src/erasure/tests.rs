use tollgate_model::Ruling;

use super::*;
use crate::test_host::{TestHost, actor, text};

#[tokio::test]
async fn erases_a_run_once() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Allow).await;
    let (dana, reason) = (actor("Dana Hill"), text("a customer asked for it"));
    let result = test.host.erase_run(run, &dana, &reason).await.unwrap();
    assert!(result.erased > 0, "{result:?}");
    let again = test.host.erase_run(run, &dana, &reason).await.unwrap();
    assert_eq!(again, ErasureResult { erased: 0, needed: 0, files_in_use: Vec::new() });
}

#[tokio::test]
async fn keeps_what_a_reviewer_needs() {
    let test = TestHost::new();
    let run = test.record_run("Hello", Ruling::Hold).await;
    let (dana, reason) = (actor("Dana Hill"), text("a customer asked for it"));
    let refused = test.host.erase_run(run, &dana, &reason).await;
    assert!(matches!(refused, Err(ErasureError::Held { .. })), "{refused:?}");
    let unknown = test.host.erase_run(Digest::of("nothing"), &dana, &reason).await;
    assert!(matches!(unknown, Err(ErasureError::UnknownRun { .. })), "{unknown:?}");
}
