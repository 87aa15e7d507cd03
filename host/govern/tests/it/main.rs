//! Tests of whole decisions, of arbitrary input, and of the documents generated from the rules.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod approvals;
mod arbitrary_input;
mod common;
mod decisions;
mod documents;
mod early_texts;
mod gate_lifecycle;
mod output_facts;
mod parts;
mod properties;
mod quality_gates;
mod reason_samples;
