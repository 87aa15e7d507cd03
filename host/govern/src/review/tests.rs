use tollgate_model::{Reason, ReasonEffect, Severity};

use super::*;
use crate::example::example;

const NOW_MS: u64 = 1_800_000_000_000;

fn finding(severity: Severity) -> ReasonKind {
    let mode = tollgate_model::EnforcementMode::Enforce;
    let (contract, rule, message) = ("tollgate/pii".into(), "email".into(), String::new());
    ReasonKind::Finding { contract, at: None, rule, severity, message, mode }
}

fn held(kind: ReasonKind) -> HeldRun {
    let reasons = vec![Reason { effect: ReasonEffect::Hold, lifted: false, kind }];
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
        escalations: 0,
    }
}

fn reviewer(name: &str) -> Reviewer {
    Reviewer { person: name.parse().unwrap(), roles: vec!["marketing-operations".parse().unwrap()] }
}

fn answer(item: &str, answer: &str, evidence: Option<&str>) -> ChecklistAnswer {
    ChecklistAnswer {
        item: item.parse().unwrap(),
        answer: answer.parse().unwrap(),
        evidence: evidence.map(|text| text.parse().unwrap()),
    }
}

fn answers() -> Vec<ChecklistAnswer> {
    vec![answer("promises", "yes", Some("the offer page")), answer("tone", " Yes", None)]
}

fn approve(
    held: &HeldRun,
    by: &str,
    answers: &[ChecklistAnswer],
) -> Result<NextStep, Vec<ReviewRuleError>> {
    conclude_review(&example(), held, &reviewer(by), &ReviewAction::Approve, answers, NOW_MS + 1)
}

#[test]
fn approval_requires_checklist_and_evidence() {
    let run = held(finding(Severity::Warning));
    let next = approve(&run, "Kim Osei", &answers()).unwrap();
    let NextStep::DecideAgain(approved) = next else { panic!("{next:?}") };
    assert_eq!(
        (approved.subject, approved.edited, approved.required_approvals),
        (run.subject, false, 1)
    );
    let errors = approve(&run, "Kim Osei", &[]).unwrap_err();
    assert!(matches!(
        errors[..],
        [ReviewRuleError::Unanswered(..), ReviewRuleError::Unanswered(..)]
    ));
    let without = [answer("promises", "yes", None), answer("tone", "no", None)];
    let errors = approve(&run, "Kim Osei", &without).unwrap_err();
    assert!(matches!(
        errors[..],
        [ReviewRuleError::EvidenceMissing(_), ReviewRuleError::WrongAnswer { .. }]
    ));
}

#[test]
fn rejection_needs_no_checklist() {
    let act = ReviewAction::Reject { reason: "wrong offer".parse().unwrap() };
    let run = held(finding(Severity::Warning));
    let next = conclude_review(&example(), &run, &reviewer("Kim Osei"), &act, &[], NOW_MS);
    assert_eq!(next, Ok(NextStep::Rejected));
}

#[test]
fn authors_cannot_review_their_own_work() {
    let run = held(finding(Severity::Warning));
    for author in ["Ada Writer", "ADA  writer", "Dana Hill"] {
        let errors = approve(&run, author, &answers()).unwrap_err();
        assert!(errors.iter().any(|one| matches!(one, ReviewRuleError::Author(_))), "{errors:?}");
    }
    let mut gate = example();
    gate.review.may_not = vec!["Lou Park".parse().unwrap()];
    let lou = conclude_review(
        &gate,
        &run,
        &reviewer("lou park"),
        &ReviewAction::Approve,
        &answers(),
        NOW_MS,
    );
    assert!(matches!(lou.unwrap_err()[..], [ReviewRuleError::Excluded(_)]));
    let dana = conclude_review(
        &gate,
        &run,
        &reviewer("Dana Hill"),
        &ReviewAction::Approve,
        &answers(),
        NOW_MS,
    );
    assert!(matches!(dana.unwrap_err()[..], [ReviewRuleError::Author(_)]));
    let stranger = Reviewer { person: "Eve".parse().unwrap(), roles: Vec::new() };
    let refused =
        conclude_review(&example(), &run, &stranger, &ReviewAction::Approve, &answers(), NOW_MS);
    assert!(matches!(refused.unwrap_err()[..], [ReviewRuleError::NotAReviewer(_)]));
}

#[test]
fn second_reviewer_must_be_another_person() {
    let mut run = held(finding(Severity::Error));
    assert_eq!(required_approvals(&example(), &run.decision.reasons), 2);
    let next = approve(&run, "Kim Osei", &answers());
    assert_eq!(next, Ok(NextStep::AnotherPerson { remaining: 1 }));
    run.approved_by.push("Kim Osei".parse().unwrap());
    let errors = approve(&run, "kim osei", &answers()).unwrap_err();
    assert!(matches!(errors[..], [ReviewRuleError::AlreadyApproved(_)]), "{errors:?}");
    let next = approve(&run, "Lou Park", &answers()).unwrap();
    assert!(matches!(next, NextStep::DecideAgain(approved) if approved.by.len() == 2));
}

