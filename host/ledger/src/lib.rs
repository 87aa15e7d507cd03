//! The ledger: what happened, in an order that nobody can change unseen.
//!
//! Events are appended and never changed; each has the hash of the one before. Contents lie apart,
//! so that they can be erased and the chain stays whole. Projections (the queue, track records,
//! levels, budgets, figures) are kept in the same transaction, and can be made anew from the
//! events. This is the only crate that names a database; it decides nothing, and asks no clock.

mod apply;
mod chain;
mod checkpoint;
mod entry;
mod error;
mod export;
mod hex;
mod ledger;
mod rebuild;
mod schema;
mod verify;
mod view;
mod writer;

pub use chain::Row;
pub use checkpoint::Checkpoint;
pub use entry::{Enclosed, Entry, Expect, Held, Part};
pub use error::{Conflict, Error};
pub use export::verify_lines;
pub use ledger::{Appended, Ledger};
pub use rebuild::Difference;
pub use schema::FORMAT;
pub use verify::{Fault, Field, Verified};
pub use view::{
    Counts, EventsWanted, Happened, LevelNow, Measured, Page, Recorded, ReleaseState, RunRow,
    RunsWanted, TrackRecord, View, Waiting, WaitingFor, WaitingWanted,
};
