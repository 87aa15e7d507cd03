//! The ledger as the host uses it: what is acknowledged stays, what is changed is found.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod appending;
mod common;
mod kept;
mod queue;
mod refused;
mod verifying;
