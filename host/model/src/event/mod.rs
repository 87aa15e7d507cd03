//! What the ledger holds, a variant for each kind of thing that happens. Moments are
//! milliseconds since 1970 (UTC).

mod review;
mod run;
mod steering;

use serde::{Deserialize, Serialize};

pub use review::{Act, Answer, Claim, ReviewEvent};
pub use run::{BatchLine, Checked, Erasure, Kept, RunEvent, SystemChange, Verdict};
pub use steering::{
    Incident, KpiFigure, LevelChange, LevelMove, LevelReason, Rollback, Rollout, RolloutStage,
    Spend,
};

use crate::{Digest, GateName};

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
    /// Contents were erased.
    Erasure(Erasure),
}

impl What {
    /// The word for it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Claim(_) => "claim",
            Self::Review(_) => "review",
            Self::Level(_) => "level",
            Self::Rollout(_) => "rollout",
            Self::Rollback(_) => "rollback",
            Self::Incident(_) => "incident",
            Self::Kpi(_) => "kpi",
            Self::Spend(_) => "spend",
            Self::Change(_) => "change",
            Self::Erasure(_) => "erasure",
        }
    }

    /// The run that it is about, where it is about one.
    pub fn run(&self) -> Option<Digest> {
        match self {
            Self::Run(event) => Some(event.run),
            Self::Claim(event) => Some(event.run),
            Self::Review(event) => Some(event.run),
            Self::Rollback(event) => event.run,
            Self::Incident(event) => event.run,
            Self::Spend(event) => event.run,
            Self::Change(event) => Some(event.run),
            Self::Level(_) | Self::Rollout(_) | Self::Kpi(_) | Self::Erasure(_) => None,
        }
    }
}
