//! The webhook that is told when alerts begin and end.
//!
//! Messages wait in a bounded queue of their own, so a webhook that hangs delays nothing but the messages behind.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::Url;
use tokio::sync::mpsc;
use tollgate::{Clock, SystemClock};
use tollgate_api::AlertNotice;

use super::webhook_signature::WebhookSecret;
use crate::signals::http_client::{HttpClientError, is_loopback, new_http_client};
use crate::signals::metrics::{AlertDelivery, Metrics};

/// Messages that wait. A project with hundreds of gates can have as many alerts at once; what is beyond is dropped and
/// counted, because a webhook that takes nothing must not fill the memory.
const WAITING_MAX: usize = 1_024;

/// Pause before the second attempt. Each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// Longest pause between two attempts.
const PAUSE_MAX: Duration = Duration::from_secs(5 * 60);

/// Time after which a message is given up. It is old news by then.
const DELIVERY_TIME_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Webhook that is told of alerts.
#[derive(Clone, Debug)]
pub struct WebhookSettings {
    url: Url,
    secret: WebhookSecret,
}

/// The address is not one that alerts are sent to.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhookUrlError {
    #[error("`{0}` is not an address of a webhook: write `https://…`")]
    Spelling(String),
    #[error(
        "`{0}` is sent over the network unencrypted: use `https://…`; `http://` is for this machine only"
    )]
    Unencrypted(String),
}

impl WebhookSettings {
    /// Creates the settings. The address has `https`, or is on this machine.
    pub fn new(url: &str, secret: WebhookSecret) -> Result<Self, WebhookUrlError> {
        let parsed = Url::parse(url).map_err(|_| WebhookUrlError::Spelling(url.to_owned()))?;
        match parsed.scheme() {
            "https" => Ok(Self { url: parsed, secret }),
            "http" if is_loopback(&parsed) => Ok(Self { url: parsed, secret }),
            // What comes before an `@` may be a password.
            "http" => {
                Err(WebhookUrlError::Unencrypted(parsed.host_str().unwrap_or_default().to_owned()))
            }
            _ => Err(WebhookUrlError::Spelling(url.to_owned())),
        }
    }
}

/// Pauses between attempts, and the time after which a message is given up.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryTimes {
    pub(super) first_pause: Duration,
    pub(super) pause_max: Duration,
    pub(super) delivery_time_max: Duration,
}

impl Default for RetryTimes {
    fn default() -> Self {
        let (first_pause, pause_max) = (FIRST_PAUSE, PAUSE_MAX);
        Self { first_pause, pause_max, delivery_time_max: DELIVERY_TIME_MAX }
    }
}

/// Messages on their way to the webhook.
pub(super) struct NoticeQueue {
    waiting: mpsc::Sender<Message>,
    metrics: Metrics,
    /// Beginning of the ids of this process.
    id_prefix: String,
    next_id: AtomicU64,
}

/// A message. Its id stays the same in all attempts, so that a receiver can tell a repeated one.
struct Message {
    id: String,
    body: Bytes,
}

/// Sender of messages, one after the other.
struct WebhookSender {
    client: reqwest::Client,
    settings: WebhookSettings,
    times: RetryTimes,
    metrics: Metrics,
}

/// The reason why an attempt failed.
enum AttemptError {
    /// The webhook says that it is gone for good.
    Gone,
    /// Another attempt may help, after this time at the earliest if the webhook says one.
    Failed { reason: String, retry_after: Option<Duration> },
}

/// The reason why no messages can be sent.
#[derive(Debug, thiserror::Error)]
pub enum WebhookStartError {
    #[error(transparent)]
    Client(#[from] HttpClientError),
    #[error("this machine gives no random numbers")]
    NoRandomness(#[from] getrandom::Error),
}

impl NoticeQueue {
    /// Starts to send messages, in a task of the current runtime.
    pub(super) fn start(
        settings: WebhookSettings,
        times: RetryTimes,
        metrics: Metrics,
    ) -> Result<Self, WebhookStartError> {
        let client = new_http_client(&settings.url)?;
        let mut prefix = [0; 12];
        getrandom::fill(&mut prefix)?;
        let id_prefix = format!("msg_{}", data_encoding::HEXLOWER.encode(&prefix));
        let (sender, waiting) = mpsc::channel(WAITING_MAX);
        let webhook = WebhookSender { client, settings, times, metrics: metrics.clone() };
        tokio::spawn(webhook.send_all(waiting));
        Ok(Self { waiting: sender, metrics, id_prefix, next_id: AtomicU64::new(1) })
    }

    /// Hands over a message, and does not wait. If too many are waiting, it is dropped.
    pub(super) fn push(&self, notice: &AlertNotice) {
        let number = self.next_id.fetch_add(1, Ordering::Relaxed);
        let id = format!("{}_{number}", self.id_prefix);
        let is_waiting = serde_json::to_vec(notice)
            .is_ok_and(|body| self.waiting.try_send(Message { id, body: body.into() }).is_ok());
        if !is_waiting {
            tracing::error!("an alert was not sent to the webhook: too many are waiting");
            self.metrics.record_alert_delivery(AlertDelivery::Dropped);
        }
    }
}

impl WebhookSender {
    async fn send_all(self, mut waiting: mpsc::Receiver<Message>) {
        while let Some(message) = waiting.recv().await {
            let delivery = self.deliver(&message).await;
            self.metrics.record_alert_delivery(delivery);
        }
    }

    /// Sends a message until the webhook takes it, or until it is given up.
    async fn deliver(&self, message: &Message) -> AlertDelivery {
        let (started, mut pause) = (Instant::now(), self.times.first_pause);
        loop {
            let retry_after = match self.attempt(message).await {
                Ok(()) => return AlertDelivery::Delivered,
                Err(AttemptError::Gone) => {
                    tracing::error!("an alert was dropped: the webhook says that it is gone");
                    return AlertDelivery::Dropped;
                }
                Err(AttemptError::Failed { reason, retry_after }) => {
                    tracing::warn!(reason, "the webhook did not take an alert");
                    retry_after.unwrap_or_default()
                }
            };
            let next_pause = pause.max(retry_after).min(self.times.pause_max);
            if started.elapsed() + next_pause > self.times.delivery_time_max {
                tracing::error!("an alert was dropped: the webhook never took it");
                return AlertDelivery::Dropped;
            }
            self.metrics.record_alert_delivery(AlertDelivery::Failed);
            tokio::time::sleep(next_pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    async fn attempt(&self, message: &Message) -> Result<(), AttemptError> {
        let Message { id, body } = message;
        let at_s = SystemClock.now_ms() / 1_000;
        let request = self
            .client
            .post(self.settings.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", at_s)
            .header("webhook-signature", self.settings.secret.sign(id, at_s, body))
            .body(body.clone());
        // The error of a request has its address, in which there may be a password.
        let failed = |error: reqwest::Error| AttemptError::Failed {
            reason: tollgate_api::join_causes(&error.without_url()),
            retry_after: None,
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        if status.is_success() {
            return Ok(());
        }
        if status == StatusCode::GONE {
            return Err(AttemptError::Gone);
        }
        let retry_after = response.headers().get(RETRY_AFTER);
        let seconds = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let reason = format!("it answers with {status}");
        Err(AttemptError::Failed { reason, retry_after: seconds.map(Duration::from_secs) })
    }
}

#[cfg(test)]
mod tests;
