//! Follows each request from its arrival to the end of its answer: with a span, a trace context and metrics.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tracing::{Instrument, Span, field};

use super::metrics::Metrics;
use super::otlp::begin_exported_span;
use super::trace_context::TraceContext;
use crate::exchange::REQUEST_ID;
use crate::state::ServerState;

/// Opens the span of a request, answers with its trace context, and counts it when its answer has been sent.
pub(crate) async fn observe_request(
    State(state): State<ServerState>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let span = request_span(&method, route.as_deref());
    let incoming = TraceContext::from_headers(request.headers());
    let context = begin_span(&span, incoming.as_ref());
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    record_answer(&span, &response);
    if let Some(context) = context {
        context.write_to(response.headers_mut());
    }
    let metrics = state.signals.metrics.clone();
    let observed = ObservedRequest { metrics, span, started, method, route, status };
    response.map(|body| Body::new(ObservedBody { body, observed }))
}

/// Opens the span of a request. What is known later is recorded later.
fn request_span(method: &Method, route: Option<&str>) -> Span {
    let name = match route {
        Some(route) => format!("{method} {route}"),
        None => method.to_string(),
    };
    tracing::info_span!(
        "request",
        otel.name = name,
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = method.as_str(),
        http.route = route,
        http.response.status_code = field::Empty,
        error.type = field::Empty,
        tollgate.request = field::Empty,
        tollgate.gate = field::Empty,
        tollgate.release = field::Empty,
        tollgate.run = field::Empty,
        tollgate.decision = field::Empty,
    )
}

/// Returns the context of the span. `None` if this machine has no random numbers.
fn begin_span(span: &Span, incoming: Option<&TraceContext>) -> Option<TraceContext> {
    if let Some(exported) = begin_exported_span(span, incoming) {
        return Some(exported);
    }
    let context = match incoming {
        Some(parent) => parent.child(),
        None => TraceContext::begin(),
    };
    context.ok()
}

fn record_answer(span: &Span, response: &Response) {
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if let Some(id) = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok()) {
        span.record("tollgate.request", id);
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", status.as_str());
    }
}

/// A request whose answer is on its way. It is counted when this is dropped: the answer was sent, or nobody wanted the rest.
struct ObservedRequest {
    metrics: Metrics,
    span: Span,
    started: Instant,
    method: Method,
    route: Option<String>,
    status: StatusCode,
}

impl Drop for ObservedRequest {
    fn drop(&mut self) {
        let Self { metrics, route, method, status, started, .. } = self;
        metrics.record_request(route.as_deref(), method, *status, started.elapsed());
    }
}

/// The body of an answer. What happens while it is made belongs to the span of the request.
struct ObservedBody {
    body: Body,
    observed: ObservedRequest,
}

impl HttpBody for ObservedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let span = self.observed.span.clone();
        let _entered = span.enter();
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
