use std::collections::VecDeque;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::routing::post;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::SeverityNumber;
use opentelemetry_proto::tonic::metrics::v1::metric;
use opentelemetry_proto::tonic::trace::v1::{Span as ExportedSpan, span::SpanKind};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tollgate_model::{
    Content, ContractCheck, Decision, Determinism, Digest, Failure, Finding, Outcome, Place,
    RecordedVerdict, Report, Ruling, Severity, Subject, Verdict,
};
use tracing_subscriber::layer::SubscriberExt;

use super::record_queue::WAITING_MAX;
use super::*;
use crate::signals::metrics::{Metrics, ReadFigures};
use crate::signals::trace_context::TraceContext;

/// Target of what is logged elsewhere in the server. What this room logs is not exported.
const LOGGED: &str = "tollgate_server::live";

/// A collector that answers each request with the next status, and then with success.
struct Collector {
    url: String,
    received: mpsc::UnboundedReceiver<Received>,
}

struct Received {
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

#[derive(Clone)]
struct CollectorState {
    sender: mpsc::UnboundedSender<Received>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
}

impl Collector {
    async fn start(answers: &[StatusCode]) -> Self {
        let (sender, received) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(answers.iter().copied().collect()));
        let state = CollectorState { sender, answers };
        let router = Router::new().route("/v1/{signal}", post(take)).with_state(state);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, received }
    }

    async fn next(&mut self) -> Received {
        let next = tokio::time::timeout(Duration::from_secs(20), self.received.recv());
        next.await.expect("a request arrives").unwrap()
    }
}

async fn take(
    State(state): State<CollectorState>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let path = uri.path().to_owned();
    state.sender.send(Received { path, headers, body }).unwrap();
    state.answers.lock().unwrap().pop_front().unwrap_or(StatusCode::OK)
}

fn start(url: &str, more: &[(&str, &str)]) -> Telemetry {
    let settings = TelemetrySettings::from_variables(|name| {
        let endpoint = ("OTEL_EXPORTER_OTLP_ENDPOINT", url);
        let mut variables = more.iter().copied().chain([endpoint]);
        variables.find(|(variable, _)| *variable == name).map(|(_, value)| value.to_owned())
    });
    Telemetry::start(settings.unwrap().unwrap()).unwrap()
}

/// Does something with the layer of the export, as the subscriber of a server has it.
fn with_layer<T>(telemetry: &Telemetry, work: impl FnOnce() -> T) -> T {
    let subscriber = tracing_subscriber::registry().with(telemetry.layer());
    tracing::subscriber::with_default(subscriber, work)
}

fn spans(received: &Received) -> Vec<ExportedSpan> {
    assert_eq!(received.path, "/v1/traces");
    let request = ExportTraceServiceRequest::decode(received.body.clone()).unwrap();
    let [of_resource] = request.resource_spans.try_into().unwrap();
    of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans).collect()
}

fn log_records(received: &Received) -> Vec<LogRecord> {
    assert_eq!(received.path, "/v1/logs");
    let request = ExportLogsServiceRequest::decode(received.body.clone()).unwrap();
    let [of_resource] = request.resource_logs.try_into().unwrap();
    of_resource.scope_logs.into_iter().flat_map(|scope| scope.log_records).collect()
}

fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let attribute = attributes.iter().find(|attribute| attribute.key == key)?;
    match attribute.value.clone()?.value? {
        any_value::Value::StringValue(text) => Some(text),
        any_value::Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

const ONLY_TRACES: &[(&str, &str)] =
    &[("OTEL_METRICS_EXPORTER", "none"), ("OTEL_LOGS_EXPORTER", "none")];
const ONLY_LOGS: &[(&str, &str)] =
    &[("OTEL_METRICS_EXPORTER", "none"), ("OTEL_TRACES_EXPORTER", "none")];

#[tokio::test]
async fn spans_belong_to_the_trace_of_the_caller() {
    let mut collector = Collector::start(&[]).await;
    let mut variables = ONLY_TRACES.to_vec();
    variables.push(("OTEL_EXPORTER_OTLP_HEADERS", "api-key=secret"));
    let telemetry = start(&collector.url, &variables);
    let mut headers = HeaderMap::new();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    headers.insert("traceparent", parent.parse().unwrap());
    headers.insert("tracestate", "vendor=value".parse().unwrap());
    let incoming = TraceContext::from_headers(&headers).unwrap();
    let begun = with_layer(&telemetry, || {
        let name = "POST /v1/gates/{gate}/check";
        let request =
            tracing::info_span!("request", otel.name = name, otel.kind = "server", gate = "mail");
        let begun = begin_exported_span(&request, Some(&incoming)).unwrap();
        let _entered = request.enter();
        tracing::info!(target: LOGGED, "this is logged");
        drop(tracing::info_span!("check"));
        drop(tracing::trace_span!("too detailed"));
        drop(tracing::info_span!(target: "hyper", "not ours"));
        begun
    });
    telemetry.shut_down().await;
    let received = collector.next().await;
    assert_eq!(received.headers["content-type"], "application/x-protobuf");
    assert_eq!(received.headers["api-key"], "secret");
    let mut exported = spans(&received);
    exported.sort_by_key(|span| span.start_time_unix_nano);
    let names: Vec<_> = exported.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["POST /v1/gates/{gate}/check", "check"]);
    let [request, check] = exported.try_into().unwrap();
    assert_eq!((request.kind, check.kind), (SpanKind::Server as i32, SpanKind::Internal as i32));
    assert_eq!(request.trace_id, incoming.trace.0);
    assert_eq!(request.parent_span_id, incoming.span.0);
    assert_eq!(request.span_id, begun.span.0, "the answer names the exported span");
    assert_eq!((&begun.trace, begun.state.as_str()), (&incoming.trace, "vendor=value"));
    assert_eq!((check.trace_id, check.parent_span_id), (request.trace_id, request.span_id));
    assert_eq!(text(&request.attributes, "gate").unwrap(), "mail");
    assert!(request.events.is_empty(), "what is logged is no part of a span");
}

