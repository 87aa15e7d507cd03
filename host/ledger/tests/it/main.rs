//! The ledger as the host uses it: acknowledged events stay, and changed ones are found.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::expect_used
)]

mod appending;
mod common;
mod damaged;
mod killed;
mod properties;
mod queue;
mod refused;
mod retention;
mod verifying;
