//! Prompts that nobody would write, and signatures that nobody made.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod dice;
mod forged;
mod invented;
