//! Spans: what the library and the server did for a request.

use std::time::Duration;

use opentelemetry::trace::{
    SpanContext, SpanId as OtelSpanId, TraceContextExt, TraceFlags, TraceId as OtelTraceId,
    TraceState,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    Sampler, SdkTracerProvider, Span as SdkSpan, SpanData, SpanProcessor,
};
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

use super::record_queue::RecordQueue;
use super::settings::TraceSampling;
use crate::signals::trace_context::{SpanId, TraceContext, TraceId};

/// Makes the tracer provider, which hands finished spans to a queue.
pub(super) fn new_tracer_provider(
    queue: RecordQueue<SpanData>,
    sampling: TraceSampling,
    resource: &[(String, String)],
) -> SdkTracerProvider {
    let root = Sampler::TraceIdRatioBased(sampling.share);
    let sampler = match sampling.follows_caller {
        true => Sampler::ParentBased(Box::new(root)),
        false => root,
    };
    SdkTracerProvider::builder()
        .with_sampler(sampler)
        .with_resource(new_resource(resource))
        .with_span_processor(SpanQueue(queue))
        .build()
}

pub(super) fn new_resource(attributes: &[(String, String)]) -> Resource {
    let attributes =
        attributes.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone()));
    // Nothing is detected: the resource is what the settings say.
    Resource::builder_empty().with_attributes(attributes).build()
}

/// Makes a span the child of the one that a request comes from, and begins it. Returns its context, or `None` if spans are
/// not exported.
pub(crate) fn begin_exported_span(
    span: &Span,
    incoming: Option<&TraceContext>,
) -> Option<TraceContext> {
    if let Some(parent) = incoming {
        // Spans that are not exported have no parent.
        let _ = span.set_parent(Context::new().with_remote_span_context(to_span_context(parent)));
    }
    let context = span.context();
    let begun = context.span().span_context().clone();
    begun.is_valid().then(|| TraceContext {
        trace: TraceId(begun.trace_id().to_bytes()),
        span: SpanId(begun.span_id().to_bytes()),
        flags: begun.trace_flags().to_u8(),
        state: begun.trace_state().header(),
    })
}

fn to_span_context(context: &TraceContext) -> SpanContext {
    let TraceContext { trace, span, flags, state } = context;
    SpanContext::new(
        OtelTraceId::from_bytes(trace.0),
        OtelSpanId::from_bytes(span.0),
        TraceFlags::new(*flags),
        true,
        state.parse::<TraceState>().unwrap_or_default(),
    )
}

/// Hands finished spans to the queue.
#[derive(Debug)]
struct SpanQueue(RecordQueue<SpanData>);

impl SpanProcessor for SpanQueue {
    fn on_start(&self, _: &mut SdkSpan, _: &Context) {}

    fn on_end(&self, span: SpanData) {
        if span.span_context.is_sampled() {
            self.0.push(span);
        }
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}
