//! Metrics over HTTP.

use reqwest::Method;
use tollgate_server::access::Role;

use super::text_format::Scrape;
use crate::served::{GATE, OTHER_GATE, Served, output};

async fn scrape(served: &Served, token: &str) -> Scrape {
    let answer = served.raw(Method::GET, token, "/metrics", |request| request).await;
    let media_type = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(media_type, "application/openmetrics-text; version=1.0.0; charset=utf-8");
    Scrape::parse(&answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_count_what_the_gates_decide() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read]);
    served.hold(GATE, "Hello, one").await;
    served.hold(GATE, "Hello, two").await;
    served.now_ms.fetch_add(90_000, std::sync::atomic::Ordering::Relaxed);
    let scrape = scrape(&served, &reader).await;
    let of_gate =
        |name: &str, more: &[(&str, &str)]| scrape.value(name, &[&[("gate", GATE)], more].concat());
    assert_eq!(of_gate("tollgate_decisions_total", &[("decision", "hold")]), Some(2.0));
    assert_eq!(of_gate("tollgate_decisions_total", &[("decision", "allow")]), Some(0.0));
    assert_eq!(of_gate("tollgate_check_duration_seconds_count", &[]), Some(2.0));
    assert_eq!(of_gate("tollgate_judging_duration_seconds_count", &[]), Some(2.0));
    assert_eq!(of_gate("tollgate_queue_waiting", &[]), Some(2.0));
    assert_eq!(of_gate("tollgate_queue_oldest_age_seconds", &[]), Some(90.0));
    assert_eq!(of_gate("tollgate_gate_ready", &[]), Some(1.0));
    assert_eq!(of_gate("tollgate_spent_total", &[("currency", "EUR")]), Some(0.02));
    let fuel = of_gate("tollgate_contract_fuel_total", &[("contract", "tollgate/length")]);
    assert!(fuel.is_some_and(|fuel| fuel > 0.0), "{fuel:?}");
    let check = [("route", "/v1/gates/{gate}/check"), ("method", "POST"), ("status", "2xx")];
    assert_eq!(scrape.value("tollgate_requests_total", &check), Some(2.0));
    assert_eq!(scrape.value("tollgate_release_generation", &[]), Some(1.0));
    let memory = scrape.value("tollgate_process_resident_memory_bytes", &[]);
    assert!(memory.is_some_and(|bytes| bytes > 1e6), "{memory:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_for_unknown_gates_make_no_series() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read, Role::Submit]);
    let ask = async |name: &str| {
        let path = format!("/v1/gates/{name}/check");
        served.post(&reader, &path, output("Hello")).await.problem(404, "gate-not-found");
    };
    ask("unknown").await;
    served.get(&reader, "/v1/nothing-here").await.problem(404, "not-found");
    scrape(&served, &reader).await;
    let before = scrape(&served, &reader).await.series();
    for number in 0..1_000 {
        ask(&format!("gate-{number}")).await;
        let answer = served.get(&reader, &format!("/v1/nothing-here-{number}")).await;
        answer.problem(404, "not-found");
    }
    let after = scrape(&served, &reader).await;
    assert_eq!(after.series(), before);
    let check = [("route", "/v1/gates/{gate}/check"), ("method", "POST"), ("status", "4xx")];
    assert_eq!(after.value("tollgate_requests_total", &check), Some(1_001.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_without_a_decision_are_counted_by_their_problem() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read, Role::Submit]);
    let path = format!("/v1/gates/{GATE}/check");
    let bare = serde_json::json!({"text": "Hello"});
    served.post(&reader, &path, bare.clone()).await.problem(422, "context-missing");
    let batch = serde_json::json!([output("Hello, batch"), bare]);
    served.post(&reader, &path, batch).await.ok();
    let scrape = scrape(&served, &reader).await;
    let labels = [("gate", GATE), ("code", "context-missing")];
    assert_eq!(scrape.value("tollgate_not_evaluated_total", &labels), Some(2.0));
    let held = [("gate", GATE), ("decision", "hold")];
    assert_eq!(scrape.value("tollgate_decisions_total", &held), Some(1.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_the_record_is_no_new_decision() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read, Role::Submit]);
    let path = format!("/v1/gates/{GATE}/check");
    for _ in 0..3 {
        let answer = served.ask(Method::POST, &reader, &path, |request| {
            request.header("Idempotency-Key", "one").json(&output("Hello, again"))
        });
        answer.await.ok();
    }
    let scrape = scrape(&served, &reader).await;
    let held = [("gate", GATE), ("decision", "hold")];
    assert_eq!(scrape.value("tollgate_decisions_total", &held), Some(1.0));
    let gate = [("gate", GATE)];
    assert_eq!(scrape.value("tollgate_answers_from_record_total", &gate), Some(2.0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_gate_sees_no_series_of_others() {
    let served = Served::start().await;
    let some = served.token_for("Mia Kern", &[Role::Read], &[OTHER_GATE]);
    let scrape = scrape(&served, &some).await;
    assert_eq!(scrape.value("tollgate_gate_ready", &[("gate", OTHER_GATE)]), Some(1.0));
    assert_eq!(scrape.value("tollgate_gate_ready", &[("gate", GATE)]), None);
    let reviewer = served.token("Kim Osei", &[Role::Review]);
    served.get(&reviewer, "/metrics").await.problem(403, "forbidden");
}
