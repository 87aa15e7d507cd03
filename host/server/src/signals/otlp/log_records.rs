//! Records of the log: what the server logs, and the judgements of contracts.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, SeverityNumber};
use tollgate_api::report::CheckResult;
use tollgate_model::{GateName, Verdict};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use super::record_queue::RecordQueue;

/// Name of the event of a judgement, in the conventions of OpenTelemetry for generative AI.
const EVALUATION_EVENT: &str = "gen_ai.evaluation.result";

/// Returns a record for each judgement of each contract about an output that was decided. Explanations and contents are
/// not in it.
pub(super) fn evaluation_records(gate: &GateName, result: &CheckResult) -> Vec<LogRecord> {
    let context = Span::current().context().span().span_context().clone();
    let shared = [
        ("tollgate.gate", gate.to_string()),
        ("tollgate.release", result.release.to_string()),
        ("tollgate.run", result.run.to_string()),
        ("tollgate.decision", result.decision.ruling.to_string()),
    ];
    let judgements = result
        .checks
        .iter()
        .flat_map(|check| check.verdicts.iter().map(|verdict| (&check.contract, &verdict.result)));
    let records = judgements.map(|(contract, verdict)| {
        let (severity, label) = match verdict {
            Verdict::Report(report) => {
                let outcome = report.outcome.to_string();
                (SeverityNumber::Info, ("gen_ai.evaluation.score.label", outcome))
            }
            Verdict::Failure(failure) => {
                (SeverityNumber::Warn, ("error.type", failure.kind().to_owned()))
            }
        };
        let name = ("gen_ai.evaluation.name", contract.clone());
        let attributes = [name, label].into_iter().chain(shared.clone());
        LogRecord {
            event_name: EVALUATION_EVENT.into(),
            attributes: attributes.map(|(key, value)| text_attribute(key, value)).collect(),
            ..new_record(severity, &context)
        }
    });
    records.collect()
}

/// Layer that exports what the server logs.
pub(super) struct LogLayer {
    pub(super) queue: RecordQueue<LogRecord>,
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        // What is logged about the export itself would be exported again and again.
        if metadata.target().starts_with(super::TARGET) {
            return;
        }
        let severity = match *metadata.level() {
            Level::ERROR => SeverityNumber::Error,
            Level::WARN => SeverityNumber::Warn,
            Level::INFO => SeverityNumber::Info,
            Level::DEBUG => SeverityNumber::Debug,
            Level::TRACE => SeverityNumber::Trace,
        };
        let mut fields = LoggedFields::default();
        event.record(&mut fields);
        // The context of the entered span. To ask for the current span here would ask a subscriber that is busy.
        let context = opentelemetry::Context::current().span().span_context().clone();
        let LoggedFields { message, attributes } = fields;
        self.queue.push(LogRecord {
            severity_text: metadata.level().as_str().into(),
            body: Some(text_value(message)),
            attributes,
            ..new_record(severity, &context)
        });
    }
}

/// Fields of a logged event.
#[derive(Default)]
struct LoggedFields {
    message: String,
    attributes: Vec<KeyValue>,
}

impl LoggedFields {
    fn add(&mut self, field: &Field, value: any_value::Value) {
        let (key, value) = (field.name().to_owned(), Some(AnyValue { value: Some(value) }));
        self.attributes.push(KeyValue { key, value, key_strindex: 0 });
    }
}

impl Visit for LoggedFields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.add(field, any_value::Value::StringValue(format!("{value:?}"))),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field, any_value::Value::StringValue(value.to_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, any_value::Value::IntValue(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        match i64::try_from(value) {
            Ok(value) => self.add(field, any_value::Value::IntValue(value)),
            Err(_) => self.add(field, any_value::Value::StringValue(value.to_string())),
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.add(field, any_value::Value::BoolValue(value));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.add(field, any_value::Value::DoubleValue(value));
    }
}

/// Returns a record without contents, at this time and in this span.
fn new_record(severity: SeverityNumber, context: &SpanContext) -> LogRecord {
    let now_ns = now_ns();
    let (mut trace_id, mut span_id, mut flags) = (Vec::new(), Vec::new(), 0);
    if context.is_valid() {
        trace_id = context.trace_id().to_bytes().to_vec();
        span_id = context.span_id().to_bytes().to_vec();
        flags = u32::from(context.trace_flags().to_u8());
    }
    LogRecord {
        time_unix_nano: now_ns,
        observed_time_unix_nano: now_ns,
        severity_number: severity.into(),
        trace_id,
        span_id,
        flags,
        ..LogRecord::default()
    }
}

pub(super) fn now_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

pub(super) fn text_attribute(key: &str, value: String) -> KeyValue {
    KeyValue { key: key.to_owned(), value: Some(text_value(value)), key_strindex: 0 }
}

fn text_value(text: String) -> AnyValue {
    AnyValue { value: Some(any_value::Value::StringValue(text)) }
}
