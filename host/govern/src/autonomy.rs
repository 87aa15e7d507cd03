//! Levels of autonomy: what each level of each scheme means, and what costs a gate one.

use std::ops::RangeInclusive;

use tollgate_model::{Autonomy, Gate, OversightEffect, Scheme, Why};

use crate::performance;
use crate::{Happened, State};

/// A cycle is one reviewed output; with fewer nobody knows enough.
pub const REVIEWED_CYCLES_MIN: u32 = 30;

/// The levels of a scheme.
pub fn levels(scheme: Scheme) -> RangeInclusive<u8> {
    match scheme {
        Scheme::L0ToL5 => 0..=5,
        Scheme::Tiers1To4 => 1..=4,
    }
}

/// What a level means for the outputs; nothing, where the scheme does not have it.
pub fn effect(scheme: Scheme, level: u8) -> Option<OversightEffect> {
    use OversightEffect::{EveryOutputHeld, ExceptionsOnly, Refuse, Sampled};
    Some(match (scheme, level) {
        (Scheme::L0ToL5, 0) => Refuse,
        (Scheme::L0ToL5, 1..=3) | (Scheme::Tiers1To4, 1 | 2) => EveryOutputHeld,
        (Scheme::L0ToL5, 4) | (Scheme::Tiers1To4, 3) => Sampled,
        (Scheme::L0ToL5, 5) | (Scheme::Tiers1To4, 4) => ExceptionsOnly,
        _ => return None,
    })
}

/// What a level is called.
pub fn name(scheme: Scheme, level: u8) -> Option<&'static str> {
    Some(match (scheme, level) {
        (Scheme::L0ToL5, 0) => "manual",
        (Scheme::L0ToL5, 1) => "assisted",
        (Scheme::L0ToL5, 2) => "partial",
        (Scheme::L0ToL5, 3) => "conditional",
        (Scheme::L0ToL5, 4) => "high autonomy",
        (Scheme::L0ToL5, 5) => "full autonomy",
        (Scheme::Tiers1To4, 1) => "assist",
        (Scheme::Tiers1To4, 2) => "recommend",
        (Scheme::Tiers1To4, 3) => "execute low-risk tasks",
        (Scheme::Tiers1To4, 4) => "optimise within guardrails",
        _ => return None,
    })
}

/// The level below which no demotion goes: a human approves every output, and still gets some.
fn floor(scheme: Scheme) -> u8 {
    match scheme {
        Scheme::L0ToL5 | Scheme::Tiers1To4 => 1,
    }
}

/// The level that a demotion leads to; nothing, where there is nothing left to take away.
pub fn demoted(scheme: Scheme, level: u8) -> Option<u8> {
    level.checked_sub(1).filter(|lower| *lower >= floor(scheme))
}

/// Where a gate stands: the level that counts, and what just cost it one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Which levels these are.
    pub scheme: Scheme,
    /// The level.
    pub level: u8,
    /// Whether somebody has ever moved it.
    pub moved: bool,
    /// Where it was, where it just lost a level.
    pub demoted_from: Option<u8>,
    /// What cost it that.
    pub causes: Vec<Why>,
}

/// The level that counts now. What costs a level counts at once, before anybody wrote it down;
/// `failed` are the contracts that gave no answer just now.
pub fn held(
    gate: &Gate,
    autonomy: &Autonomy,
    state: &State,
    failed: &[String],
    now_ms: u64,
) -> Held {
    let scheme = autonomy.scheme;
    let recorded = state.level.as_ref().filter(|held| is_of(held.scheme, held.level, autonomy));
    let since_ms = recorded.map_or(0, |held| held.since_ms);
    let level = recorded.map_or(autonomy.level, |held| held.level);
    let level = level.min(autonomy.highest.unwrap_or(u8::MAX));
    let moved = recorded.is_some();
    let causes = causes(gate, state, failed, since_ms, now_ms);
    match demoted(scheme, level).filter(|_| !causes.is_empty()) {
        Some(lower) => Held { scheme, level: lower, moved, demoted_from: Some(level), causes },
        None => Held { scheme, level, moved, demoted_from: None, causes: Vec::new() },
    }
}

/// Whether a level is one of the gate's scheme.
pub fn is_of(scheme: Scheme, level: u8, autonomy: &Autonomy) -> bool {
    scheme == autonomy.scheme && levels(scheme).contains(&level)
}

/// Everything that costs the gate a level, and happened after the level last moved.
pub fn causes(
    gate: &Gate,
    state: &State,
    failed: &[String],
    since_ms: u64,
    now_ms: u64,
) -> Vec<Why> {
    let mut causes = performance::broken(gate, state, since_ms);
    let happened = state.happened.iter().filter(|happened| happened.at_ms() > since_ms);
    causes.extend(happened.map(why));
    let due = state.earliest_review_due_ms;
    if let Some(since) = due.filter(|due| *due < now_ms && *due > since_ms) {
        causes.push(Why::ReviewOverdue { since_ms: since });
    }
    let over = |end_ms: u64| end_ms <= now_ms && end_ms > since_ms;
    if let Some(review_by) = gate.review_by.filter(|day| over(day.end_ms())) {
        causes.push(Why::RecordOverdue { review_by });
    }
    causes.extend(failed.iter().map(|contract| Why::ContractFailed { contract: contract.clone() }));
    causes
}

