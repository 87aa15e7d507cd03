//! One of each reason.

use std::collections::BTreeMap;

use schemars::schema_for;
use tollgate_model::{
    Because, Cause, Figure, Missing, Mode, Money, Pattern, Period, Scheme, Severity, Share, Why,
};

fn share(number: f64) -> Share {
    Share::of(number).unwrap()
}

/// One of each.
pub fn all() -> Vec<Cause> {
    let (contract, message) = (|| "tollgate/pii".to_owned(), || "message".to_owned());
    let (mode, class, model) = (Mode::Enforce, || "contact".to_owned(), || "acme/large".to_owned());
    let (cap, spent) = (Money::of_micros(12_000_000), Money::of_micros(12_500_000));
    let kind = "out-of-fuel".to_owned();
    vec![
        Cause::Finding {
            contract: contract(),
            rule: "email".into(),
            severity: Severity::Error,
            message: message(),
            mode,
        },
        Cause::Fail { contract: contract(), mode },
        Cause::Unsure { contract: contract(), mode },
        Cause::Split { contract: contract(), answers: [1, 1, 1], agreeing: 2, mode },
        Cause::Failure { contract: contract(), kind, message: message(), mode, fail_open: false },
        Cause::CheckMissing { contract: contract(), answers: 0, wanted: 1, mode },
        Cause::CheckUnknown { contract: contract() },
        Cause::NothingPassed,
        Cause::OnlyProbabilistic,
        Cause::RecordIncomplete { missing: Missing::Owner },
        Cause::ScoreHigh { sum: 21, sign_off_would_do: false },
        Cause::Oversight { because: vec![Because::Pattern { pattern: Pattern::InTheLoop }] },
        Cause::Refused { scheme: Scheme::L0ToL5, level: 0 },
        Cause::LevelUnknown { scheme: Scheme::Tiers1To4, level: 3 },
        Cause::Demotion { why: Why::Rollback { at_ms: 0 } },
        Cause::Shadow,
        Cause::ChannelOutside { channel: "billboard".into() },
        Cause::ChannelUnknown,
        Cause::TopicBlocked { topic: "health".into() },
        Cause::TopicsUnknown,
        Cause::BrandVoiceChanged,
        Cause::BrandVoiceOther,
        Cause::BudgetExceeded { period: Period::Day, cap, spent },
        Cause::BudgetWarning { period: Period::Day, cap, spent: Money::of_micros(11_000_000) },
        Cause::CostUnknown { model: None },
        Cause::CampaignUnknown,
        Cause::ConfidenceLow { confidence: share(0.7), wanted: share(0.8) },
        Cause::ConfidenceUnknown,
        Cause::ModelNotApproved { model: model() },
        Cause::ModelApprovalOver { model: model(), until: "2027-08-31".parse().unwrap() },
        Cause::ModelUnknown,
        Cause::DataUnlisted { class: class() },
        Cause::DataForbidden { class: class() },
        Cause::ConsentNotRespected { class: class() },
        Cause::RegionOutside { class: class(), region: "us".into() },
        Cause::RegionUnknown { class: class() },
        Cause::ToolOutside { tool: "crm.delete".into() },
        Cause::PromptOther { prompt: "goodbye@1.0.0".into(), wanted: "welcome-email@^2.1".into() },
        Cause::PromptUnknown,
        Cause::ContextUnreadable { key: "confidence".into(), why: "is no share".into() },
        Cause::ApprovalUnfit { approved: 1, wanted: 2 },
        Cause::RecordOverdue { review_by: "2027-03-31".parse().unwrap() },
        Cause::Approved { by: vec!["Kim Osei".parse().unwrap()] },
        Cause::Sampled { share: share(0.1) },
        Cause::UndoWindow { until_ms: 1_796_083_200_000 },
    ]
}

/// What the code says of each, by its code.
pub fn described() -> BTreeMap<String, String> {
    let schema = serde_json::to_value(schema_for!(Cause)).unwrap();
    let variants = schema["oneOf"].as_array().unwrap();
    let described = variants.iter().map(|variant| {
        let code = variant["properties"]["code"]["const"].as_str().unwrap();
        (code.to_owned(), variant["description"].as_str().unwrap().replace('\n', " "))
    });
    described.collect()
}

#[test]
fn there_is_one_of_each_and_each_has_its_code() {
    let codes: Vec<_> = all().iter().map(|cause| cause.code().to_owned()).collect();
    let mut sorted = codes.clone();
    sorted.sort();
    assert_eq!(sorted, described().into_keys().collect::<Vec<_>>());
    for (cause, code) in all().iter().zip(codes) {
        let json = serde_json::to_value(cause).unwrap();
        assert_eq!(json["code"], code);
        assert_eq!(serde_json::from_value::<Cause>(json).unwrap(), *cause);
    }
}

#[test]
fn each_says_something_that_a_reviewer_understands() {
    for cause in all() {
        let sentence = cause.to_string();
        assert_ne!(sentence, cause.code(), "a sentence of its own");
        assert!(sentence.contains(' '), "{sentence}");
        let value = Figure::of(0.5).unwrap();
        let why = Why::ThresholdBroken { kpi: "k".into(), value, limit: value };
        assert!(why.to_string().starts_with("`k` is 0.5"));
    }
}
