//! Decisions by case, with the codes of their reasons.

use tollgate_govern::{LevelIncident, OutputFacts};
use tollgate_model::{
    Content, Date, DelegationPosture, Determinism, Digest, FormatVersion, JsonText, LevelScheme,
    Outcome, OversightPattern, PinnedPrompt, Release, Reversibility, Risk, Ruling, Severity, Share,
    SignOff, SignOffScope, Subject,
};

use crate::approvals::approval;
use crate::common::{
    NOW_MS, Scenario, Verdict, assert_decision, codes, failure, pass, report, subject,
};

use Ruling::{Allow, Block, Hold};

pub fn scenario(change: impl FnOnce(&mut Scenario)) -> Scenario {
    let mut scenario = Scenario::valid();
    change(&mut scenario);
    scenario
}

/// Returns a scenario whose subject context has one replacement.
fn with_context(from: &str, to: &str) -> Scenario {
    let subject = subject();
    let context = subject.context.as_str().replace(from, to);
    assert_ne!(context, subject.context.as_str());
    let subject = Subject { context: JsonText::parse(context).unwrap(), ..subject };
    scenario(|scenario| {
        scenario.facts =
            OutputFacts::from_subject(&subject, scenario.facts.subject, scenario.facts.run)
    })
}

pub fn one_contract(verdicts: Vec<Verdict>) -> Scenario {
    scenario(|scenario| {
        scenario.gate.contracts.truncate(1);
        scenario.gate.guardrails.topics_judged_by = None;
        scenario.gate.guardrails.blocked_topics = Some([].into());
        scenario.results.truncate(1);
        scenario.set_verdicts(0, verdicts);
    })
}

#[test]
fn findings_have_the_effect_the_gate_sets() {
    let fails = |severity| one_contract(vec![report(Outcome::Fail, &[severity])]);
    assert_decision(&fails(Severity::Critical), Block, &["block finding", "hold nothing-passed"]);
    // The example holds errors of this contract.
    assert_decision(&fails(Severity::Error), Hold, &["hold finding", "hold nothing-passed"]);
    assert_decision(&fails(Severity::Info), Hold, &["hold finding", "hold nothing-passed"]);
    let bare = one_contract(vec![report(Outcome::Fail, &[])]);
    assert_decision(&bare, Hold, &["hold fail", "hold nothing-passed"]);
    let noted = one_contract(vec![report(Outcome::Pass, &[Severity::Warning])]);
    assert_decision(&noted, Allow, &["note finding"]);
    let unsure = one_contract(vec![report(Outcome::Unsure, &[Severity::Error])]);
    assert_decision(&unsure, Hold, &["hold unsure", "hold nothing-passed", "note finding"]);
}

#[test]
fn pass_with_a_critical_finding_fails() {
    let contradicts = one_contract(vec![report(Outcome::Pass, &[Severity::Critical])]);
    assert_decision(&contradicts, Block, &["block finding", "hold nothing-passed"]);
}

#[test]
fn failures_never_pass() {
    let failed = scenario(|scenario| scenario.set_verdicts(0, vec![failure()]));
    let decision = assert_decision(&failed, Block, &["block failure"]);
    assert!(decision.reasons[0].to_string().starts_with("not evaluated: `tollgate/pii` gave no"));
    let held = scenario(|scenario| {
        scenario.gate.contracts[0].on_failure = tollgate_model::StopEffect::Hold;
        scenario.set_verdicts(0, vec![failure()]);
    });
    assert_decision(&held, Hold, &["hold failure"]);
    let one_of_two = one_contract(vec![pass(), failure()]);
    assert_decision(&one_of_two, Block, &["block failure", "hold nothing-passed"]);
    let missing = scenario(|scenario| drop(scenario.results.remove(0)));
    assert_decision(&missing, Block, &["block answers-missing"]);
    let empty = scenario(|scenario| scenario.set_verdicts(0, Vec::new()));
    assert_eq!(empty.ruling(), Block);
    let unknown_check = scenario(|scenario| {
        scenario.results.push(("a/b".into(), Determinism::Deterministic, vec![pass()]))
    });
    assert_decision(&unknown_check, Hold, &["hold contract-unknown"]);
}

