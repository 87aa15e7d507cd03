//! Streams of lines.

use std::io;

use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

use super::{LINES, check_path, send_lines, submitter};
use crate::served::{GATE, Served, output};

fn line(number: usize) -> String {
    let mut submission = output(&format!("Hello, reader {number}"));
    submission["id"] = json!(format!("mail {number}"));
    format!("{submission}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_line_is_answered_in_order() {
    let served = Served::start().await;
    let token = submitter(&served);
    let body: String = (0..300).map(line).collect();
    let answers = send_lines(&served, &token, body).await;
    assert_eq!(answers.len(), 300);
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], format!("mail {number}"));
        assert_eq!((&answer["line"], &answer["decision"]), (&json!(number + 1), &json!("hold")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_stops_no_other() {
    let served = Served::start().await;
    let token = submitter(&served);
    let mut body = line(0).into_bytes();
    body.extend(b"{\"text\": \"\xff\"}\n\nnothing\n");
    body.extend(line(1).into_bytes());
    let answers = send_lines(&served, &token, body).await;
    let decisions: Vec<_> = answers.iter().map(|answer| &answer["decision"]).collect();
    assert_eq!(decisions, [&json!("hold"), &Value::Null, &Value::Null, &json!("hold")]);
    assert_eq!(answers[1]["code"], "invalid-output");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_answered_before_the_next_one_arrives() {
    let served = Served::start().await;
    let token = submitter(&served);
    let (sender, received) = tokio::sync::mpsc::channel::<String>(1);
    let body = stream::unfold(received, |mut received| async {
        let line = received.recv().await?;
        Some((Ok::<_, io::Error>(line), received))
    });
    let body = reqwest::Body::wrap_stream(body);
    sender.send(line(0)).await.unwrap();
    let to_request =
        |request: reqwest::RequestBuilder| request.header("content-type", LINES).body(body);
    let answer = served.raw(reqwest::Method::POST, &token, &check_path(GATE), to_request).await;
    let mut answers = answer.bytes_stream();
    for number in 0..3 {
        let answer: Value =
            serde_json::from_slice(&answers.next().await.unwrap().unwrap()).unwrap();
        assert_eq!(answer["id"], format!("mail {number}"));
        sender.send(line(number + 1)).await.unwrap();
    }
    drop(sender);
    assert!(answers.next().await.is_some(), "the last line");
    assert!(answers.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_revoked_ends_the_stream() {
    let served = Served::start().await;
    let token = submitter(&served);
    let (sender, received) = tokio::sync::mpsc::channel::<String>(1);
    let body = stream::unfold(received, |mut received| async {
        let line = received.recv().await?;
        Some((Ok::<_, io::Error>(line), received))
    });
    sender.send(line(0)).await.unwrap();
    let body = reqwest::Body::wrap_stream(body);
    let to_request =
        |request: reqwest::RequestBuilder| request.header("content-type", LINES).body(body);
    let answer = served.raw(reqwest::Method::POST, &token, &check_path(GATE), to_request).await;
    let mut answers = answer.bytes_stream();
    let first: Value = serde_json::from_slice(&answers.next().await.unwrap().unwrap()).unwrap();
    assert_eq!(first["decision"], "hold");
    served.revoke(&token);
    sender.send(line(1)).await.unwrap();
    let last: Value = serde_json::from_slice(&answers.next().await.unwrap().unwrap()).unwrap();
    assert_eq!(last["problem"]["code"], "token-revoked", "{last:#}");
    assert!(answers.next().await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_with_a_key_are_judged_once() {
    let served = Served::start().await;
    let token = submitter(&served);
    let send = async |count: usize| {
        let body: String = (0..count).map(line).collect();
        let to_request = |request: reqwest::RequestBuilder| {
            request.header("content-type", LINES).header("idempotency-key", "night").body(body)
        };
        let path = check_path(GATE);
        let answer = served.raw(reqwest::Method::POST, &token, &path, to_request).await;
        let text = answer.text().await.unwrap();
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let first = send(3).await;
    let again = send(5).await;
    let run = |answer: &Value| answer["run"].clone();
    let (before, after) = (first.iter().map(run), again.iter().take(3).map(run));
    assert!(before.eq(after));
    let recorded: Vec<_> = again.iter().map(|answer| answer["already-recorded"] == true).collect();
    assert_eq!(recorded, [true, true, true, false, false]);
}
