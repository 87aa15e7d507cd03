//! Statistics of gates.

use tollgate_api::{
    ActivityFigures, CalibrationClass, CalibrationFigures, DriftedFigure, GateFigures,
    HealthFigures, HeldOutputs, MeanMeasure, SpentBudget, StatisticsDocument,
};
use tollgate_model::{BudgetPeriod, Figure, FormatVersion, Money, Share};

use super::parts::AT;
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    let document = StatisticsDocument { format: FormatVersion, gates: vec![gate()] };
    let commands = &["tollgate log stats --json", "GET /v1/stats"];
    vec![WireDocument::new("statistics", commands, &document)]
}

pub fn gate() -> GateFigures {
    GateFigures {
        gate: "welcome-email".parse().unwrap(),
        from: "2026-03-25".parse().unwrap(),
        to: "2026-03-31".parse().unwrap(),
        days: 7,
        now: activity(200),
        before: activity(100),
        health: health(3.5),
        health_before: health(2.5),
        drifted: vec![DriftedFigure {
            contract: "tollgate/pii".into(),
            measure: "words".into(),
            before: 2.5,
            now: 3.5,
        }],
        held: HeldOutputs { count: 2, oldest: Some(AT) },
        budgets: vec![SpentBudget {
            period: BudgetPeriod::Day,
            campaign: None,
            cap: money("12"),
            spent: money("0.25"),
            currency: Some("EUR".into()),
        }],
        confidence: CalibrationFigures {
            known: 40,
            unknown: 2,
            classes: vec![CalibrationClass {
                from: share(0.9),
                count: 40,
                confidence: share(0.94),
                approved: share(0.95),
            }],
            expected_calibration_error: Some(share(0.01)),
            suggested_threshold: None,
            approval_rate: Some(share(0.95)),
        },
    }
}

fn money(amount: &str) -> Money {
    amount.parse().unwrap()
}

fn share(value: f64) -> Share {
    Share::new(value).unwrap()
}

pub fn activity(runs: u64) -> ActivityFigures {
    ActivityFigures {
        runs,
        allowed_unreviewed: runs / 2,
        allowed_by_reviewers: runs / 4,
        blocked: runs / 4,
        with_failure: 1,
        rolled_back: 0,
        reviewed: runs / 4,
        review_ms: runs * 15_000,
        spent: money("1.5"),
        review_ms_per_output: Some(60_000),
        cost_per_run: Some(money("0.0075")),
        cost_per_allowed: Some(money("0.01")),
        safe_automation: Some(share(0.66)),
        policy_violations: Some(share(0.25)),
        errors: Some(share(0.005)),
        rollbacks: None,
    }
}

fn health(mean: f64) -> HealthFigures {
    HealthFigures {
        runs: 200,
        judged_us_median: Some(740),
        judged_us_p99: Some(1_900),
        confidence: Some(share(0.94)),
        measures: vec![MeanMeasure {
            contract: "tollgate/pii".into(),
            measure: "words".into(),
            mean,
        }],
        figures: [("open-rate".to_owned(), Figure::new(0.41).unwrap())].into(),
    }
}
