//! Export of traces, metrics and logs by OTLP over HTTP.
//!
//! Each signal has a bounded queue and a task of its own. Who makes a record never waits: a collector that hangs costs
//! records, which are counted, and nothing else. No record has the content of an output.

mod endpoint;
mod log_records;
mod metric_data;
mod record_queue;
mod settings;
mod spans;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use opentelemetry::trace::TracerProvider;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::metrics::v1::{ResourceMetrics, ScopeMetrics};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::transform::trace::tonic::group_spans_by_resource_and_scope;
use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData};
use prost::Message;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tollgate_api::report::CheckResult;
use tollgate_model::GateName;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use endpoint::OtlpEndpoint;
use log_records::{LogLayer, evaluation_records, now_ns, text_attribute};
use metric_data::{CountedTime, to_metrics};
pub(crate) use record_queue::DroppedRecords;
use record_queue::{RecordQueue, export_records};
use settings::SignalEndpoint;
pub use settings::{TELEMETRY_VARIABLES, TelemetrySettings, TelemetrySettingsError};
pub(crate) use spans::begin_exported_span;

use super::http_client::HttpClientError;
use super::metrics::{ExportedSignal, MetricFamily};
use crate::state::ServerState;

/// Module whose log is not exported.
const TARGET: &str = module_path!();

/// What the names of all modules of this project begin with. Spans and logs of other crates are none of ours.
const OWN_TARGETS: &str = "tollgate";

/// Name of what makes the records.
const SCOPE: &str = "tollgate";

/// Time that the last records get to be exported when the server has ended.
const FLUSH_TIME_MAX: Duration = Duration::from_secs(5);

/// Export of traces, metrics and logs. Clones are the same export.
#[derive(Clone)]
pub struct Telemetry(Arc<SharedTelemetry>);

struct SharedTelemetry {
    tracers: Option<SdkTracerProvider>,
    logs: Option<RecordQueue<LogRecord>>,
    metrics: Option<MetricExport>,
    dropped: DroppedRecords,
    ended: watch::Sender<bool>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

/// Where metrics go, and how often.
#[derive(Clone)]
struct MetricExport {
    endpoint: Arc<OtlpEndpoint>,
    interval: Duration,
    start_ns: u64,
    resource: Resource,
}

impl Telemetry {
    /// Starts to export, in tasks of the current runtime.
    pub fn start(settings: TelemetrySettings) -> Result<Self, HttpClientError> {
        let TelemetrySettings { traces, metrics, logs, resource, sampling, metric_interval } =
            settings;
        let dropped = DroppedRecords::default();
        let (ended, _) = watch::channel(false);
        let mut tasks = Vec::new();
        let connect = |endpoint: SignalEndpoint| OtlpEndpoint::new(endpoint, dropped.clone());
        let mut tracers = None;
        if let Some(endpoint) = traces.map(connect).transpose()? {
            let (queue, waiting) = RecordQueue::new(ExportedSignal::Traces, dropped.clone());
            tracers = Some(spans::new_tracer_provider(queue, sampling, &resource));
            let encode = span_encoder(&resource);
            tasks.push(tokio::spawn(export_records(waiting, endpoint, encode, ended.subscribe())));
        }
        let mut log_queue = None;
        if let Some(endpoint) = logs.map(connect).transpose()? {
            let (queue, waiting) = RecordQueue::new(ExportedSignal::Logs, dropped.clone());
            log_queue = Some(queue);
            let encode = log_encoder(to_resource(&resource));
            tasks.push(tokio::spawn(export_records(waiting, endpoint, encode, ended.subscribe())));
        }
        let metrics = metrics.map(connect).transpose()?.map(|endpoint| MetricExport {
            endpoint: Arc::new(endpoint),
            interval: metric_interval,
            start_ns: now_ns(),
            resource: to_resource(&resource),
        });
        let tasks = Mutex::new(tasks);
        Ok(Self(Arc::new(SharedTelemetry {
            tracers,
            logs: log_queue,
            metrics,
            dropped,
            ended,
            tasks,
        })))
    }

