//! A project in a folder, its packages in a store, and their sources, as other crates use them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;
mod damaged_files;
mod gate_templates;
mod gates;
mod local;
mod named_sources;
mod not_regular;
mod sources;
mod standard;