#[test]
fn advice_and_shadow_contracts_only_note() {
    let advice = scenario(|scenario| {
        scenario.set_verdicts(2, vec![report(Outcome::Fail, &[Severity::Critical])])
    });
    let decision = assert_decision(&advice, Allow, &["note finding"]);
    assert!(decision.reasons[0].to_string().starts_with("advice: `easy to read` found"));
    let shadow = scenario(|scenario| {
        scenario.gate.contracts[2].mode = tollgate_model::EnforcementMode::Shadow;
        scenario.set_verdicts(2, vec![failure()]);
    });
    let decision = assert_decision(&shadow, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().starts_with("in shadow: not evaluated"));
}

#[test]
fn missing_advice_holds_unless_it_may_fail_open() {
    let failed = scenario(|scenario| scenario.set_verdicts(2, vec![failure()]));
    let decision = assert_decision(&failed, Allow, &["note failure"]);
    assert!(decision.reasons[0].to_string().contains("`fail-open` exception applies"));
    let until = |days: &str| {
        let mut scenario = failed.clone();
        let open = scenario.gate.contracts[2].fail_open.as_mut().unwrap();
        open.until = days.parse().unwrap();
        scenario.ruling()
    };
    let today = Date::from_ms(NOW_MS).to_string();
    assert_eq!((until(&today), until("2026-11-30")), (Allow, Hold));
    let mut without_fail_open = failed.clone();
    without_fail_open.gate.contracts[2].fail_open = None;
    assert_decision(&without_fail_open, Hold, &["hold failure"]);
}

#[test]
fn probabilistic_contracts_never_allow_alone() {
    let mut only = one_contract(vec![pass()]);
    only.results[0].1 = Determinism::Probabilistic;
    assert_decision(&only, Hold, &["hold only-probabilistic"]);
    let mut permitted = only.clone();
    permitted.gate.allow_on_probabilistic_alone = Some("nothing else can tell".parse().unwrap());
    assert_decision(&permitted, Allow, &[]);
    let mixed = scenario(|scenario| scenario.results[0].1 = Determinism::Probabilistic);
    assert_decision(&mixed, Allow, &[]);
}

#[test]
fn majority_of_repeated_runs_decides() {
    let asked = |verdicts| {
        let mut scenario = one_contract(verdicts);
        scenario.gate.contracts[0].repeat = 3;
        scenario
    };
    let (fail, unsure) =
        (report(Outcome::Fail, &[Severity::Critical]), report(Outcome::Unsure, &[]));
    assert_decision(&asked(vec![pass(), fail.clone(), pass()]), Allow, &["note finding"]);
    let failed = asked(vec![pass(), fail.clone(), fail.clone()]);
    assert_decision(&failed, Block, &["block finding", "block finding", "hold nothing-passed"]);
    let split = asked(vec![pass(), fail.clone(), unsure]);
    let decision =
        assert_decision(&split, Hold, &["hold no-majority", "hold nothing-passed", "note finding"]);
    assert!(decision.reasons[0].to_string().contains("flaky"));
    let mut more_than_asked =
        one_contract(vec![pass(), pass(), pass(), fail.clone(), fail.clone()]);
    assert_decision(&more_than_asked, Allow, &["note finding", "note finding"]);
    more_than_asked.set_verdicts(0, vec![pass(), pass(), fail.clone()]);
    assert_decision(&more_than_asked, Allow, &["note finding"]);
    let even = one_contract(vec![pass(), pass(), fail.clone(), fail.clone()]);
    assert!(codes(&even.decide()).contains(&"hold no-majority".into()));
    let too_few = asked(vec![pass(), pass()]);
    assert_eq!(too_few.ruling(), Block);
}

#[test]
fn incomplete_record_allows_nothing() {
    let lacks = scenario(|scenario| scenario.gate.owner = None);
    let decision = assert_decision(&lacks, Hold, &["hold record-incomplete"]);
    assert_eq!(
        decision.reasons[0].to_string(),
        "the gate record lacks `[owner] name, role`: the decision owner, by name and role"
    );
    // An approval does not help.
    let mut approved = lacks.clone();
    approved.state.approval = approval(&approved, &["Kim Osei", "Lou Park"]);
    assert_eq!(approved.ruling(), Hold);
}

