//! Generated prompts, forged signatures, damaged documents, and documents whose bytes must not change.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod damaged_documents;
mod dice;
mod forged;
mod generated_prompts;
mod golden;
#[path = "../../../../tests/shared/golden.rs"]
mod golden_file;
