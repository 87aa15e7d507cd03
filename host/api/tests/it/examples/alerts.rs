//! Alerts, and the status of gates.

use tollgate_api::{
    AlertEntry, AlertNotice, AlertNoticeType, AlertsDocument, CurrentLevel, GateStatusEntry,
    PromotionState, StatusDocument, Timestamp,
};
use tollgate_model::{
    AlertKind, FormatVersion, GatePurpose, LevelChangeReason, LevelScheme, OversightEffect,
};

use super::parts::{AT, digest};
use super::statistics;
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    let alerts = vec![incident(), warning()];
    let list = AlertsDocument { format: FormatVersion, alerts: alerts.clone() };
    let notice = AlertNotice {
        format: FormatVersion,
        notice: AlertNoticeType::Begun,
        timestamp: AT,
        data: incident(),
    };
    let status = StatusDocument { format: FormatVersion, at: AT, gates: vec![gate()], alerts };
    vec![
        WireDocument::new("status", &["tollgate status --json"], &status),
        WireDocument::new("alerts", &["tollgate alerts --json", "GET /v1/alerts"], &list),
        WireDocument::new("alert-notice", &["tollgate serve"], &notice),
    ]
}

fn incident() -> AlertEntry {
    AlertEntry {
        kind: AlertKind::Incident,
        gate: Some("welcome-email".parse().unwrap()),
        subject: Some("1774949400000".into()),
        since: Some(Timestamp(1_774_949_400_000)),
        message: "incident: wrong name".into(),
    }
}

fn warning() -> AlertEntry {
    AlertEntry {
        kind: AlertKind::BudgetWarning,
        gate: Some("welcome-email".parse().unwrap()),
        subject: Some("day".into()),
        since: None,
        message: "daily budget nearly spent: 10.50 of 12.00 EUR".into(),
    }
}

fn gate() -> GateStatusEntry {
    let reason = LevelChangeReason::Demoted { causes: Vec::new() };
    GateStatusEntry {
        gate: "welcome-email".parse().unwrap(),
        purpose: GatePurpose::Delegation,
        release: Some(digest("release")),
        oversight: Some(OversightEffect::EveryOutputHeld),
        level: Some(CurrentLevel {
            scheme: LevelScheme::L0ToL5,
            level: 3,
            name: Some("conditional".into()),
            since: Some(AT),
            reason: Some(reason),
            demoted_from: None,
            causes: Vec::new(),
        }),
        promotion: Some(PromotionState {
            to: None,
            errors: Some(vec!["only 4 of 30 required outputs were reviewed at this level".into()]),
        }),
        review_due: Some(AT),
        today: Some(statistics::activity(12)),
        week: Some(statistics::gate()),
    }
}
