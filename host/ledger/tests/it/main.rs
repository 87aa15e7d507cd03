//! The ledger as the host uses it: what is acknowledged stays, what is changed is found.
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
mod kept;
mod killed;
mod properties;
mod queue;
mod refused;
mod verifying;
