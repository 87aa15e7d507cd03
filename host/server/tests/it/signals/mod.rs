//! Signals of a running server: metrics, traces and alerts.

mod alerts;
mod metrics;
#[allow(clippy::expect_used, reason = "it panics where the text is wrong")]
#[path = "../../../src/signals/metrics/text_format.rs"]
mod text_format;
mod traces;
