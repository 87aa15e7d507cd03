use tollgate_model::{Reason, Severity};

use super::*;
use crate::example::example;

const NOW_MS: u64 = 1_800_000_000_000;

fn finding(severity: Severity) -> Cause {
    let mode = tollgate_model::Mode::Enforce;
    let (contract, rule, message) = ("tollgate/pii".into(), "email".into(), String::new());
    Cause::Finding { contract, rule, severity, message, mode }
}

fn held(cause: Cause) -> HeldRun {
    let reasons = vec![Reason { effect: Effect::Hold, lifted: false, cause }];
    let decision = Decision {
        ruling: Ruling::Hold,
        would_be: None,
        reasons,
        audit: false,
        undo_until_ms: None,
        cost: None,
    };
    HeldRun {
        subject: Digest::of("subject"),
        decision,
        authors: vec!["Ada Writer".parse().unwrap()],
        held_at_ms: NOW_MS,
        claim: None,
        approved_by: Vec::new(),
        escalated: 0,
    }
}

fn reviewer(name: &str) -> Reviewer {
    Reviewer { person: name.parse().unwrap(), roles: vec!["marketing-operations".parse().unwrap()] }
}

fn answer(item: &str, answer: &str, evidence: Option<&str>) -> Answer {
    Answer {
        item: item.parse().unwrap(),
        answer: answer.parse().unwrap(),
        evidence: evidence.map(|text| text.parse().unwrap()),
    }
}

fn answers() -> Vec<Answer> {
    vec![answer("promises", "yes", Some("the offer page")), answer("tone", " Yes", None)]
}

fn approve(held: &HeldRun, by: &str, answers: &[Answer]) -> Result<Next, Vec<Refusal>> {
    conclude(&example(), held, &reviewer(by), &Act::Approve, answers, NOW_MS + 1)
}

#[test]
fn approving_takes_the_checklist_with_evidence() {
    let run = held(finding(Severity::Warning));
    let next = approve(&run, "Kim Osei", &answers()).unwrap();
    let Next::DecideAgain(approved) = next else { panic!("{next:?}") };
    assert_eq!(
        (approved.subject, approved.edited, approved.people_wanted),
        (run.subject, false, 1)
    );
    let refusals = approve(&run, "Kim Osei", &[]).unwrap_err();
    assert!(matches!(refusals[..], [Refusal::NotAnswered(..), Refusal::NotAnswered(..)]));
    let without = [answer("promises", "yes", None), answer("tone", "no", None)];
    let refusals = approve(&run, "Kim Osei", &without).unwrap_err();
    assert!(matches!(refusals[..], [Refusal::NoEvidence(_), Refusal::OtherAnswer { .. }]));
}

#[test]
fn rejecting_takes_no_checklist() {
    let act = Act::Reject { reason: "wrong offer".parse().unwrap() };
    let run = held(finding(Severity::Warning));
    let next = conclude(&example(), &run, &reviewer("Kim Osei"), &act, &[], NOW_MS);
    assert_eq!(next, Ok(Next::Rejected));
}

#[test]
fn nobody_reviews_their_own_work() {
    let run = held(finding(Severity::Warning));
    for author in ["Ada Writer", "ADA  writer", "Dana Hill"] {
        let refusals = approve(&run, author, &answers()).unwrap_err();
        assert!(refusals.iter().any(|one| matches!(one, Refusal::Author(_))), "{refusals:?}");
    }
    let mut gate = example();
    gate.review.may_not = vec!["Lou Park".parse().unwrap()];
    let lou = conclude(&gate, &run, &reviewer("lou park"), &Act::Approve, &answers(), NOW_MS);
    assert!(matches!(lou.unwrap_err()[..], [Refusal::MayNot(_)]));
    let dana = conclude(&gate, &run, &reviewer("Dana Hill"), &Act::Approve, &answers(), NOW_MS);
    assert!(matches!(dana.unwrap_err()[..], [Refusal::Author(_)]));
    let stranger = Reviewer { person: "Eve".parse().unwrap(), roles: Vec::new() };
    let refused = conclude(&example(), &run, &stranger, &Act::Approve, &answers(), NOW_MS);
    assert!(matches!(refused.unwrap_err()[..], [Refusal::NotAReviewer(_)]));
}

#[test]
fn a_second_reviewer_is_another_person() {
    let mut run = held(finding(Severity::Error));
    assert_eq!(people_wanted(&example(), &run.decision.reasons), 2);
    let next = approve(&run, "Kim Osei", &answers());
    assert_eq!(next, Ok(Next::AnotherPerson { wanted: 1 }));
    run.approved_by.push("Kim Osei".parse().unwrap());
    let refusals = approve(&run, "kim osei", &answers()).unwrap_err();
    assert!(matches!(refusals[..], [Refusal::SamePerson(_)]), "{refusals:?}");
    let next = approve(&run, "Lou Park", &answers()).unwrap();
    assert!(matches!(next, Next::DecideAgain(approved) if approved.by.len() == 2));
}

#[test]
fn what_is_edited_is_judged_again() {
    let act = Act::Edit { edited: Digest::of("edited") };
    let run = held(finding(Severity::Warning));
    let next = conclude(&example(), &run, &reviewer("Kim Osei"), &act, &answers(), NOW_MS);
    let Ok(Next::JudgeAgain(approved)) = next else { panic!("{next:?}") };
    assert!(approved.edited && approved.subject == Digest::of("edited"));
    let refused = conclude(&example(), &run, &reviewer("Kim Osei"), &act, &[], NOW_MS);
    assert!(refused.is_err(), "an edit takes the checklist too");
}

