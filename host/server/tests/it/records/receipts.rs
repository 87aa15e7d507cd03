//! Receipts.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate::ledger::Ledger;
use tollgate::receipts::AllowedRun;
use tollgate_api::SignedReceipt;
use tollgate_packages::trust::{Envelope, SecretKey, SignedStatement};

use super::{
    OPEN_LEVEL, allow, assert_document, reader, reader_of_other_gate, retract, unknown_run,
    without_request_id,
};
use crate::served::{OTHER_GATE, Served};

fn new_key() -> Arc<SecretKey> {
    Arc::new(SecretKey::generate().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_signed_as_the_tool_signs_it() {
    let key = new_key();
    let served = Served::start_with_key(OPEN_LEVEL, Some(key.clone())).await;
    let run = allow(&served, "Hello, reader").await;
    let path = format!("/v1/receipts/{run}");
    let receipt = served.get(&reader(&served), &path).await.ok();
    assert_document::<SignedReceipt>(&receipt);

    let bytes = serde_json::to_vec(&receipt).unwrap();
    let envelope = Envelope::parse(&bytes).unwrap();
    let opened = SignedStatement::open_receipt(&envelope, &[key.public()]).unwrap();
    assert_eq!(opened.signers, [key.public().id()]);
    assert_eq!(opened.statement.decision.run.to_string(), run);
    let other = SignedStatement::open_receipt(&envelope, &[new_key().public()]).unwrap();
    assert_eq!(other.signers.len(), 0);

    let ledger = served.ledger.clone();
    let written = tokio::task::spawn_blocking(move || {
        let view = ledger.open_reader().unwrap();
        let receipt = AllowedRun::load(&*view, &run).unwrap().receipt(&*view).unwrap();
        receipt.sign(&key).unwrap().to_json().unwrap()
    });
    let written: Value = serde_json::from_slice(&written.await.unwrap()).unwrap();
    assert_eq!(receipt, written);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_went_out_and_was_not_taken_back_has_a_receipt() {
    let served = Served::start_with_key(OPEN_LEVEL, Some(new_key())).await;
    let token = reader(&served);
    let held = served.hold(OTHER_GATE, "Hello, reader").await;
    let refused = served.get(&token, &format!("/v1/receipts/{held}")).await;
    let refused = refused.problem(422, "refused-by-rules");
    assert!(refused["detail"].as_str().unwrap().contains("its decision is `hold`"), "{refused:#}");
    let run = allow(&served, "Hello, reader").await;
    retract(&served, &run).await;
    let path = format!("/v1/receipts/{run}");
    let refused = served.get(&token, &path).await.problem(422, "refused-by-rules");
    assert!(refused["detail"].as_str().unwrap().contains("retracted"), "{refused:#}");
    let token = reader_of_other_gate(&served);
    let hidden = served.get(&token, &path).await.problem(404, "run-not-found");
    let unknown = served.get(&token, &format!("/v1/receipts/{}", unknown_run())).await;
    let unknown = unknown.problem(404, "run-not-found");
    assert_eq!(without_request_id(hidden), without_request_id(unknown));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_a_key_signs_nothing() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    let run = allow(&served, "Hello, reader").await;
    let receipt = served.get(&reader(&served), &format!("/v1/receipts/{run}")).await;
    let problem = receipt.problem(409, "no-signing-key");
    assert!(problem["hint"].is_string(), "{problem:#}");
    let token = served.token("Sam Reed", &[tollgate_server::access::Role::Operate]);
    let checkpoint = served.post(&token, "/v1/ledger/checkpoint", json!({})).await;
    checkpoint.problem(409, "no-signing-key");
}
