use tollgate_model::Figure;

use super::*;
use crate::example::example;
use crate::{Happened, LevelHeld, Measured};

const NOW_MS: u64 = 1_800_000_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const WEEK_MS: u64 = 7 * DAY_MS;

fn ready() -> State {
    let measured = |value| Measured { value: Figure::of(value).unwrap(), at_ms: NOW_MS - 1_000 };
    let figures =
        [("open-rate".into(), measured(0.4)), ("complaints-per-thousand".into(), measured(0.1))];
    State { figures: figures.into(), ..State::default() }
}

fn record(approved: u32, edited: u32) -> TrackRecord {
    TrackRecord { approved, edited, rejected: 0, first_ms: 0, last_ms: 29 * WEEK_MS }
}

fn against(gate: &Gate, state: &State, record: TrackRecord) -> Vec<NotYet> {
    propose(gate, state, record, NOW_MS).err().unwrap_or_default()
}

#[test]
fn thirty_good_cycles_are_proposed_for_one_level_up() {
    let proposal = propose(&example(), &ready(), record(29, 1), NOW_MS).unwrap();
    assert_eq!((proposal.from, proposal.to), (3, 4));
    assert_eq!(proposal.effect, Some(OversightEffect::Sampled));
    assert!(matches!(
        proposal.accept(&example(), &"dana hill".parse().unwrap()),
        Err(NotYet::Author(_))
    ));
    let change = proposal.accept(&example(), &"Sam Reed".parse().unwrap()).unwrap();
    assert_eq!((change.from, change.to), (3, 4));
    assert!(matches!(change.reason, LevelReason::Promoted { reviewed: 30, .. }));
}

#[test]
fn fewer_or_worse_ones_are_not() {
    let (gate, state) = (example(), ready());
    assert_eq!(
        against(&gate, &state, record(29, 0)),
        [NotYet::TooFew { reviewed: 29, wanted: 30 }]
    );
    let rate = Share::of_count(28, 30);
    let wanted = Share::of(0.95).unwrap();
    assert_eq!(against(&gate, &state, record(28, 2)), [NotYet::RateTooLow { rate, wanted }]);
    // Nothing that a record says makes it less than thirty.
    let mut eager = example();
    eager.autonomy.as_mut().unwrap().promotion.as_mut().unwrap().reviewed_cycles = 1;
    assert_eq!(against(&eager, &state, record(5, 0)), [NotYet::TooFew { reviewed: 5, wanted: 30 }]);
}

#[test]
fn nothing_is_proposed_above_the_highest_level() {
    let reason = LevelReason::Lowered { by: "Sam".parse().unwrap(), because: "b".parse().unwrap() };
    let level = Some(LevelHeld { scheme: Scheme::L0ToL5, level: 4, since_ms: 1, reason });
    let state = State { level, ..ready() };
    assert_eq!(against(&example(), &state, record(30, 0)), [NotYet::Highest(4)]);
    let mut higher = example();
    higher.autonomy.as_mut().unwrap().highest = None;
    assert_eq!(propose(&higher, &state, record(30, 0), NOW_MS).unwrap().to, 5);
}

#[test]
fn what_is_not_in_order_stands_against_it() {
    let incident = Happened::Incident { at_ms: 5, what: "wrong name".into() };
    let state = State { happened: vec![incident], ..ready() };
    assert!(matches!(against(&example(), &state, record(30, 0))[..], [NotYet::Cause(_)]));
    let silent = against(&example(), &State::default(), record(30, 0));
    assert!(silent.iter().all(|one| matches!(one, NotYet::NotReady(_))) && !silent.is_empty());
    let mut gate = example();
    gate.owner = None;
    let lacks = against(&gate, &ready(), record(30, 0));
    assert!(lacks.contains(&NotYet::Missing(Missing::Owner)), "{lacks:?}");
}

#[test]
fn a_weekly_task_needs_210_days_and_not_90() {
    let weekly = record(30, 0);
    assert_eq!(weekly.days_for(30), Some(210));
    assert!(weekly.days_for(30) > Some(PROMISED_DAYS));
    let daily = TrackRecord { last_ms: 29 * DAY_MS, ..weekly };
    assert_eq!(daily.days_for(30), Some(30));
    assert_eq!(record(1, 0).days_for(30), None);
    assert_eq!(TrackRecord::default().days_for(30), None);
}

#[test]
fn a_demotion_is_written_with_its_causes() {
    let state = State { happened: vec![Happened::Rollback { at_ms: 5 }], ..ready() };
    let gate = example();
    let autonomy = gate.autonomy.clone().unwrap();
    let change = demotion(&autonomy::held(&gate, &autonomy, &state, &[], NOW_MS)).unwrap();
    assert_eq!((change.from, change.to), (3, 2));
    assert!(matches!(&change.reason, LevelReason::Demoted { causes } if causes.len() == 1));
    assert_eq!(demotion(&autonomy::held(&gate, &autonomy, &ready(), &[], NOW_MS)), None);
}
