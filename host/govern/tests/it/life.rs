//! The life of a gate, as whoever keeps a ledger leads it: from the first review to a promotion,
//! and back.

use tollgate_govern::review::{HeldRun, Next, Reviewer, conclude};
use tollgate_govern::track::{TrackRecord, demotion, propose};
use tollgate_govern::{LevelHeld, Measured, State, autonomy};
use tollgate_model::{Act, Answer, Digest, Figure, LevelReason, Ruling, Words};

use crate::common::{NOW_MS, World};

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

fn words(text: &str) -> Words {
    text.parse().unwrap()
}

/// One output a day: held, approved, and decided again.
fn cycle(world: &mut World, number: u64) {
    world.now_ms = NOW_MS + number * DAY_MS;
    world.facts.run = Digest::of(number.to_be_bytes());
    world.state.approved = None;
    let decision = world.decide();
    assert_eq!(decision.ruling, Ruling::Hold);
    let held = HeldRun {
        subject: world.facts.subject,
        decision,
        authors: vec!["Ada Writer".parse().unwrap()],
        held_at_ms: world.now_ms,
        claim: None,
        approved_by: Vec::new(),
        escalated: 0,
    };
    let kim = Reviewer { person: "Kim Osei".parse().unwrap(), roles: Vec::new() };
    let answer = |item, evidence: Option<&str>| Answer {
        item: words(item),
        answer: words("yes"),
        evidence: evidence.map(words),
    };
    let answers = [answer("promises", Some("the offer page")), answer("tone", None)];
    let next = conclude(&world.gate, &held, &kim, &Act::Approve, &answers, world.now_ms);
    let Ok(Next::DecideAgain(approved)) = next else { panic!("{next:?}") };
    world.state.approved = Some(approved);
    assert_eq!(world.ruling(), Ruling::Allow);
}

fn figure(state: &mut State, value: f64, at_ms: u64) {
    let measured = Measured { value: Figure::of(value).unwrap(), at_ms };
    state.figures.insert("open-rate".into(), measured);
}

#[test]
fn thirty_reviews_lead_to_a_promotion_and_a_broken_threshold_back() {
    let mut world = World::in_order();
    world.gate.review_by = Some("2027-03-31".parse().unwrap());
    world.state.level = None;
    let mut record = TrackRecord { first_ms: NOW_MS, ..TrackRecord::default() };
    for number in 0..30 {
        assert!(propose(&world.gate, &world.state, record, world.now_ms).is_err());
        cycle(&mut world, number);
        record.approved += 1;
        record.last_ms = world.now_ms;
    }
    world.state.approved = None;
    let now_ms = world.now_ms;
    world.state.figures.values_mut().for_each(|measured| measured.at_ms = now_ms);

    // Proposed by the host, accepted by a person; then outputs go out by themselves.
    let proposal = propose(&world.gate, &world.state, record, now_ms).unwrap();
    assert_eq!(world.ruling(), Ruling::Hold, "nothing is promoted by itself");
    let change = proposal.accept(&world.gate, &"Sam Reed".parse().unwrap()).unwrap();
    world.state.level = Some(LevelHeld::after(&change, now_ms));
    world.now_ms += DAY_MS;
    assert_eq!(world.ruling(), Ruling::Allow);

    // The very next output is held, and the level is written down.
    figure(&mut world.state, 0.2, now_ms + 1);
    assert_eq!(world.ruling(), Ruling::Hold);
    let terms = world.gate.autonomy.clone().unwrap();
    let held = autonomy::held(&world.gate, &terms, &world.state, &[], world.now_ms);
    let change = demotion(&held).unwrap();
    assert_eq!((change.from, change.to), (4, 3));
    assert!(matches!(change.reason, LevelReason::Demoted { .. }));
    world.state.level = Some(LevelHeld::after(&change, world.now_ms));
    let held = autonomy::held(&world.gate, &terms, &world.state, &[], world.now_ms);
    assert_eq!((held.level, demotion(&held)), (3, None), "a cause is paid for once");
}
