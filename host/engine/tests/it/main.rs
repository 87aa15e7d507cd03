//! The engine against contracts that behave and contracts that do not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

mod asked;
mod cached;
mod common;
mod contained;
mod fair;
mod isolated;
mod mutated;
mod refused;
mod repeated;
mod streamed;

/// Guests that no compiler makes.
#[path = "../../../../tests/guests/wat/load.rs"]
#[allow(dead_code)]
mod guests;
