//! Decisions about outputs that people approved.

use tollgate_govern::OutputApproval;
use tollgate_model::{Digest, Outcome, ReviewTrigger, Ruling, Severity};

use crate::common::{Scenario, Verdict, assert_decision, codes, pass, report, scenario};
use crate::decisions::one_contract;

use Ruling::{Allow, Block, Hold};

pub fn approval(scenario: &Scenario, by: &[&str]) -> Option<OutputApproval> {
    let by = by.iter().map(|name| name.parse().unwrap()).collect();
    Some(OutputApproval {
        subject: scenario.facts.subject,
        by,
        edited: false,
        required_approvals: 1,
    })
}

#[test]
fn approval_lifts_holds_but_not_blocks() {
    let mut held = one_contract(vec![report(Outcome::Fail, &[Severity::Error])]);
    held.set_level(3);
    held.state.approval = approval(&held, &["Kim Osei", "Lou Park"]);
    let reasons = ["note finding", "note nothing-passed", "note oversight", "note approved"];
    let decision = assert_decision(&held, Allow, &reasons);
    assert!(decision.reasons[0].lifted && decision.reasons[0].to_string().ends_with("(approved)"));
    let mut blocked = one_contract(vec![report(Outcome::Fail, &[Severity::Critical])]);
    blocked.state.approval = approval(&blocked, &["Kim Osei"]);
    assert_eq!(blocked.ruling(), Block);
}

#[test]
fn approval_needs_this_output_and_enough_eligible_people() {
    let by = |names: &[&str], change: fn(&mut OutputApproval)| {
        let mut held = scenario(|scenario| scenario.set_level(3));
        held.state.approval = approval(&held, names);
        change(held.state.approval.as_mut().unwrap());
        held.ruling()
    };
    assert_eq!(by(&["Kim Osei"], |_| {}), Allow);
    assert_eq!(by(&["Ada Writer"], |_| {}), Hold, "the author of the output");
    let one_alone = |may_not: &[&str], author: Option<&str>| {
        let mut held = scenario(|scenario| scenario.set_level(3));
        held.state.approval = approval(&held, &["Kim Osei"]);
        held.gate.review.may_not = may_not.iter().map(|name| name.parse().unwrap()).collect();
        held.gate.author = author.map(|name| name.parse().unwrap());
        held.ruling()
    };
    assert_eq!(one_alone(&[], Some("Dana Hill")), Allow);
    assert_eq!(one_alone(&[], Some("Kim Osei")), Hold, "the author of the record");
    assert_eq!(one_alone(&["kim osei"], Some("Dana Hill")), Hold);
    assert_eq!(by(&[], |_| {}), Hold);
    assert_eq!(by(&["Kim Osei"], |approved| approved.subject = Digest::of("x")), Hold);
    assert_eq!(by(&["Kim Osei", "kim  osei"], |approved| approved.required_approvals = 2), Hold);
    assert_eq!(by(&["Kim Osei", "Lou Park"], |approved| approved.required_approvals = 2), Allow);
}

/// Nobody could know the findings of the new text when it was edited.
#[test]
fn findings_of_an_edited_text_ask_for_a_second_reviewer() {
    let edited = |names: &[&str]| {
        let mut scenario = one_contract(vec![report(Outcome::Pass, &[Severity::Warning])]);
        scenario.gate.review.second_reviewer_when =
            Some(ReviewTrigger { severity: Some(Severity::Warning), ..ReviewTrigger::default() });
        scenario.set_level(3);
        scenario.state.approval = approval(&scenario, names);
        scenario.state.approval.as_mut().unwrap().edited = true;
        codes(&scenario.decide())
    };
    let alone = edited(&["Kim Osei"]);
    assert!(alone.contains(&"hold approvals-missing".into()), "{alone:?}");
    let together = edited(&["Kim Osei", "Lou Park"]);
    assert!(together.contains(&"note approved".into()), "{together:?}");
}

#[test]
fn edited_outputs_are_judged_again() {
    let edited = |verdict: Verdict| {
        let mut scenario = one_contract(vec![verdict]);
        scenario.set_level(3);
        scenario.state.approval = approval(&scenario, &["Kim Osei"]);
        scenario.state.approval.as_mut().unwrap().edited = true;
        scenario
    };
    assert_eq!(edited(pass()).ruling(), Allow);
    let still = edited(report(Outcome::Fail, &[Severity::Error])).decide();
    assert_eq!(still.ruling, Hold);
    assert!(codes(&still).contains(&"hold finding".into()), "{:?}", codes(&still));
}
