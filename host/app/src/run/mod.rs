//! The way of an output: a gate made ready, its contracts asked, a decision made of what they
//! say and of what has happened so far, and all of it recorded before anybody is told.

mod bound;
mod compare;
mod judging;
mod keeper;
mod kept;
pub(crate) mod level;
mod ready;
mod release;
mod replay;
mod reviewing;
mod state;
mod waiting;

pub(crate) use compare::{Candidate, Comparison};
pub(crate) use judging::Judged;
pub(crate) use keeper::{Came, Decided, Keeper};
pub(crate) use ready::Ready;
pub(crate) use replay::{Repeated, Replayer, Same};
pub(crate) use reviewing::{Against, Became, Concluded, Reviewing, Said, claim};
pub(crate) use state::{State, track};
pub(crate) use waiting::Open;
