//! The path of an output through a gate: the gate is loaded, its contracts judge, a decision is made from their
//! verdicts and the recorded state, and everything is recorded before the result is shown.

mod bound_contract;
mod compare;
mod decider;
mod gate_state;
pub(crate) mod gate_status;
mod judging;
mod loaded_gate;
mod pending_review;
mod release;
mod replay;
mod retention;
mod reviewing;

pub(crate) use compare::{Candidate, Comparison};
pub(crate) use decider::{DecidedRun, GateDecider, RunOrigin};
pub(crate) use gate_state::{GateState, track_record};
pub(crate) use judging::JudgedOutput;
pub(crate) use loaded_gate::LoadedGate;
pub(crate) use pending_review::PendingReview;
pub(crate) use replay::{ReplayOutcome, ReplayedCheck, Replayer};
pub(crate) use reviewing::{
    ReviewError, ReviewOutcome, ReviewResult, ReviewSession, ReviewSubmission, claim,
};
