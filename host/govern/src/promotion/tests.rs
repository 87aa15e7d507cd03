use tollgate_model::{Figure, SignOff, SignOffScope};

use super::*;
use crate::example::example;
use crate::{KpiReading, LevelIncident, RecordedLevel};

const NOW_MS: u64 = 1_800_000_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;
const WEEK_MS: u64 = 7 * DAY_MS;

fn ready() -> GateState {
    let measured = |value| KpiReading {
        value: Figure::new(value).unwrap(),
        at_ms: NOW_MS - 1_000,
        is_new: true,
    };
    let figures =
        [("open-rate".into(), measured(0.4)), ("complaints-per-thousand".into(), measured(0.1))];
    GateState { figures: figures.into(), ..GateState::default() }
}

fn record(approved: u32, edited: u32) -> TrackRecord {
    TrackRecord { approved, edited, last_ms: 29 * WEEK_MS, ..TrackRecord::default() }
}

fn objections(gate: &Gate, state: &GateState, record: TrackRecord) -> Vec<PromotionError> {
    propose_promotion(gate, state, record, NOW_MS).err().unwrap_or_default()
}

#[test]
fn proposes_one_level_up_after_thirty_approved_reviews() {
    let proposal = propose_promotion(&example(), &ready(), record(29, 1), NOW_MS).unwrap();
    assert_eq!((proposal.from, proposal.to), (3, 4));
    assert_eq!(proposal.effect, Some(OversightEffect::Sampled));
    assert!(matches!(
        proposal.accept(&example(), &"dana hill".parse().unwrap(), NOW_MS),
        Err(PromotionError::AcceptedByAuthor(_))
    ));
    let change = proposal.accept(&example(), &"Sam Reed".parse().unwrap(), NOW_MS).unwrap();
    assert_eq!((change.from, change.to), (3, 4));
    assert!(matches!(change.reason, LevelChangeReason::Promoted { reviewed: 30, .. }));
}

#[test]
fn only_the_owner_and_signers_accept_a_promotion() {
    let mut gate = example();
    let proposal = propose_promotion(&gate, &ready(), record(30, 0), NOW_MS).unwrap();
    let accept = |gate: &Gate, name: &str| proposal.accept(gate, &name.parse().unwrap(), NOW_MS);
    let message = |gate: &Gate, name: &str| accept(gate, name).unwrap_err().to_string();
    assert_eq!(
        message(&gate, "Lou Park"),
        "Lou Park cannot accept the promotion: Sam Reed (Head of Lifecycle Marketing) can"
    );
    let signed = |until: &str| SignOff {
        scope: SignOffScope::Risk,
        by: RoleHolder { name: "Ines Duarte".parse().unwrap(), role: "Legal".parse().unwrap() },
        on: "2026-01-01".parse().unwrap(),
        until: Some(until.parse().unwrap()),
        reason: "a pilot".parse().unwrap(),
    };
    gate.sign_offs = vec![signed("2026-12-31")];
    assert!(message(&gate, "Ines Duarte").ends_with("Sam Reed (Head of Lifecycle Marketing) can"));
    gate.sign_offs = vec![signed("2027-12-31")];
    assert!(accept(&gate, "ines duarte").is_ok());
    assert!(message(&gate, "Lou Park").ends_with(
        "these people can: Sam Reed (Head of Lifecycle Marketing), Ines Duarte (Legal)"
    ));
    gate.sign_offs.clear();
    gate.owner.as_mut().unwrap().name = "Dana Hill".parse().unwrap();
    assert!(message(&gate, "Sam Reed").contains("nobody can"));
}

#[test]
fn the_first_promotion_skips_no_level() {
    let mut gate = example();
    let autonomy = gate.autonomy.as_mut().unwrap();
    (autonomy.level, autonomy.highest) = (5, None);
    let proposal = propose_promotion(&gate, &ready(), record(30, 0), NOW_MS).unwrap();
    assert_eq!((proposal.from, proposal.to), (3, 4));
    gate.autonomy.as_mut().unwrap().level = 4;
    gate.autonomy.as_mut().unwrap().highest = Some(4);
    assert_eq!(propose_promotion(&gate, &ready(), record(30, 0), NOW_MS).unwrap().to, 4);
}