#[test]
fn who_has_approved_may_still_reject_edit_or_escalate() {
    let kim: Person = "Kim Osei".parse().unwrap();
    let run = HeldRun { approved_by: vec![kim.clone()], ..held(finding(Severity::Error)) };
    let text = || "wrong offer".parse().unwrap();
    let edit = ReviewAction::Edit { edited: Digest::of("edited") };
    let review = |run: &HeldRun, by: &str, act: &ReviewAction| {
        conclude_review(&example(), run, &reviewer(by), act, &answers(), NOW_MS + 1)
    };
    let reject = ReviewAction::Reject { reason: text() };
    assert_eq!(review(&run, "Kim Osei", &reject), Ok(NextStep::Rejected));
    assert!(matches!(review(&run, "Kim Osei", &edit), Ok(NextStep::JudgeAgain(_))));
    let escalate = ReviewAction::Escalate { reason: text() };
    assert!(matches!(review(&run, "Kim Osei", &escalate), Ok(NextStep::Escalated { .. })));
    let ines = "Ines Duarte".parse().unwrap();
    let escalated = HeldRun { escalations: 1, approved_by: vec![ines], ..run.clone() };
    assert_eq!(review(&escalated, "Ines Duarte", &reject), Ok(NextStep::Rejected));
    let audit = |act: &ReviewAction| {
        check_audit_review(&example(), &run, &reviewer("Kim Osei"), act, &answers(), NOW_MS + 1)
    };
    assert_eq!(audit(&ReviewAction::Approve), [ReviewRuleError::AlreadyApproved(kim)]);
    assert_eq!(audit(&reject), []);
}

#[test]
fn an_escalation_path_has_to_be_long_enough_for_all_approvals() {
    // The example wants a second reviewer for errors, and its path has two people.
    let mut gate = example();
    assert_eq!(check_escalation_path(&gate), None);
    gate.review.escalate_to.truncate(1);
    let short = |required| Some(ShortEscalationPath { named: 1, required });
    assert_eq!(check_escalation_path(&gate), short(2));
    // A person who is named twice is one person.
    gate.review.escalate_to.push(gate.review.escalate_to[0].clone());
    assert_eq!(check_escalation_path(&gate), short(2));
    gate.review.second_reviewer_when = Some(ReviewTrigger::default());
    assert_eq!(check_escalation_path(&gate), None);
    gate.review.count = Some(3);
    assert_eq!(check_escalation_path(&gate), short(3));
    gate.review.escalate_to.clear();
    assert_eq!(check_escalation_path(&gate), None, "the record is incomplete");
}

#[test]
fn a_second_reviewer_has_to_be_named_or_have_a_role() {
    // The example names one reviewer, and wants a second one for errors.
    let mut gate = example();
    assert_eq!(check_reviewer_list(&gate), None, "anybody with the role can be the second");
    gate.review.roles.clear();
    let short = |named, required| Some(ShortReviewerList { named, required });
    assert_eq!(check_reviewer_list(&gate), short(1, 2));
    // A person who is named twice is one person.
    gate.review.reviewers.push(gate.review.reviewers[0].clone());
    assert_eq!(check_reviewer_list(&gate), short(1, 2));
    gate.review.reviewers.push(gate.review.escalate_to[0].clone());
    assert_eq!(check_reviewer_list(&gate), None);
    gate.review.count = Some(3);
    assert_eq!(check_reviewer_list(&gate), short(2, 3));
    gate.review.reviewers.clear();
    assert_eq!(check_reviewer_list(&gate), None, "the record is incomplete");
}

#[test]
fn edited_output_is_judged_again() {
    let act = ReviewAction::Edit { edited: Digest::of("edited") };
    let run = held(finding(Severity::Warning));
    let next = conclude_review(&example(), &run, &reviewer("Kim Osei"), &act, &answers(), NOW_MS);
    let Ok(NextStep::JudgeAgain(approved)) = next else { panic!("{next:?}") };
    assert!(approved.edited && approved.subject == Digest::of("edited"));
    let refused = conclude_review(&example(), &run, &reviewer("Kim Osei"), &act, &[], NOW_MS);
    assert!(refused.is_err(), "an edit takes the checklist too");
}

