//! Gates, scores and risks.

use serde_json::Value;
use tollgate_api::{
    CompletenessDocument, CurrentLevel, DataClassUse, DueDay, FigureEntry, FiguresDocument,
    GateCaseResult, GateCompleteness, GateDocument, GateReleases, GateRiskEntry, GateScoreDocument,
    GateTestDocument, LabelledReason, OpenProblem, PromotionState, ReadinessEntry, ReviewTrack,
    RiskDocument, ScoreDocument, SpentAmounts, SystemAbility,
};
use tollgate_govern::score;
use tollgate_model::{
    AccessKind, DelegationPosture, Figure, FormatVersion, Gate, GateName, GatePart, GatePurpose,
    LevelChangeReason, LevelScheme, OversightEffect, Risk, Ruling, ScoreDimension, ScoreValue,
    Share,
};

use super::parts::{AT, digest, reason};
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    vec![
        WireDocument::new(
            "gate",
            &["tollgate gate show --json", "GET /v1/gates/{gate}"],
            &overview(),
        ),
        WireDocument::new("gate-completeness", &["tollgate gate check --json"], &completeness()),
        WireDocument::new("gate-score", &["tollgate gate score --json"], &gate_score()),
        WireDocument::new("gate-test", &["tollgate gate test --json"], &tests()),
        WireDocument::new("score", &["tollgate score --json"], &plain_score()),
        WireDocument::new("figures", &["tollgate kpi list --json"], &figures()),
        WireDocument::new("risk", &["tollgate risk --json", "GET /v1/risk"], &risk()),
    ]
}

fn name() -> GateName {
    "welcome-email".parse().unwrap()
}

/// A small record: the example of new projects would fill the page.
fn gate() -> Gate {
    let text = "objective = \"new customers find their way\"\n[score.cost-efficiency]\nvalue = 4\n\
                reason = \"a person needs ten minutes\"\n";
    tollgate_govern::read::read("gates/welcome-email.toml", text).unwrap()
}

fn overview() -> GateDocument {
    GateDocument {
        format: FormatVersion,
        record: gate(),
        digest: digest("gate"),
        release: GateReleases {
            active: Some(digest("release")),
            locked: None,
            locked_error: Some("there is no `tollgate.lock`".into()),
            differences: Vec::new(),
        },
        score: None,
        oversight: Some(OversightEffect::EveryOutputHeld),
        hold_reasons: vec!["the level is 2".into()],
        level: Some(CurrentLevel {
            scheme: LevelScheme::L0ToL5,
            level: 2,
            name: Some("every output is reviewed".into()),
            since: Some(AT),
            reason: Some(LevelChangeReason::Lowered {
                by: "Dana Hill".parse().unwrap(),
                reason: "new model".parse().unwrap(),
            }),
            demoted_from: None,
            causes: Vec::new(),
        }),
        track: Some(ReviewTrack {
            reviewed: 40,
            approved: 38,
            edited: 1,
            rejected: 1,
            approval_rate: share(0.95),
            copies: 0,
            too_short: 0,
        }),
        promotion: Some(PromotionState {
            to: None,
            errors: Some(vec!["40 of 100 reviewed outputs".into()]),
        }),
        checklist: Some(vec![readiness()]),
        spent: Some(SpentAmounts {
            day: "0.25".parse().unwrap(),
            week: "1.5".parse().unwrap(),
            month: "6".parse().unwrap(),
        }),
        due: vec![due_day()],
    }
}

fn due_day() -> DueDay {
    let day = "2026-04-05".parse().unwrap();
    let problem = "the gate record is due for review by 2026-04-05, in 4 days".into();
    DueDay { day, passed: false, problem }
}

fn share(value: f64) -> Share {
    Share::new(value).unwrap()
}

fn readiness() -> ReadinessEntry {
    ReadinessEntry {
        point: "a scored task".into(),
        met: false,
        missing: vec!["the score is incomplete".into()],
    }
}

