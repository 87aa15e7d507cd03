//! The ledger: events, runs, verification and replays.

use std::collections::BTreeMap;

use tollgate_api::{
    AuditAnswers, ChainHead, ComparedRunLine, ContentReference, ErasureDocument, EventPageDocument,
    LedgerEvent, LedgerEventLine, OutputRequest, ProvenanceDocument, ReceiptVerificationDocument,
    RecordedHead, RecordedReview, ReplayedRunLine, ReplayedVerdict, RetractionDocument,
    RunPageDocument, RunRecordDocument, StoredContentKind, VerificationDocument, VerificationFault,
    VerificationFaultCode, VerifiedCheckpoint, VerifiedReceipt,
};
use tollgate_model::{
    FormatVersion, LevelChangeReason, LevelEvent, LevelScheme, OutputId, PinnedContract,
    PinnedPrompt, Release, ReviewAction, Ruling, ScoreThresholds, Verdict,
};
use tollgate_packages::trust::{
    LedgerReference, ReceiptContract, ReceiptDecision, ReceiptReviewer,
};

use super::parts::{
    AT, check, content, decision, digest, event, owner, prompt_ref, reason, report,
};
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    let event = recorded_event(Some(Ruling::Allow));
    vec![
        WireDocument::new(
            "event",
            &[
                "tollgate gate history --json",
                "tollgate log list --json",
                "tollgate log show NUMBER --json",
            ],
            &LedgerEventLine { format: FormatVersion, event },
        ),
        WireDocument::new(
            "run",
            &["tollgate log show RUN --json", "GET /v1/runs/{run}"],
            &run_record(),
        ),
        WireDocument::new("run-page", &["GET /v1/runs"], &run_page()),
        WireDocument::new("event-page", &["GET /v1/ledger"], &event_page()),
        WireDocument::new("retraction", &["POST /v1/runs/{run}/retract"], &retraction()),
        WireDocument::new(
            "verification",
            &["tollgate log verify --json", "POST /v1/ledger/verify"],
            &verification(),
        ),
        WireDocument::new(
            "erasure",
            &["tollgate log erase --json"],
            &ErasureDocument {
                format: FormatVersion,
                erased: 2,
                needed: 1,
                files_in_use: vec![".tollgate/ledger.db".into(), ".tollgate/ledger.db-wal".into()],
            },
        ),
        WireDocument::new(
            "replayed-run",
            &["tollgate log replay --json", "POST /v1/runs/{run}/replay"],
            &replayed_run(),
        ),
        WireDocument::new(
            "compared-run",
            &["tollgate log replay --against --json"],
            &ComparedRunLine {
                format: FormatVersion,
                run: digest("run"),
                recorded: None,
                before: Ruling::Allow,
                after: Ruling::Hold,
                removed_reasons: Vec::new(),
                added_reasons: vec![reason()],
            },
        ),
        WireDocument::new(
            "receipt-verification",
            &["tollgate receipt verify --json"],
            &receipt_verification(),
        ),
        WireDocument::new("provenance", &["tollgate receipt show --unsigned"], &provenance()),
    ]
}

pub fn recorded_event(latest_ruling: Option<Ruling>) -> LedgerEvent {
    LedgerEvent {
        seq: 17,
        at: AT,
        gate: "welcome-email".parse().unwrap(),
        kind: "run".into(),
        run: Some(digest("run")),
        latest_ruling,
        revocation: None,
        hash: digest("event"),
        event: event(),
        contents: vec![
            ContentReference {
                kind: StoredContentKind::Subject,
                digest: digest("subject"),
                until: Some(AT),
            },
            ContentReference {
                kind: StoredContentKind::Release,
                digest: digest("release"),
                until: None,
            },
        ],
        erased: Vec::new(),
    }
}

fn pinned_contract() -> PinnedContract {
    PinnedContract {
        id: "tollgate/pii".into(),
        name: "tollgate/pii".parse().unwrap(),
        version: "1.2.0".parse().unwrap(),
        digest: digest("component"),
        config_digest: digest("{}"),
        tables: BTreeMap::from([("claims".into(), digest("claims"))]),
    }
}

fn pinned_prompt() -> PinnedPrompt {
    PinnedPrompt {
        name: "welcome-email".parse().unwrap(),
        version: "2.1.0".parse().unwrap(),
        digest: digest("prompt"),
    }
}

