//! What the ledger holds, a variant for each kind of thing that happens. Moments are
//! milliseconds since 1970 (UTC).

mod review;
mod run;
mod steering;

use serde::{Deserialize, Serialize};

pub use review::{Act, Answer, Claim, ReviewEvent};
pub use run::{Checked, Kept, RunEvent, SystemChange, Verdict};
pub use steering::{
    Incident, KpiFigure, LevelChange, LevelMove, LevelReason, Rollback, Rollout, RolloutStage,
    Spend,
};

use crate::GateName;

/// Something that happened at a gate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Event {
    /// When.
    pub at_ms: u64,
    /// Where.
    pub gate: GateName,
    /// What.
    pub what: What,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum What {
    /// An output was judged, and something decided.
    Run(Box<RunEvent>),
    /// Somebody took a review, for a while.
    Claim(Claim),
    /// Somebody reviewed what was held.
    Review(ReviewEvent),
    /// The gate is at another level.
    Level(LevelChange),
    /// A release takes over, or does not.
    Rollout(Rollout),
    /// Something was taken back.
    Rollback(Rollback),
    /// Something went wrong.
    Incident(Incident),
    /// A figure came in.
    Kpi(KpiFigure),
    /// Money was spent.
    Spend(Spend),
    /// Something changed in a system because of a run.
    Change(SystemChange),
}
