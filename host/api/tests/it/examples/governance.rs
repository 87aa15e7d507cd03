//! What a server answers to the acts of people: releases, levels, reports and reviews.

use tollgate_api::{
    ClaimDocument, IncidentDocument, LevelChangeDocument, PromotionDocument, RecordedFigureEntry,
    RecordedFiguresDocument, ReleaseChangeDocument, ReleaseEntry, ReleasesDocument, ReviewDocument,
    ReviewOutcomeKind, ReviewTrack, ReviewedDecision, ThresholdState, Timestamp,
};
use tollgate_model::{
    DemotionCause, Figure, FormatVersion, GateName, LevelChangeReason, LevelEvent, LevelScheme,
    OversightEffect, RolloutStage, Ruling, Share,
};

use super::parts::{AT, digest, owner, reason};
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    vec![
        WireDocument::new("releases", &["GET /v1/gates/{gate}/releases"], &releases()),
        WireDocument::new(
            "release-change",
            &["POST /v1/releases", "POST /v1/gates/{gate}/rollback"],
            &release_change(),
        ),
        WireDocument::new("promotion", &["POST /v1/gates/{gate}/promote"], &promotion()),
        WireDocument::new("level-change", &["POST /v1/gates/{gate}/demote"], &level_change()),
        WireDocument::new("incident", &["POST /v1/gates/{gate}/incidents"], &incident()),
        WireDocument::new("recorded-figures", &["POST /v1/gates/{gate}/figures"], &figures()),
        WireDocument::new("claim", &["POST /v1/queue/{run}/claim"], &claim()),
        WireDocument::new("review", &["POST /v1/queue/{run}/review"], &review()),
    ]
}

fn name() -> GateName {
    "welcome-email".parse().unwrap()
}

fn releases() -> ReleasesDocument {
    let active = ReleaseEntry {
        release: digest("release"),
        active: true,
        stage: Some(RolloutStage::Full),
        since: AT,
        by: "Sam Reed".parse().unwrap(),
        reason: Some("stricter terms".parse().unwrap()),
    };
    let taken_back = ReleaseEntry {
        release: digest("other release"),
        active: false,
        stage: None,
        since: Timestamp(AT.0 + 900_000),
        by: "Lou Park".parse().unwrap(),
        reason: None,
    };
    let releases = vec![active, taken_back];
    ReleasesDocument { format: FormatVersion, gate: name(), releases, more: false }
}

fn demotion() -> LevelEvent {
    let description = "it named another customer".into();
    let causes = vec![DemotionCause::Incident { at_ms: AT.0, description }];
    let reason = LevelChangeReason::Demoted { causes };
    LevelEvent { scheme: LevelScheme::L0ToL5, from: 3, to: 2, reason }
}

fn release_change() -> ReleaseChangeDocument {
    ReleaseChangeDocument {
        format: FormatVersion,
        gate: name(),
        before: Some(digest("other release")),
        after: digest("release"),
        demotion: Some(demotion()),
    }
}

fn promotion() -> PromotionDocument {
    PromotionDocument {
        format: FormatVersion,
        gate: name(),
        scheme: LevelScheme::L0ToL5,
        from: 3,
        to: 4,
        name: Some("high autonomy".into()),
        oversight: Some(OversightEffect::Sampled),
        track: ReviewTrack {
            reviewed: 40,
            approved: 38,
            edited: 1,
            rejected: 1,
            approval_rate: Share::new(0.95).unwrap(),
            copies: 0,
            too_short: 0,
        },
        accepters: vec![owner()],
        accepted: false,
    }
}

fn level_change() -> LevelChangeDocument {
    let (by, reason) = ("Dana Hill".parse().unwrap(), "new model".parse().unwrap());
    let reason = LevelChangeReason::Lowered { by, reason };
    LevelChangeDocument::new(name(), LevelEvent { reason, ..demotion() })
}

fn incident() -> IncidentDocument {
    let (run, demotion) = (Some(digest("run")), Some(demotion()));
    IncidentDocument { format: FormatVersion, gate: name(), run, demotion }
}

fn figures() -> RecordedFiguresDocument {
    let broken = RecordedFigureEntry {
        kpi: "open-rate".into(),
        value: Figure::new(0.12).unwrap(),
        threshold: ThresholdState::Broken,
        limit: Figure::new(0.2),
    };
    let other = RecordedFigureEntry {
        kpi: "replies".into(),
        value: Figure::new(7.0).unwrap(),
        threshold: ThresholdState::None,
        limit: None,
    };
    let (figures, demotion) = (vec![broken, other], Some(demotion()));
    RecordedFiguresDocument { format: FormatVersion, gate: name(), figures, demotion }
}

fn claim() -> ClaimDocument {
    ClaimDocument {
        format: FormatVersion,
        run: digest("run"),
        gate: name(),
        claimed_by: "Kim Osei".parse().unwrap(),
        claimed_until: Timestamp(AT.0 + 900_000),
    }
}

fn review() -> ReviewDocument {
    ReviewDocument {
        format: FormatVersion,
        run: digest("run"),
        gate: name(),
        outcome: ReviewOutcomeKind::Decided,
        decision: Some(ReviewedDecision {
            run: digest("run"),
            release: digest("release"),
            decision: Ruling::Allow,
            reasons: vec![(&reason()).into()],
            cost: Some("0.002".parse().unwrap()),
            undo_until: Some(Timestamp(AT.0 + 3_600_000)),
            ai_assisted: Some("yes; gate=\"welcome-email\"; reviewer=\"Kim Osei\"".into()),
        }),
        missing_approvals: None,
        escalated_to: None,
        demotion: None,
    }
}
