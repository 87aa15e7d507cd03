//! Prompts that nobody would write.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod invented;