#[tokio::test]
async fn a_trace_that_the_caller_does_not_record_is_not_recorded_here() {
    let mut collector = Collector::start(&[]).await;
    let telemetry = start(&collector.url, ONLY_TRACES);
    let mut headers = HeaderMap::new();
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
    headers.insert("traceparent", parent.parse().unwrap());
    let incoming = TraceContext::from_headers(&headers).unwrap();
    with_layer(&telemetry, || {
        let request = tracing::info_span!("request");
        let begun = begin_exported_span(&request, Some(&incoming)).unwrap();
        assert_eq!((begun.trace, begun.is_sampled()), (incoming.trace, false));
        let other = tracing::info_span!("other");
        assert!(begin_exported_span(&other, None).unwrap().is_sampled());
    });
    telemetry.shut_down().await;
    let names: Vec<_> = spans(&collector.next().await).into_iter().map(|span| span.name).collect();
    assert_eq!(names, ["other"]);
}

#[test]
fn without_an_export_there_is_no_span() {
    let span = tracing::info_span!("request");
    assert_eq!(begin_exported_span(&span, None), None);
}

#[tokio::test]
async fn what_is_logged_names_its_trace() {
    let mut collector = Collector::start(&[]).await;
    let telemetry = start(&collector.url, &[("OTEL_METRICS_EXPORTER", "none")]);
    let begun = with_layer(&telemetry, || {
        let request = tracing::info_span!("request");
        let begun = begin_exported_span(&request, None).unwrap();
        let _entered = request.enter();
        tracing::warn!(target: LOGGED, code = "overloaded", count = 3, "a request failed");
        tracing::debug!(target: LOGGED, "too detailed");
        tracing::warn!(target: "hyper", "not ours");
        tracing::warn!(target: "tollgate_server::signals::otlp::endpoint", "about the export");
        begun
    });
    telemetry.shut_down().await;
    let (one, other) = (collector.next().await, collector.next().await);
    let logged = if one.path == "/v1/logs" { one } else { other };
    let [record] = log_records(&logged).try_into().unwrap();
    assert_eq!((record.trace_id, record.span_id), (begun.trace.0.to_vec(), begun.span.0.to_vec()));
    assert_eq!(record.severity_number, SeverityNumber::Warn as i32);
    let body = record.body.unwrap().value.unwrap();
    assert_eq!(body, any_value::Value::StringValue("a request failed".into()));
    assert_eq!(text(&record.attributes, "code").unwrap(), "overloaded");
    assert_eq!(text(&record.attributes, "count").unwrap(), "3");
}

#[tokio::test]
async fn tries_again_where_that_may_help() {
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    let mut collector = Collector::start(&[unavailable]).await;
    let telemetry = start(&collector.url, ONLY_LOGS);
    with_layer(&telemetry, || tracing::info!(target: LOGGED, "once"));
    let (first, second) = (collector.next().await, collector.next().await);
    assert_eq!(first.body, second.body);
    telemetry.shut_down().await;
    assert_eq!(telemetry.dropped().count(ExportedSignal::Logs), 0);
}

#[tokio::test]
async fn counts_what_the_collector_refuses() {
    let mut collector = Collector::start(&[StatusCode::BAD_REQUEST]).await;
    let telemetry = start(&collector.url, ONLY_LOGS);
    with_layer(&telemetry, || {
        tracing::info!(target: LOGGED, "one");
        tracing::info!(target: LOGGED, "two");
    });
    telemetry.shut_down().await;
    assert_eq!(log_records(&collector.next().await).len(), 2);
    assert_eq!(telemetry.dropped().count(ExportedSignal::Logs), 2);
    assert!(collector.received.try_recv().is_err(), "it was not tried again");
}

