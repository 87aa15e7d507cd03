//! The ledger file as the host uses it: acknowledged events stay, and changed ones are found.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::expect_used
)]

mod changed_fields;
mod common;
mod conformance;
mod damaged;
mod definitions;
mod flipped;
mod formats;
mod killed;
mod private_file;
mod refused;
mod replaced;
mod retention;
mod shared_file;
mod verifying;
