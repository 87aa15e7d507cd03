//! The queue.

use std::collections::BTreeSet;

use tollgate_api::{
    LedgerEvent, QueueDocument, QueueEntry, QueuePurpose, QueuedRunDocument, Timestamp,
};
use tollgate_model::{ChecklistItem, FormatVersion};

use super::ledger::recorded_event;
use super::parts::{AT, check, content, decision, digest, owner, prompt_ref};
use crate::wire_document::WireDocument;

pub fn documents() -> Vec<WireDocument> {
    let queue = QueueDocument { format: FormatVersion, runs: vec![entry()], next: Some(17) };
    let list = &["tollgate queue list --json", "GET /v1/queue"];
    let show = &["tollgate queue show --json", "GET /v1/queue/{run}"];
    vec![
        WireDocument::new("queue", list, &queue),
        WireDocument::new("queued-run", show, &queued_run()),
    ]
}

fn entry() -> QueueEntry {
    let decision = decision();
    QueueEntry {
        run: digest("run"),
        gate: "welcome-email".parse().unwrap(),
        seq: 17,
        waiting_for: QueuePurpose::Review,
        open: true,
        since: AT,
        due: Some(Timestamp(AT.0 + 3_600_000)),
        overdue: false,
        escalated_to: None,
        claimed_by: Some("Dana Hill".parse().unwrap()),
        claimed_until: Some(Timestamp(AT.0 + 900_000)),
        approved_by: Vec::new(),
        required_approvals: Some(1),
        authors: vec!["Kim Lee".parse().unwrap()],
        edited_from: None,
        decision: decision.ruling,
        reasons: decision.reasons.iter().map(Into::into).collect(),
    }
}

fn queued_run() -> QueuedRunDocument {
    let history: Vec<LedgerEvent> = vec![recorded_event(None)];
    QueuedRunDocument {
        format: FormatVersion,
        entry: entry(),
        content: content(),
        subject: digest("subject"),
        prompt: Some(prompt_ref()),
        model: Some("acme/large".into()),
        release: digest("release"),
        decision_event: 17,
        active_release: digest("release"),
        checks: vec![check()],
        checklist: vec![ChecklistItem {
            item: "facts".parse().unwrap(),
            question: "are all facts true?".parse().unwrap(),
            answer: Some("yes".parse().unwrap()),
            evidence: false,
        }],
        reviewers: vec![owner()],
        roles: BTreeSet::new(),
        history,
        command: Some(
            "tollgate queue review 3fe52a7f50bd --approve --reviewer NAME --check facts=yes".into(),
        ),
    }
}
