//! Tests of the tool as people use it: they start processes and compare transcripts.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

mod author;
mod check;
mod documents;
mod embedding;
mod gate_new;
mod gates;
mod generated;
mod guide;
mod help;
mod intake;
mod javascript;
mod json;
mod judge;
mod languages;
mod ledger_file;
mod log;
mod machine;
mod missing;
mod one_shell;
mod packages;
mod parts;
mod pipes;
mod projects;
mod prompts;
mod queue;
mod registries;
mod releases;
mod replay;
mod semver;
mod shown_text;
mod tokens;
mod tool;
mod transcript;
mod trust;
mod versions;
