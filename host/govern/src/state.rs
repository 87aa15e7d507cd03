//! What has happened at a gate so far, as plain data. Whoever keeps the ledger fills it in.

use std::collections::BTreeMap;

use tollgate_model::{Digest, LevelChange, LevelReason, Money, Period, Person, Release, Scheme};
pub use tollgate_model::{Happened, Measured};

use crate::score::Thresholds;

/// What has happened at a gate so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    /// What the organisation makes of scores.
    pub thresholds: Thresholds,
    /// The level that the ledger has for the gate; none, while nobody has moved it.
    pub level: Option<LevelHeld>,
    /// What happened, at least since the level last moved.
    pub happened: Vec<Happened>,
    /// The latest of each figure.
    pub figures: BTreeMap<String, Measured>,
    /// What is spent in the present periods. [`crate::budget::window`] says when they began.
    pub spent: Spent,
    /// By when the earliest of the open reviews has to be done.
    pub earliest_review_due_ms: Option<u64>,
    /// What identifies the document on the brand's voice, as it lies there now.
    pub brand_voice: Option<Digest>,
    /// What the gate is pinned to.
    pub release: Option<Release>,
    /// Who has approved this very output.
    pub approved: Option<Approved>,
}

/// A level, since when, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LevelHeld {
    /// Which levels these are.
    pub scheme: Scheme,
    /// The level.
    pub level: u8,
    /// Since when.
    pub since_ms: u64,
    /// Why it is this.
    pub reason: LevelReason,
}

/// What is spent in the present periods, this run not yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Today.
    pub day: Money,
    /// This week.
    pub week: Money,
    /// This month.
    pub month: Money,
    /// For the campaign that the output belongs to.
    pub campaign: Money,
}

/// An output that people have approved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approved {
    /// What identifies the output: this very one, and no other.
    pub subject: Digest,
    /// Who.
    pub by: Vec<Person>,
    /// Whether they edited it: then what was held for its contents is judged anew.
    pub edited: bool,
    /// How many people have to, for this output: [`crate::review::people_wanted`].
    pub people_wanted: u8,
}

impl Spent {
    /// What is spent in a period.
    pub fn of(&self, period: Period) -> Money {
        match period {
            Period::Day => self.day,
            Period::Week => self.week,
            Period::Month => self.month,
            Period::Campaign => self.campaign,
        }
    }
}

impl LevelHeld {
    /// The level after a change.
    pub fn after(change: &LevelChange, at_ms: u64) -> Self {
        let LevelChange { scheme, to, reason, .. } = change.clone();
        Self { scheme, level: to, since_ms: at_ms, reason }
    }
}
