//! What is decided, and for which reasons.

use tollgate_govern::{Approved, Facts, Happened};
use tollgate_model::{
    Content, Date, Determinism, Digest, JsonText, Outcome, Pattern, PinnedPrompt, Posture, Release,
    Reversibility, Risk, Ruling, Scheme, Severity, Share, SignOff, SignOffOf, Subject,
};

use crate::common::{NOW_MS, Verdict, World, codes, comes_to, failure, pass, report, subject};

use Ruling::{Allow, Block, Hold};

fn world(change: impl FnOnce(&mut World)) -> World {
    let mut world = World::in_order();
    change(&mut world);
    world
}

/// A world whose output says something else of itself.
fn told(from: &str, to: &str) -> World {
    let subject = subject();
    let context = subject.context.as_str().replace(from, to);
    assert_ne!(context, subject.context.as_str());
    let subject = Subject { context: JsonText::parse(context).unwrap(), ..subject };
    world(|world| world.facts = Facts::of(&subject, world.facts.subject, world.facts.run))
}

fn one_contract(verdicts: Vec<Verdict>) -> World {
    world(|world| {
        world.gate.contracts.truncate(1);
        world.gate.guardrails.topics_judged_by = None;
        world.gate.guardrails.blocked_topics = Some([].into());
        world.said.truncate(1);
        world.says(0, verdicts);
    })
}

#[test]
fn findings_do_what_the_gate_says() {
    let fails = |severity| one_contract(vec![report(Outcome::Fail, &[severity])]);
    comes_to(&fails(Severity::Critical), Block, &["block finding", "hold nothing-passed"]);
    // The example holds errors of this contract.
    comes_to(&fails(Severity::Error), Hold, &["hold finding", "hold nothing-passed"]);
    comes_to(&fails(Severity::Info), Hold, &["hold finding", "hold nothing-passed"]);
    let bare = one_contract(vec![report(Outcome::Fail, &[])]);
    comes_to(&bare, Hold, &["hold fail", "hold nothing-passed"]);
    let noted = one_contract(vec![report(Outcome::Pass, &[Severity::Warning])]);
    comes_to(&noted, Allow, &["note finding"]);
    let unsure = one_contract(vec![report(Outcome::Unsure, &[Severity::Error])]);
    comes_to(&unsure, Hold, &["hold unsure", "hold nothing-passed", "note finding"]);
}

#[test]
fn a_pass_with_what_must_change_is_none() {
    let contradicts = one_contract(vec![report(Outcome::Pass, &[Severity::Critical])]);
    comes_to(&contradicts, Block, &["block finding", "hold nothing-passed"]);
}

#[test]
fn an_error_is_never_a_pass() {
    let failed = world(|world| world.says(0, vec![failure()]));
    let decision = comes_to(&failed, Block, &["block failure", "hold oversight", "note demotion"]);
    assert!(decision.reasons[0].to_string().starts_with("not evaluated: `tollgate/pii` gave no"));
    let held = world(|world| {
        world.gate.contracts[0].on_failure = tollgate_model::Stop::Hold;
        world.says(0, vec![failure()]);
    });
    comes_to(&held, Hold, &["hold failure", "hold oversight", "note demotion"]);
    let one_of_two = one_contract(vec![pass(), failure()]);
    let reasons = ["block failure", "hold nothing-passed", "hold oversight", "note demotion"];
    comes_to(&one_of_two, Block, &reasons);
    let missing = world(|world| drop(world.said.remove(0)));
    comes_to(&missing, Block, &["block check-missing"]);
    let empty = world(|world| world.says(0, Vec::new()));
    assert_eq!(empty.ruling(), Block);
    let stranger =
        world(|world| world.said.push(("a/b".into(), Determinism::Deterministic, vec![pass()])));
    comes_to(&stranger, Hold, &["hold check-unknown"]);
}

