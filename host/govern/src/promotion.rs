//! Promotions and demotions: proposes one level up where the track record allows it, for a person
//! to accept, and makes the ledger entry of a demotion.

mod track_record;

use tollgate_model::{
    DemotionCause, Gate, GatePart, LevelChangeReason, LevelEvent, LevelScheme, OversightEffect,
    Person, RoleHolder, Share,
};
pub use tollgate_model::{ReviewCycle, TrackRecord};
pub use track_record::{LEAST_REVIEW_MS_DEFAULT, count_track_record, least_review_ms};

use crate::autonomy::{self, EffectiveLevel, REVIEWED_CYCLES_MIN};
use crate::{GateState, access, checklist, completeness};

/// Days to a promotion that the literature promises; shown beside the days at the observed pace.
pub const PROMISED_DAYS: u64 = 90;

/// Promotion that a person may accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotionProposal {
    pub scheme: LevelScheme,
    pub from: u8,
    /// Proposed level, one above `from`.
    pub to: u8,
    /// Oversight at the proposed level.
    pub effect: Option<OversightEffect>,
    /// Track record that the proposal rests on.
    pub record: TrackRecord,
}

/// Objection to a promotion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PromotionError {
    /// Gate record lacks a part.
    #[error("the gate record lacks {0}")]
    Missing(GatePart),
    /// Gate is at the highest level of its scheme or of its record.
    #[error("level {0} is the highest level of this gate")]
    HighestLevel(u8),
    #[error("only {reviewed} of {required} required outputs were reviewed at this level")]
    TooFewReviews { reviewed: u32, required: u32 },
    #[error("approval rate {rate} is below the required {required}")]
    ApprovalRateTooLow { rate: Share, required: Share },
    /// A cause of demotion is in effect.
    #[error("{0}")]
    DemotionPending(DemotionCause),
    /// A point of the readiness checklist is open.
    #[error("not ready to delegate: {0}")]
    NotReady(String),
    #[error("{0} is the author of the gate record: somebody else has to accept its promotion")]
    AcceptedByAuthor(Person),
    /// The person is neither the owner of the gate nor named by a sign-off.
    #[error("{by} cannot accept the promotion: {}", describe_accepters(accepters))]
    NotAnAccepter {
        by: Person,
        /// People who can; empty if the record names nobody but its author.
        accepters: Vec<RoleHolder>,
    },
}

/// Returns the promotion that a track record allows, or all objections to it.
pub fn propose_promotion(
    gate: &Gate,
    state: &GateState,
    record: TrackRecord,
    now_ms: u64,
) -> Result<PromotionProposal, Vec<PromotionError>> {
    let Some(autonomy) = &gate.autonomy else {
        return Err(vec![PromotionError::Missing(GatePart::Autonomy)]);
    };
    let current = autonomy::effective_level(gate, autonomy, state, &[], now_ms);
    let to = current.level.saturating_add(1);
    let mut objections: Vec<PromotionError> =
        current.causes.iter().cloned().map(PromotionError::DemotionPending).collect();
    let highest = autonomy.highest.unwrap_or(*autonomy::levels(current.scheme).end());
    let effect = autonomy::oversight_effect(current.scheme, to).filter(|_| to <= highest);
    if effect.is_none() {
        objections.push(PromotionError::HighestLevel(current.level));
    }
    match &autonomy.promotion {
        None => objections.push(PromotionError::Missing(GatePart::Promotion)),
        Some(promotion) => {
            // The gate record can raise the minimum, never lower it.
            let cycles = promotion.reviewed_cycles.max(REVIEWED_CYCLES_MIN);
            objections.extend(check_track_record(&record, cycles, promotion.approval_rate));
        }
    }
    objections.extend(check_readiness(gate, state, effect, now_ms));
    if objections.is_empty() {
        Ok(PromotionProposal { scheme: current.scheme, from: current.level, to, effect, record })
    } else {
        Err(objections)
    }
}

