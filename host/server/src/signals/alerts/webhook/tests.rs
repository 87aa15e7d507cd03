use std::sync::Arc;
use std::sync::atomic::AtomicUsize;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tollgate_api::{AlertEntry, AlertNoticeType, Timestamp};
use tollgate_model::{AlertKind, FormatVersion};

use super::*;
use crate::signals::metrics::{ReadFigures, Scrape, write_open_metrics};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What a receiver does with a connection.
#[derive(Clone, Copy)]
enum Behaviour {
    Answer(&'static str),
    Close,
    Hang,
}

const TAKEN: Behaviour = Behaviour::Answer("HTTP/1.1 204 No Content\r\n\r\n");
const BROKEN: Behaviour =
    Behaviour::Answer("HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n");
const GONE: Behaviour = Behaviour::Answer("HTTP/1.1 410 Gone\r\ncontent-length: 0\r\n\r\n");

/// A receiver that behaves differently each time, and then always as the last time.
struct Receiver {
    url: String,
    received: mpsc::UnboundedReceiver<String>,
}

impl Receiver {
    async fn start(behaviours: &'static [Behaviour]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks/tollgate", listener.local_addr().unwrap());
        let (sender, received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            let number = Arc::new(AtomicUsize::new(0));
            while let Ok((stream, _)) = listener.accept().await {
                let number = number.fetch_add(1, Ordering::Relaxed);
                let behaviour = behaviours[number.min(behaviours.len() - 1)];
                tokio::spawn(receive(stream, behaviour, sender.clone()));
            }
        });
        Self { url, received }
    }

    async fn next(&mut self) -> String {
        let next = tokio::time::timeout(Duration::from_secs(10), self.received.recv());
        next.await.expect("a request arrives").unwrap()
    }
}

async fn receive(
    mut stream: TcpStream,
    behaviour: Behaviour,
    sender: mpsc::UnboundedSender<String>,
) {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        if count == 0 || text.ends_with("}}") {
            sender.send(text).unwrap();
            break;
        }
    }
    match behaviour {
        Behaviour::Answer(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
        Behaviour::Close => {}
        Behaviour::Hang => std::future::pending().await,
    }
}

fn notice() -> AlertNotice {
    AlertNotice {
        format: FormatVersion,
        notice: AlertNoticeType::Begun,
        timestamp: Timestamp(1_796_083_200_000),
        data: AlertEntry {
            kind: AlertKind::Incident,
            gate: Some("mail".parse().unwrap()),
            subject: None,
            since: None,
            message: "incident: wrong name".into(),
        },
    }
}

fn queue(receiver: &Receiver, metrics: &Metrics, times: RetryTimes) -> NoticeQueue {
    let settings = WebhookSettings::new(&receiver.url, SECRET.parse().unwrap()).unwrap();
    NoticeQueue::start(settings, times, metrics.clone()).unwrap()
}

fn quick() -> RetryTimes {
    RetryTimes {
        first_pause: Duration::from_millis(5),
        pause_max: Duration::from_millis(20),
        ..RetryTimes::default()
    }
}

fn header<'a>(request: &'a str, name: &str) -> &'a str {
    let mut lines = request.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(header, _)| header.eq_ignore_ascii_case(name)).unwrap().1
}

