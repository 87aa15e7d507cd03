//! Alerts of a running server, and its webhook.

use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tollgate::model::{EventKind, IncidentEvent};
use tollgate_server::access::Role;
use tollgate_server::signals::alerts::WebhookSettings;

use crate::served::{GATE, OTHER_GATE, Served, output};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Time in which an alert is found: several looks.
const FOUND_TIME_MAX: Duration = Duration::from_secs(60);

fn incident() -> EventKind {
    let (description, by) = ("wrong name".parse().unwrap(), "Kim Osei".parse().unwrap());
    EventKind::Incident(IncidentEvent { description, by, run: None })
}

fn kinds(alerts: &Value) -> Vec<&str> {
    alerts["alerts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|alert| alert["kind"].as_str().unwrap())
        .collect()
}

/// Waits until the server has found an alert of a kind.
async fn wait_for_alert(served: &Served, token: &str, kind: &str) -> Value {
    let start = Instant::now();
    loop {
        let alerts = served.get(token, "/v1/alerts").await.ok();
        if kinds(&alerts).contains(&kind) {
            return alerts;
        }
        assert!(start.elapsed() < FOUND_TIME_MAX, "{alerts:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn callers_see_the_alerts_of_their_gates() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read]);
    served.record(incident()).await;
    let alerts = wait_for_alert(&served, &reader, "incident").await;
    assert_eq!(kinds(&alerts), ["incident", "level-demoted"]);
    assert_eq!(alerts["alerts"][0]["gate"], GATE);
    assert_eq!(alerts["alerts"][0]["message"], "incident: wrong name");
    let operator = served.token_for("Sam Reed", &[Role::Operate], &[GATE]);
    assert_eq!(served.get(&operator, "/v1/alerts").await.ok(), alerts);
    let other = served.token_for("Mia Kern", &[Role::Read], &[OTHER_GATE]);
    assert!(kinds(&served.get(&other, "/v1/alerts").await.ok()).is_empty());
    let reviewer = served.token("Kim Osei", &[Role::Review]);
    served.get(&reviewer, "/v1/alerts").await.problem(403, "forbidden");
}

/// Takes requests at an address, and answers them or hangs.
async fn start_receiver(answers: bool) -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/alerts", listener.local_addr().unwrap());
    let (sender, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let sender = sender.clone();
            tokio::spawn(async move {
                let (mut request, mut piece) = (Vec::new(), [0; 4096]);
                while !request.ends_with(b"}}") {
                    let count = stream.read(&mut piece).await.unwrap();
                    request.extend_from_slice(&piece[..count]);
                }
                sender.send(String::from_utf8(request).unwrap()).unwrap();
                match answers {
                    true => {
                        let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
                        stream.write_all(answer).await.unwrap();
                    }
                    false => std::future::pending().await,
                }
            });
        }
    });
    (url, received)
}

async fn next(received: &mut mpsc::UnboundedReceiver<String>) -> Value {
    let request = tokio::time::timeout(FOUND_TIME_MAX, received.recv()).await.unwrap().unwrap();
    assert!(request.to_ascii_lowercase().contains("\r\nwebhook-signature: v1,"), "{request}");
    serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_webhook_is_told_what_begins_and_what_ends() {
    let (url, mut received) = start_receiver(true).await;
    let webhook = WebhookSettings::new(&url, SECRET.parse().unwrap()).unwrap();
    let served =
        Served::start_with(3, None, |settings| settings.alert_webhook = Some(webhook)).await;
    served.record(incident()).await;
    let (first, second) = (next(&mut received).await, next(&mut received).await);
    assert_eq!((&first["type"], &second["type"]), (&"alert.begun".into(), &"alert.begun".into()));
    assert_eq!(first["data"]["kind"], "incident");
    assert_eq!(second["data"]["kind"], "level-demoted");
    // A change of the level by a person ends both.
    let operator = served.token("Sam Reed", &[Role::Operate]);
    let body = serde_json::json!({"level": 1, "reason": "new offers"});
    served.post(&operator, &format!("/v1/gates/{GATE}/demote"), body).await.ok();
    let (third, fourth) = (next(&mut received).await, next(&mut received).await);
    assert_eq!((&third["type"], &fourth["type"]), (&"alert.ended".into(), &"alert.ended".into()));
    assert_eq!(third["data"]["kind"], "incident");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_hangs_delays_no_output() {
    let (url, mut received) = start_receiver(false).await;
    let webhook = WebhookSettings::new(&url, SECRET.parse().unwrap()).unwrap();
    let served =
        Served::start_with(3, None, |settings| settings.alert_webhook = Some(webhook)).await;
    served.record(incident()).await;
    next(&mut received).await;
    let reader = served.token("Mia Kern", &[Role::Read]);
    for number in 0..20 {
        served.hold(GATE, &format!("Hello, {number}")).await;
    }
    wait_for_alert(&served, &reader, "level-demoted").await;
    assert!(received.try_recv().is_err(), "the first message is still on its way");
    served.server.shut_down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_records_nothing_is_an_alert() {
    let served = Served::start().await;
    let token = served.token("Mia Kern", &[Role::Read, Role::Submit]);
    let ledger = served.folder.path().join("ledger.db");
    let away = served.folder.path().join("away.db");
    std::fs::rename(&ledger, &away).unwrap();
    let path = format!("/v1/gates/{GATE}/check");
    served.post(&token, &path, output("Hello")).await.problem(503, "ledger-unavailable");
    let alerts = wait_for_alert(&served, &token, "ledger-unavailable").await;
    assert_eq!(alerts["alerts"][0]["gate"], Value::Null);
    std::fs::rename(&away, &ledger).unwrap();
    served.hold(GATE, "Hello, again").await;
    let start = Instant::now();
    loop {
        let alerts = served.get(&token, "/v1/alerts").await.ok();
        if kinds(&alerts).is_empty() {
            return;
        }
        assert!(start.elapsed() < FOUND_TIME_MAX, "{alerts:#}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
