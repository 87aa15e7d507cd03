//! Levels of autonomy: the effect of each level of each scheme, and the causes of a demotion.
//!
//! Nothing is recorded here: the caller writes a demotion to its ledger.

use std::ops::RangeInclusive;

use tollgate_model::{Autonomy, DemotionCause, Gate, LevelScheme, OversightEffect};

use crate::performance;
use crate::{GateState, LevelIncident};

/// Fewest reviewed outputs for a promotion, whatever the gate asks for. With fewer, an approval
/// rate says little about the next output.
pub const REVIEWED_CYCLES_MIN: u32 = 30;

pub fn levels(scheme: LevelScheme) -> RangeInclusive<u8> {
    match scheme {
        LevelScheme::L0ToL5 => 0..=5,
        LevelScheme::Tiers1To4 => 1..=4,
    }
}

/// Returns the oversight that a level asks for, or `None` if the scheme has no such level.
pub fn oversight_effect(scheme: LevelScheme, level: u8) -> Option<OversightEffect> {
    use OversightEffect::{EveryOutputHeld, ExceptionsOnly, Refuse, Sampled};
    Some(match (scheme, level) {
        (LevelScheme::L0ToL5, 0) => Refuse,
        (LevelScheme::L0ToL5, 1..=3) | (LevelScheme::Tiers1To4, 1 | 2) => EveryOutputHeld,
        (LevelScheme::L0ToL5, 4) | (LevelScheme::Tiers1To4, 3) => Sampled,
        (LevelScheme::L0ToL5, 5) | (LevelScheme::Tiers1To4, 4) => ExceptionsOnly,
        _ => return None,
    })
}

pub fn level_name(scheme: LevelScheme, level: u8) -> Option<&'static str> {
    Some(match (scheme, level) {
        (LevelScheme::L0ToL5, 0) => "manual",
        (LevelScheme::L0ToL5, 1) => "assisted",
        (LevelScheme::L0ToL5, 2) => "partial",
        (LevelScheme::L0ToL5, 3) => "conditional",
        (LevelScheme::L0ToL5, 4) => "high autonomy",
        (LevelScheme::L0ToL5, 5) => "full autonomy",
        (LevelScheme::Tiers1To4, 1) => "assist",
        (LevelScheme::Tiers1To4, 2) => "recommend",
        (LevelScheme::Tiers1To4, 3) => "execute low-risk tasks",
        (LevelScheme::Tiers1To4, 4) => "optimise within guardrails",
        _ => return None,
    })
}

/// Returns the highest level at which a human approves every output. A gate without a recorded level is at most there:
/// else its demotion would record a level that lets outputs out, to which nobody promoted it.
fn highest_supervised_level(scheme: LevelScheme) -> u8 {
    match scheme {
        LevelScheme::L0ToL5 => 3,
        LevelScheme::Tiers1To4 => 2,
    }
}

/// Returns the lowest level that a demotion leads to. There a human approves every output; one
/// level below, the gate would produce none to review, and could never recover.
fn lowest_demotion_level(scheme: LevelScheme) -> u8 {
    match scheme {
        LevelScheme::L0ToL5 | LevelScheme::Tiers1To4 => 1,
    }
}

/// Returns the level after a demotion, or `None` if the level cannot go lower.
pub fn demoted_level(scheme: LevelScheme, level: u8) -> Option<u8> {
    level.checked_sub(1).filter(|lower| *lower >= lowest_demotion_level(scheme))
}

/// Level that decisions use now, including a demotion that the ledger does not have yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveLevel {
    pub scheme: LevelScheme,
    pub level: u8,
    /// Set if the ledger has a level for the gate; unset while the starting level of its file
    /// counts, up to the highest level that holds every output.
    pub is_recorded: bool,
    /// Level before the pending demotion; `None` if there is none.
    pub demoted_from: Option<u8>,
    /// Causes of the pending demotion; empty if there is none.
    pub causes: Vec<DemotionCause>,
}

/// Returns the level that decisions use now. A cause of demotion takes effect at once, before it is
/// recorded. `failed` names the contracts that failed in this run and fail on ordinary outputs, too.
pub fn effective_level(
    gate: &Gate,
    autonomy: &Autonomy,
    state: &GateState,
    failed: &[String],
    now_ms: u64,
) -> EffectiveLevel {
    let scheme = autonomy.scheme;
    let recorded =
        state.level.as_ref().filter(|held| is_in_scheme(held.scheme, held.level, autonomy));
    let since_ms = recorded.map_or(0, |held| held.since_ms);
    let unpromoted = autonomy.level.min(highest_supervised_level(scheme));
    let level = recorded.map_or(unpromoted, |held| held.level);
    // The gate file can lower the cap after a promotion was recorded.
    let level = level.min(autonomy.highest.unwrap_or(u8::MAX));
    let is_recorded = recorded.is_some();
    let causes = demotion_causes(gate, state, failed, since_ms, now_ms);
    match demoted_level(scheme, level).filter(|_| !causes.is_empty()) {
        Some(lower) => {
            EffectiveLevel { scheme, level: lower, is_recorded, demoted_from: Some(level), causes }
        }
        None => {
            EffectiveLevel { scheme, level, is_recorded, demoted_from: None, causes: Vec::new() }
        }
    }
}

