//! The lifecycle of a gate, from the first review to a promotion and a demotion.

use tollgate_govern::promotion::{TrackRecord, demotion_change, propose_promotion};
use tollgate_govern::review::{HeldRun, NextStep, Reviewer, conclude_review};
use tollgate_govern::{GateState, KpiReading, autonomy};
use tollgate_model::{
    ChecklistAnswer, Digest, Figure, LevelChangeReason, NonBlankString, ReviewAction, Ruling,
};

use crate::common::{NOW_MS, Scenario};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn words(text: &str) -> NonBlankString {
    text.parse().unwrap()
}

/// Runs one output through hold, approval and the second decision; one output a day.
fn cycle(scenario: &mut Scenario, number: u64) {
    scenario.now_ms = NOW_MS + number * DAY_MS;
    scenario.facts.run = Digest::of(number.to_be_bytes());
    scenario.state.approval = None;
    let decision = scenario.decide();
    assert_eq!(decision.ruling, Ruling::Hold);
    let held = HeldRun {
        subject: scenario.facts.subject,
        decision,
        authors: vec!["Ada Writer".parse().unwrap()],
        held_at_ms: scenario.now_ms,
        claim: None,
        approved_by: Vec::new(),
        escalations: 0,
    };
    let kim = Reviewer { person: "Kim Osei".parse().unwrap(), roles: Vec::new() };
    let answer = |item, evidence: Option<&str>| ChecklistAnswer {
        item: words(item),
        answer: words("yes"),
        evidence: evidence.map(words),
    };
    let answers = [answer("promises", Some("the offer page")), answer("tone", None)];
    let next = conclude_review(
        &scenario.gate,
        &held,
        &kim,
        &ReviewAction::Approve,
        &answers,
        scenario.now_ms,
    );
    let Ok(NextStep::DecideAgain(approved)) = next else { panic!("{next:?}") };
    scenario.state.approval = Some(approved);
    assert_eq!(scenario.ruling(), Ruling::Allow);
}

fn figure(state: &mut GateState, value: f64, at_ms: u64) {
    let measured = KpiReading { value: Figure::new(value).unwrap(), at_ms, is_new: true };
    state.figures.insert("open-rate".into(), measured);
}

#[test]
fn promotes_after_thirty_reviews_and_demotes_on_a_broken_threshold() {
    let mut scenario = Scenario::valid();
    scenario.gate.review_by = Some("2027-03-31".parse().unwrap());
    scenario.state.level = None;
    let mut record = TrackRecord { first_ms: NOW_MS, ..TrackRecord::default() };
    for number in 0..30 {
        assert!(
            propose_promotion(&scenario.gate, &scenario.state, record, scenario.now_ms).is_err()
        );
        cycle(&mut scenario, number);
        record.approved += 1;
        record.last_ms = scenario.now_ms;
    }
    scenario.state.approval = None;
    let now_ms = scenario.now_ms;
    scenario.state.figures.values_mut().for_each(|measured| measured.at_ms = now_ms);

    // Once a person accepts the proposal, outputs are allowed without a review.
    let proposal = propose_promotion(&scenario.gate, &scenario.state, record, now_ms).unwrap();
    assert_eq!(scenario.ruling(), Ruling::Hold, "a proposal alone changes nothing");
    let change = proposal.accept(&scenario.gate, &"Sam Reed".parse().unwrap(), now_ms).unwrap();
    scenario.state.apply_level_change(&change, now_ms);
    scenario.now_ms += DAY_MS;
    assert_eq!(scenario.ruling(), Ruling::Allow);

    // A broken threshold holds the next output, before the demotion is recorded.
    figure(&mut scenario.state, 0.2, now_ms + 1);
    assert_eq!(scenario.ruling(), Ruling::Hold);
    let terms = scenario.gate.autonomy.clone().unwrap();
    let held =
        autonomy::effective_level(&scenario.gate, &terms, &scenario.state, &[], scenario.now_ms);
    let change = demotion_change(&held).unwrap();
    assert_eq!((change.from, change.to), (4, 3));
    assert!(matches!(change.reason, LevelChangeReason::Demoted { .. }));
    let now_ms = scenario.now_ms;
    scenario.state.apply_level_change(&change, now_ms);
    let held =
        autonomy::effective_level(&scenario.gate, &terms, &scenario.state, &[], scenario.now_ms);
    assert_eq!((held.level, demotion_change(&held)), (3, None), "a cause demotes only once");
}
