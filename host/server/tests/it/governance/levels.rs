//! Promotions and demotions.

use std::sync::atomic::Ordering;

use reqwest::Method;
use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{approve, kim, level, operator};
use crate::served::{GATE, Served};

/// Reviews that the example gate asks for before a promotion.
const REVIEWS: usize = 30;
/// Time that a reviewer takes. Shorter reviews do not count.
const REVIEW_MS: u64 = 60_000;

async fn act(served: &Served, token: &str, act: &str, body: Value) -> crate::served::Answer {
    served.post(token, &format!("/v1/gates/{GATE}/{act}"), body).await
}

/// Reviews so many outputs, and reports such figures, that the gate can be promoted.
async fn earn_promotion(served: &Served) {
    let kim = kim(served);
    for number in 0..REVIEWS {
        let run = served.hold(GATE, &format!("Hello, reader {number}")).await;
        served.now_ms.fetch_add(REVIEW_MS, Ordering::Relaxed);
        approve(served, &kim, &run).await.ok();
    }
    let figures = json!({"figures": [
        {"kpi": "open-rate", "value": 0.4},
        {"kpi": "complaints-per-thousand", "value": 0.1},
    ]});
    let recorded = act(served, &operator(served), "figures", figures).await.ok();
    assert_eq!(recorded.get("demotion"), None, "{recorded:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_without_a_track_record_is_not_promoted() {
    let served = Served::start().await;
    let sam = operator(&served);
    for body in [json!({}), json!({"accept": false}), json!({"accept": true})] {
        let objections = act(&served, &sam, "promote", body).await.objections();
        assert!(objections.iter().any(|one| one.contains("0 of 30")), "{objections:?}");
    }
    assert_eq!(level(&served).await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_accepts_a_promotion_that_was_earned() {
    let served = Served::start().await;
    earn_promotion(&served).await;
    let sam = operator(&served);
    let shown = act(&served, &sam, "promote", json!({})).await.ok();
    assert_eq!((&shown["from"], &shown["to"]), (&json!(3), &json!(4)), "{shown:#}");
    assert_eq!((&shown["accepted"], &shown["track"]["approved"]), (&json!(false), &json!(30)));
    assert_eq!(shown["accepters"][0]["name"], "Sam Reed");
    assert_eq!(level(&served).await, 3, "showing it changes nothing");
    for person in ["Kim Osei", "Dana Hill"] {
        let token = served.token(person, &[Role::Operate]);
        let objections =
            act(&served, &token, "promote", json!({"accept": true})).await.objections();
        assert!(objections.len() == 1 && objections[0].contains(person), "{objections:?}");
    }
    assert_eq!(level(&served).await, 3);
    let accepted = act(&served, &sam, "promote", json!({"accept": true})).await.ok();
    assert_eq!(accepted["accepted"], true);
    assert_eq!(level(&served).await, 4);
    act(&served, &sam, "promote", json!({"accept": true})).await.objections();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demotion_is_made_once_however_often_it_is_sent() {
    let served = Served::start().await;
    let lou = served.token("Lou Park", &[Role::Operate]);
    let body = json!({"level": 2, "reason": "the offers change"});
    let change = act(&served, &lou, "demote", body.clone()).await.ok();
    assert_eq!((&change["change"]["from"], &change["change"]["to"]), (&json!(3), &json!(2)));
    assert_eq!(change["change"]["reason"]["by"], "Lou Park");
    act(&served, &lou, "demote", body).await.problem(409, "conflict");
    for wrong in [0, 3, 200] {
        let body = json!({"level": wrong, "reason": "the offers change"});
        act(&served, &lou, "demote", body).await.problem(409, "conflict");
    }
    assert_eq!(level(&served).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_not_what_is_asked_for_are_refused() {
    let served = Served::start().await;
    let sam = operator(&served);
    for (name, body) in [
        ("promote", json!({"accept": "yes"})),
        ("promote", json!({"accept": true, "by": "Kim Osei"})),
        ("promote", json!([])),
        ("demote", json!({"level": 2})),
        ("demote", json!({"reason": "the offers change"})),
        ("demote", json!({"level": 2, "reason": ""})),
        ("demote", json!({"level": -1, "reason": "the offers change"})),
        ("demote", json!({"level": 2, "reason": "the offers change", "by": "Kim Osei"})),
        ("rollback", json!({})),
        ("incidents", json!({"description": "  "})),
        ("figures", json!({"figures": []})),
    ] {
        act(&served, &sam, name, body).await.problem(400, "invalid-body");
    }
    let path = format!("/v1/gates/{GATE}/demote");
    let send = async |kind: &str, body: &str| {
        let with = |request: reqwest::RequestBuilder| {
            request.header("content-type", kind.to_owned()).body(body.to_owned())
        };
        served.ask(Method::POST, &sam, &path, with).await
    };
    let body = r#"{"level": 2, "reason": "the offers change"}"#;
    send("text/plain", body).await.problem(415, "unsupported-media-type");
    send("application/json", "{\"level\": 2").await.problem(400, "invalid-json");
    let twice = r#"{"level": 2, "level": 1, "reason": "the offers change"}"#;
    send("application/json", twice).await.problem(400, "invalid-body");
    served.get(&sam, &path).await.problem(405, "method-not-allowed");
    assert_eq!(level(&served).await, 3);
}
