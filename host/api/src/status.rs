//! Status of a project: what the owners of gates watch.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::insight::{Alert, GateOverview};
use tollgate_govern::oversight::required_oversight;
use tollgate_govern::score;
use tollgate_model::{Digest, FormatVersion, GateName, GatePurpose, OversightEffect};

use crate::{ActivityFigures, AlertEntry, CurrentLevel, GateFigures, PromotionState, Timestamp};

/// Gates with their activity and alerts.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct StatusDocument {
    pub format: FormatVersion<1>,
    /// Time for which the state was read.
    pub at: Timestamp,
    pub gates: Vec<GateStatusEntry>,
    /// Alerts that have not ended, the gravest first.
    pub alerts: Vec<AlertEntry>,
}

/// Gate with its activity.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GateStatusEntry {
    pub gate: GateName,
    pub purpose: GatePurpose,
    /// Active release; `null` if there is none, so that the gate checks nothing unless its purpose is `quality`.
    pub release: Option<Digest>,
    /// Meaning of the level for outputs today; `null` for a gate of the purpose `quality`.
    pub oversight: Option<OversightEffect>,
    /// Level in effect; `null` if the record has no `[autonomy]`.
    pub level: Option<CurrentLevel>,
    /// Whether the gate can be promoted; `null` without a ledger, and for a gate of the purpose `quality`.
    pub promotion: Option<PromotionState>,
    /// Time by which the held output that is due first has to be reviewed; `null` if none is held, or if the gate sets no
    /// time.
    pub review_due: Option<Timestamp>,
    /// Activity of today (UTC); `null` if nothing is recorded yet.
    pub today: Option<ActivityFigures>,
    /// Figures of seven days, today included, and of the seven days before; `null` if nothing is recorded yet.
    pub week: Option<GateFigures>,
}

impl StatusDocument {
    pub fn new(overviews: &[GateOverview], alerts: &[Alert], at_ms: u64) -> Self {
        Self {
            format: FormatVersion,
            at: Timestamp(at_ms),
            gates: overviews.iter().map(Into::into).collect(),
            alerts: alerts.iter().map(Into::into).collect(),
        }
    }
}

impl From<&GateOverview> for GateStatusEntry {
    fn from(overview: &GateOverview) -> Self {
        let GateOverview { status, release, today, week, .. } = overview;
        let (gate, inputs) = (&status.gate, &status.state.inputs);
        let score = score::weigh_score(&gate.score, inputs.thresholds);
        let oversight = required_oversight(gate, inputs, score.as_ref(), &[], status.at_ms);
        let is_delegation = !gate.is_quality();
        let proposal = status.track_record.map(|_| status.propose_promotion());
        let level = CurrentLevel::new(&oversight, inputs.level.as_ref());
        Self {
            gate: gate.name.clone(),
            purpose: gate.purpose,
            release: *release,
            oversight: is_delegation.then_some(oversight.effect),
            level: level.filter(|_| is_delegation),
            promotion: proposal.as_ref().filter(|_| is_delegation).map(Into::into),
            review_due: inputs.earliest_review_due_ms.map(Timestamp),
            today: today.as_ref().map(Into::into),
            week: week.as_ref().map(Into::into),
        }
    }
}
