//! Alerts: what somebody should look at now.
//!
//! A watcher looks every few seconds; an alert begins when its cause is found, and ends when the cause is gone. Callers read
//! the list, and a webhook is told of each beginning and end.

mod active_alerts;
mod watch;
mod webhook;
mod webhook_signature;

pub(crate) use watch::AlertWatch;
pub use webhook::{WebhookSettings, WebhookStartError, WebhookUrlError};
pub use webhook_signature::{WebhookSecret, WebhookSecretError};

use webhook::{NoticeQueue, RetryTimes};

use super::metrics::Metrics;
use crate::live::LiveGates;

/// Makes the watcher of alerts, and starts what tells the webhook, if there is one.
pub(super) fn new_alert_watch(
    live: LiveGates,
    metrics: Metrics,
    webhook: Option<WebhookSettings>,
) -> Result<AlertWatch, WebhookStartError> {
    let start = |webhook| NoticeQueue::start(webhook, RetryTimes::default(), metrics.clone());
    let notices = webhook.map(start).transpose()?;
    Ok(AlertWatch::new(live, metrics, notices))
}