#[test]
fn late_reviews_escalate_step_by_step() {
    let (gate, run) = (example(), held(finding(Severity::Warning)));
    let day_ms = gate.review.sla.unwrap().as_ms();
    let holder_at =
        |now_ms| escalation_holder(&gate, &run, now_ms).map(|holder| holder.name.as_str());
    assert_eq!(review_due_ms(&gate, NOW_MS), Some(NOW_MS + day_ms));
    assert_eq!(holder_at(NOW_MS + day_ms - 1), None);
    assert_eq!(holder_at(NOW_MS + day_ms), Some("Sam Reed"));
    assert_eq!(holder_at(NOW_MS + 2 * day_ms), Some("Ines Duarte"));
    assert_eq!(holder_at(NOW_MS + 9 * day_ms), Some("Ines Duarte"));
    let sam = Reviewer { person: "Sam Reed".parse().unwrap(), roles: Vec::new() };
    let at =
        |now_ms| conclude_review(&gate, &run, &sam, &ReviewAction::Approve, &answers(), now_ms);
    assert!(at(NOW_MS + 1).is_err() && at(NOW_MS + day_ms).is_ok());
}

#[test]
fn an_escalated_run_is_only_for_those_it_was_escalated_to() {
    let run = held(finding(Severity::Warning));
    let day_ms = example().review.sla.unwrap().as_ms();
    let escalated = HeldRun { escalations: 1, ..run.clone() };
    for (run, now_ms) in [(&escalated, NOW_MS + 1), (&run, NOW_MS + day_ms)] {
        let objections =
            |gate: &Gate, name: &str| check_reviewer(gate, run, &reviewer(name), now_ms);
        assert!(matches!(
            objections(&example(), "Kim Osei")[..],
            [ReviewRuleError::NotEscalatedTo(_)]
        ));
        assert_eq!(objections(&example(), "Ines Duarte"), []);
        let mut pathless = example();
        pathless.review.escalate_to.clear();
        assert_eq!(objections(&pathless, "Kim Osei"), [], "somebody has to be able to reject it");
    }
}

#[test]
fn possible_reviewers_are_those_who_are_not_refused() {
    let run = held(finding(Severity::Warning));
    let escalated = HeldRun { escalations: 1, ..run.clone() };
    let mut gate = example();
    // An author of the output and somebody who is excluded.
    let mut named = gate.review.reviewers[0].clone();
    named.name = "Ada Writer".parse().unwrap();
    gate.review.reviewers.push(named.clone());
    gate.review.escalate_to.push(named.clone());
    named.name = "Eve Other".parse().unwrap();
    gate.review.may_not.push(named.name.clone());
    gate.review.reviewers.push(named);
    let approved =
        HeldRun { approved_by: vec!["Ines Duarte".parse().unwrap()], ..escalated.clone() };
    for (run, expected) in [
        (&run, &["Kim Osei"][..]),
        (&escalated, &["Sam Reed", "Ines Duarte"]),
        (&approved, &["Sam Reed", "Ines Duarte"]),
    ] {
        let possible = possible_reviewers(&gate, run, NOW_MS).into_iter();
        let names: Vec<_> = possible.map(|holder| holder.name.as_str()).collect();
        assert_eq!(names, expected);
    }
    assert_eq!(possible_roles(&gate, &run, NOW_MS), gate.review.roles);
    assert!(possible_roles(&gate, &escalated, NOW_MS).is_empty());
}

#[test]
fn approvals_from_before_an_escalation_count_only_of_those_it_went_to() {
    // The example wants a second reviewer for errors.
    let run = held(finding(Severity::Error));
    let approved_by =
        |name: &str| HeldRun { approved_by: vec![name.parse().unwrap()], ..run.clone() };
    let one_more = Ok(NextStep::AnotherPerson { remaining: 1 });
    let escalated = HeldRun { escalations: 1, ..approved_by("Kim Osei") };
    assert_eq!(approve(&escalated, "Sam Reed", &answers()), one_more);
    let escalated = HeldRun { escalations: 1, ..approved_by("Ines Duarte") };
    assert!(matches!(approve(&escalated, "Sam Reed", &answers()), Ok(NextStep::DecideAgain(_))));
    let overdue_ms = NOW_MS + example().review.sla.unwrap().as_ms();
    let sam = reviewer("Sam Reed");
    let late = |run| {
        let act = ReviewAction::Approve;
        conclude_review(&example(), run, &sam, &act, &answers(), overdue_ms)
    };
    assert_eq!(late(&approved_by("Kim Osei")), one_more);
    assert!(matches!(
        approve(&approved_by("Kim Osei"), "Lou Park", &answers()),
        Ok(NextStep::DecideAgain(_))
    ));
}