#[test]
fn refuses_too_few_reviews_and_low_approval_rates() {
    let (gate, state) = (example(), ready());
    assert_eq!(
        objections(&gate, &state, record(29, 0)),
        [PromotionError::TooFewReviews { reviewed: 29, required: 30 }]
    );
    let rate = Share::from_ratio(28, 30);
    let required = Share::new(0.95).unwrap();
    assert_eq!(
        objections(&gate, &state, record(28, 2)),
        [PromotionError::ApprovalRateTooLow { rate, required }]
    );
    // A record cannot lower the minimum of thirty.
    let mut eager = example();
    eager.autonomy.as_mut().unwrap().promotion.as_mut().unwrap().reviewed_cycles = 1;
    assert_eq!(
        objections(&eager, &state, record(5, 0)),
        [PromotionError::TooFewReviews { reviewed: 5, required: 30 }]
    );
}

#[test]
fn never_proposes_above_the_highest_level() {
    let reason =
        LevelChangeReason::Lowered { by: "Sam".parse().unwrap(), reason: "b".parse().unwrap() };
    let level = Some(RecordedLevel { scheme: LevelScheme::L0ToL5, level: 4, since_ms: 1, reason });
    let state = GateState { level, ..ready() };
    assert_eq!(objections(&example(), &state, record(30, 0)), [PromotionError::HighestLevel(4)]);
    let mut higher = example();
    higher.autonomy.as_mut().unwrap().highest = None;
    assert_eq!(propose_promotion(&higher, &state, record(30, 0), NOW_MS).unwrap().to, 5);
}

#[test]
fn refuses_promotion_with_open_problems() {
    let incident = LevelIncident::Incident { at_ms: 5, description: "wrong name".into() };
    let state = GateState { incidents: vec![incident], ..ready() };
    assert!(matches!(
        objections(&example(), &state, record(30, 0))[..],
        [PromotionError::DemotionPending(_)]
    ));
    let without_figures = objections(&example(), &GateState::default(), record(30, 0));
    assert!(
        without_figures.iter().all(|one| matches!(one, PromotionError::NotReady(_)))
            && !without_figures.is_empty()
    );
    let mut gate = example();
    gate.owner = None;
    let missing = objections(&gate, &ready(), record(30, 0));
    assert!(missing.contains(&PromotionError::Missing(GatePart::Owner)), "{missing:?}");
}

#[test]
fn weekly_tasks_need_210_days() {
    let weekly = record(30, 0);
    assert_eq!(weekly.estimate_days(30), Some(210));
    assert!(weekly.estimate_days(30) > Some(PROMISED_DAYS));
    let daily = TrackRecord { last_ms: 29 * DAY_MS, ..weekly };
    assert_eq!(daily.estimate_days(30), Some(30));
    assert_eq!(record(1, 0).estimate_days(30), None);
    assert_eq!(TrackRecord::default().estimate_days(30), None);
}

#[test]
fn demotions_name_their_causes() {
    let state = GateState { incidents: vec![LevelIncident::Rollback { at_ms: 5 }], ..ready() };
    let gate = example();
    let autonomy = gate.autonomy.clone().unwrap();
    let change =
        demotion_change(&autonomy::effective_level(&gate, &autonomy, &state, &[], NOW_MS)).unwrap();
    assert_eq!((change.from, change.to), (3, 2));
    assert!(matches!(&change.reason, LevelChangeReason::Demoted { causes } if causes.len() == 1));
    assert_eq!(
        demotion_change(&autonomy::effective_level(&gate, &autonomy, &ready(), &[], NOW_MS)),
        None
    );
}
