//! Checking outputs over HTTP.

mod bad_input;
mod lines;
mod submissions;

use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tollgate_server::access::Role;

use crate::served::{Answer, GATE, Served};

const LINES: &str = "application/x-ndjson";

fn submitter(served: &Served) -> String {
    served.token("the shop", &[Role::Submit])
}

fn check_path(gate: &str) -> String {
    format!("/v1/gates/{gate}/check")
}

/// Sends bytes to the gate as the test makes them.
async fn send(served: &Served, token: &str, media_type: &str, body: impl Into<Vec<u8>>) -> Answer {
    let (body, media_type) = (body.into(), media_type.to_owned());
    let to_request =
        |request: reqwest::RequestBuilder| request.header(CONTENT_TYPE, media_type).body(body);
    served.ask(reqwest::Method::POST, token, &check_path(GATE), to_request).await
}

/// Sends lines, and returns the lines of the answer.
async fn send_lines(served: &Served, token: &str, body: impl Into<reqwest::Body>) -> Vec<Value> {
    let body = body.into();
    let to_request =
        |request: reqwest::RequestBuilder| request.header(CONTENT_TYPE, LINES).body(body);
    let path = check_path(GATE);
    let answer = served.raw(reqwest::Method::POST, token, &path, to_request).await;
    assert_eq!(
        (answer.status(), &answer.headers()[CONTENT_TYPE]),
        (reqwest::StatusCode::OK, &LINES.parse().unwrap())
    );
    let text = answer.text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
