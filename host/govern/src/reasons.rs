//! The collector that every rule adds its reasons to.

use tollgate_model::{Reason, ReasonEffect, ReasonKind};

/// Reasons collected so far for one decision.
#[derive(Debug, Default)]
pub struct Reasons {
    all: Vec<Reason>,
}

impl Reasons {
    /// Adds a reason with the default effect of its kind.
    pub fn add(&mut self, kind: ReasonKind) {
        let effect = kind.default_effect();
        self.add_as(kind, effect);
    }

    /// Adds a reason whose effect is set by the gate.
    pub fn add_as(&mut self, kind: ReasonKind, effect: ReasonEffect) {
        self.all.push(Reason { effect, lifted: false, kind });
    }

    /// Returns the strictest effect, or `Note` if there are no reasons.
    pub fn effect(&self) -> ReasonEffect {
        self.all.iter().map(|reason| reason.effect).max().unwrap_or(ReasonEffect::Note)
    }

    /// Removes a reason that others say already.
    pub(crate) fn remove(&mut self, kind: &ReasonKind) {
        self.all.retain(|reason| reason.kind != *kind);
    }

    pub(crate) fn as_slice(&self) -> &[Reason] {
        &self.all
    }

    /// Turns matching holds into notes and marks them as lifted. Blocks are never changed.
    pub(crate) fn lift_holds(&mut self, lifts: impl Fn(&ReasonKind) -> bool) {
        for reason in &mut self.all {
            if reason.effect == ReasonEffect::Hold && lifts(&reason.kind) {
                reason.effect = ReasonEffect::Note;
                reason.lifted = true;
            }
        }
    }

    /// Returns the reasons with the strictest first, independent of the order of insertion.
    pub(crate) fn into_sorted(mut self) -> Vec<Reason> {
        self.all.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| a.kind.cmp(&b.kind)));
        self.all
    }
}
