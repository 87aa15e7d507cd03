//! Traces across a running server, and their export.

use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use prost::Message;
use reqwest::Method;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tollgate_server::access::Role;
use tollgate_server::signals::otlp::{Telemetry, TelemetrySettings};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::served::{GATE, Served, output};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const BATCH_TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "b7ad6b7169203331";

type Received = mpsc::UnboundedReceiver<(String, Bytes)>;

/// Starts a collector that takes everything.
async fn start_collector() -> (String, Received) {
    let (sender, received) = mpsc::unbounded_channel();
    type Sender = mpsc::UnboundedSender<(String, Bytes)>;
    let take = async |State(sender): State<Sender>, Path(signal): Path<String>, body: Bytes| {
        sender.send((signal, body)).unwrap();
    };
    let router = Router::new().route("/v1/{signal}", post(take)).with_state(sender);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, received)
}

fn trace_id(text: &str) -> Vec<u8> {
    let bytes = (0..text.len()).step_by(2);
    bytes.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn text(attributes: &[KeyValue], key: &str) -> String {
    let found = attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.clone()?.value) {
        Some(any_value::Value::StringValue(text)) => text,
        Some(any_value::Value::IntValue(number)) => number.to_string(),
        other => panic!("`{key}` is {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_name_their_trace() {
    let served = Served::start().await;
    let reader = served.token("Mia Kern", &[Role::Read]);
    let ask = async |parent: &str, state: &str| {
        let answer = served.raw(Method::GET, &reader, "/v1/gates", |request| {
            request.header("traceparent", parent).header("tracestate", state)
        });
        let headers = answer.await.headers().clone();
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
        (text("traceparent").unwrap(), text("tracestate"))
    };
    let (parent, state) = ask(&format!("00-{TRACE}-{SPAN}-01"), "vendor=value").await;
    assert!(parent.starts_with(&format!("00-{TRACE}-")) && parent.ends_with("-01"), "{parent}");
    assert!(!parent.contains(SPAN), "the answer is another span");
    assert_eq!(state.as_deref(), Some("vendor=value"));
    let (parent, state) = ask(&format!("00-{TRACE}-{SPAN}"), "vendor=value").await;
    assert_eq!((parent.len(), state), (55, None));
    assert!(!parent.contains(TRACE), "a new trace began");
    let unknown = served.raw(Method::GET, &reader, "/v1/nothing", |request| request).await;
    assert_eq!(unknown.headers()["traceparent"].len(), 55);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_has_the_request_its_spans_and_its_judgements() {
    let (url, mut received) = start_collector().await;
    let settings = TelemetrySettings::from_variables(|name| {
        (name == "OTEL_EXPORTER_OTLP_ENDPOINT").then(|| url.clone())
    });
    let telemetry = Telemetry::start(settings.unwrap().unwrap()).unwrap();
    tracing_subscriber::registry().with(telemetry.layer()).init();
    let exported = Some(telemetry.clone());
    let served = Served::start_with(3, None, |settings| settings.telemetry = exported).await;
    let token = served.token("Mia Kern", &[Role::Submit]);
    let path = format!("/v1/gates/{GATE}/check");
    let answer = served.ask(Method::POST, &token, &path, |request| {
        let parent = format!("00-{TRACE}-{SPAN}-01");
        request.header("traceparent", parent).json(&output("Write to dana@example.com"))
    });
    let run = answer.await.ok()["run"].as_str().unwrap().to_owned();
    let answer = served.ask(Method::POST, &token, &path, |request| {
        let batch = serde_json::json!([output("Hello, one"), output("Hello, two")]);
        request.header("traceparent", format!("00-{BATCH_TRACE}-{SPAN}-01")).json(&batch)
    });
    answer.await.ok();
    served.server.shut_down().await;
    telemetry.shut_down().await;

    let (mut spans, mut logs, mut metrics) = (Vec::new(), Vec::new(), Vec::new());
    while let Ok(Some((signal, body))) =
        tokio::time::timeout(Duration::from_millis(500), received.recv()).await
    {
        assert!(!String::from_utf8_lossy(&body).contains("dana"), "{signal} has contents");
        match signal.as_str() {
            "traces" => spans.extend(
                ExportTraceServiceRequest::decode(body)
                    .unwrap()
                    .resource_spans
                    .into_iter()
                    .flat_map(|resource| resource.scope_spans)
                    .flat_map(|scope| scope.spans),
            ),
            "logs" => logs.extend(
                ExportLogsServiceRequest::decode(body)
                    .unwrap()
                    .resource_logs
                    .into_iter()
                    .flat_map(|resource| resource.scope_logs)
                    .flat_map(|scope| scope.log_records),
            ),
            "metrics" => metrics.extend(
                ExportMetricsServiceRequest::decode(body)
                    .unwrap()
                    .resource_metrics
                    .into_iter()
                    .flat_map(|resource| resource.scope_metrics)
                    .flat_map(|scope| scope.metrics),
            ),
            other => panic!("`{other}` is no signal"),
        }
    }
    let trace = trace_id(TRACE);
    let of_trace: Vec<_> = spans.iter().filter(|span| span.trace_id == trace).collect();
    let named = |name: &str| {
        let found = of_trace.iter().find(|span| span.name == name);
        *found.unwrap_or_else(|| panic!("no `{name}` in {of_trace:#?}"))
    };
    let request = named("POST /v1/gates/{gate}/check");
    assert_eq!(text(&request.attributes, "http.response.status_code"), "200");
    assert_eq!(text(&request.attributes, "http.route"), "/v1/gates/{gate}/check");
    assert_eq!(text(&request.attributes, "tollgate.gate"), GATE);
    assert_eq!(text(&request.attributes, "tollgate.decision"), "hold");
    assert_eq!(text(&request.attributes, "tollgate.run"), run);
    let check = named("check");
    assert_eq!(check.parent_span_id, request.span_id);
    assert_eq!(named("judge").parent_span_id, check.span_id);
    let judged = logs.iter().filter(|record| record.event_name == "gen_ai.evaluation.result");
    let judged = judged.filter(|record| record.trace_id == trace);
    let [judged] = judged.collect::<Vec<_>>().try_into().unwrap();
    assert_eq!((&judged.trace_id, &judged.span_id), (&trace, &request.span_id));
    assert_eq!(text(&judged.attributes, "gen_ai.evaluation.name"), "tollgate/length");
    assert_eq!(text(&judged.attributes, "gen_ai.evaluation.score.label"), "pass");
    assert!(metrics.iter().any(|metric| metric.name == "tollgate.decisions"));
    // Outputs of a batch are judged in tasks of their own.
    let batch: Vec<_> =
        spans.iter().filter(|span| span.trace_id == trace_id(BATCH_TRACE)).collect();
    let request = batch.iter().find(|span| span.name.starts_with("POST ")).unwrap();
    let checks = batch.iter().filter(|span| span.name == "check");
    let parents: Vec<_> = checks.map(|check| &check.parent_span_id).collect();
    assert_eq!(parents, [&request.span_id; 2]);
}