#[test]
fn high_score_blocks_without_a_sign_off() {
    let high = |when_high| {
        scenario(|scenario| {
            let score = &mut scenario.gate.score;
            for scored in [&mut score.outcome_criticality, &mut score.reputational_risk] {
                scored.as_mut().unwrap().value = tollgate_model::ScoreValue::new(5).unwrap();
            }
            score.scope_and_time_horizon.as_mut().unwrap().value =
                tollgate_model::ScoreValue::new(3).unwrap();
            score.label = Some(DelegationPosture::Block);
            score.when_high = Some(when_high);
        })
    };
    let blocks = high(tollgate_model::HighScorePolicy::Block);
    assert_decision(&blocks, Block, &["block score-too-high", "hold oversight"]);
    let mut accepts_sign_off = high(tollgate_model::HighScorePolicy::ExecutiveSignOff);
    assert_decision(&accepts_sign_off, Block, &["block score-too-high", "hold oversight"]);
    accepts_sign_off.gate.sign_offs.push(sign_off(SignOffScope::Score, "Eva Stone"));
    assert_decision(&accepts_sign_off, Hold, &["hold oversight"]);
    accepts_sign_off.gate.sign_offs[0].by.name = "Dana Hill".parse().unwrap();
    assert_eq!(accepts_sign_off.ruling(), Block, "the author cannot sign off");
}

fn sign_off(of: SignOffScope, by: &str) -> SignOff {
    SignOff {
        scope: of,
        by: tollgate_model::RoleHolder { name: by.parse().unwrap(), role: "CMO".parse().unwrap() },
        on: "2026-01-01".parse().unwrap(),
        until: Some("2026-12-31".parse().unwrap()),
        reason: "reason".parse().unwrap(),
    }
}

#[test]
fn strictest_oversight_applies() {
    let held = &["hold oversight"];
    assert_decision(&scenario(|scenario| scenario.set_level(3)), Hold, held);
    assert_decision(
        &scenario(|scenario| scenario.gate.oversight.pattern = Some(OversightPattern::InTheLoop)),
        Hold,
        held,
    );
    let sign_off_each = Some(tollgate_model::MiddleScorePolicy::SignOff);
    assert_decision(
        &scenario(|scenario| scenario.gate.score.in_the_middle = sign_off_each),
        Hold,
        held,
    );
    assert_decision(&scenario(|scenario| scenario.gate.guardrails.channels.clear()), Hold, held);
    assert_decision(&scenario(|scenario| scenario.set_level(0)), Block, &["block level-refuses"]);
}

#[test]
fn risky_and_irreversible_tasks_are_held_unless_signed_off() {
    let risky = |scenario: &mut Scenario| scenario.gate.tags.risk = Some(Risk::High);
    let irreversible =
        |scenario: &mut Scenario| scenario.gate.tags.reversibility = Some(Reversibility::Not);
    assert_decision(&scenario(risky), Hold, &["hold oversight"]);
    assert_decision(&scenario(irreversible), Hold, &["hold oversight"]);
    let mut signed = scenario(irreversible);
    signed.gate.sign_offs.push(sign_off(SignOffScope::Risk, "Eva Stone"));
    assert_decision(&signed, Allow, &[]);
    signed.now_ms = "2027-01-01".parse::<Date>().unwrap().start_ms();
    assert_eq!(signed.ruling(), Hold, "the sign-off has ended");
}

#[test]
fn unpromoted_gates_hold_every_output() {
    let unpromoted = scenario(|scenario| {
        scenario.gate.autonomy.as_mut().unwrap().level = 4;
        scenario.state.level = None;
    });
    let decision = assert_decision(&unpromoted, Hold, &["hold oversight"]);
    let reason = decision.reasons[0].to_string();
    assert!(reason.contains("has not been promoted to it"), "{reason}");
}

#[test]
fn holds_on_levels_of_another_scheme() {
    let other =
        scenario(|scenario| scenario.state.level.as_mut().unwrap().scheme = LevelScheme::Tiers1To4);
    assert_decision(&other, Hold, &["hold oversight", "hold level-invalid"]);
}

