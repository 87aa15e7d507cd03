//! The oversight rule: whether a human approves every output, a sample or exceptions only.
//!
//! The level, the pattern, the score and the risk each set a limit, and the strictest applies.

use tollgate_model::{
    Autonomy, DelegationPosture, Digest, Gate, GatePart, HoldReason, LevelScheme,
    MiddleScorePolicy, OversightEffect, OversightPattern, ReasonKind, Reversibility, Risk, Share,
    SignOffScope,
};

use crate::access::is_signed_off;
use crate::autonomy::{self, EffectiveLevel};
use crate::completeness;
use crate::score::WeighedScore;
use crate::{DecisionInput, GateState, Reasons};

/// Oversight that a gate needs now, with the reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequiredOversight {
    pub effect: OversightEffect,
    /// Reasons to hold every output; empty if not every output is held.
    pub hold_reasons: Vec<HoldReason>,
    /// Level in effect; `None` if the record has no `[autonomy]`.
    pub level: Option<EffectiveLevel>,
}

/// Oversight after an output was allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FollowUp {
    /// Share of the sample that the run is in; `None` if it is not in one.
    pub sampled: Option<Share>,
    /// End of the undo window, in milliseconds since 1970.
    pub undo_until_ms: Option<u64>,
}

/// Returns the strictest oversight that the gate's level, pattern, score and risk ask for.
pub fn required_oversight(
    gate: &Gate,
    state: &GateState,
    weighed: Option<&WeighedScore>,
    failed: &[String],
    now_ms: u64,
) -> RequiredOversight {
    let mut oversight = RequiredOversight {
        effect: OversightEffect::EveryOutputHeld,
        hold_reasons: Vec::new(),
        level: None,
    };
    // Without `[autonomy]` in the record every output is held.
    if let Some(autonomy) = &gate.autonomy {
        let current = autonomy::effective_level(gate, autonomy, state, failed, now_ms);
        oversight.apply_level(autonomy, &current);
        oversight.apply_risk(gate, &current, now_ms);
        oversight.level = Some(current);
    } else {
        let missing = GatePart::Autonomy;
        oversight.restrict_to(OversightEffect::EveryOutputHeld, HoldReason::Missing { missing });
    }
    oversight.apply_pattern(gate);
    oversight.apply_score(gate, weighed);
    // Less oversight needs parts of the record that full oversight does not.
    for missing in completeness::find_missing_for_effect(gate, oversight.effect) {
        oversight.restrict_to(OversightEffect::EveryOutputHeld, HoldReason::Missing { missing });
    }
    oversight
}

impl RequiredOversight {
    /// Applies a limit. Keeps its reason if it holds every output.
    fn restrict_to(&mut self, effect: OversightEffect, hold_reason: HoldReason) {
        self.effect = self.effect.min(effect);
        if effect.holds_every_output() {
            self.hold_reasons.push(hold_reason);
        }
    }

    fn apply_level(&mut self, autonomy: &Autonomy, current: &EffectiveLevel) {
        let (scheme, level) = (current.scheme, current.level);
        let Some(effect) = autonomy::oversight_effect(scheme, level) else { return };
        self.effect = effect;
        // A gate file may name a high starting level; only a recorded promotion makes it count.
        let aimed = autonomy::oversight_effect(scheme, autonomy.level);
        let is_promoted =
            current.is_recorded || aimed.is_none_or(OversightEffect::holds_every_output);
        let hold_reason = if is_promoted {
            HoldReason::Level { scheme, level }
        } else {
            HoldReason::NotPromoted { scheme, level: autonomy.level }
        };
        self.restrict_to(effect, hold_reason);
    }

    fn apply_risk(&mut self, gate: &Gate, current: &EffectiveLevel, now_ms: u64) {
        let every_output = OversightEffect::EveryOutputHeld;
        if current.scheme == LevelScheme::Tiers1To4
            && current.level == 3
            && gate.tags.risk != Some(Risk::Low)
        {
            self.restrict_to(every_output, HoldReason::NotLowRisk);
        }
        // A sign-off lifts the limits below, but not that of tier 3, which is part of the scheme.
        if is_signed_off(gate, SignOffScope::Risk, now_ms) {
            return;
        }
        if gate.tags.risk == Some(Risk::High) {
            self.restrict_to(every_output, HoldReason::HighRisk);
        }
        if gate.tags.reversibility == Some(Reversibility::Not) {
            self.restrict_to(every_output, HoldReason::NotReversible);
        }
    }

    fn apply_pattern(&mut self, gate: &Gate) {
        match gate.oversight.pattern {
            Some(pattern @ OversightPattern::InTheLoop) => {
                self.restrict_to(OversightEffect::EveryOutputHeld, HoldReason::Pattern { pattern });
            }
            Some(pattern @ OversightPattern::OverTheLoop) => {
                self.restrict_to(OversightEffect::Sampled, HoldReason::Pattern { pattern });
            }
            // On the loop, outputs go out and can be retracted. `decide` applies shadow.
            Some(OversightPattern::OnTheLoop | OversightPattern::Shadow) | None => {}
        }
    }

