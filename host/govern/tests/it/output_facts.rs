//! Decisions by the facts of an output: its channel and topics, cost, confidence, model, data, tool and prompt.

use tollgate_govern::OutputFacts;
use tollgate_model::{
    Content, Digest, FormatVersion, JsonText, PinnedPrompt, Release, Ruling, Subject,
};

use crate::common::{assert_decision, scenario, subject, with_context};

use Ruling::{Allow, Block, Hold};

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
fn caps_do_not_stop_what_is_paid_for() {
    let mut spent = scenario(|scenario| {
        let much = "500".parse().unwrap();
        (scenario.state.spent.day, scenario.state.spent.campaign) = (much, much);
    });
    assert_decision(&spent, Block, &["block budget-exceeded", "block budget-exceeded"]);
    spent.state.is_paid_for = true;
    let decision = assert_decision(&spent, Allow, &[]);
    assert_eq!(decision.cost.unwrap().to_string(), "0.0072");
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
    let unnamed = prompt(|prompt| {
        (prompt.name, prompt.digest) = ("goodbye".into(), String::new());
    });
    let reason = unnamed.decide().reasons[0].to_string();
    assert!(reason.starts_with("the output comes from prompt `goodbye@2.1.0`, but"), "{reason}");
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
                brand_voice: scenario.state.brand_voice,
                score_thresholds: scenario.state.thresholds,
                contracts: Vec::new(),
            };
            scenario.state.release = Some(release);
        })
    };
    assert_decision(&pinned("prompt"), Allow, &[]);
    assert_decision(&pinned("another"), Block, &["block prompt-mismatch"]);
}
