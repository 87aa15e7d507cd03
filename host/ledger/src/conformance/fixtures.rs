//! A ledger to test, and events to append to it.

use std::sync::Arc;

use tollgate_model::{
    BatchLine, ClaimEvent, Content, ContractCheck, Decision, Determinism, Digest, EnforcementMode,
    Event, EventKind, GateName, IncidentEvent, LevelChangeReason, LevelEvent, LevelScheme, Money,
    Reason, ReasonEffect, ReasonKind, RetainedContent, ReviewAction, ReviewEvent, RollbackEvent,
    RolloutEvent, RolloutStage, Ruling, RunEvent, SpendEvent, Subject,
};

use super::OpenLedger;
use crate::{Append, AppendedRange, ExpectedState, Ledger, LedgerEntry, LedgerError, LedgerReader};

pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A ledger under test.
pub struct TestLedger {
    pub ledger: Arc<dyn Ledger>,
}

impl TestLedger {
    pub fn new(open: OpenLedger<'_>) -> Self {
        Self { ledger: open() }
    }

    pub fn append(&self, at_ms: u64, kind: EventKind) -> AppendedRange {
        self.ledger.append_blocking(entry(at_ms, kind).into()).unwrap()
    }

    pub fn append_expecting(
        &self,
        at_ms: u64,
        kind: EventKind,
        expected: ExpectedState,
    ) -> Result<AppendedRange, LedgerError> {
        self.ledger.append_blocking(Append::from(entry(at_ms, kind)).on_condition(expected))
    }

    pub fn reader(&self) -> Box<dyn LedgerReader> {
        self.ledger.open_reader().unwrap()
    }

    /// Returns the number of the last event, 0 if there is none.
    pub fn last(&self) -> u64 {
        self.reader().head().unwrap().map_or(0, |(seq, _)| seq)
    }

    /// Asserts that the chain, contents, projections and storage are sound.
    pub fn assert_sound(&self) {
        assert_sound(&*self.reader());
    }
}

pub fn assert_sound(reader: &dyn LedgerReader) {
    let verified = reader.verify(&[], &|_, _| true).unwrap();
    assert_eq!(verified.faults, []);
    assert_eq!(reader.check_projections().unwrap(), []);
    assert_eq!(reader.examine_storage().unwrap(), Vec::<String>::new());
}

pub fn gate() -> GateName {
    "welcome-email".parse().unwrap()
}

pub fn event(at_ms: u64, kind: EventKind) -> Event {
    Event { at_ms, gate: gate(), kind }
}

pub fn entry(at_ms: u64, kind: EventKind) -> LedgerEntry {
    LedgerEntry::new(event(at_ms, kind))
}

pub fn subject(text: &str) -> Subject {
    Subject::new(Content::Text(text.into()))
}

/// A run with an output and a check. A blocked run has a contract that fails by itself as its reason.
pub fn run_event(name: &str, ruling: Ruling) -> RunEvent {
    let failure = ReasonKind::Failure {
        contract: "tollgate/pii".into(),
        at: None,
        kind: "out-of-fuel".into(),
        message: "no more fuel".into(),
        mode: EnforcementMode::Enforce,
        fail_open: false,
        fails_ordinary: true,
    };
    let reasons = match ruling {
        Ruling::Block => vec![Reason { effect: ReasonEffect::Block, lifted: false, kind: failure }],
        _ => Vec::new(),
    };
    RunEvent {
        run: Digest::of(name),
        release: Digest::of("release"),
        subject: Digest::of(format!("output of {name}")),
        output: Some(Digest::of(name)),
        content: RetainedContent::Full(Box::new(subject(&format!("Welcome, {name}!")))),
        output_id: None,
        submitted_by: None,
        author: Some("Ada Writer".parse().unwrap()),
        prompt: None,
        model: Some("acme/large".into()),
        edited_from: None,
        batch_line: None,
        checks: vec![ContractCheck {
            contract: "tollgate/pii".into(),
            determinism: Determinism::Deterministic,
            part: None,
            verdicts: Vec::new(),
            fails_ordinary: true,
        }],
        decision: Decision {
            ruling,
            would_be: None,
            reasons,
            audit: false,
            undo_until_ms: None,
            cost: None,
        },
        owner: None,
        cost: None,
        time_us: 70,
        early_text: None,
    }
}

pub fn run(name: &str, ruling: Ruling) -> EventKind {
    EventKind::Run(Box::new(run_event(name, ruling)))
}

/// The run event that follows an approval.
pub fn approved_run(name: &str) -> EventKind {
    let mut event = run_event(name, Ruling::Allow);
    let by = vec!["Kim Osei".parse().unwrap()];
    let cause = ReasonKind::Approved { by };
    event.decision.reasons.push(Reason { effect: ReasonEffect::Note, lifted: false, kind: cause });
    EventKind::Run(Box::new(event))
}

pub fn batch_line(batch: &str, key: &str) -> BatchLine {
    BatchLine { batch: batch.parse().unwrap(), key: key.into() }
}

pub fn line(batch: &str, key: &str, name: &str) -> EventKind {
    let line = Some(batch_line(batch, key));
    EventKind::Run(Box::new(RunEvent { batch_line: line, ..run_event(name, Ruling::Allow) }))
}

pub fn review(name: &str, by: &str, act: ReviewAction) -> EventKind {
    EventKind::Review(ReviewEvent {
        run: Digest::of(name),
        subject: Digest::of(format!("output of {name}")),
        by: by.parse().unwrap(),
        role: None,
        action: act,
        answers: Vec::new(),
        time_ms: Some(1_000),
    })
}

pub fn claim(name: &str, by: &str, until_ms: u64) -> EventKind {
    EventKind::Claim(ClaimEvent { run: Digest::of(name), by: by.parse().unwrap(), until_ms })
}

pub fn level(to: u8) -> EventKind {
    let reason = LevelChangeReason::Lowered {
        by: "Dana Hill".parse().unwrap(),
        reason: "a try".parse().unwrap(),
    };
    EventKind::Level(LevelEvent { scheme: LevelScheme::L0ToL5, from: 3, to, reason })
}

pub fn spend(amount: u64, campaign: Option<&str>) -> EventKind {
    let campaign = campaign.map(str::to_owned);
    EventKind::Spend(SpendEvent { run: None, campaign, amount: Money::from_micros(amount) })
}

pub fn incident(description: &str) -> EventKind {
    let (description, by) = (description.parse().unwrap(), "Dana Hill".parse().unwrap());
    EventKind::Incident(IncidentEvent { description, by, run: None })
}

/// An incident that names the run that caused it.
pub fn incident_about(name: &str, description: &str) -> EventKind {
    let (description, by) = (description.parse().unwrap(), "Dana Hill".parse().unwrap());
    EventKind::Incident(IncidentEvent { description, by, run: Some(Digest::of(name)) })
}

pub fn reject() -> ReviewAction {
    ReviewAction::Reject { reason: "wrong offer".parse().unwrap() }
}

/// A stage of the release with this name.
pub fn rollout(name: &str, stage: RolloutStage) -> EventKind {
    let (release, by) = (Digest::of(name), "Dana Hill".parse().unwrap());
    EventKind::Rollout(RolloutEvent { release, stage, by, reason: None })
}

/// The release with this name is taken back.
pub fn release_rollback(name: &str) -> EventKind {
    let (by, reason) = ("Dana Hill".parse().unwrap(), "wrong".parse().unwrap());
    EventKind::Rollback(RollbackEvent { run: None, release: Some(Digest::of(name)), by, reason })
}
