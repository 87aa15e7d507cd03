//! One output, and batches that are one document.

use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{check_path, submitter};
use crate::served::{Answer, GATE, OTHER_GATE, Served, output};

async fn send_with_key(served: &Served, token: &str, key: &str, body: &Value) -> Answer {
    let to_request =
        |request: reqwest::RequestBuilder| request.header("idempotency-key", key).json(body);
    served.ask(reqwest::Method::POST, token, &check_path(GATE), to_request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_output_is_decided_and_recorded_before_it_is_answered() {
    let served = Served::start().await;
    let token = submitter(&served);
    let mut submission = output("Hello, reader");
    submission["id"] = json!("order 4711");
    let result = served.post(&token, &check_path(GATE), submission).await.ok();
    assert_eq!((&result["format"], &result["id"]), (&json!(1), &json!("order 4711")));
    assert_eq!((&result["decision"], &result["file"]), (&json!("hold"), &json!("request")));
    let run = result["run"].as_str().unwrap();
    let recorded = served.get(&token, &format!("/v1/runs/{run}")).await.ok();
    assert_eq!(recorded["run"], run, "{recorded:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_judged_once() {
    let served = Served::start().await;
    let token = submitter(&served);
    let first = send_with_key(&served, &token, "a", &output("Hello")).await.ok();
    let again = send_with_key(&served, &token, "a", &output("Hello")).await.ok();
    assert_eq!((&again["run"], &again["already-recorded"]), (&first["run"], &json!(true)));
    let other = send_with_key(&served, &token, "b", &output("Hello")).await.ok();
    assert_ne!(other["run"], first["run"]);
    send_with_key(&served, &token, "a", &output("Goodbye"))
        .await
        .problem(422, "idempotency-key-reused");
    let somebody_else = submitter(&served);
    let theirs = send_with_key(&served, &somebody_else, "a", &output("Goodbye")).await.ok();
    assert_ne!(theirs["run"], first["run"], "keys of another token are other keys");
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_with_one_key_at_once_are_one_run() {
    let served = Served::start().await;
    let (token, body) = (submitter(&served), output("Hello"));
    let requests = (0..16).map(|_| send_with_key(&served, &token, "same", &body));
    let answers = futures_util::future::join_all(requests).await;
    let mut runs: Vec<_> = answers.into_iter().map(|answer| answer.ok()["run"].clone()).collect();
    runs.dedup();
    assert_eq!(runs.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_answers_each_of_its_outputs() {
    let served = Served::start().await;
    let token = submitter(&served);
    let batch = json!([output("Hello"), {"txet": "misspelt"}, output(&"long ".repeat(400)), 7]);
    let document = served.post(&token, &check_path(GATE), batch).await.ok();
    let runs = document["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 4);
    assert_eq!((&runs[0]["decision"], &runs[0]["id"]), (&json!("hold"), &json!("request#/0")));
    assert_eq!((&runs[1]["decision"], &runs[1]["code"]), (&Value::Null, &json!("invalid-output")));
    assert!(runs[1]["error"].as_str().unwrap().contains("`txet`"), "{:#}", runs[1]);
    assert_eq!(runs[3]["code"], "invalid-output");
    assert_eq!(
        (&document["summary"]["held"], &document["summary"]["not-judged"]),
        (&json!(2), &json!(2))
    );
    let none = served.post(&token, &check_path(GATE), json!([])).await.ok();
    assert_eq!(none["runs"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_told_and_nothing_is_recorded() {
    let served = Served::start().await;
    let token = submitter(&served);
    let mut submission = output("Hello");
    submission["context"].as_object_mut().unwrap().remove("model");
    let problem = served.post(&token, &check_path(GATE), submission).await;
    let problem = problem.problem(422, "context-missing");
    assert!(problem["detail"].as_str().unwrap().contains("model"), "{problem:#}");
    let reader = served.token("Ria", &[Role::Read]);
    let runs = served.get(&reader, "/v1/runs").await.ok();
    assert_eq!(runs["runs"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gate_that_a_token_may_not_see_is_a_gate_that_is_not_there() {
    let served = Served::start().await;
    let token = served.token_for("the shop", &[Role::Submit], &[GATE]);
    served.post(&token, &check_path(GATE), output("Hello")).await.ok();
    let hidden = served.post(&token, &check_path(OTHER_GATE), output("Hello")).await;
    let missing = served.post(&token, &check_path("nothing"), output("Hello")).await;
    let (mut hidden, mut missing) =
        (hidden.problem(404, "gate-not-found"), missing.problem(404, "gate-not-found"));
    for problem in [&mut hidden, &mut missing] {
        problem.as_object_mut().unwrap().remove("request-id");
    }
    assert_eq!(hidden, missing);
}