    fn apply_score(&mut self, gate: &Gate, weighed: Option<&WeighedScore>) {
        let Some(WeighedScore { counted: sum, posture, .. }) = weighed else { return };
        let hold_reason = HoldReason::Score { sum: *sum, posture: *posture };
        match (posture, gate.score.in_the_middle) {
            (DelegationPosture::Delegate, _) => {}
            (DelegationPosture::HumanInTheLoop, Some(MiddleScorePolicy::Audit)) => {
                self.restrict_to(OversightEffect::Sampled, hold_reason);
            }
            (DelegationPosture::HumanInTheLoop, _) | (DelegationPosture::Block, _) => {
                self.restrict_to(OversightEffect::EveryOutputHeld, hold_reason);
            }
        }
    }
}

/// Holds or refuses the output, or returns the oversight that follows if it is allowed.
pub(crate) fn add_reasons(
    input: &DecisionInput<'_>,
    weighed: Option<&WeighedScore>,
    failed: &[String],
    reasons: &mut Reasons,
) -> FollowUp {
    let oversight = required_oversight(input.gate, input.state, weighed, failed, input.now_ms);
    check_recorded_level(input, reasons);
    if let Some(current) = oversight.level {
        let causes = current.causes.into_iter();
        causes.for_each(|cause| reasons.add(ReasonKind::Demotion { cause }));
        if oversight.effect == OversightEffect::Refuse {
            reasons.add(ReasonKind::LevelRefuses { scheme: current.scheme, level: current.level });
            return FollowUp::default();
        }
    }
    if oversight.effect.holds_every_output() {
        reasons.add(ReasonKind::Oversight { reasons: oversight.hold_reasons });
        return FollowUp::default();
    }
    plan_follow_up(input, oversight.effect)
}

/// Holds if the recorded level is not one of the gate's scheme, for example after the scheme
/// changed.
fn check_recorded_level(input: &DecisionInput<'_>, reasons: &mut Reasons) {
    let (Some(current), Some(autonomy)) = (&input.state.level, &input.gate.autonomy) else {
        return;
    };
    if !autonomy::is_in_scheme(current.scheme, current.level, autonomy) {
        reasons.add(ReasonKind::LevelInvalid { scheme: current.scheme, level: current.level });
    }
}

fn plan_follow_up(input: &DecisionInput<'_>, effect: OversightEffect) -> FollowUp {
    let oversight = &input.gate.oversight;
    let share = oversight.sample_share.filter(|_| effect == OversightEffect::Sampled);
    let on_the_loop = oversight.pattern == Some(OversightPattern::OnTheLoop);
    let undo_window = oversight.undo_window.filter(|_| on_the_loop);
    FollowUp {
        sampled: share.filter(|share| is_in_sample(input.facts.run, *share)),
        undo_until_ms: undo_window.map(|window| input.now_ms.saturating_add(window.as_ms())),
    }
}

impl FollowUp {
    pub fn add_reasons(self, reasons: &mut Reasons) {
        if let Some(share) = self.sampled {
            reasons.add(ReasonKind::Sampled { share });
        }
        if let Some(until_ms) = self.undo_until_ms {
            reasons.add(ReasonKind::UndoWindow { until_ms });
        }
    }
}

/// Checks whether a run is in the sample. Depends on the run digest only, so repeating a run does
/// not draw again, and the text alone does not tell its author whether it will be audited.
pub fn is_in_sample(run: Digest, share: Share) -> bool {
    let bytes = run.as_bytes().iter().take(size_of::<u64>());
    let bytes = bytes.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    // Scale the 64 bits to millionths by multiplication: a remainder would favour small numbers.
    let position = (u128::from(bytes) * 1_000_000) >> u64::BITS;
    position < u128::from(share.millionths())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_without_a_level_says_why_it_holds_every_output() {
        let bare = Gate::named("bare".parse().unwrap());
        let oversight = required_oversight(&bare, &GateState::default(), None, &[], 0);
        let missing = GatePart::Autonomy;
        assert_eq!(oversight.effect, OversightEffect::EveryOutputHeld);
        assert_eq!(oversight.hold_reasons, [HoldReason::Missing { missing }]);
        let told = ReasonKind::Oversight { reasons: oversight.hold_reasons }.to_string();
        assert!(
            told.starts_with("a human approves every output: the gate record lacks `[autonomy]"),
            "{told}"
        );
    }

    #[test]
    fn sampling_is_deterministic_and_has_the_right_share() {
        let runs = || (0..10_000).map(|number: u32| Digest::of(number.to_be_bytes()));
        let drawn = |share| runs().filter(|run| is_in_sample(*run, share)).count();
        let share = Share::new(0.05).unwrap();
        let count = drawn(share);
        assert!((400..600).contains(&count), "{count} of 10,000");
        assert_eq!(count, drawn(share));
        assert_eq!((drawn(Share::NONE), drawn(Share::ALL)), (0, 10_000));
    }
}
