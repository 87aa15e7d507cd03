//! The recorded state of a gate, in the form that the rules take it.

pub use tollgate_model::{ActivityCounts, KpiReading, LevelIncident, ReviewCycle};
use tollgate_model::{Digest, LevelEvent, Person, RolloutStage};

/// The current level of a gate and the change that led to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentLevel {
    /// Number of the event that recorded the change.
    pub seq: u64,
    pub since_ms: u64,
    pub change: LevelEvent,
}

/// The rollout stage of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleaseState {
    pub release: Digest,
    /// Number of the event that recorded the stage.
    pub seq: u64,
    pub at_ms: u64,
    /// The stage, or `None` if the release was rolled back.
    pub stage: Option<RolloutStage>,
    /// Person who decided the stage.
    pub by: Person,
}
