//! Requests that are not what the address takes. Each gets a problem of its own, and nothing of it is recorded.

use std::io::{Read, Write};
use std::net::TcpStream;

use reqwest::Method;
use serde_json::{Value, json};
use tollgate_server::access::Role;

use super::{check_path, send, send_lines, submitter};
use crate::served::{GATE, Served, output};

const JSON: &str = "application/json";

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_output_are_refused() {
    let served = Served::start().await;
    let token = submitter(&served);
    let deep = format!("{{\"json\": {}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let cases: [(&str, Vec<u8>, u16, &str); 12] = [
        ("text/plain", b"{}".to_vec(), 415, "unsupported-media-type"),
        ("application/x-www-form-urlencoded", b"a=b".to_vec(), 415, "unsupported-media-type"),
        (JSON, Vec::new(), 422, "invalid-output"),
        (JSON, b"{\"text\": \"a\"".to_vec(), 422, "invalid-output"),
        (JSON, b"\xff\xfe".to_vec(), 400, "invalid-json"),
        (JSON, b"{\"text\": \"a\", \"text\": \"b\"}".to_vec(), 422, "invalid-output"),
        (JSON, b"{\"text\": \"a\", \"json\": {}}".to_vec(), 422, "invalid-output"),
        (JSON, b"{\"text\": \"a\", \"extra\": 1}".to_vec(), 422, "invalid-output"),
        (JSON, b"\"text\"".to_vec(), 422, "invalid-output"),
        (JSON, b"[{\"text\": \"a\"}".to_vec(), 400, "invalid-json"),
        // Nothing here recurses into a document, so its depth is a matter of the gate.
        (JSON, deep.into_bytes(), 422, "context-missing"),
        (JSON, vec![b' '; 5 << 20], 413, "body-too-large"),
    ];
    for (media_type, body, status, code) in cases {
        let start = String::from_utf8_lossy(&body).chars().take(40).collect::<String>();
        let answer = send(&served, &token, media_type, body).await;
        let found = (answer.status, answer.body["code"].as_str().unwrap_or_default().to_owned());
        assert_eq!(found, (status, code.to_owned()), "{start}");
    }
    let reader = served.token("Ria", &[Role::Read]);
    assert_eq!(served.get(&reader, "/v1/runs").await.ok()["runs"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn compressed_bodies_are_refused() {
    let served = Served::start().await;
    let token = submitter(&served);
    let bomb = [0x1f, 0x8b, 8, 0];
    let to_request = |request: reqwest::RequestBuilder| {
        request.header("content-type", JSON).header("content-encoding", "gzip").body(bomb.to_vec())
    };
    let answer = served.ask(Method::POST, &token, &check_path(GATE), to_request).await;
    answer.problem(415, "unsupported-encoding");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_too_long_ends_the_stream() {
    let served = Served::start().await;
    let token = submitter(&served);
    let mut body = format!("{}\n{{\"text\": \"", output("Hello")).into_bytes();
    body.resize(body.len() + (5 << 20), b'a');
    let answers = send_lines(&served, &token, body).await;
    assert_eq!(answers.len(), 2);
    assert_eq!(
        (&answers[0]["decision"], &answers[1]["code"]),
        (&json!("hold"), &json!("invalid-output"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn other_methods_and_addresses_are_refused() {
    let served = Served::start().await;
    let token = submitter(&served);
    let answer = served.raw(Method::DELETE, &token, &check_path(GATE), |request| request).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["allow"]),
        (405, &"POST".parse().unwrap())
    );
    served.get(&token, "/v2/gates").await.problem(404, "not-found");
    served.get(&token, "/v1/gates/../../etc/passwd").await.problem(404, "not-found");
    served
        .post(&token, &check_path("%2fetc%2fpasswd"), output("a"))
        .await
        .problem(404, "gate-not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_that_give_no_access_are_told_apart() {
    let served = Served::start().await;
    let token = submitter(&served);
    served.get("tg_nothing", "/v1/gates").await.problem(401, "unauthenticated");
    let bare = reqwest::get(format!("http://{}/v1/gates", served.server.address())).await.unwrap();
    assert_eq!(
        (bare.status().as_u16(), &bare.headers()["www-authenticate"]),
        (401, &"Bearer".parse().unwrap())
    );
    served.get(&token, "/v1/risk").await.problem(403, "forbidden");
    served.revoke(&token);
    served.get(&token, "/v1/gates").await.problem(401, "token-revoked");
}

/// Sends bytes over a connection of their own, and returns what comes back until it is closed.
fn talk(served: &Served, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.server.address()).unwrap();
    stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_that_hide_a_second_request_are_refused() {
    let served = Served::start().await;
    let token = submitter(&served);
    let request = |headers: &str| {
        format!(
            "POST /v1/gates/{GATE}/check HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\nconnection: close\r\n{headers}\r\n\
             0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n"
        )
    };
    for headers in [
        "content-length: 5\r\ntransfer-encoding: chunked\r\n",
        "content-length: 5\r\ncontent-length: 50\r\n",
        "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n",
        "transfer-encoding : chunked\r\n",
        "content-length: +5\r\n",
    ] {
        let answer = tokio::task::block_in_place(|| talk(&served, request(headers).as_bytes()));
        assert!(
            !answer.contains("gates-ready"),
            "the second request was answered: {headers}\n{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_record_of_access_has_no_secret_and_no_content() {
    let served = Served::start().await;
    let token = submitter(&served);
    served.post(&token, &check_path(GATE), output("a secret of the reader")).await.ok();
    let folder = served.folder.path().join("state/access");
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        text += &std::fs::read_to_string(entry.unwrap().path()).unwrap();
    }
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let check = lines.iter().find(|line| line["route"] == "/v1/gates/{gate}/check").unwrap();
    assert_eq!((&check["person"], &check["gate"]), (&json!("the shop"), &json!(GATE)));
    assert!(check["run"].is_string(), "{check:#}");
    assert!(!text.contains("a secret of") && !text.contains(&token));
}
