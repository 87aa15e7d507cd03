//! The judgement of judgements: what contracts said, what a gate's record says and what has
//! happened so far come to one decision, with every reason.
//!
//! Pure: moments, samples and what is spent are arguments. There is a file for each rule, and
//! `docs/rules.md` says which. [`decide`](decide::decide) asks all of them.

pub mod access;
pub mod answers;
pub mod autonomy;
pub mod budget;
pub mod calibration;
pub mod change;
pub mod checklist;
pub mod completeness;
pub mod confidence;
pub mod contracts;
pub mod decide;
pub mod example;
mod facts;
pub mod guardrails;
pub mod oversight;
pub mod performance;
pub mod probabilistic;
pub mod prompt;
pub mod provenance;
pub mod read;
mod reasons;
pub mod review;
pub mod risk;
pub mod score;
mod state;
pub mod track;
pub mod watch;

pub use decide::{Case, decide};
pub use facts::Facts;
pub use reasons::Reasons;
pub use state::{Approved, Happened, LevelHeld, Measured, Spent, State};
