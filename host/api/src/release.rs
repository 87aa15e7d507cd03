//! Releases of gates, and how they change.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::gate::{KnownRelease, ReleaseChange};
use tollgate_model::{
    Digest, FormatVersion, GateName, LevelEvent, NonBlankString, Person, RolloutStage,
};

use crate::Timestamp;

/// Releases of a gate: the active one, followed by the others, the most recently changed first.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleasesDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    pub releases: Vec<ReleaseEntry>,
    /// Whether the gate has more releases than these.
    pub more: bool,
}

/// Release of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleaseEntry {
    pub release: Digest,
    /// Whether it is the release that decides.
    pub active: bool,
    /// Stage of its rollout; `null` if it was taken back.
    pub stage: Option<RolloutStage>,
    /// Time at which it got this stage, or was taken back.
    pub since: Timestamp,
    /// Person who gave it this stage, or took it back.
    pub by: Person,
    /// Reason that this person gave; `null` if they gave none.
    pub reason: Option<NonBlankString>,
}

/// Result of publishing a release, or of going back to one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ReleaseChangeDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// Release that was active before; `null` if the gate had none.
    pub before: Option<Digest>,
    /// Release that is active now. The same as before if nothing had to change.
    pub after: Digest,
    /// Demotion that followed; absent if none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub demotion: Option<LevelEvent>,
}

impl ReleasesDocument {
    /// Describes at most `limit` releases of these.
    pub fn new(gate: GateName, releases: &[KnownRelease], limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = releases.len() > limit;
        let releases = releases.iter().take(limit).map(Into::into).collect();
        Self { format: FormatVersion, gate, releases, more }
    }
}

impl From<&KnownRelease> for ReleaseEntry {
    fn from(known: &KnownRelease) -> Self {
        Self {
            release: known.state.release,
            active: known.is_active,
            stage: known.state.stage,
            since: Timestamp(known.state.at_ms),
            by: known.state.by.clone(),
            reason: known.reason.clone(),
        }
    }
}

impl ReleaseChangeDocument {
    pub fn new(gate: GateName, change: ReleaseChange, demotion: Option<LevelEvent>) -> Self {
        let ReleaseChange { before, after, .. } = change;
        Self { format: FormatVersion, gate, before, after, demotion }
    }
}
