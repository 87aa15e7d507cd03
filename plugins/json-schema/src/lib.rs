//! `tollgate/json-schema` checks JSON outputs and the arguments of actions against a JSON
//! Schema, draft 2020-12 or 7.
//!
//! The crate `jsonschema` implements the standard; this contract adds what a gate needs.
//! `configure` refuses every schema that cannot be applied in full, because a constraint
//! that is silently skipped lets everything pass. `judge` parses the subject into a
//! document that borrows from it, and turns errors into findings. Nothing is ever fetched:
//! referenced documents are part of the configuration.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod compile;
mod config;
mod cycles;
mod dialect;
mod document;
mod documents;
mod judge;
mod keywords;
mod locate;
mod message;
mod references;
mod refusal;
mod warm_up;

pub use config::{CompiledSchema, Config, DraftName, UnknownKeywordPolicy, configure};
pub use judge::judge;

tollgate_sdk::contract!(Config, configure, judge);