/// Checks that a level belongs to the gate's scheme.
pub fn is_in_scheme(scheme: LevelScheme, level: u8, autonomy: &Autonomy) -> bool {
    scheme == autonomy.scheme && levels(scheme).contains(&level)
}

/// Returns the causes of a demotion. Due times count if they are later than `since_ms`, the last change of the level.
/// All incidents of the state count, and the figures that are new. Their place in the ledger decides that, because the
/// clocks of its writers differ: the ledger ends those that it recorded before the change.
pub fn demotion_causes(
    gate: &Gate,
    state: &GateState,
    failed: &[String],
    since_ms: u64,
    now_ms: u64,
) -> Vec<DemotionCause> {
    let mut causes = performance::broken_thresholds(gate, state);
    causes.extend(state.incidents.iter().map(incident_cause));
    let due = state.earliest_review_due_ms;
    if let Some(due_ms) = due.filter(|due| *due < now_ms && *due > since_ms) {
        causes.push(DemotionCause::ReviewOverdue { since_ms: due_ms });
    }
    let has_passed = |end_ms: u64| end_ms <= now_ms && end_ms > since_ms;
    if let Some(review_by) = gate.review_by.filter(|day| has_passed(day.end_ms())) {
        causes.push(DemotionCause::RecordOverdue { review_by });
    }
    // Failures of this run are new by definition, so they are not compared with `since_ms`.
    causes.extend(
        failed.iter().map(|contract| DemotionCause::ContractFailed { contract: contract.clone() }),
    );
    causes
}

fn incident_cause(incident: &LevelIncident) -> DemotionCause {
    match incident {
        LevelIncident::Incident { at_ms, description } => {
            DemotionCause::Incident { at_ms: *at_ms, description: description.clone() }
        }
        LevelIncident::Rollback { at_ms } => DemotionCause::Rollback { at_ms: *at_ms },
        LevelIncident::ReleaseRollback { at_ms } => {
            DemotionCause::ReleaseRollback { at_ms: *at_ms }
        }
        LevelIncident::ContractFailed { contract, .. } => {
            DemotionCause::ContractFailed { contract: contract.clone() }
        }
    }
}

#[cfg(test)]
mod tests {
    use tollgate_model::{Figure, LevelChangeReason, Share};

    use super::*;
    use crate::example::example;
    use crate::{KpiReading, RecordedLevel, promotion};

    const NOW_MS: u64 = 1_767_225_600_000;

    fn at_level(level: u8) -> GateState {
        let reason = LevelChangeReason::Promoted {
            accepted_by: "Kim Osei".parse().unwrap(),
            reviewed: 30,
            approval_rate: Share::ALL,
        };
        let held = RecordedLevel { scheme: LevelScheme::L0ToL5, level, since_ms: 1_000, reason };
        GateState { level: Some(held), ..GateState::default() }
    }

    fn of(state: &GateState, failed: &[String]) -> EffectiveLevel {
        let gate = example();
        let autonomy = gate.autonomy.clone().unwrap();
        effective_level(&gate, &autonomy, state, failed, NOW_MS)
    }

    #[test]
    fn every_level_has_one_effect_and_a_name() {
        for scheme in [LevelScheme::L0ToL5, LevelScheme::Tiers1To4] {
            let effects: Vec<_> =
                levels(scheme).map(|level| oversight_effect(scheme, level).unwrap()).collect();
            assert!(effects.is_sorted(), "{scheme}: a higher level never does less");
            assert!(levels(scheme).all(|level| level_name(scheme, level).is_some()));
        }
        assert_eq!(oversight_effect(LevelScheme::Tiers1To4, 0), None);
        assert_eq!(oversight_effect(LevelScheme::Tiers1To4, 5), None);
        assert_eq!(oversight_effect(LevelScheme::L0ToL5, 6), None);
        // The same number, another meaning.
        assert_ne!(
            oversight_effect(LevelScheme::L0ToL5, 3),
            oversight_effect(LevelScheme::Tiers1To4, 3)
        );
    }