#[tokio::test]
async fn a_collector_that_hangs_delays_nobody_and_fills_no_memory() {
    // It takes connections and never answers.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let telemetry = start(&format!("http://{}", listener.local_addr().unwrap()), ONLY_LOGS);
    with_layer(&telemetry, || {
        for _ in 0..WAITING_MAX + 10 {
            tracing::info!(target: LOGGED, "again");
        }
    });
    // Nothing was taken from the queue yet, because this task has not waited.
    assert_eq!(telemetry.dropped().count(ExportedSignal::Logs), 10);
}

#[tokio::test]
async fn metrics_are_the_series_that_prometheus_reads() {
    let metrics = Metrics::default();
    let (method, status) = (axum::http::Method::POST, StatusCode::OK);
    for time_ms in [3, 40] {
        let time = Duration::from_millis(time_ms);
        metrics.record_request(Some("/v1/gates/{gate}/check"), &method, status, time);
    }
    let families = metrics.families(&ReadFigures { generation: 4, ..ReadFigures::default() });
    let converted = to_metrics(families, CountedTime { start_ns: 5, now_ns: 9 });
    let find = |name: &str| {
        let found = converted.iter().find(|metric| metric.name == name);
        found.unwrap_or_else(|| panic!("no `{name}`")).clone()
    };
    let Some(metric::Data::Sum(sum)) = find("tollgate.requests").data else { panic!("no sum") };
    assert!(sum.is_monotonic);
    let [point] = sum.data_points.try_into().unwrap();
    assert_eq!((point.start_time_unix_nano, point.time_unix_nano), (5, 9));
    assert_eq!(text(&point.attributes, "status").unwrap(), "2xx");
    let times = find("tollgate.request.duration");
    assert_eq!(times.unit, "s");
    let Some(metric::Data::Histogram(times)) = times.data else { panic!("no histogram") };
    let [times] = times.data_points.try_into().unwrap();
    assert_eq!((times.count, times.sum), (2, Some(0.043)));
    assert_eq!(times.bucket_counts.len(), times.explicit_bounds.len() + 1);
    assert_eq!(times.bucket_counts.iter().sum::<u64>(), 2);
    assert!(matches!(find("tollgate.release.generation").data, Some(metric::Data::Gauge(_))));
    assert!(!converted.iter().any(|metric| metric.name.contains("build")));
}

fn check(contract: &str, result: Verdict) -> ContractCheck {
    let verdict = RecordedVerdict { result, answers: Vec::new(), fuel_used: 7 };
    ContractCheck {
        contract: contract.into(),
        determinism: Determinism::Deterministic,
        part: None,
        verdicts: vec![verdict],
        fails_ordinary: false,
    }
}

#[test]
fn judgements_are_events_without_contents() {
    let finding = Finding {
        rule: "email".into(),
        severity: Severity::Error,
        message: "the text has dana@example.com".into(),
        place: Place::Whole,
        fix: None,
        confidence: None,
    };
    let report = Report { outcome: Outcome::Fail, findings: vec![finding], measures: Vec::new() };
    let message = "the text has dana@example.com".to_owned();
    let failure = Failure::Trap { message, functions: Vec::new() };
    let result = CheckResult {
        run: Digest::of("run"),
        release: Digest::of("release"),
        decision: Decision {
            ruling: Ruling::Hold,
            would_be: None,
            reasons: Vec::new(),
            audit: false,
            undo_until_ms: None,
            cost: None,
        },
        checks: vec![
            check("acme/pii", Verdict::Report(report)),
            check("acme/tone", Verdict::Failure(failure)),
        ],
        time_us: 1,
        output: Digest::of("output"),
        subject: Some(Subject::new(Content::Text("write to dana@example.com".into()))),
        facts: None,
        was_recorded: false,
    };
    let records = evaluation_records(&"mail".parse().unwrap(), &result);
    let [judged, failed] = records.as_slice() else { panic!("{records:#?}") };
    for record in &records {
        assert_eq!(record.event_name, "gen_ai.evaluation.result");
        assert_eq!(text(&record.attributes, "tollgate.gate").unwrap(), "mail");
        assert_eq!(text(&record.attributes, "tollgate.decision").unwrap(), "hold");
        assert_eq!(text(&record.attributes, "tollgate.run").unwrap(), result.run.to_string());
        let release = text(&record.attributes, "tollgate.release").unwrap();
        assert_eq!(release, result.release.to_string());
        assert!(!format!("{record:?}").contains("dana"), "{record:#?}");
    }
    let (name, label) = ("gen_ai.evaluation.name", "gen_ai.evaluation.score.label");
    assert_eq!(text(&judged.attributes, name).unwrap(), "acme/pii");
    assert_eq!(text(&judged.attributes, label).unwrap(), "fail");
    assert_eq!(text(&judged.attributes, "error.type"), None);
    assert_eq!(text(&failed.attributes, "error.type").unwrap(), "trap");
    assert_eq!(text(&failed.attributes, label), None);
}