#[test]
fn tier_3_allows_only_low_risk_tasks() {
    let tier = |risk| {
        scenario(|scenario| {
            let autonomy = scenario.gate.autonomy.as_mut().unwrap();
            (autonomy.scheme, autonomy.level) = (LevelScheme::Tiers1To4, 2);
            scenario.gate.tags.risk = Some(risk);
            let held = scenario.state.level.as_mut().unwrap();
            (held.scheme, held.level) = (LevelScheme::Tiers1To4, 3);
        })
    };
    assert_eq!((tier(Risk::Low).ruling(), tier(Risk::Medium).ruling()), (Allow, Hold));
}

#[test]
fn demotion_takes_effect_at_once() {
    let incident =
        LevelIncident::Incident { at_ms: NOW_MS - 1, description: "a wrong offer".into() };
    let demoted = scenario(|scenario| scenario.state.incidents.push(incident));
    let decision = assert_decision(&demoted, Hold, &["hold oversight", "note demotion"]);
    assert!(decision.reasons[1].to_string().contains("incident: a wrong offer"));
    let late = scenario(|scenario| scenario.gate.review_by = Some("2026-11-30".parse().unwrap()));
    assert_decision(&late, Hold, &["hold oversight", "note demotion", "note record-overdue"]);
}

#[test]
fn shadow_gates_block_every_output() {
    let shadow =
        scenario(|scenario| scenario.gate.oversight.pattern = Some(OversightPattern::Shadow));
    let decision = assert_decision(&shadow, Block, &["block shadow"]);
    assert_eq!(decision.would_be, Some(Allow));
    let mut incomplete = shadow.clone();
    incomplete.gate.owner = None;
    assert_eq!(incomplete.decide().would_be, Some(Hold));
}

/// Whoever writes outputs could take the autonomy of a gate away otherwise.
#[test]
fn only_a_contract_that_fails_on_ordinary_outputs_too_costs_a_level() {
    let failed = scenario(|scenario| scenario.set_verdicts(0, vec![failure()]));
    let by_itself = Scenario { fails_ordinary: true, ..failed };
    let reasons = ["block failure", "hold oversight", "note demotion"];
    assert_decision(&by_itself, Block, &reasons);
    let mut advice = by_itself;
    advice.gate.contracts[0].mode = tollgate_model::EnforcementMode::Advise;
    assert_decision(&advice, Hold, &["hold failure"]);
    let passed = Scenario { fails_ordinary: true, ..Scenario::valid() };
    assert_decision(&passed, Allow, &[]);
}

#[test]
fn sampled_outputs_are_audited() {
    let drawn = scenario(|scenario| scenario.gate.oversight.sample_share = Some(Share::ALL));
    assert!(assert_decision(&drawn, Allow, &["note sampled"]).audit);
    let mut blocked = drawn.clone();
    blocked.set_verdicts(0, vec![failure()]);
    assert!(!blocked.decide().audit, "only allowed outputs are audited");
}

#[test]
fn on_the_loop_outputs_have_an_undo_window() {
    let on_the_loop = scenario(|scenario| {
        scenario.gate.oversight.pattern = Some(OversightPattern::OnTheLoop);
        scenario.gate.oversight.sample_share = Some(Share::new(0.000_001).unwrap());
    });
    let decision = assert_decision(&on_the_loop, Allow, &["note undo-window"]);
    assert_eq!(decision.undo_until_ms, Some(NOW_MS + 4 * 60 * 60 * 1000));
}

