//! Documents whose bytes must not change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod golden;
#[path = "../../../../tests/shared/golden.rs"]
mod golden_file;