    /// Returns the layer that makes records of spans and of what is logged.
    pub fn layer<S>(&self) -> Box<dyn Layer<S> + Send + Sync>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        let spans = self.0.tracers.as_ref().map(|tracers| {
            let layer = tracing_opentelemetry::layer()
                .with_tracer(tracers.tracer(SCOPE))
                .with_location(false)
                .with_threads(false)
                .with_target(false)
                .with_tracked_inactivity(false);
            // What is logged in a span is a record of the log, and no part of the span.
            layer.with_filter(filter_fn(|metadata| {
                metadata.is_span()
                    && *metadata.level() <= Level::DEBUG
                    && metadata.target().starts_with(OWN_TARGETS)
            }))
        });
        let logs = self.0.logs.clone().map(|queue| {
            LogLayer { queue }.with_filter(filter_fn(|metadata| {
                metadata.is_event()
                    && *metadata.level() <= Level::INFO
                    && metadata.target().starts_with(OWN_TARGETS)
            }))
        });
        let (spans, logs) = (spans.map(Layer::boxed), logs.map(Layer::boxed));
        // A list, because an absent layer in a pair would switch off the other one.
        spans.into_iter().chain(logs).collect::<Vec<_>>().boxed()
    }

    /// Exports the judgements of an output that was decided, as events in the current span.
    pub(crate) fn record_evaluations(&self, gate: &GateName, result: &CheckResult) {
        if let Some(queue) = &self.0.logs {
            evaluation_records(gate, result).into_iter().for_each(|record| queue.push(record));
        }
    }

    /// Returns the numbers of records that were not exported.
    pub(crate) fn dropped(&self) -> DroppedRecords {
        self.0.dropped.clone()
    }

    /// Exports the metrics of a server again and again, until the export ends.
    pub(crate) fn start_metrics(&self, state: ServerState) {
        let Some(export) = self.0.metrics.clone() else { return };
        let mut ended = self.0.ended.subscribe();
        let task = tokio::spawn(async move {
            loop {
                let is_over = tokio::select! {
                    () = tokio::time::sleep(export.interval) => false,
                    _ = ended.wait_for(|ended| *ended) => true,
                };
                let families = match is_over {
                    false => state.signals.metric_families().await,
                    // The ledger is closed by then.
                    true => state.signals.last_metric_families(),
                };
                export.send(families).await;
                if is_over {
                    return;
                }
            }
        });
        self.tasks().push(task);
    }

    /// Ends the export, once what waits was exported or given up.
    pub async fn shut_down(&self) {
        // The tasks are gone if nobody receives it.
        let _ = self.0.ended.send(true);
        let tasks = std::mem::take(&mut *self.tasks());
        let all = futures_util::future::join_all(tasks);
        if tokio::time::timeout(FLUSH_TIME_MAX, all).await.is_err() {
            tracing::warn!("some signals were not exported when the time for it was over");
        }
    }

    fn tasks(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.0.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MetricExport {
    async fn send(&self, families: Vec<MetricFamily>) {
        let time = CountedTime { start_ns: self.start_ns, now_ns: now_ns() };
        let metrics = to_metrics(families, time);
        let count = u64::try_from(metrics.len()).unwrap_or(u64::MAX);
        let scope = Some(new_scope());
        let of_scope = ScopeMetrics { scope, metrics, ..ScopeMetrics::default() };
        let resource = Some(self.resource.clone());
        let of_resource =
            ResourceMetrics { resource, scope_metrics: vec![of_scope], ..Default::default() };
        let request = ExportMetricsServiceRequest { resource_metrics: vec![of_resource] };
        self.endpoint.export(request.encode_to_vec(), count).await;
    }
}

/// Returns what writes a request with finished spans.
fn span_encoder(resource: &[(String, String)]) -> impl Fn(Vec<SpanData>) -> Vec<u8> + use<> {
    let resource = (&spans::new_resource(resource)).into();
    move |spans| {
        let resource_spans = group_spans_by_resource_and_scope(spans, &resource);
        ExportTraceServiceRequest { resource_spans }.encode_to_vec()
    }
}

/// Returns what writes a request with records of the log.
fn log_encoder(resource: Resource) -> impl Fn(Vec<LogRecord>) -> Vec<u8> {
    move |log_records| {
        let scope = Some(new_scope());
        let of_scope = ScopeLogs { scope, log_records, ..ScopeLogs::default() };
        let resource = Some(resource.clone());
        let of_resource =
            ResourceLogs { resource, scope_logs: vec![of_scope], ..ResourceLogs::default() };
        ExportLogsServiceRequest { resource_logs: vec![of_resource] }.encode_to_vec()
    }
}

fn to_resource(attributes: &[(String, String)]) -> Resource {
    let attributes = attributes.iter().map(|(key, value)| text_attribute(key, value.clone()));
    Resource { attributes: attributes.collect(), ..Resource::default() }
}

fn new_scope() -> InstrumentationScope {
    let version = env!("CARGO_PKG_VERSION").into();
    InstrumentationScope { name: SCOPE.into(), version, ..InstrumentationScope::default() }
}

impl std::fmt::Debug for Telemetry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Telemetry").finish_non_exhaustive()
    }
}
