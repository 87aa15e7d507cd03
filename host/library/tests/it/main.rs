//! Generated prompts and forged signatures.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod dice;
mod forged;
mod generated_prompts;
