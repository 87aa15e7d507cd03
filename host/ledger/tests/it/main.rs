//! Documents of the ledger whose bytes must not change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod events;
mod golden;
#[path = "../../../../tests/shared/golden.rs"]
mod golden_file;
