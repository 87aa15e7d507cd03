//! Runs well-behaved and hostile contracts in the engine.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

mod bombs;
mod caching;
mod capability_calls;
mod common;
mod containment;
mod determinism;
mod fairness;
mod isolation;
mod loading;
mod mutation;
mod panel;
mod rejection;
mod streaming;

/// Guests written in WebAssembly text, which no compiler would produce.
#[path = "../../../../tests/guests/wat/load.rs"]
#[allow(dead_code)]
mod guests;