async fn deliveries(metrics: &Metrics, result: &str, at_least: f64) -> f64 {
    for _ in 0..1_000 {
        let text = write_open_metrics(metrics.families(&ReadFigures::default())).unwrap();
        let labels = [("result", result)];
        let count = Scrape::parse(&text).value("tollgate_alert_deliveries_total", &labels).unwrap();
        if count >= at_least {
            return count;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("never {at_least} {result}");
}

#[tokio::test]
async fn sends_a_signed_message() {
    let (mut receiver, metrics) = (Receiver::start(&[TAKEN]).await, Metrics::default());
    let queue = queue(&receiver, &metrics, quick());
    queue.push(&notice());
    let request = receiver.next().await;
    assert!(request.starts_with("POST /hooks/tollgate HTTP/1.1\r\n"), "{request}");
    assert_eq!(header(&request, "content-type"), "application/json");
    let (_, body) = request.split_once("\r\n\r\n").unwrap();
    let expected = r#"{"format":1,"type":"alert.begun","timestamp":"2026-12-01T00:00:00.000Z","data":{"kind":"incident","gate":"mail","message":"incident: wrong name"}}"#;
    assert_eq!(body, expected);
    let (id, at_s) = (header(&request, "webhook-id"), header(&request, "webhook-timestamp"));
    let secret: WebhookSecret = SECRET.parse().unwrap();
    let signature = secret.sign(id, at_s.parse().unwrap(), body.as_bytes());
    assert_eq!(header(&request, "webhook-signature"), signature);
    assert_eq!(deliveries(&metrics, "delivered", 1.0).await, 1.0);
}

#[tokio::test]
async fn tries_again_with_the_same_id_until_the_webhook_takes_it() {
    const BEHAVIOURS: &[Behaviour] = &[BROKEN, Behaviour::Close, BROKEN, TAKEN];
    let (mut receiver, metrics) = (Receiver::start(BEHAVIOURS).await, Metrics::default());
    let queue = queue(&receiver, &metrics, quick());
    queue.push(&notice());
    let mut ids = Vec::new();
    for _ in BEHAVIOURS {
        ids.push(header(&receiver.next().await, "webhook-id").to_owned());
    }
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    assert_eq!(deliveries(&metrics, "delivered", 1.0).await, 1.0);
    assert_eq!(deliveries(&metrics, "failed", 3.0).await, 3.0);
    queue.push(&notice());
    assert_ne!(header(&receiver.next().await, "webhook-id"), ids[0]);
}

#[tokio::test]
async fn gives_a_message_up() {
    let (mut receiver, metrics) = (Receiver::start(&[BROKEN]).await, Metrics::default());
    let times = RetryTimes { delivery_time_max: Duration::ZERO, ..quick() };
    let queue = queue(&receiver, &metrics, times);
    queue.push(&notice());
    receiver.next().await;
    assert_eq!(deliveries(&metrics, "dropped", 1.0).await, 1.0);
    assert!(receiver.received.try_recv().is_err());
}

#[tokio::test]
async fn asks_a_webhook_that_is_gone_once() {
    let (mut receiver, metrics) = (Receiver::start(&[GONE]).await, Metrics::default());
    let queue = queue(&receiver, &metrics, quick());
    queue.push(&notice());
    receiver.next().await;
    assert_eq!(deliveries(&metrics, "dropped", 1.0).await, 1.0);
    assert!(receiver.received.try_recv().is_err());
}

#[tokio::test]
async fn a_webhook_that_hangs_delays_nobody_and_fills_no_memory() {
    let (mut receiver, metrics) = (Receiver::start(&[Behaviour::Hang]).await, Metrics::default());
    let queue = queue(&receiver, &metrics, quick());
    queue.push(&notice());
    receiver.next().await;
    // The first one is on its way, and as many as fit wait.
    for _ in 0..WAITING_MAX + 10 {
        queue.push(&notice());
    }
    assert_eq!(deliveries(&metrics, "dropped", 1.0).await, 10.0);
    assert_eq!(queue.waiting.capacity(), 0);
}

#[test]
fn takes_encrypted_addresses_and_those_of_this_machine() {
    let new = |url| WebhookSettings::new(url, SECRET.parse().unwrap());
    for url in ["https://hooks.example/x?y=1", "http://localhost:8080/", "http://[::1]:1/"] {
        assert!(new(url).is_ok(), "{url}");
    }
    let unencrypted = new("http://me:secret@hooks.example/x").unwrap_err().to_string();
    assert!(unencrypted.contains("`hooks.example`") && !unencrypted.contains("secret"));
    for url in ["", "hooks.example", "ftp://127.0.0.1/", "file:///etc/passwd"] {
        assert!(matches!(new(url), Err(WebhookUrlError::Spelling(_))), "{url}");
    }
    let settings = new("http://localhost/").unwrap();
    assert!(!format!("{settings:?}").contains("MfKQ"));
}