#[test]
fn an_edit_needs_the_approvals_that_the_new_text_needs() {
    let act = ReviewAction::Edit { edited: Digest::of("edited") };
    // The example wants a second reviewer for errors.
    let run = held(finding(Severity::Error));
    let next = conclude_review(&example(), &run, &reviewer("Kim Osei"), &act, &answers(), NOW_MS);
    let Ok(NextStep::JudgeAgain(approved)) = next else { panic!("{next:?}") };
    assert_eq!(approved.required_approvals, 1);
}

#[test]
fn critical_findings_escalate_at_once() {
    let run = held(finding(Severity::Critical));
    let errors = approve(&run, "Kim Osei", &answers()).unwrap_err();
    assert!(matches!(errors[..], [ReviewRuleError::NotEscalatedTo(_)]), "{errors:?}");
    assert_eq!(approve(&run, "Sam Reed", &answers()), Ok(NextStep::AnotherPerson { remaining: 1 }));
    let act = ReviewAction::Escalate { reason: "not mine".parse().unwrap() };
    let next = conclude_review(&example(), &run, &reviewer("Sam Reed"), &act, &[], NOW_MS).unwrap();
    let NextStep::Escalated { to: Some(holder) } = next else { panic!("{next:?}") };
    assert_eq!(holder.name.as_str(), "Ines Duarte");
}

#[test]
fn claim_excludes_others_until_it_expires() {
    let (gate, mut run) = (example(), held(finding(Severity::Warning)));
    let kim = reviewer("Kim Osei").person;
    let taken = claim_review(&gate, run.subject, &run, &kim, NOW_MS).unwrap();
    assert_eq!(taken.until_ms, NOW_MS + 30 * 60 * 1000);
    run.claim = Some(taken.clone());
    let lou = reviewer("Lou Park").person;
    assert!(matches!(
        claim_review(&gate, run.subject, &run, &lou, NOW_MS),
        Err(ReviewRuleError::Claimed { .. })
    ));
    assert!(approve(&run, "Lou Park", &answers()).is_err());
    assert!(approve(&run, "Kim Osei", &answers()).is_ok());
    assert!(claim_review(&gate, run.subject, &run, &lou, taken.until_ms).is_ok());
}

#[test]
fn second_approval_completes_the_first() {
    let mut run = held(ReasonKind::ApprovalsMissing { approved: 1, required: 2 });
    run.approved_by.push("Lou Park".parse().unwrap());
    assert!(matches!(approve(&run, "Kim Osei", &answers()), Ok(NextStep::DecideAgain(_))));
}

#[test]
fn some_reasons_cannot_be_approved() {
    let run = held(ReasonKind::RecordIncomplete { missing: tollgate_model::GatePart::Owner });
    let errors = approve(&run, "Kim Osei", &answers()).unwrap_err();
    assert!(matches!(errors[..], [ReviewRuleError::CannotBeApproved(_)]), "{errors:?}");
    let mut blocked = held(finding(Severity::Warning));
    blocked.decision.ruling = Ruling::Block;
    let errors = approve(&blocked, "Kim Osei", &answers()).unwrap_err();
    assert_eq!(errors, [ReviewRuleError::NotHeld(Ruling::Block)]);
}

#[test]
fn audit_reviews_need_the_same_reviewers_and_checklist() {
    let (gate, run) = (example(), held(finding(Severity::Warning)));
    let audit = |by: &str, act: &ReviewAction, answers: &[ChecklistAnswer]| {
        check_audit_review(&gate, &run, &reviewer(by), act, answers, NOW_MS + 1)
    };
    let reject = ReviewAction::Reject { reason: "wrong offer".parse().unwrap() };
    assert_eq!(audit("Kim Osei", &ReviewAction::Approve, &answers()), []);
    assert_eq!(audit("Kim Osei", &reject, &[]), []);
    assert!(matches!(
        audit("Kim Osei", &ReviewAction::Approve, &[])[..],
        [ReviewRuleError::Unanswered(..), ReviewRuleError::Unanswered(..)]
    ));
    assert!(
        audit("Ada Writer", &reject, &[])
            .contains(&ReviewRuleError::Author("Ada Writer".parse().unwrap()))
    );
    let stranger = Reviewer { person: "Eve".parse().unwrap(), roles: Vec::new() };
    let refused = check_audit_review(&gate, &run, &stranger, &reject, &[], NOW_MS + 1);
    assert!(matches!(refused[..], [ReviewRuleError::NotAReviewer(_)]));
    let taken =
        claim_review(&gate, run.subject, &run, &reviewer("Lou Park").person, NOW_MS).unwrap();
    let run = HeldRun { claim: Some(taken), ..run.clone() };
    let refused = check_audit_review(&gate, &run, &reviewer("Kim Osei"), &reject, &[], NOW_MS + 1);
    assert!(matches!(refused[..], [ReviewRuleError::Claimed { .. }]));
}
