//! Where a human stands: everything that has a say in it, and the strictest counts.

use tollgate_model::{
    Because, Cause, Digest, Gate, MiddleScore, OversightEffect, Pattern, Posture, Reversibility,
    Risk, Scheme, Share, SignOffOf,
};

use crate::access::signed_off;
use crate::autonomy::{self, Held};
use crate::completeness;
use crate::score::Weighed;
use crate::{Case, Reasons, State};

/// What a human does with the outputs of a gate, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What a human does.
    pub effect: OversightEffect,
    /// Why it is every output, where it is.
    pub because: Vec<Because>,
    /// The level that counts.
    pub held: Option<Held>,
}

/// What comes of it for an output that nothing else stops.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Afterwards {
    /// The sample that it was drawn for.
    pub sampled: Option<Share>,
    /// Until when it can be taken back.
    pub undo_until_ms: Option<u64>,
}

/// Where a human stands.
pub fn standing(
    gate: &Gate,
    state: &State,
    weighed: Option<&Weighed>,
    failed: &[String],
    now_ms: u64,
) -> Standing {
    let mut standing =
        Standing { effect: OversightEffect::EveryOutputHeld, because: Vec::new(), held: None };
    if let Some(autonomy) = &gate.autonomy {
        let held = autonomy::held(gate, autonomy, state, failed, now_ms);
        standing.level(&held);
        standing.risk(gate, &held, now_ms);
        standing.held = Some(held);
    }
    standing.pattern(gate);
    standing.score(gate, weighed);
    for missing in completeness::missing_to_step_back(gate, standing.effect) {
        standing.at_most(OversightEffect::EveryOutputHeld, Because::Missing { missing });
    }
    standing
}

impl Standing {
    /// The strictest counts, and every reason for holding is told.
    fn at_most(&mut self, effect: OversightEffect, because: Because) {
        self.effect = self.effect.min(effect);
        if effect.holds() {
            self.because.push(because);
        }
    }

    fn level(&mut self, held: &Held) {
        let (scheme, level) = (held.scheme, held.level);
        let Some(effect) = autonomy::effect(scheme, level) else { return };
        self.effect = effect;
        self.at_most(effect, Because::Level { scheme, level });
        // Start low: what the file names above that, somebody has to have accepted.
        if !held.moved && !effect.holds() {
            let because = Because::NotPromoted { scheme, level };
            self.at_most(OversightEffect::EveryOutputHeld, because);
        }
    }

    fn risk(&mut self, gate: &Gate, held: &Held, now_ms: u64) {
        let every = OversightEffect::EveryOutputHeld;
        if held.scheme == Scheme::Tiers1To4 && held.level == 3 && gate.tags.risk != Some(Risk::Low)
        {
            self.at_most(every, Because::NotLowRisk);
        }
        if signed_off(gate, SignOffOf::Risk, now_ms) {
            return;
        }
        if gate.tags.risk == Some(Risk::High) {
            self.at_most(every, Because::HighRisk);
        }
        if gate.tags.reversibility == Some(Reversibility::Not) {
            self.at_most(every, Because::NotReversible);
        }
    }

    fn pattern(&mut self, gate: &Gate) {
        match gate.oversight.pattern {
            Some(pattern @ Pattern::InTheLoop) => {
                self.at_most(OversightEffect::EveryOutputHeld, Because::Pattern { pattern });
            }
            Some(pattern @ Pattern::OverTheLoop) => {
                self.at_most(OversightEffect::Sampled, Because::Pattern { pattern });
            }
            Some(Pattern::OnTheLoop | Pattern::Shadow) | None => {}
        }
    }

    fn score(&mut self, gate: &Gate, weighed: Option<&Weighed>) {
        let Some(Weighed { counted: sum, posture, .. }) = weighed else { return };
        let because = Because::Score { sum: *sum, posture: *posture };
        match (posture, gate.score.in_the_middle) {
            (Posture::Delegate, _) => {}
            (Posture::HumanInTheLoop, Some(MiddleScore::Audit)) => {
                self.at_most(OversightEffect::Sampled, because);
            }
            (Posture::HumanInTheLoop, _) | (Posture::Block, _) => {
                self.at_most(OversightEffect::EveryOutputHeld, because);
            }
        }
    }
}

/// Holds what a human approves first; tells what comes afterwards for what goes out.
pub(crate) fn rule(
    case: &Case<'_>,
    weighed: Option<&Weighed>,
    failed: &[String],
    reasons: &mut Reasons,
) -> Afterwards {
    let standing = standing(case.gate, case.state, weighed, failed, case.now_ms);
    known_level(case, reasons);
    if let Some(held) = standing.held {
        let causes = held.causes.into_iter();
        causes.for_each(|why| reasons.add(Cause::Demotion { why }));
        if standing.effect == OversightEffect::Refuse {
            reasons.add(Cause::Refused { scheme: held.scheme, level: held.level });
            return Afterwards::default();
        }
    }
    if standing.effect.holds() {
        reasons.add(Cause::Oversight { because: standing.because });
        return Afterwards::default();
    }
    afterwards(case, standing.effect)
}

/// A level that is recorded and is none of this gate's is a mistake somewhere.
fn known_level(case: &Case<'_>, reasons: &mut Reasons) {
    let (Some(held), Some(autonomy)) = (&case.state.level, &case.gate.autonomy) else { return };
    if !autonomy::is_of(held.scheme, held.level, autonomy) {
        reasons.add(Cause::LevelUnknown { scheme: held.scheme, level: held.level });
    }
}

fn afterwards(case: &Case<'_>, effect: OversightEffect) -> Afterwards {
    let oversight = &case.gate.oversight;
    let share = oversight.sample_share.filter(|_| effect == OversightEffect::Sampled);
    let on_the_loop = oversight.pattern == Some(Pattern::OnTheLoop);
    let undo_window = oversight.undo_window.filter(|_| on_the_loop);
    Afterwards {
        sampled: share.filter(|share| is_drawn(case.facts.run, *share)),
        undo_until_ms: undo_window.map(|window| case.now_ms.saturating_add(window.ms())),
    }
}

impl Afterwards {
    /// Tells what comes afterwards of an output that goes out.
    pub fn tell(self, reasons: &mut Reasons) {
        if let Some(share) = self.sampled {
            reasons.add(Cause::Sampled { share });
        }
        if let Some(until_ms) = self.undo_until_ms {
            reasons.add(Cause::UndoWindow { until_ms });
        }
    }
}

/// Whether a run is drawn for the sample: the same run always is or never is, and nobody can tell
/// beforehand from the text alone.
pub fn is_drawn(run: Digest, share: Share) -> bool {
    let lot = run.as_bytes().iter().take(size_of::<u64>());
    let lot = lot.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let place = (u128::from(lot) * 1_000_000) >> u64::BITS;
    place < u128::from(share.millionths())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sample_has_its_share_and_is_always_the_same() {
        let runs = || (0..10_000).map(|number: u32| Digest::of(number.to_be_bytes()));
        let drawn = |share| runs().filter(|run| is_drawn(*run, share)).count();
        let share = Share::of(0.05).unwrap();
        let count = drawn(share);
        assert!((400..600).contains(&count), "{count} of 10,000");
        assert_eq!(count, drawn(share));
        assert_eq!((drawn(Share::NONE), drawn(Share::ALL)), (0, 10_000));
    }
}