fn run_record() -> RunRecordDocument {
    RunRecordDocument {
        format: FormatVersion,
        run: digest("run"),
        gate: "welcome-email".parse().unwrap(),
        release: digest("release"),
        subject: digest("subject"),
        answers: AuditAnswers {
            requested: OutputRequest {
                by: None,
                submitted_by: Some("Kim Lee".parse().unwrap()),
                output_id: Some(OutputId::new("order-4711")),
                prompt: Some(prompt_ref()),
                model: Some("acme/large".into()),
            },
            generated: content(),
            edited_from: None,
            edited_by: None,
            reviewed: vec![RecordedReview {
                at: AT,
                by: "Dana Hill".parse().unwrap(),
                action: ReviewAction::Reject { reason: "it names a person".parse().unwrap() },
            }],
            accepted: None,
            rejected: true,
            changed: Vec::new(),
            at: AT,
            owner: Some(owner()),
        },
        decision: decision(),
        early_text: None,
        checks: vec![check()],
        details_missing: None,
        pinned: Some(Release {
            format: FormatVersion,
            gate: "welcome-email".parse().unwrap(),
            gate_digest: digest("gate"),
            prompt: Some(pinned_prompt()),
            brand_voice: Some(digest("voice")),
            score_thresholds: ScoreThresholds::default(),
            contracts: vec![pinned_contract()],
        }),
        history: vec![recorded_event(None)],
    }
}

fn run_page() -> RunPageDocument {
    let event = recorded_event(Some(Ruling::Allow));
    let runs = vec![LedgerEventLine { format: FormatVersion, event }];
    RunPageDocument { format: FormatVersion, runs, next: Some(17) }
}

fn event_page() -> EventPageDocument {
    let event = recorded_event(Some(Ruling::Allow));
    let events = vec![LedgerEventLine { format: FormatVersion, event }];
    EventPageDocument { format: FormatVersion, events, next: Some(17) }
}

fn retraction() -> RetractionDocument {
    let reason = LevelChangeReason::Lowered {
        by: "Dana Hill".parse().unwrap(),
        reason: "too early".parse().unwrap(),
    };
    RetractionDocument {
        format: FormatVersion,
        run: digest("run"),
        gate: "welcome-email".parse().unwrap(),
        handler: Some("unsend it in the mail system".into()),
        responsible: Some(owner()),
        undo_ended: Some(AT),
        demotion: Some(LevelEvent { scheme: LevelScheme::L0ToL5, from: 4, to: 3, reason }),
    }
}

fn verification() -> VerificationDocument {
    VerificationDocument {
        format: FormatVersion,
        sound: false,
        events: 17,
        contents: Some(12),
        head: Some(ChainHead { seq: 17, hash: digest("event") }),
        recorded_head: Some(RecordedHead { seq: 17, since: 0 }),
        checkpoints: vec![VerifiedCheckpoint {
            seq: 12,
            at: AT,
            key: "ed25519:0123456789abcdef".into(),
            signer: Some("auditor".into()),
        }],
        faults: vec![VerificationFault {
            fault: VerificationFaultCode::Changed,
            event: Some(14),
            message: "event 14 is not what was recorded".into(),
        }],
        faults_omitted: 0,
        clock_jumps: 0,
    }
}

fn replayed_run() -> ReplayedRunLine {
    let other = tollgate_model::Report { findings: Vec::new(), ..report() };
    let verdict = ReplayedVerdict {
        id: "tollgate/pii".into(),
        contract: pinned_contract(),
        at: None,
        attempt: 1,
        same: false,
        same_fuel: None,
        before: Some(Verdict::Report(report())),
        after: Some(Verdict::Report(other)),
        not_repeatable: None,
    };
    ReplayedRunLine {
        format: FormatVersion,
        run: digest("run"),
        same: Some(false),
        contracts: Some(vec![verdict]),
        error: None,
    }
}

fn receipt_verification() -> ReceiptVerificationDocument {
    let contract = pinned_contract();
    let decision = ReceiptDecision {
        ai_assisted: true,
        gate: "welcome-email".parse().unwrap(),
        gate_digest: digest("gate"),
        release: digest("release"),
        prompt: Some(pinned_prompt()),
        model: Some("acme/large".into()),
        contracts: vec![ReceiptContract {
            id: contract.id,
            name: contract.name,
            version: contract.version,
            digest: contract.digest,
            config_digest: contract.config_digest,
            outcomes: Some(vec!["pass".into()]),
        }],
        ruling: Ruling::Allow,
        reviewers: vec![ReceiptReviewer {
            name: "Dana Hill".parse().unwrap(),
            role: None,
            action: "approve".into(),
            at: "2026-03-31T09:30:00.125Z".into(),
        }],
        decided_at: "2026-03-31T09:30:00.125Z".into(),
        run: digest("run"),
        event: LedgerReference { ledger: "c0ffee".into(), seq: 17, hash: digest("event") },
    };
    ReceiptVerificationDocument {
        format: FormatVersion,
        signed: true,
        signers: vec!["acme-release".into()],
        is_output: Some(true),
        statement: Some(VerifiedReceipt {
            subject: digest("subject"),
            output: Some(digest("output")),
            decision,
        }),
    }
}

fn provenance() -> ProvenanceDocument {
    ProvenanceDocument {
        format: FormatVersion,
        gate: "welcome-email".parse().unwrap(),
        release: digest("release"),
        run: digest("run"),
        subject: digest("subject"),
        model: Some("acme/large".into()),
        reviewers: vec!["Dana Hill".parse().unwrap()],
    }
}