fn check_track_record(
    record: &TrackRecord,
    cycles: u32,
    required_rate: Share,
) -> Vec<PromotionError> {
    let mut objections = Vec::new();
    let (reviewed, rate) = (record.reviewed(), record.approval_rate());
    if reviewed < cycles {
        objections.push(PromotionError::TooFewReviews { reviewed, required: cycles });
    }
    if rate < required_rate {
        objections.push(PromotionError::ApprovalRateTooLow { rate, required: required_rate });
    }
    objections
}

/// Returns the missing parts and open points that forbid the oversight of the next level.
fn check_readiness(
    gate: &Gate,
    state: &GateState,
    effect: Option<OversightEffect>,
    now_ms: u64,
) -> Vec<PromotionError> {
    let missing = completeness::find_missing(gate, state.thresholds);
    let mut objections: Vec<_> = missing.into_iter().map(PromotionError::Missing).collect();
    let Some(effect) = effect.filter(|effect| !effect.holds_every_output()) else {
        return objections;
    };
    // A missing `[autonomy.promotion]` was reported by the caller.
    let missing = completeness::find_missing_for_effect(gate, effect).into_iter();
    objections
        .extend(missing.filter(|part| *part != GatePart::Promotion).map(PromotionError::Missing));
    let open = checklist::check_readiness(gate, state, now_ms);
    let open = open.into_iter().flat_map(|item| item.missing);
    objections.extend(open.map(PromotionError::NotReady));
    objections
}

impl PromotionProposal {
    /// Returns the level change for the caller to record. The owner of the gate can accept it, and whoever a sign-off of
    /// the gate record names; its author cannot.
    pub fn accept(
        &self,
        gate: &Gate,
        by: &Person,
        now_ms: u64,
    ) -> Result<LevelEvent, PromotionError> {
        if gate.author.as_ref() == Some(by) {
            return Err(PromotionError::AcceptedByAuthor(by.clone()));
        }
        let accepters = possible_accepters(gate, now_ms);
        if !accepters.iter().any(|accepter| accepter.name == *by) {
            let accepters = accepters.into_iter().cloned().collect();
            return Err(PromotionError::NotAnAccepter { by: by.clone(), accepters });
        }
        let reason = LevelChangeReason::Promoted {
            accepted_by: by.clone(),
            reviewed: self.record.reviewed(),
            approval_rate: self.record.approval_rate(),
        };
        Ok(LevelEvent { scheme: self.scheme, from: self.from, to: self.to, reason })
    }
}

/// Returns the people who can accept a promotion: the owner of the gate, and those whose sign-offs are valid. The author
/// of the gate record is not among them.
pub fn possible_accepters(gate: &Gate, now_ms: u64) -> Vec<&RoleHolder> {
    let owner = gate.owner.iter().filter(|owner| Some(&owner.name) != gate.author.as_ref());
    let signers = access::valid_sign_offs(gate, now_ms).map(|sign_off| &sign_off.by);
    let mut accepters: Vec<&RoleHolder> = Vec::new();
    for person in owner.chain(signers) {
        if !accepters.iter().any(|known| known.name == person.name) {
            accepters.push(person);
        }
    }
    accepters
}

fn describe_accepters(accepters: &[RoleHolder]) -> String {
    let names: Vec<_> = accepters.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "nobody can, because the record names no owner who is not its author".into(),
        [name] => format!("{name} can"),
        names => format!("these people can: {}", names.join(", ")),
    }
}

/// Returns the level change of a pending demotion for the caller to record, or `None` without one.
pub fn demotion_change(current: &EffectiveLevel) -> Option<LevelEvent> {
    let reason = LevelChangeReason::Demoted { causes: current.causes.clone() };
    Some(LevelEvent {
        scheme: current.scheme,
        from: current.demoted_from?,
        to: current.level,
        reason,
    })
}

#[cfg(test)]
mod tests;