#[test]
fn advice_stops_nothing_and_shadows_are_recorded() {
    let advice = world(|world| world.says(2, vec![report(Outcome::Fail, &[Severity::Critical])]));
    let decision = comes_to(&advice, Allow, &["note finding"]);
    assert!(decision.reasons[0].to_string().starts_with("advice: `easy to read` found"));
    let shadow = world(|world| {
        world.gate.contracts[2].mode = tollgate_model::Mode::Shadow;
        world.says(2, vec![failure()]);
    });
    let decision = comes_to(&shadow, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().starts_with("in shadow: not evaluated"));
}

#[test]
fn advice_that_does_not_come_holds_unless_somebody_answers_for_it() {
    let failed = world(|world| world.says(2, vec![failure()]));
    let decision = comes_to(&failed, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().contains("goes on without it for a time"));
    let until = |days: &str| {
        let mut world = failed.clone();
        let open = world.gate.contracts[2].fail_open.as_mut().unwrap();
        open.until = days.parse().unwrap();
        world.ruling()
    };
    let today = Date::of_ms(NOW_MS).to_string();
    assert_eq!((until(&today), until("2026-11-30")), (Allow, Hold));
    let mut nobody = failed.clone();
    nobody.gate.contracts[2].fail_open = None;
    comes_to(&nobody, Hold, &["hold failure"]);
}

#[test]
fn contracts_that_ask_a_model_never_allow_alone() {
    let mut only = one_contract(vec![pass()]);
    only.said[0].1 = Determinism::Probabilistic;
    comes_to(&only, Hold, &["hold only-probabilistic"]);
    let mut said_so = only.clone();
    said_so.gate.allow_on_probabilistic_alone = Some("nothing else can tell".parse().unwrap());
    comes_to(&said_so, Allow, &[]);
    let beside = world(|world| world.said[0].1 = Determinism::Probabilistic);
    comes_to(&beside, Allow, &[]);
}

#[test]
fn asked_several_times_a_majority_decides() {
    let asked = |verdicts| {
        let mut world = one_contract(verdicts);
        world.gate.contracts[0].repeat = 3;
        world
    };
    let (fail, unsure) =
        (report(Outcome::Fail, &[Severity::Critical]), report(Outcome::Unsure, &[]));
    comes_to(&asked(vec![pass(), fail.clone(), pass()]), Allow, &["note finding"]);
    let failed = asked(vec![pass(), fail.clone(), fail.clone()]);
    comes_to(&failed, Block, &["block finding", "block finding", "hold nothing-passed"]);
    let split = asked(vec![pass(), fail.clone(), unsure]);
    let decision = comes_to(&split, Hold, &["hold split", "hold nothing-passed", "note finding"]);
    assert!(decision.reasons[0].to_string().contains("flaky"));
    let mut more_than_asked =
        one_contract(vec![pass(), pass(), pass(), fail.clone(), fail.clone()]);
    comes_to(&more_than_asked, Allow, &["note finding", "note finding"]);
    more_than_asked.says(0, vec![pass(), pass(), fail.clone()]);
    comes_to(&more_than_asked, Allow, &["note finding"]);
    let even = one_contract(vec![pass(), pass(), fail.clone(), fail.clone()]);
    assert!(codes(&even.decide()).contains(&"hold split".into()));
    let too_few = asked(vec![pass(), pass()]);
    assert_eq!(too_few.ruling(), Block);
}

#[test]
fn an_incomplete_record_allows_nothing() {
    let lacks = world(|world| world.gate.owner = None);
    let decision = comes_to(&lacks, Hold, &["hold record-incomplete"]);
    assert_eq!(
        decision.reasons[0].to_string(),
        "the record lacks `[owner] name, role`: who owns what is decided here, by name and role"
    );
    // Not even what people approve.
    let mut approved = lacks.clone();
    approved.state.approved = approval(&approved, &["Kim Osei", "Lou Park"]);
    assert_eq!(approved.ruling(), Hold);
}

