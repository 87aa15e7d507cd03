//! Signals: what the server tells of itself while it runs. Metrics, traces and alerts.
//!
//! No signal has the content of an output, and none can delay or fail a request: what cannot be sent is dropped and
//! counted.

pub mod alerts;
mod http_client;
pub(crate) mod metrics;
pub mod otlp;
mod request_signals;
mod trace_context;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_api::report::CheckResult;
use tollgate_model::Ruling;
use tracing::Span;

pub use http_client::HttpClientError;
pub(crate) use request_signals::observe_request;

use crate::live::{LiveGate, LiveGates};
use crate::problem::ProblemCode;
use alerts::{AlertWatch, WebhookSettings, WebhookStartError};
use metrics::{ExportedSignal, MetricFamily, Metrics, ReadFigures};
use otlp::Telemetry;

/// Time for which the figures of the queue are taken as they were read, however often metrics are asked for.
const QUEUE_FIGURES_AGE_MAX: Duration = Duration::from_secs(1);

/// Signals of a server.
pub(crate) struct Signals {
    live: LiveGates,
    pub(crate) metrics: Metrics,
    pub(crate) alerts: Arc<AlertWatch>,
    /// Export of the signals; `None` if there is none.
    telemetry: Option<Telemetry>,
    /// Time at which the figures of the queue were read last.
    queue_read: tokio::sync::Mutex<Option<Instant>>,
}

impl Signals {
    /// Starts the signals. Alerts are looked for once their watcher runs.
    pub(crate) fn start(
        live: LiveGates,
        webhook: Option<WebhookSettings>,
        telemetry: Option<Telemetry>,
    ) -> Result<Self, WebhookStartError> {
        let metrics = Metrics::default();
        let alerts = alerts::new_alert_watch(live.clone(), metrics.clone(), webhook)?;
        let (alerts, queue_read) = (Arc::new(alerts), tokio::sync::Mutex::default());
        Ok(Self { live, metrics, alerts, telemetry, queue_read })
    }

    /// Records the result of an output in metrics and in the span of its request.
    pub(crate) fn record_result(&self, gate: &LiveGate, result: Result<&CheckResult, ProblemCode>) {
        let span = Span::current();
        span.record("tollgate.gate", gate.name().as_str());
        match result {
            Ok(result) => {
                span.record("tollgate.run", tracing::field::display(&result.run));
                span.record("tollgate.release", tracing::field::display(&result.release));
                let ruling = result.decision.ruling;
                span.record("tollgate.decision", tracing::field::display(ruling));
                self.metrics.record_decision(gate, result);
                // A gate that only judges records nothing.
                let is_decided = !matches!(result.decision.ruling, Ruling::Pass | Ruling::Fail);
                if !result.was_recorded && is_decided {
                    self.alerts.note_recording(true);
                }
                if let Some(telemetry) = self.telemetry.as_ref().filter(|_| !result.was_recorded) {
                    telemetry.record_evaluations(gate.name(), result);
                }
            }
            Err(code) => {
                self.metrics.record_not_evaluated(gate, code);
                if [ProblemCode::LedgerUnavailable, ProblemCode::BrokenRecord].contains(&code) {
                    self.alerts.note_recording(false);
                }
            }
        }
    }

    /// Returns the values of all metrics. The figures of the queue are read from the ledger, at most once a second.
    pub(crate) async fn metric_families(&self) -> Vec<MetricFamily> {
        let gates = self.live.all();
        self.metrics.keep_gates(&gates.iter().map(|gate| gate.name()).collect());
        self.read_queue().await;
        self.last_metric_families()
    }

    /// Returns the values of all metrics, and reads nothing.
    pub(crate) fn last_metric_families(&self) -> Vec<MetricFamily> {
        self.metrics.families(&self.figures())
    }

    /// Returns the figures that metrics have from elsewhere.
    fn figures(&self) -> ReadFigures {
        let gates = self.live.all();
        let mut alerts = BTreeMap::new();
        for alert in self.alerts.current().iter() {
            *alerts.entry(alert.kind.as_str()).or_default() += 1;
        }
        let dropped = self.telemetry.as_ref().map(Telemetry::dropped);
        let dropped_exports = dropped.iter().flat_map(|dropped| {
            ExportedSignal::ALL.map(|signal| (signal.as_str(), dropped.count(signal)))
        });
        let dropped_exports = dropped_exports.collect();
        ReadFigures {
            gates: gates
                .iter()
                .map(|gate| (gate.name().clone(), gate.state().is_ready()))
                .collect(),
            generation: self.live.generation(),
            alerts,
            dropped_exports,
        }
    }

    async fn read_queue(&self) {
        let mut read_at = self.queue_read.lock().await;
        if read_at.is_some_and(|at| at.elapsed() < QUEUE_FIGURES_AGE_MAX) {
            return;
        }
        let host = self.live.host();
        let now_ms = host.now_ms();
        match tokio::task::spawn_blocking(move || host.queue_lengths()).await {
            Ok(Ok(lengths)) => {
                let lengths = lengths.into_iter().map(|(gate, length)| {
                    let age = Duration::from_millis(now_ms.saturating_sub(length.oldest_ms));
                    (gate, (length.waiting, age))
                });
                self.metrics.set_queue_lengths(&lengths.collect());
            }
            Ok(Err(error)) => {
                tracing::warn!(
                    error = tollgate_api::join_causes(&error),
                    "the queue cannot be read"
                );
                self.metrics.record_ledger_read_error();
            }
            Err(error) => {
                tracing::error!(%error, "reading the queue failed");
                self.metrics.record_ledger_read_error();
            }
        }
        *read_at = Some(Instant::now());
    }
}
