//! The host as a program that embeds it uses it: gates that check outputs with the standard contracts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod checking;
mod fixture;