#[test]
fn a_high_score_blocks_or_takes_a_sign_off() {
    let high = |when_high| {
        world(|world| {
            let score = &mut world.gate.score;
            for scored in [&mut score.outcome_criticality, &mut score.reputational_risk] {
                scored.as_mut().unwrap().value = tollgate_model::Points::of(5).unwrap();
            }
            score.scope_and_time_horizon.as_mut().unwrap().value =
                tollgate_model::Points::of(3).unwrap();
            score.label = Some(Posture::Block);
            score.when_high = Some(when_high);
        })
    };
    let blocks = high(tollgate_model::HighScore::Block);
    comes_to(&blocks, Block, &["block score-high", "hold oversight"]);
    let mut takes = high(tollgate_model::HighScore::ExecutiveSignOff);
    comes_to(&takes, Block, &["block score-high", "hold oversight"]);
    takes.gate.sign_offs.push(sign_off(SignOffOf::Score, "Eva Stone"));
    comes_to(&takes, Hold, &["hold oversight"]);
    takes.gate.sign_offs[0].by.name = "Dana Hill".parse().unwrap();
    assert_eq!(takes.ruling(), Block, "the author cannot sign off");
}

fn sign_off(of: SignOffOf, by: &str) -> SignOff {
    SignOff {
        of,
        by: tollgate_model::Holder { name: by.parse().unwrap(), role: "CMO".parse().unwrap() },
        on: "2026-01-01".parse().unwrap(),
        until: Some("2026-12-31".parse().unwrap()),
        reason: "reason".parse().unwrap(),
    }
}

#[test]
fn a_human_stands_where_the_strictest_says() {
    let held = &["hold oversight"];
    comes_to(&world(|world| world.at_level(3)), Hold, held);
    comes_to(&world(|world| world.gate.oversight.pattern = Some(Pattern::InTheLoop)), Hold, held);
    let sign_off_each = Some(tollgate_model::MiddleScore::SignOff);
    comes_to(&world(|world| world.gate.score.in_the_middle = sign_off_each), Hold, held);
    comes_to(&world(|world| world.gate.guardrails.channels.clear()), Hold, held);
    comes_to(&world(|world| world.at_level(0)), Block, &["block refused"]);
}

#[test]
fn what_is_risky_or_cannot_be_undone_is_held_unless_signed_off() {
    let risky = |world: &mut World| world.gate.tags.risk = Some(Risk::High);
    let lasting = |world: &mut World| world.gate.tags.reversibility = Some(Reversibility::Not);
    comes_to(&world(risky), Hold, &["hold oversight"]);
    comes_to(&world(lasting), Hold, &["hold oversight"]);
    let mut signed = world(lasting);
    signed.gate.sign_offs.push(sign_off(SignOffOf::Risk, "Eva Stone"));
    comes_to(&signed, Allow, &[]);
    signed.now_ms = "2027-01-01".parse::<Date>().unwrap().start_ms();
    assert_eq!(signed.ruling(), Hold, "the sign-off is over");
}

#[test]
fn a_gate_starts_low_whatever_its_file_names() {
    let eager = world(|world| {
        world.gate.autonomy.as_mut().unwrap().level = 4;
        world.state.level = None;
    });
    let decision = comes_to(&eager, Hold, &["hold oversight"]);
    let reason = decision.reasons[0].to_string();
    assert!(reason.contains("nobody has promoted it yet"), "{reason}");
}

#[test]
fn a_level_of_another_scheme_is_no_level() {
    let other = world(|world| world.state.level.as_mut().unwrap().scheme = Scheme::Tiers1To4);
    comes_to(&other, Hold, &["hold oversight", "hold level-unknown"]);
}

#[test]
fn only_low_risk_tasks_are_executed_at_tier_3() {
    let tier = |risk| {
        world(|world| {
            let autonomy = world.gate.autonomy.as_mut().unwrap();
            (autonomy.scheme, autonomy.level) = (Scheme::Tiers1To4, 2);
            world.gate.tags.risk = Some(risk);
            let held = world.state.level.as_mut().unwrap();
            (held.scheme, held.level) = (Scheme::Tiers1To4, 3);
        })
    };
    assert_eq!((tier(Risk::Low).ruling(), tier(Risk::Medium).ruling()), (Allow, Hold));
}

