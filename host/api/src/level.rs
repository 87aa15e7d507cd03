//! Changes of the levels of gates, and reports that cause them.

use schemars::JsonSchema;
use serde::Serialize;
use tollgate_govern::autonomy::level_name;
use tollgate_govern::promotion::{PromotionProposal, possible_accepters};
use tollgate_model::{
    Digest, FormatVersion, Gate, GateName, LevelEvent, LevelScheme, OversightEffect, RoleHolder,
};

use crate::ReviewTrack;

/// Promotion that the track record of a gate allows.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromotionDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    pub scheme: LevelScheme,
    pub from: u8,
    pub to: u8,
    /// Name of the level that it leads to.
    pub name: Option<String>,
    /// Meaning of that level for outputs.
    pub oversight: Option<OversightEffect>,
    pub track: ReviewTrack,
    /// People who can accept it.
    pub accepters: Vec<RoleHolder>,
    /// Whether it was accepted, so that the gate is at that level now.
    pub accepted: bool,
}

/// Change of the level of a gate.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct LevelChangeDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    pub change: LevelEvent,
    /// Name of the level that the gate is at now.
    pub name: Option<String>,
}

/// Incident that was recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct IncidentDocument {
    pub format: FormatVersion<1>,
    pub gate: GateName,
    /// Run that caused it; `null` if it is not known.
    pub run: Option<Digest>,
    /// Demotion that followed; `null` if none did, because the gate is at the lowest level that a demotion reaches.
    pub demotion: Option<LevelEvent>,
}

impl PromotionDocument {
    /// Describes a promotion at a time.
    pub fn new(gate: &Gate, proposal: &PromotionProposal, now_ms: u64) -> Self {
        let PromotionProposal { scheme, from, to, effect, record } = proposal;
        let accepters = possible_accepters(gate, now_ms).into_iter();
        Self {
            format: FormatVersion,
            gate: gate.name.clone(),
            scheme: *scheme,
            from: *from,
            to: *to,
            name: level_name(*scheme, *to).map(Into::into),
            oversight: *effect,
            track: record.into(),
            accepters: accepters.cloned().collect(),
            accepted: false,
        }
    }
}

impl LevelChangeDocument {
    pub fn new(gate: GateName, change: LevelEvent) -> Self {
        let name = level_name(change.scheme, change.to).map(Into::into);
        Self { format: FormatVersion, gate, change, name }
    }
}

impl IncidentDocument {
    pub fn new(gate: GateName, run: Option<Digest>, demotion: Option<LevelEvent>) -> Self {
        Self { format: FormatVersion, gate, run, demotion }
    }
}
