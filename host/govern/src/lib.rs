//! The rules of gates: turns the contracts' reports, the gate record and the gate's history into
//! one decision with all its reasons.
//!
//! Pure: it reads no clock, no file and no ledger. The time, the run digest that samples are drawn
//! by, and the money spent are arguments. Each rule has a module, listed in `docs/rules.md`;
//! [`decide`](decide::decide) applies them all.

pub mod access;
pub mod alerts;
pub mod answers;
pub mod autonomy;
pub mod budget;
pub mod calibration;
pub mod change_control;
pub mod checklist;
pub mod completeness;
pub mod confidence;
pub mod contracts;
pub mod decide;
pub mod due_dates;
pub mod early_text;
pub mod example;
mod facts;
pub mod guardrails;
pub mod metrics;
mod missing_context;
pub mod oversight;
pub mod performance;
pub mod probabilistic;
pub mod promotion;
pub mod prompt;
pub mod provenance;
mod quality;
pub mod read;
mod reasons;
pub mod review;
pub mod risk;
pub mod score;
mod state;

pub use decide::{DecisionInput, decide};
pub use facts::OutputFacts;
pub use missing_context::{MissingContext, find_missing_context};
pub use reasons::Reasons;
pub use state::{
    GateState, KpiReading, LevelIncident, OutputApproval, PeriodSpending, RecordedLevel,
};