#[test]
fn guardrails_stop_channels_topics_and_brand_voice() {
    assert_decision(&with_context("email", "billboard"), Block, &["block channel-not-allowed"]);
    assert_decision(&with_context(r#""channel": "email","#, ""), Hold, &["hold channel-unknown"]);
    assert_decision(
        &with_context(r#""campaign""#, r#""topics": ["news", "health"], "campaign""#),
        Block,
        &["block topic-blocked"],
    );
    for topic in [
        "Health",
        "health ",
        "\u{ff48}ealth",
        "heal\u{200b}th",
        "heal\u{2800}th",
        "h\u{e9}alth",
        "he-alth",
    ] {
        assert_decision(
            &with_context(r#""campaign""#, &format!(r#""topics": ["{topic}"], "campaign""#)),
            Block,
            &["block topic-blocked"],
        );
    }
    assert_decision(
        &with_context(r#""campaign""#, "\"topics\": [\"he\u{430}lth\"], \"campaign\""),
        Hold,
        &["hold context-unreadable"],
    );
    let unjudged = scenario(|scenario| scenario.gate.guardrails.topics_judged_by = None);
    assert_decision(&unjudged, Hold, &["hold topics-unknown"]);
    let changed = scenario(|scenario| scenario.state.brand_voice = Some(Digest::of("another")));
    assert_decision(&changed, Hold, &["hold brand-voice-changed"]);
    let other = scenario(|scenario| scenario.facts.brand_voice = Some(Digest::of("another")));
    assert_decision(&other, Block, &["block brand-voice-mismatch"]);
}

#[test]
fn budget_blocks_at_the_cap_and_warns_before() {
    let spent =
        |amount: &str| scenario(|scenario| scenario.state.spent.day = amount.parse().unwrap());
    assert_decision(&spent("11.9928"), Allow, &["note budget-warning"]);
    let decision = assert_decision(&spent("11.992801"), Block, &["block budget-exceeded"]);
    assert_eq!(decision.reasons[0].to_string(), "daily budget exceeded: 12.000001 of 12.00 EUR");
    let campaign = scenario(|scenario| scenario.state.spent.campaign = "500".parse().unwrap());
    assert_decision(&campaign, Block, &["block budget-exceeded"]);
    assert_decision(
        &with_context(r#""campaign": "spring","#, ""),
        Hold,
        &["hold campaign-unknown"],
    );
    assert_decision(&with_context(r#""input-tokens": 900,"#, ""), Hold, &["hold cost-unknown"]);
    assert_eq!(with_context(r#""input-tokens": 900,"#, r#""cost": "0.01","#).ruling(), Allow);
}

#[test]
fn low_or_unknown_confidence_is_held() {
    assert_decision(&with_context("0.93", "0.79"), Hold, &["hold confidence-low"]);
    assert_eq!(with_context("0.93", "0.8").ruling(), Allow);
    assert_decision(&with_context("0.93", "0.7999996"), Hold, &["hold confidence-low"]);
    assert_decision(
        &with_context(r#""confidence": 0.93,"#, ""),
        Hold,
        &["hold confidence-unknown"],
    );
    assert_decision(
        &with_context("0.93", "93"),
        Hold,
        &["hold confidence-unknown", "hold context-unreadable"],
    );
}

#[test]
fn models_need_a_valid_approval() {
    let other = with_context("acme/large", "acme/small");
    assert_decision(&other, Block, &["block model-not-approved", "hold cost-unknown"]);
    let unknown = with_context(r#""model": "acme/large","#, "");
    assert_decision(&unknown, Hold, &["hold cost-unknown", "hold model-unknown"]);
    let ended =
        scenario(|scenario| scenario.gate.approvals[0].until = Some("2026-11-30".parse().unwrap()));
    assert_decision(&ended, Hold, &["hold model-approval-expired"]);
    let future = scenario(|scenario| scenario.gate.approvals[0].on = "2026-12-02".parse().unwrap());
    assert_decision(&future, Block, &["block model-not-approved"]);
    let ended_before_another = scenario(|scenario| {
        let mut later = scenario.gate.approvals[0].clone();
        later.on = "2026-12-02".parse().unwrap();
        scenario.gate.approvals[0].until = Some("2026-11-30".parse().unwrap());
        scenario.gate.approvals.push(later);
    });
    assert_decision(&ended_before_another, Hold, &["hold model-approval-expired"]);
}

#[test]
fn data_classes_are_enforced() {
    assert_decision(
        &with_context(r#"["contact"]"#, r#"["contact", "health"]"#),
        Hold,
        &["hold data-unlisted"],
    );
    for unknown in ["", r#""data-classes": null,"#] {
        assert_decision(
            &with_context(r#""data-classes": ["contact"],"#, unknown),
            Hold,
            &["hold data-unknown"],
        );
    }
    assert_decision(&with_context(r#"["contact"]"#, "[]"), Allow, &[]);
    let data = |change: fn(&mut tollgate_model::DataClass)| {
        scenario(|scenario| change(&mut scenario.gate.data.as_mut().unwrap()[0]))
    };
    assert_decision(
        &data(|data| data.may_be_uploaded = Some(false)),
        Block,
        &["block data-forbidden"],
    );
    assert_decision(
        &data(|data| data.consent_respected = Some(false)),
        Hold,
        &["hold consent-not-respected"],
    );
    for unanswered in [
        data(|data| data.may_be_uploaded = None),
        data(|data| data.consent_respected = None),
        data(|data| data.region_restricted = None),
    ] {
        assert_decision(&unanswered, Hold, &["hold record-incomplete"]);
    }
    assert_decision(
        &with_context(r#""region": "eu""#, r#""region": "us""#),
        Block,
        &["block region-not-allowed"],
    );
    assert_decision(&with_context(r#""region": "eu","#, ""), Hold, &["hold region-unknown"]);
}

#[test]
fn texts_without_a_visible_character_are_blocked() {
    let texts = ["", " \n", "\u{200b}\u{3164}"].map(|text| Content::Text(text.into()));
    let json = JsonText::parse("\" \\u200b\"".to_owned()).unwrap();
    for content in texts.into_iter().chain([Content::Json(json)]) {
        let subject = Subject { content, ..subject() };
        let blank = scenario(|scenario| {
            scenario.facts =
                OutputFacts::from_subject(&subject, scenario.facts.subject, scenario.facts.run)
        });
        assert_decision(&blank, Block, &["block output-blank"]);
    }
}

#[test]
fn actions_need_a_listed_tool() {
    let action = |tool: &str| {
        let arguments = JsonText::empty_object();
        let content = Content::Action { tool: tool.into(), arguments };
        let subject = Subject { content, ..subject() };
        scenario(|scenario| {
            scenario.facts =
                OutputFacts::from_subject(&subject, scenario.facts.subject, scenario.facts.run)
        })
    };
    assert_decision(&action("mailer.send"), Allow, &[]);
    assert_decision(&action("crm.delete"), Block, &["block tool-not-allowed"]);
    assert_decision(&action(""), Block, &["block tool-not-allowed"]);
}

#[test]
fn outputs_of_other_prompts_are_blocked() {
    let prompt = |change: fn(&mut tollgate_model::PromptRef)| {
        scenario(|scenario| change(scenario.facts.prompt.as_mut().unwrap()))
    };
    assert_decision(
        &prompt(|prompt| prompt.name = "goodbye".into()),
        Block,
        &["block prompt-mismatch"],
    );
    assert_decision(
        &prompt(|prompt| prompt.version = "2.0.9".into()),
        Block,
        &["block prompt-mismatch"],
    );
    assert_decision(
        &prompt(|prompt| prompt.version = "two".into()),
        Block,
        &["block prompt-mismatch"],
    );
    assert_decision(
        &scenario(|scenario| scenario.facts.prompt = None),
        Hold,
        &["hold prompt-unknown"],
    );
    let pinned = |digest: &str| {
        scenario(|scenario| {
            let pin = PinnedPrompt {
                name: "welcome-email".parse().unwrap(),
                version: semver::Version::new(2, 1, 0),
                digest: Digest::of(digest),
            };
            let gate = scenario.gate.name.clone();
            let gate_digest = Digest::of("gate");
            let release = Release {
                format: FormatVersion,
                gate,
                gate_digest,
                prompt: Some(pin),
                contracts: Vec::new(),
            };
            scenario.state.release = Some(release);
        })
    };
    assert_decision(&pinned("prompt"), Allow, &[]);
    assert_decision(&pinned("another"), Block, &["block prompt-mismatch"]);
}

#[test]
fn reports_every_reason() {
    let mut everything = with_context("email", "billboard");
    everything.set_verdicts(0, vec![failure()]);
    everything.set_verdicts(1, vec![report(Outcome::Fail, &[Severity::Error, Severity::Warning])]);
    everything.gate.owner = None;
    everything.state.spent.day = "50".parse().unwrap();
    assert_decision(
        &everything,
        Block,
        &[
            "block finding",
            "block failure",
            "block channel-not-allowed",
            "block budget-exceeded",
            "hold finding",
            "hold nothing-passed",
            "hold record-incomplete",
        ],
    );
}
