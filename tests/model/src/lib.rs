//! Random gates, outputs, histories and reviews, with the answers of the host's rules, as JSON for the model in
//! Python beside this crate.
//!
//! A world is made as JSON and read into the types of `tollgate-model`, so both sides are given the same bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod answer;
mod edit;
mod gate;
mod history;
mod output;
mod random;
mod review;
mod state;
mod world;

pub use history::write_history;
pub use world::write_world;
