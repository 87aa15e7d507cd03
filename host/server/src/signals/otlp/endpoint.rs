//! Sends encoded signals to a collector by OTLP over HTTP.

use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use prost::Message;
use tollgate_api::join_causes;

use super::record_queue::DroppedRecords;
use super::settings::SignalEndpoint;
use crate::signals::http_client::{HttpClientError, new_http_client};

/// Pause before the second attempt. Each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(500);

/// Time after which records are given up. Newer ones wait behind them.
const EXPORT_TIME_MAX: Duration = Duration::from_secs(30);

/// Bytes of an answer that are read. It says how many records were rejected, and maybe why.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Collector for one signal.
pub(super) struct OtlpEndpoint {
    settings: SignalEndpoint,
    client: reqwest::Client,
    dropped: DroppedRecords,
}

/// The reason why an attempt failed.
struct AttemptError {
    reason: String,
    /// Whether another attempt may help.
    is_passing: bool,
    retry_after: Option<Duration>,
}

/// Answer of a collector. All signals have the same one, but for names.
#[derive(Clone, PartialEq, Message)]
struct ExportAnswer {
    #[prost(message, optional, tag = "1")]
    partial_success: Option<PartialSuccess>,
}

#[derive(Clone, PartialEq, Message)]
struct PartialSuccess {
    #[prost(int64, tag = "1")]
    rejected: i64,
    #[prost(string, tag = "2")]
    message: String,
}

impl OtlpEndpoint {
    pub(super) fn new(
        settings: SignalEndpoint,
        dropped: DroppedRecords,
    ) -> Result<Self, HttpClientError> {
        let client = new_http_client(&settings.url)?;
        Ok(Self { settings, client, dropped })
    }

    /// Sends records, and tries again if that may help. Those that the collector does not take are counted.
    pub(super) async fn export(&self, body: Vec<u8>, count: u64) {
        let (started, mut pause) = (Instant::now(), FIRST_PAUSE);
        let body = bytes::Bytes::from(body);
        let signal = self.settings.signal;
        loop {
            let error = match self.attempt(body.clone()).await {
                Ok(rejected) => return self.dropped.add(signal, rejected),
                Err(error) => error,
            };
            let next_pause = pause.max(error.retry_after.unwrap_or_default());
            if !error.is_passing || started.elapsed() + next_pause > EXPORT_TIME_MAX {
                let (signal_name, reason) = (signal.as_str(), error.reason);
                tracing::warn!(signal = signal_name, count, reason, "records were not exported");
                return self.dropped.add(signal, count);
            }
            tokio::time::sleep(next_pause).await;
            pause = pause.saturating_mul(2);
        }
    }

    /// Sends records once. Returns how many the collector rejected.
    async fn attempt(&self, body: bytes::Bytes) -> Result<u64, AttemptError> {
        let SignalEndpoint { url, headers, .. } = &self.settings;
        let request = self.client.post(url.clone()).headers(headers.clone());
        let request = request.header(CONTENT_TYPE, "application/x-protobuf").body(body);
        // The error of a request has its address, in which there may be a password.
        let failed = |error: reqwest::Error| AttemptError {
            reason: join_causes(&error.without_url()),
            is_passing: true,
            retry_after: None,
        };
        let response = request.send().await.map_err(failed)?;
        let status = response.status();
        if !status.is_success() {
            let retry_after = response.headers().get(RETRY_AFTER);
            let seconds = retry_after.and_then(|value| value.to_str().ok()?.trim().parse().ok());
            return Err(AttemptError {
                reason: format!("the collector answers with {status}"),
                is_passing: is_passing(status),
                retry_after: seconds.map(Duration::from_secs),
            });
        }
        Ok(read_rejected(response).await)
    }
}

/// Returns whether the same request may succeed later, as the specification has it.
fn is_passing(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS
            | StatusCode::BAD_GATEWAY
            | StatusCode::SERVICE_UNAVAILABLE
            | StatusCode::GATEWAY_TIMEOUT
    )
}

/// Reads how many records the collector rejected. An answer that cannot be read says nothing.
async fn read_rejected(mut response: reqwest::Response) -> u64 {
    let mut answer = Vec::new();
    while let Ok(Some(piece)) = response.chunk().await {
        if answer.len() + piece.len() > ANSWER_BYTES_MAX {
            return 0;
        }
        answer.extend_from_slice(&piece);
    }
    let partial =
        ExportAnswer::decode(answer.as_slice()).ok().and_then(|read| read.partial_success);
    let Some(PartialSuccess { rejected, message }) = partial else { return 0 };
    if rejected > 0 {
        tracing::warn!(rejected, reason = message, "the collector rejected records");
    }
    u64::try_from(rejected).unwrap_or(0)
}
