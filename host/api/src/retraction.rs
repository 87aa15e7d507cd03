//! Outputs that were taken back.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate::incidents::Retraction;
use tollgate_model::{Digest, FormatVersion, GateName, LevelEvent, RoleHolder};

use crate::Timestamp;

/// Record that an output was retracted. Recording it takes nothing back and tells nobody: that is for people to do.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct RetractionDocument {
    pub format: FormatVersion<1>,
    pub run: Digest,
    pub gate: GateName,
    /// How outputs of the gate are taken back; `null` if the gate does not say.
    pub handler: Option<String>,
    /// Person who is responsible for it; `null` if the gate names nobody.
    pub responsible: Option<RoleHolder>,
    /// End of the undo window, if it had passed: the output may be where nobody can take it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undo_ended: Option<Timestamp>,
    /// Demotion that followed; `null` if none did, because the gate is at the lowest level that a demotion reaches.
    pub demotion: Option<LevelEvent>,
}

impl RetractionDocument {
    /// Describes a retraction. `demotion` is the one that was found when the state of the gate was read afterwards.
    pub fn new(retraction: &Retraction, demotion: Option<LevelEvent>) -> Self {
        let gate = &retraction.gate;
        let plan = gate.oversight.rollback.as_ref();
        Self {
            format: FormatVersion,
            run: retraction.run,
            gate: gate.name.clone(),
            handler: plan.map(|plan| plan.handler.to_string()),
            responsible: plan.map(|plan| plan.owner.clone()),
            undo_ended: retraction.undo_ended_ms.map(Timestamp),
            demotion,
        }
    }
}