#[test]
fn what_costs_a_level_counts_at_once() {
    let incident = Happened::Incident { at_ms: NOW_MS - 1, what: "a wrong offer".into() };
    let demoted = world(|world| world.state.happened.push(incident));
    let decision = comes_to(&demoted, Hold, &["hold oversight", "note demotion"]);
    assert!(decision.reasons[1].to_string().contains("an incident: a wrong offer"));
    let late = world(|world| world.gate.review_by = Some("2026-11-30".parse().unwrap()));
    comes_to(&late, Hold, &["hold oversight", "note demotion", "note record-overdue"]);
}

#[test]
fn nothing_of_a_gate_in_shadow_goes_out() {
    let shadow = world(|world| world.gate.oversight.pattern = Some(Pattern::Shadow));
    let decision = comes_to(&shadow, Block, &["block shadow"]);
    assert_eq!(decision.would_be, Some(Allow));
    let mut incomplete = shadow.clone();
    incomplete.gate.owner = None;
    assert_eq!(incomplete.decide().would_be, Some(Hold));
}

#[test]
fn a_share_is_drawn_for_a_look_afterwards() {
    let drawn = world(|world| world.gate.oversight.sample_share = Some(Share::ALL));
    assert!(comes_to(&drawn, Allow, &["note sampled"]).audit);
    let mut blocked = drawn.clone();
    blocked.says(0, vec![failure()]);
    assert!(!blocked.decide().audit, "what does not go out is not looked at afterwards");
}

#[test]
fn what_went_out_on_the_loop_can_be_taken_back() {
    let on_the_loop = world(|world| {
        world.gate.oversight.pattern = Some(Pattern::OnTheLoop);
        world.gate.oversight.sample_share = Some(Share::of(0.000_001).unwrap());
    });
    let decision = comes_to(&on_the_loop, Allow, &["note undo-window"]);
    assert_eq!(decision.undo_until_ms, Some(NOW_MS + 4 * 60 * 60 * 1000));
}