fn completeness() -> CompletenessDocument {
    let gates = vec![GateCompleteness {
        gate: name(),
        complete: false,
        missing: vec![GatePart::Owner.into()],
        ready_to_delegate: vec![readiness()],
        due: vec![due_day()],
        brand_voice: Some("gates/welcome-email.toml:109: `brand/voice.md` is missing".into()),
        purpose: GatePurpose::Delegation,
        to_delegate: Vec::new(),
        load_error: Some("there is no `tollgate.lock`".into()),
    }];
    CompletenessDocument { format: FormatVersion, gates }
}

fn gate_score() -> GateScoreDocument {
    GateScoreDocument::new(&gate(), None, Vec::new())
}

fn plain_score() -> ScoreDocument {
    let values = [2, 1, 1, 3, 2, 4].map(|value| ScoreValue::new(value).unwrap());
    let inverted = [ScoreDimension::CostEfficiency];
    let is_inverted = |dimension| inverted.contains(&dimension);
    let weighed = score::weigh_values(values, is_inverted, score::ScoreThresholds::default());
    let warnings = score::warnings(&weighed, Some(DelegationPosture::Block));
    ScoreDocument::new(values, &inverted, &weighed, &warnings)
}

fn tests() -> GateTestDocument {
    let reason = reason();
    let case = GateCaseResult {
        gate: name(),
        id: "an address".into(),
        file: "cases/welcome-email.jsonl".into(),
        line: 3,
        expect: Ruling::Block,
        decision: Ruling::Hold,
        mismatches: vec!["expected `block`, got `hold`".into()],
        reasons: vec![LabelledReason {
            effect: reason.effect,
            label: "finding:tollgate/pii:email".into(),
            sentence: reason.to_string(),
        }],
    };
    GateTestDocument { format: FormatVersion, passed: 0, failed: 1, cases: vec![case] }
}

fn figures() -> FiguresDocument {
    let figure = FigureEntry {
        gate: name(),
        kpi: "open-rate".into(),
        value: Figure::new(0.31),
        at: Some(AT),
        at_least: Figure::new(0.4),
        at_most: None,
        broken: true,
    };
    FiguresDocument { format: FormatVersion, figures: vec![figure] }
}

fn risk() -> RiskDocument {
    let ability = SystemAbility { gate: name(), ability: "send letters".into() };
    let data =
        DataClassUse { gate: name(), unanswered: vec!["consent".into()], exposed: Vec::new() };
    let gate = GateRiskEntry {
        gate: name(),
        risk: Some(Risk::Medium),
        score: Some(13),
        oversight: OversightEffect::EveryOutputHeld,
        missing: vec![GatePart::Owner],
        overdue_since: Some("2026-03-01".parse().unwrap()),
        review_overdue_since: None,
        due: vec![due_day()],
        brand_voice_changed: true,
    };
    let problem = OpenProblem { urgency: 8, gate: name(), problem: "no owner".into() };
    RiskDocument {
        format: FormatVersion,
        access: [("mailer".to_owned(), [(AccessKind::Trigger, vec![ability])].into())].into(),
        data: [("customers".to_owned(), vec![data])].into(),
        gates: vec![gate],
        judging_only: Vec::new(),
        to_fix: vec![problem],
    }
}

#[test]
fn a_gate_that_only_judges_has_nothing_of_a_delegation() {
    let document = WireDocument::new("gate", &[], &overview().without_delegation());
    let validator = jsonschema::validator_for(&document.schema).unwrap();
    let document: Value = serde_json::from_str(&document.example).unwrap();
    assert!(validator.is_valid(&document), "{document:#}");
    for member in ["score", "oversight", "level", "track", "promotion", "checklist", "spent"] {
        assert_eq!(document[member], Value::Null, "{member}: {document:#}");
    }
    assert_eq!(document["hold-reasons"], Value::Array(Vec::new()));
    assert_eq!(document["release"]["locked-error"], "there is no `tollgate.lock`");
}
