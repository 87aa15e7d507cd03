//! `tollgate/json-schema` checks JSON outputs and the arguments of actions against a
//! JSON Schema, draft 2020-12 or 7.
//!
//! The crate `jsonschema` knows the standard; here is what a gate needs around it.
//! `configure` refuses every schema that could not be honoured in full, because a
//! constraint that is silently left out is one that everything passes. `judge` parses
//! into a tree that borrows from the subject, and turns what does not fit into findings.
//! Nothing is ever fetched: what a reference may lead to is part of the configuration.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing))]

mod compile;
mod config;
mod dialect;
mod document;
mod documents;
mod judge;
mod keywords;
mod locate;
mod message;
mod references;
mod refuse;
mod warm_up;

pub use config::{Config, DraftName, State, UnknownKeywords, configure};
pub use judge::judge;

tollgate_sdk::contract!(Config, configure, judge);
