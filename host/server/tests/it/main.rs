//! The server as its callers see it: a real one over a project and a ledger, asked over HTTP.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod checking;
mod governance;
mod records;
mod served;
mod signals;
mod swapping;
