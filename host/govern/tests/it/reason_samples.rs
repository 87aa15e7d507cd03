//! A sample of each kind of reason, for documents and for tests of their codes and texts.

use std::collections::BTreeMap;

use schemars::schema_for;
use tollgate_model::{
    BudgetPeriod, DemotionCause, EnforcementMode, Figure, GatePart, HoldReason, LevelScheme, Money,
    OutcomeCounts, OversightPattern, PartProblem, ReasonKind, Revocation, RevocationAct, Severity,
    Share,
};

fn share(number: f64) -> Share {
    Share::new(number).unwrap()
}

/// Returns one reason of each kind.
pub fn all() -> Vec<ReasonKind> {
    let (contract, message) = (|| "tollgate/pii".to_owned(), || "message".to_owned());
    let (mode, class, model) =
        (EnforcementMode::Enforce, || "contact".to_owned(), || "acme/large".to_owned());
    let (cap, spent) = (Money::from_micros(12_000_000), Money::from_micros(12_500_000));
    let kind = "out-of-fuel".to_owned();
    let currency = || Some("EUR".parse().unwrap());
    vec![
        ReasonKind::NotJson {
            line: 1,
            column: 53,
            problem: "EOF while parsing a string".into(),
            fenced: false,
            open_fence: false,
        },
        ReasonKind::Unfenced,
        ReasonKind::PartNotJudged {
            contract: contract(),
            at: "/description".into(),
            problem: PartProblem::Absent,
            mode,
        },
        ReasonKind::Finding {
            contract: contract(),
            at: None,
            rule: "email".into(),
            severity: Severity::Error,
            message: message(),
            mode,
        },
        ReasonKind::Fail { contract: contract(), at: None, mode },
        ReasonKind::Unsure { contract: contract(), at: None, mode },
        ReasonKind::NoMajority {
            contract: contract(),
            at: None,
            answers: OutcomeCounts { pass: 1, fail: 1, unsure: 1 },
            majority: 2,
            mode,
        },
        ReasonKind::Failure {
            contract: contract(),
            at: None,
            kind,
            message: message(),
            mode,
            fail_open: false,
            fails_ordinary: false,
        },
        ReasonKind::AnswersMissing {
            contract: contract(),
            at: None,
            answers: 0,
            expected: 1,
            mode,
        },
        ReasonKind::ContractUnknown { contract: contract() },
        ReasonKind::NothingPassed,
        ReasonKind::OnlyProbabilistic,
        ReasonKind::RecordIncomplete { missing: GatePart::Owner },
        ReasonKind::ScoreTooHigh { sum: 21, sign_off_would_do: false },
        ReasonKind::Oversight {
            reasons: vec![HoldReason::Pattern { pattern: OversightPattern::InTheLoop }],
        },
        ReasonKind::LevelRefuses { scheme: LevelScheme::L0ToL5, level: 0 },
        ReasonKind::LevelInvalid { scheme: LevelScheme::Tiers1To4, level: 3 },
        ReasonKind::Demotion { cause: DemotionCause::Rollback { at_ms: 0 } },
        ReasonKind::Shadow,
        ReasonKind::ChannelNotAllowed { channel: "billboard".into() },
        ReasonKind::ChannelUnknown,
        ReasonKind::TopicBlocked { topic: "health".into() },
        ReasonKind::TopicsUnknown,
        ReasonKind::BrandVoiceChanged,
        ReasonKind::BrandVoiceMismatch,
        ReasonKind::BudgetExceeded { period: BudgetPeriod::Day, cap, spent, currency: currency() },
        ReasonKind::BudgetWarning {
            period: BudgetPeriod::Day,
            cap,
            spent: Money::from_micros(11_000_000),
            currency: currency(),
        },
        ReasonKind::CostUnknown { model: None },
        ReasonKind::CampaignUnknown,
        ReasonKind::ConfidenceLow { confidence: share(0.7), required: share(0.8) },
        ReasonKind::ConfidenceUnknown,
        ReasonKind::ModelNotApproved { model: model() },
        ReasonKind::ModelApprovalExpired { model: model(), until: "2027-08-31".parse().unwrap() },
        ReasonKind::ModelUnknown,
        ReasonKind::DataUnknown,
        ReasonKind::DataUnlisted { class: class() },
        ReasonKind::DataForbidden { class: class() },
        ReasonKind::ConsentNotRespected { class: class() },
        ReasonKind::RegionNotAllowed { class: class(), region: "us".into() },
        ReasonKind::RegionUnknown { class: class() },
        ReasonKind::OutputBlank,
        ReasonKind::ToolNotAllowed { tool: "crm.delete".into() },
        ReasonKind::PromptMismatch {
            prompt: "goodbye@1.0.0".into(),
            required: "welcome-email@^2.1".into(),
        },
        ReasonKind::PromptUnknown,
        ReasonKind::ContextUnreadable {
            key: "confidence".into(),
            problem: "`1.5` is not a share".into(),
        },
        ReasonKind::ApprovalsMissing { approved: 1, required: 2 },
        ReasonKind::RecordOverdue { review_by: "2027-03-31".parse().unwrap() },
        ReasonKind::Revoked {
            revocation: Revocation {
                act: RevocationAct::Retraction { reason: "wrong offer".parse().unwrap() },
                by: "Kim Osei".parse().unwrap(),
                at_ms: 1_796_083_200_000,
            },
        },
        ReasonKind::Approved { by: vec!["Kim Osei".parse().unwrap()] },
        ReasonKind::Sampled { share: share(0.1) },
        ReasonKind::UndoWindow { until_ms: 1_796_083_200_000 },
    ]
}

/// Returns the description of each kind in the JSON schema, by its code.
pub fn descriptions() -> BTreeMap<String, String> {
    let schema = serde_json::to_value(schema_for!(ReasonKind)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap();
    let descriptions = variants.iter().map(|variant| {
        let code = variant["properties"]["code"]["const"].as_str().unwrap();
        (code.to_owned(), variant["description"].as_str().unwrap().replace('\n', " "))
    });
    descriptions.collect()
}

#[test]
fn every_reason_has_a_sample_and_a_code() {
    let codes: Vec<_> = all().iter().map(|kind| kind.code().to_owned()).collect();
    let mut sorted = codes.clone();
    sorted.sort();
    assert_eq!(sorted, descriptions().into_keys().collect::<Vec<_>>());
    for (kind, code) in all().iter().zip(codes) {
        let json = serde_json::to_value(kind).unwrap();
        assert_eq!(json["code"], code);
        assert_eq!(serde_json::from_value::<ReasonKind>(json).unwrap(), *kind);
    }
}

#[test]
fn every_reason_is_a_sentence() {
    for kind in all() {
        let sentence = kind.to_string();
        assert_ne!(sentence, kind.code(), "the text is not the code");
        assert!(sentence.contains(' '), "{sentence}");
        let value = Figure::new(0.5).unwrap();
        let demotion = DemotionCause::ThresholdBroken { kpi: "k".into(), value, limit: value };
        assert!(demotion.to_string().starts_with("`k` is 0.5"));
    }
}
