//! Reasons on their way to a decision.

use tollgate_model::{Cause, Effect, Reason};

/// Reasons on their way to a decision: every rule adds its own.
#[derive(Debug, Default)]
pub struct Reasons {
    all: Vec<Reason>,
}

impl Reasons {
    /// A reason that does what it always does.
    pub fn add(&mut self, cause: Cause) {
        let effect = cause.effect();
        self.add_as(cause, effect);
    }

    /// A reason that does what the gate says.
    pub fn add_as(&mut self, cause: Cause, effect: Effect) {
        self.all.push(Reason { effect, lifted: false, cause });
    }

    /// What all of them come to.
    pub fn effect(&self) -> Effect {
        self.all.iter().map(|reason| reason.effect).max().unwrap_or(Effect::Note)
    }

    /// Takes the hold off those of which it says so. What blocks stays.
    pub(crate) fn lift(&mut self, lifts: impl Fn(&Cause) -> bool) {
        for reason in &mut self.all {
            if reason.effect == Effect::Hold && lifts(&reason.cause) {
                reason.effect = Effect::Note;
                reason.lifted = true;
            }
        }
    }

    /// In an order that does not depend on who came first: the strictest first.
    pub(crate) fn in_order(mut self) -> Vec<Reason> {
        self.all.sort_by(|a, b| b.effect.cmp(&a.effect).then_with(|| a.cause.cmp(&b.cause)));
        self.all
    }
}