#[test]
fn a_review_that_is_late_is_escalated_one_after_the_other() {
    let (gate, run) = (example(), held(finding(Severity::Warning)));
    let day_ms = gate.review.sla.unwrap().ms();
    let has_it = |now_ms| escalated_to(&gate, &run, now_ms).map(|holder| holder.name.as_str());
    assert_eq!(due_ms(&gate, NOW_MS), Some(NOW_MS + day_ms));
    assert_eq!(has_it(NOW_MS + day_ms - 1), None);
    assert_eq!(has_it(NOW_MS + day_ms), Some("Sam Reed"));
    assert_eq!(has_it(NOW_MS + 2 * day_ms), Some("Ines Duarte"));
    assert_eq!(has_it(NOW_MS + 9 * day_ms), Some("Ines Duarte"));
    let sam = Reviewer { person: "Sam Reed".parse().unwrap(), roles: Vec::new() };
    let at = |now_ms| conclude(&gate, &run, &sam, &Act::Approve, &answers(), now_ms);
    assert!(at(NOW_MS + 1).is_err() && at(NOW_MS + day_ms).is_ok());
}

#[test]
fn what_is_critical_goes_up_at_once() {
    let run = held(finding(Severity::Critical));
    let refusals = approve(&run, "Kim Osei", &answers()).unwrap_err();
    assert!(matches!(refusals[..], [Refusal::NotEscalatedTo(_)]), "{refusals:?}");
    assert_eq!(approve(&run, "Sam Reed", &answers()), Ok(Next::AnotherPerson { wanted: 1 }));
    let act = Act::Escalate { reason: "not mine".parse().unwrap() };
    let next = conclude(&example(), &run, &reviewer("Sam Reed"), &act, &[], NOW_MS).unwrap();
    let Next::Escalated { to: Some(holder) } = next else { panic!("{next:?}") };
    assert_eq!(holder.name.as_str(), "Ines Duarte");
}

#[test]
fn a_claim_is_one_persons_until_it_expires() {
    let (gate, mut run) = (example(), held(finding(Severity::Warning)));
    let kim = reviewer("Kim Osei").person;
    let taken = claim(&gate, run.subject, &run, &kim, NOW_MS).unwrap();
    assert_eq!(taken.until_ms, NOW_MS + 30 * 60 * 1000);
    run.claim = Some(taken.clone());
    let lou = reviewer("Lou Park").person;
    assert!(matches!(claim(&gate, run.subject, &run, &lou, NOW_MS), Err(Refusal::Claimed { .. })));
    assert!(approve(&run, "Lou Park", &answers()).is_err());
    assert!(approve(&run, "Kim Osei", &answers()).is_ok());
    assert!(claim(&gate, run.subject, &run, &lou, taken.until_ms).is_ok());
}

#[test]
fn one_approval_too_few_is_made_good_by_another() {
    let mut run = held(Cause::ApprovalUnfit { approved: 1, wanted: 2 });
    run.approved_by.push("Lou Park".parse().unwrap());
    assert!(matches!(approve(&run, "Kim Osei", &answers()), Ok(Next::DecideAgain(_))));
}

#[test]
fn some_things_no_approval_does_for() {
    let run = held(Cause::RecordIncomplete { missing: tollgate_model::Missing::Owner });
    let refusals = approve(&run, "Kim Osei", &answers()).unwrap_err();
    assert!(matches!(refusals[..], [Refusal::CannotBeApproved(_)]), "{refusals:?}");
    let mut blocked = held(finding(Severity::Warning));
    blocked.decision.ruling = Ruling::Block;
    let refusals = approve(&blocked, "Kim Osei", &answers()).unwrap_err();
    assert_eq!(refusals, [Refusal::NotHeld(Ruling::Block)]);
}

#[test]
fn a_look_afterwards_takes_the_same_people_and_questions() {
    let (gate, run) = (example(), held(finding(Severity::Warning)));
    let look = |by: &str, act: &Act, answers: &[Answer]| {
        after_the_fact(&gate, &run, &reviewer(by), act, answers, NOW_MS + 1)
    };
    let reject = Act::Reject { reason: "wrong offer".parse().unwrap() };
    assert_eq!(look("Kim Osei", &Act::Approve, &answers()), []);
    assert_eq!(look("Kim Osei", &reject, &[]), []);
    assert!(matches!(
        look("Kim Osei", &Act::Approve, &[])[..],
        [Refusal::NotAnswered(..), Refusal::NotAnswered(..)]
    ));
    assert!(
        look("Ada Writer", &reject, &[]).contains(&Refusal::Author("Ada Writer".parse().unwrap()))
    );
    let stranger = Reviewer { person: "Eve".parse().unwrap(), roles: Vec::new() };
    let refused = after_the_fact(&gate, &run, &stranger, &reject, &[], NOW_MS + 1);
    assert!(matches!(refused[..], [Refusal::NotAReviewer(_)]));
    let taken = claim(&gate, run.subject, &run, &reviewer("Lou Park").person, NOW_MS).unwrap();
    let run = HeldRun { claim: Some(taken), ..run.clone() };
    let refused = after_the_fact(&gate, &run, &reviewer("Kim Osei"), &reject, &[], NOW_MS + 1);
    assert!(matches!(refused[..], [Refusal::Claimed { .. }]));
}