fn why(happened: &Happened) -> Why {
    match happened {
        Happened::Incident { at_ms, what } => Why::Incident { at_ms: *at_ms, what: what.clone() },
        Happened::Rollback { at_ms } => Why::Rollback { at_ms: *at_ms },
        Happened::ContractFailed { contract, .. } => {
            Why::ContractFailed { contract: contract.clone() }
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Figure, LevelReason, Share};

    use super::*;
    use crate::example::example;
    use crate::{LevelHeld, Measured};

    const NOW_MS: u64 = 1_767_225_600_000;

    fn at_level(level: u8) -> State {
        let reason = LevelReason::Promoted {
            accepted_by: "Kim Osei".parse().unwrap(),
            reviewed: 30,
            approval_rate: Share::ALL,
        };
        let held = LevelHeld { scheme: Scheme::L0ToL5, level, since_ms: 1_000, reason };
        State { level: Some(held), ..State::default() }
    }

    fn of(state: &State, failed: &[String]) -> Held {
        let gate = example();
        let autonomy = gate.autonomy.clone().unwrap();
        held(&gate, &autonomy, state, failed, NOW_MS)
    }

    #[test]
    fn every_level_of_each_scheme_has_one_effect_and_a_name() {
        for scheme in [Scheme::L0ToL5, Scheme::Tiers1To4] {
            let effects: Vec<_> =
                levels(scheme).map(|level| effect(scheme, level).unwrap()).collect();
            assert!(effects.is_sorted(), "{scheme}: a higher level never does less");
            assert!(levels(scheme).all(|level| name(scheme, level).is_some()));
        }
        assert_eq!(effect(Scheme::Tiers1To4, 0), None);
        assert_eq!(effect(Scheme::Tiers1To4, 5), None);
        assert_eq!(effect(Scheme::L0ToL5, 6), None);
        // The same number, another meaning.
        assert_ne!(effect(Scheme::L0ToL5, 3), effect(Scheme::Tiers1To4, 3));
    }

    #[test]
    fn each_cause_costs_a_level_at_once() {
        assert_eq!(of(&at_level(4), &[]).level, 4);
        let figure = Measured { value: Figure::of(0.01).unwrap(), at_ms: 2_000 };
        let causes = [
            State { happened: vec![Happened::Rollback { at_ms: 2_000 }], ..at_level(4) },
            State {
                happened: vec![Happened::Incident { at_ms: 2_000, what: "wrong name".into() }],
                ..at_level(4)
            },
            State { earliest_review_due_ms: Some(NOW_MS - 1), ..at_level(4) },
            State { figures: [("open-rate".into(), figure)].into(), ..at_level(4) },
            State {
                happened: vec![Happened::ContractFailed { at_ms: 2_000, contract: "c".into() }],
                ..at_level(4)
            },
        ];
        for state in causes {
            let held = of(&state, &[]);
            assert_eq!((held.level, held.demoted_from), (3, Some(4)), "{:?}", held.causes);
        }
        assert_eq!(of(&at_level(4), &["tollgate/pii".into()]).level, 3);
    }

    #[test]
    fn a_record_that_is_overdue_costs_a_level_once() {
        let mut gate = example();
        gate.review_by = Some("2025-12-31".parse().unwrap());
        let autonomy = gate.autonomy.clone().unwrap();
        let level = |now_ms| held(&gate, &autonomy, &at_level(4), &[], now_ms).level;
        assert_eq!((level(NOW_MS - 1), level(NOW_MS)), (4, 3));
        let mut after = at_level(4);
        if let Some(held) = &mut after.level {
            held.since_ms = NOW_MS;
        }
        assert_eq!(held(&gate, &autonomy, &after, &[], NOW_MS + 1).level, 4);
    }

    #[test]
    fn what_happened_before_the_level_moved_is_paid_for() {
        let figure = Measured { value: Figure::of(0.01).unwrap(), at_ms: 1_000 };
        for state in [
            State { happened: vec![Happened::Rollback { at_ms: 1_000 }], ..at_level(4) },
            State { earliest_review_due_ms: Some(1_000), ..at_level(4) },
            State { figures: [("open-rate".into(), figure)].into(), ..at_level(4) },
        ] {
            assert_eq!(of(&state, &[]).demoted_from, None, "{state:?}");
        }
        let not_due = State { earliest_review_due_ms: Some(NOW_MS), ..at_level(4) };
        assert_eq!(of(&not_due, &[]).demoted_from, None);
    }

    #[test]
    fn nothing_goes_below_a_human_approving_everything() {
        assert_eq!(demoted(Scheme::L0ToL5, 1), None);
        assert_eq!(demoted(Scheme::L0ToL5, 0), None);
        assert_eq!(demoted(Scheme::Tiers1To4, 1), None);
        assert_eq!(demoted(Scheme::L0ToL5, 5), Some(4));
    }

    #[test]
    fn the_highest_level_is_a_cap() {
        // The example never goes above level 4.
        assert_eq!(of(&at_level(5), &[]).level, 4);
    }
}
