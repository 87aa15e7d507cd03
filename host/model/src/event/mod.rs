//! Events of the ledger: one variant for each kind of thing that happens at a gate.
//!
//! Fields ending in `_ms` that name a moment are milliseconds since 1970 (UTC), taken from the clock
//! of the machine that recorded the event, and written as RFC 3339.

mod gate_events;
mod output_id;
mod review;
mod run;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use gate_events::{
    IncidentEvent, KpiEvent, LevelChangeReason, LevelDirection, LevelEvent, RollbackEvent,
    RolloutEvent, RolloutStage, SpendEvent,
};
pub use output_id::OutputId;
pub use review::{ChecklistAnswer, ClaimEvent, ReviewAction, ReviewEvent};
pub use run::{
    BatchLine, ChangeEvent, ContractCheck, EarlyText, ErasureEvent, RecordedVerdict,
    RetainedContent, RunEvent,
};

use crate::{Digest, GateName};

/// An event at a gate, before the ledger has numbered it.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub at_ms: u64,
    pub gate: GateName,
    pub kind: EventKind,
}

/// Kind of an event, with its details.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EventKind {
    /// An output was judged and decided.
    Run(Box<RunEvent>),
    /// A person claimed a review for a while.
    Claim(ClaimEvent),
    /// A person reviewed a held or sampled output.
    Review(ReviewEvent),
    /// The autonomy level of the gate changed.
    Level(LevelEvent),
    /// A release moved to another stage of its rollout.
    Rollout(RolloutEvent),
    /// An output was retracted, or a release rolled back.
    Rollback(RollbackEvent),
    /// A person reported that something went wrong.
    Incident(IncidentEvent),
    /// A KPI was measured.
    Kpi(KpiEvent),
    /// Money was spent.
    Spend(SpendEvent),
    /// A run led to a change in another system.
    Change(ChangeEvent),
    /// Contents were erased from the ledger.
    Erasure(ErasureEvent),
}

impl EventKind {
    /// Returns the name of the kind, as in JSON and SQL.
    pub fn name(&self) -> &'static str {
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

    /// Returns the run that the event is about, if it is about one.
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
