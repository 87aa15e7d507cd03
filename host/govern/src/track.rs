//! The track record of a gate, and what follows from it: a promotion is proposed by the host and
//! accepted by a person, one level at a time.

pub use tollgate_model::TrackRecord;
use tollgate_model::{
    Gate, LevelChange, LevelReason, Missing, OversightEffect, Person, Scheme, Share, Why,
};

use crate::autonomy::{self, Held, REVIEWED_CYCLES_MIN};
use crate::{State, checklist, completeness};

/// What promotions are promised to take.
pub const PROMISED_DAYS: u64 = 90;

/// A promotion that a person may accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which levels these are.
    pub scheme: Scheme,
    /// Where the gate is.
    pub from: u8,
    /// Where it would be: one level up.
    pub to: u8,
    /// What that means for the outputs.
    pub effect: Option<OversightEffect>,
    /// What it rests on.
    pub record: TrackRecord,
}

/// What stands against a promotion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotYet {
    /// The record says nothing of levels, or not of promotion.
    #[error("the record lacks {0}")]
    Missing(Missing),
    /// There is no level above, or it is not to be reached.
    #[error("level {0} is the highest that this gate may have")]
    Highest(u8),
    /// Too few outputs were reviewed.
    #[error("{reviewed} outputs were reviewed at this level, and it takes {wanted}")]
    TooFew {
        /// How many were.
        reviewed: u32,
        /// How many it takes.
        wanted: u32,
    },
    /// Too few were approved.
    #[error("{rate} of them were approved as they were, and it takes {wanted}")]
    RateTooLow {
        /// Which share was.
        rate: Share,
        /// Which it takes.
        wanted: Share,
    },
    /// Something costs the gate a level just now.
    #[error("{0}")]
    Cause(Why),
    /// A human cannot step back yet.
    #[error("not ready to delegate: {0}")]
    NotReady(String),
    /// The record itself is by who would accept it.
    #[error("{0} is the author of the record: somebody else has to accept its promotion")]
    Author(Person),
}

/// The promotion that the record of a gate is good for, or everything that stands against it.
pub fn propose(
    gate: &Gate,
    state: &State,
    record: TrackRecord,
    now_ms: u64,
) -> Result<Proposal, Vec<NotYet>> {
    let Some(autonomy) = &gate.autonomy else {
        return Err(vec![NotYet::Missing(Missing::Autonomy)]);
    };
    let held = autonomy::held(gate, autonomy, state, &[], now_ms);
    let to = held.level.saturating_add(1);
    let mut against: Vec<NotYet> = held.causes.iter().cloned().map(NotYet::Cause).collect();
    let highest = autonomy.highest.unwrap_or(*autonomy::levels(held.scheme).end());
    let effect = autonomy::effect(held.scheme, to).filter(|_| to <= highest);
    if effect.is_none() {
        against.push(NotYet::Highest(held.level));
    }
    match &autonomy.promotion {
        None => against.push(NotYet::Missing(Missing::Promotion)),
        Some(promotion) => {
            let cycles = promotion.reviewed_cycles.max(REVIEWED_CYCLES_MIN);
            against.extend(too_little(&record, cycles, promotion.approval_rate));
        }
    }
    against.extend(not_ready(gate, state, effect, now_ms));
    if against.is_empty() {
        Ok(Proposal { scheme: held.scheme, from: held.level, to, effect, record })
    } else {
        Err(against)
    }
}

fn too_little(record: &TrackRecord, cycles: u32, rate_wanted: Share) -> Vec<NotYet> {
    let mut against = Vec::new();
    let (reviewed, rate) = (record.reviewed(), record.approval_rate());
    if reviewed < cycles {
        against.push(NotYet::TooFew { reviewed, wanted: cycles });
    }
    if rate < rate_wanted {
        against.push(NotYet::RateTooLow { rate, wanted: rate_wanted });
    }
    against
}

/// Nobody steps back from a record that is incomplete, or a checklist that is open.
fn not_ready(
    gate: &Gate,
    state: &State,
    effect: Option<OversightEffect>,
    now_ms: u64,
) -> Vec<NotYet> {
    let missing = completeness::missing(gate, state.thresholds);
    let mut against: Vec<_> = missing.into_iter().map(NotYet::Missing).collect();
    let Some(effect) = effect.filter(|effect| !effect.holds()) else { return against };
    let missing = completeness::missing_to_step_back(gate, effect).into_iter();
    against.extend(missing.filter(|one| *one != Missing::Promotion).map(NotYet::Missing));
    let open = checklist::ready_to_delegate(gate, state, now_ms);
    let open = open.into_iter().flat_map(|item| item.lacks);
    against.extend(open.map(NotYet::NotReady));
    against
}

impl Proposal {
    /// A person accepts it. It is for the caller to write down.
    pub fn accept(&self, gate: &Gate, by: &Person) -> Result<LevelChange, NotYet> {
        if gate.author.as_ref() == Some(by) {
            return Err(NotYet::Author(by.clone()));
        }
        let reason = LevelReason::Promoted {
            accepted_by: by.clone(),
            reviewed: self.record.reviewed(),
            approval_rate: self.record.approval_rate(),
        };
        Ok(LevelChange { scheme: self.scheme, from: self.from, to: self.to, reason })
    }
}

/// The demotion that has just happened, for the caller to write down.
pub fn demotion(held: &Held) -> Option<LevelChange> {
    let reason = LevelReason::Demoted { causes: held.causes.clone() };
    Some(LevelChange { scheme: held.scheme, from: held.demoted_from?, to: held.level, reason })
}

#[cfg(test)]
mod tests;