#[test]
fn outside_the_walls_is_nothing() {
    comes_to(&told("email", "billboard"), Block, &["block channel-outside"]);
    comes_to(&told(r#""channel": "email","#, ""), Hold, &["hold channel-unknown"]);
    comes_to(
        &told(r#""campaign""#, r#""topics": ["news", "health"], "campaign""#),
        Block,
        &["block topic-blocked"],
    );
    let unjudged = world(|world| world.gate.guardrails.topics_judged_by = None);
    comes_to(&unjudged, Hold, &["hold topics-unknown"]);
    let changed = world(|world| world.state.brand_voice = Some(Digest::of("another")));
    comes_to(&changed, Hold, &["hold brand-voice-changed"]);
    let other = world(|world| world.facts.brand_voice = Some(Digest::of("another")));
    comes_to(&other, Block, &["block brand-voice-other"]);
}

#[test]
fn the_budget_stops_hard_and_warns_before() {
    let spent = |amount: &str| world(|world| world.state.spent.day = amount.parse().unwrap());
    comes_to(&spent("11.9928"), Allow, &["note budget-warning"]);
    let decision = comes_to(&spent("11.992801"), Block, &["block budget-exceeded"]);
    assert_eq!(
        decision.reasons[0].to_string(),
        "the budget of the day does not reach: 12.000001 of 12.00"
    );
    let campaign = world(|world| world.state.spent.campaign = "500".parse().unwrap());
    comes_to(&campaign, Block, &["block budget-exceeded"]);
    comes_to(&told(r#""campaign": "spring","#, ""), Hold, &["hold campaign-unknown"]);
    comes_to(&told(r#""input-tokens": 900,"#, ""), Hold, &["hold cost-unknown"]);
    assert_eq!(told(r#""input-tokens": 900,"#, r#""cost": "0.01","#).ruling(), Allow);
}

#[test]
fn what_a_model_is_not_sure_of_goes_to_a_human() {
    comes_to(&told("0.93", "0.79"), Hold, &["hold confidence-low"]);
    assert_eq!(told("0.93", "0.8").ruling(), Allow);
    comes_to(&told(r#""confidence": 0.93,"#, ""), Hold, &["hold confidence-unknown"]);
    comes_to(&told("0.93", "93"), Hold, &["hold confidence-unknown", "hold context-unreadable"]);
}

#[test]
fn a_model_is_approved_for_this_use_or_not() {
    let other = told("acme/large", "acme/small");
    comes_to(&other, Block, &["block model-not-approved", "hold cost-unknown"]);
    let unknown = told(r#""model": "acme/large","#, "");
    comes_to(&unknown, Hold, &["hold cost-unknown", "hold model-unknown"]);
    let over = world(|world| world.gate.approvals[0].until = Some("2026-11-30".parse().unwrap()));
    comes_to(&over, Hold, &["hold model-approval-over"]);
    let yet_to_come = world(|world| world.gate.approvals[0].on = "2026-12-02".parse().unwrap());
    comes_to(&yet_to_come, Block, &["block model-not-approved"]);
}

#[test]
fn data_is_handled_as_the_record_says() {
    comes_to(&told(r#"["contact"]"#, r#"["contact", "health"]"#), Hold, &["hold data-unlisted"]);
    let data = |change: fn(&mut tollgate_model::DataClass)| {
        world(|world| change(&mut world.gate.data.as_mut().unwrap()[0]))
    };
    comes_to(&data(|data| data.may_be_uploaded = Some(false)), Block, &["block data-forbidden"]);
    comes_to(
        &data(|data| data.consent_respected = Some(false)),
        Hold,
        &["hold consent-not-respected"],
    );
    comes_to(&told(r#""region": "eu""#, r#""region": "us""#), Block, &["block region-outside"]);
    comes_to(&told(r#""region": "eu","#, ""), Hold, &["hold region-unknown"]);
}

#[test]
fn an_agent_does_what_it_was_given() {
    let action = |tool: &str| {
        let arguments = JsonText::empty_object();
        let content = Content::Action { tool: tool.into(), arguments };
        let subject = Subject { content, ..subject() };
        world(|world| world.facts = Facts::of(&subject, world.facts.subject, world.facts.run))
    };
    comes_to(&action("mailer.send"), Allow, &[]);
    comes_to(&action("crm.delete"), Block, &["block tool-outside"]);
    comes_to(&action(""), Block, &["block tool-outside"]);
}

#[test]
fn an_output_of_another_prompt_is_none_of_this_gates() {
    let prompt = |change: fn(&mut tollgate_model::Prompt)| {
        world(|world| change(world.facts.prompt.as_mut().unwrap()))
    };
    comes_to(&prompt(|prompt| prompt.name = "goodbye".into()), Block, &["block prompt-other"]);
    comes_to(&prompt(|prompt| prompt.version = "2.0.9".into()), Block, &["block prompt-other"]);
    comes_to(&prompt(|prompt| prompt.version = "two".into()), Block, &["block prompt-other"]);
    comes_to(&world(|world| world.facts.prompt = None), Hold, &["hold prompt-unknown"]);
    let pinned = |digest: &str| {
        world(|world| {
            let pin = PinnedPrompt {
                name: "welcome-email".parse().unwrap(),
                version: semver::Version::new(2, 1, 0),
                digest: Digest::of(digest),
            };
            let gate = world.gate.name.clone();
            let gate_digest = Digest::of("gate");
            let release = Release { gate, gate_digest, prompt: Some(pin), contracts: Vec::new() };
            world.state.release = Some(release);
        })
    };
    comes_to(&pinned("prompt"), Allow, &[]);
    comes_to(&pinned("another"), Block, &["block prompt-other"]);
}

fn approval(world: &World, by: &[&str]) -> Option<Approved> {
    let by = by.iter().map(|name| name.parse().unwrap()).collect();
    Some(Approved { subject: world.facts.subject, by, edited: false, people_wanted: 1 })
}

#[test]
fn people_can_approve_what_is_held_and_not_what_is_blocked() {
    let mut held = one_contract(vec![report(Outcome::Fail, &[Severity::Error])]);
    held.at_level(3);
    held.state.approved = approval(&held, &["Kim Osei"]);
    let reasons = ["note finding", "note nothing-passed", "note oversight", "note approved"];
    let decision = comes_to(&held, Allow, &reasons);
    assert!(decision.reasons[0].lifted && decision.reasons[0].to_string().ends_with("(approved)"));
    let mut blocked = one_contract(vec![report(Outcome::Fail, &[Severity::Critical])]);
    blocked.state.approved = approval(&blocked, &["Kim Osei"]);
    assert_eq!(blocked.ruling(), Block);
}

#[test]
fn an_approval_is_of_this_output_by_enough_people_who_may() {
    let by = |names: &[&str], change: fn(&mut Approved)| {
        let mut held = world(|world| world.at_level(3));
        held.state.approved = approval(&held, names);
        change(held.state.approved.as_mut().unwrap());
        held.ruling()
    };
    assert_eq!(by(&["Kim Osei"], |_| {}), Allow);
    assert_eq!(by(&["Ada Writer"], |_| {}), Hold, "the author of the output");
    let one_alone = |may_not: &[&str], author: Option<&str>| {
        let mut held = world(|world| world.at_level(3));
        held.state.approved = approval(&held, &["Kim Osei"]);
        held.gate.review.may_not = may_not.iter().map(|name| name.parse().unwrap()).collect();
        held.gate.author = author.map(|name| name.parse().unwrap());
        held.ruling()
    };
    assert_eq!(one_alone(&[], Some("Dana Hill")), Allow);
    assert_eq!(one_alone(&[], Some("Kim Osei")), Hold, "the author of the record");
    assert_eq!(one_alone(&["kim osei"], Some("Dana Hill")), Hold);
    assert_eq!(by(&[], |_| {}), Hold);
    assert_eq!(by(&["Kim Osei"], |approved| approved.subject = Digest::of("x")), Hold);
    assert_eq!(by(&["Kim Osei", "kim  osei"], |approved| approved.people_wanted = 2), Hold);
    assert_eq!(by(&["Kim Osei", "Lou Park"], |approved| approved.people_wanted = 2), Allow);
}

#[test]
fn what_was_edited_is_judged_anew() {
    let edited = |verdict: Verdict| {
        let mut world = one_contract(vec![verdict]);
        world.at_level(3);
        world.state.approved = approval(&world, &["Kim Osei"]);
        world.state.approved.as_mut().unwrap().edited = true;
        world
    };
    assert_eq!(edited(pass()).ruling(), Allow);
    let still = edited(report(Outcome::Fail, &[Severity::Error])).decide();
    assert_eq!(still.ruling, Hold);
    assert!(codes(&still).contains(&"hold finding".into()), "{:?}", codes(&still));
}

#[test]
fn every_reason_is_given() {
    let mut everything = told("email", "billboard");
    everything.says(0, vec![failure()]);
    everything.says(1, vec![report(Outcome::Fail, &[Severity::Error, Severity::Warning])]);
    everything.gate.owner = None;
    everything.state.spent.day = "50".parse().unwrap();
    comes_to(
        &everything,
        Block,
        &[
            "block finding",
            "block failure",
            "block channel-outside",
            "block budget-exceeded",
            "hold finding",
            "hold nothing-passed",
            "hold record-incomplete",
            "hold oversight",
            "note demotion",
        ],
    );
}