    #[test]
    fn each_cause_demotes_at_once() {
        assert_eq!(of(&at_level(4), &[]).level, 4);
        // The clock of the machine that measured it was slow.
        let figure = KpiReading { value: Figure::new(0.01).unwrap(), at_ms: 1, is_new: true };
        let causes = [
            GateState { incidents: vec![LevelIncident::Rollback { at_ms: 2_000 }], ..at_level(4) },
            GateState {
                incidents: vec![LevelIncident::Incident {
                    at_ms: 2_000,
                    description: "wrong name".into(),
                }],
                ..at_level(4)
            },
            GateState {
                incidents: vec![LevelIncident::ReleaseRollback { at_ms: 2_000 }],
                ..at_level(4)
            },
            GateState { earliest_review_due_ms: Some(NOW_MS - 1), ..at_level(4) },
            GateState { figures: [("open-rate".into(), figure)].into(), ..at_level(4) },
            GateState {
                incidents: vec![LevelIncident::ContractFailed {
                    at_ms: 2_000,
                    contract: "c".into(),
                }],
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
    fn overdue_record_demotes_once() {
        let mut gate = example();
        gate.review_by = Some("2025-12-31".parse().unwrap());
        let autonomy = gate.autonomy.clone().unwrap();
        let level = |now_ms| effective_level(&gate, &autonomy, &at_level(4), &[], now_ms).level;
        assert_eq!((level(NOW_MS - 1), level(NOW_MS)), (4, 3));
        let mut after = at_level(4);
        if let Some(held) = &mut after.level {
            held.since_ms = NOW_MS;
        }
        assert_eq!(effective_level(&gate, &autonomy, &after, &[], NOW_MS + 1).level, 4);
    }

    #[test]
    fn ignores_causes_before_the_last_change() {
        // The clock of the machine that measured it was fast.
        let at_ms = NOW_MS;
        let figure = KpiReading { value: Figure::new(0.01).unwrap(), at_ms, is_new: false };
        for state in [
            GateState { earliest_review_due_ms: Some(1_000), ..at_level(4) },
            GateState { figures: [("open-rate".into(), figure)].into(), ..at_level(4) },
        ] {
            assert_eq!(of(&state, &[]).demoted_from, None, "{state:?}");
        }
        let not_due = GateState { earliest_review_due_ms: Some(NOW_MS), ..at_level(4) };
        assert_eq!(of(&not_due, &[]).demoted_from, None);
    }

    #[test]
    fn an_incident_counts_until_the_next_level_change_whatever_its_time_is() {
        // The clock of the machine that recorded it was slow.
        let incident = LevelIncident::Rollback { at_ms: 1 };
        let mut state = GateState { incidents: vec![incident], ..at_level(4) };
        let change = promotion::demotion_change(&of(&state, &[])).unwrap();
        assert_eq!((change.from, change.to), (4, 3));
        state.apply_level_change(&change, 1_000);
        assert_eq!((of(&state, &[]).level, of(&state, &[]).demoted_from), (3, None));
    }

    #[test]
    fn demotion_stops_at_the_lowest_supervised_level() {
        assert_eq!(demoted_level(LevelScheme::L0ToL5, 1), None);
        assert_eq!(demoted_level(LevelScheme::L0ToL5, 0), None);
        assert_eq!(demoted_level(LevelScheme::Tiers1To4, 1), None);
        assert_eq!(demoted_level(LevelScheme::L0ToL5, 5), Some(4));
    }

    #[test]
    fn a_demotion_lets_out_no_outputs_of_a_gate_that_was_never_promoted() {
        let incidents = vec![LevelIncident::Rollback { at_ms: 1 }];
        for (scheme, started, supervised) in [
            (LevelScheme::L0ToL5, 5, 3),
            (LevelScheme::L0ToL5, 4, 3),
            (LevelScheme::Tiers1To4, 4, 2),
        ] {
            assert!(oversight_effect(scheme, supervised).unwrap().holds_every_output());
            assert!(!oversight_effect(scheme, supervised + 1).unwrap().holds_every_output());
            let gate = example();
            let mut autonomy = gate.autonomy.clone().unwrap();
            (autonomy.scheme, autonomy.level, autonomy.highest) = (scheme, started, None);
            let level = |state: GateState| {
                let held = effective_level(&gate, &autonomy, &state, &[], NOW_MS);
                (held.level, held.demoted_from)
            };
            assert_eq!(level(GateState::default()), (supervised, None));
            let state = GateState { incidents: incidents.clone(), ..GateState::default() };
            assert_eq!(level(state), (supervised - 1, Some(supervised)));
        }
    }

    #[test]
    fn highest_level_is_a_cap() {
        // The example never goes above level 4.
        assert_eq!(of(&at_level(5), &[]).level, 4);
    }
}
