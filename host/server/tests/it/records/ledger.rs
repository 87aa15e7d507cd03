//! The ledger: pages of events, verification and checkpoints.

use std::sync::Arc;

use serde_json::{Value, json};
use tollgate::ledger::{Checkpoint, Ledger};
use tollgate_api::{CheckpointLine, EventPageDocument, VerificationDocument};
use tollgate_packages::trust::SecretKey;
use tollgate_server::access::Role;

use super::{OPEN_LEVEL, allow, assert_document, reader, reader_of_other_gate};
use crate::served::{GATE, OTHER_GATE, Served};

/// Returns the events on all pages, in order.
async fn all_events(served: &Served, token: &str, limit: usize) -> Vec<Value> {
    let (mut events, mut after) = (Vec::new(), json!(0));
    loop {
        let path = format!("/v1/ledger?after={after}&limit={limit}");
        let page = served.get(token, &path).await.ok();
        assert_document::<EventPageDocument>(&page);
        let page_events = page["events"].as_array().unwrap();
        assert!(page_events.len() <= limit);
        events.extend(page_events.iter().cloned());
        let Some(next) = page.get("next") else { return events };
        after = next.clone();
    }
}

fn numbers(events: &[Value]) -> Vec<u64> {
    events.iter().map(|event| event["seq"].as_u64().unwrap()).collect()
}

async fn last_number(served: &Served) -> u64 {
    let ledger = served.ledger.clone();
    let read = move || ledger.open_reader().unwrap().head().unwrap().unwrap().0;
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_have_each_event_once() {
    let served = Served::start_at_level(OPEN_LEVEL).await;
    for number in 0..3 {
        allow(&served, &format!("Hello, reader {number}")).await;
        served.hold(OTHER_GATE, &format!("Hello, reader {number}")).await;
    }
    let everything: Vec<u64> = (1..=last_number(&served).await).collect();
    let token = reader(&served);
    let all = all_events(&served, &token, 200).await;
    assert_eq!(numbers(&all), everything);
    for limit in [1, 2, 5, everything.len()] {
        assert_eq!(all_events(&served, &token, limit).await, all, "{limit}");
    }
    let of_other: Vec<_> =
        all.iter().filter(|event| event["gate"] == OTHER_GATE).cloned().collect();
    assert!(of_other.len() >= 4 && all.iter().any(|event| event["gate"] == GATE));
    let token = reader_of_other_gate(&served);
    for limit in [1, 3, 200] {
        assert_eq!(all_events(&served, &token, limit).await, of_other, "{limit}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_parameters_that_no_page_has() {
    let served = Served::start().await;
    let token = reader(&served);
    for query in ["limit=0", "limit=201", "after=x", "before=3", "after=1&after=2"] {
        let answer = served.get(&token, &format!("/v1/ledger?{query}")).await;
        answer.problem(400, "invalid-parameter");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn verifies_the_ledger_with_the_keys_that_the_project_trusts() {
    let key = Arc::new(SecretKey::generate().unwrap());
    let served = Served::start_with_key(OPEN_LEVEL, Some(key.clone())).await;
    allow(&served, "Hello, reader").await;
    let verify = async || {
        let verified = served.post(&reader(&served), "/v1/ledger/verify", json!({})).await.ok();
        assert_document::<VerificationDocument>(&verified);
        verified
    };
    let verified = verify().await;
    assert_eq!((&verified["sound"], &verified["checkpoints"]), (&json!(true), &json!([])));
    let last = last_number(&served).await;
    assert_eq!((&verified["events"], &verified["head"]["seq"]), (&json!(last), &json!(last)));

    let operator = served.token("Sam Reed", &[Role::Operate]);
    let signed = served.post(&operator, "/v1/ledger/checkpoint", json!({})).await.ok();
    assert_document::<CheckpointLine>(&signed);
    let checkpoint: Checkpoint = serde_json::from_value(signed).unwrap();
    assert_eq!((checkpoint.seq, &*checkpoint.key), (last, key.public().id().as_str()));
    let verified = verify().await;
    assert_eq!(verified["sound"], true, "{verified:#}");
    assert_eq!(verified["checkpoints"][0]["signer"], "server");
    let ledger = served.ledger.clone();
    let read = move || {
        let view = ledger.open_reader().unwrap();
        (*view.id(), view.checkpoints().unwrap())
    };
    let (id, stored) = tokio::task::spawn_blocking(read).await.unwrap();
    assert_eq!(stored, std::slice::from_ref(&checkpoint));
    assert!(key.public().verifies(&checkpoint.message(&id), &checkpoint.signature));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_the_whole_ledger_needs_a_token_for_all_gates() {
    let key = Arc::new(SecretKey::generate().unwrap());
    let served = Served::start_with_key(OPEN_LEVEL, Some(key)).await;
    let token = reader_of_other_gate(&served);
    for path in ["/v1/ledger/verify", "/v1/ledger/checkpoint"] {
        let problem = served.post(&token, path, json!({})).await.problem(403, "forbidden");
        assert!(problem["detail"].as_str().unwrap().contains("all gates"), "{problem:#}");
    }
}
