//! The documents of this crate: their schemas, their bytes, and the page that lists them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod documents;
mod examples;
#[path = "../../../../tests/shared/golden.rs"]
mod golden_file;
mod reports;
mod wire_document;
