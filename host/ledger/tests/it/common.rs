//! A ledger in a temporary folder, and events to append to it.

use std::path::PathBuf;

use tempfile::TempDir;
use tollgate_ledger::{
    AppendedRange, ExpectedState, LedgerEntry, LedgerError, SqliteLedger, SqliteReader,
};
use tollgate_model::{
    BatchLine, ClaimEvent, Content, ContractCheck, Decision, Determinism, Digest, EnforcementMode,
    Event, EventKind, LevelChangeReason, LevelEvent, LevelScheme, Reason, ReasonEffect, ReasonKind,
    RetainedContent, ReviewAction, ReviewEvent, Ruling, RunEvent, Subject,
};

pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub struct TestLedger {
    pub folder: TempDir,
    pub ledger: SqliteLedger,
}

impl TestLedger {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
        Self { folder, ledger }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    pub fn append(&self, at_ms: u64, kind: EventKind) -> AppendedRange {
        self.ledger.append_blocking(vec![entry(at_ms, kind)]).unwrap()
    }

    pub fn append_expecting(
        &self,
        at_ms: u64,
        kind: EventKind,
        run: Digest,
        state: u64,
    ) -> Result<AppendedRange, LedgerError> {
        let expected = Some(ExpectedState { run, last_event: state });
        self.ledger.append_blocking(vec![LedgerEntry { expected, ..entry(at_ms, kind) }])
    }

    pub fn view(&self) -> SqliteReader {
        self.ledger.view().unwrap()
    }

    /// Asserts that the chain, contents, projections and pages are sound.
    pub fn assert_sound(&self) {
        assert_sound(&self.view());
    }
}

pub fn assert_sound(view: &SqliteReader) {
    let verified = view.verify(&[], |_, _| true).unwrap();
    assert_eq!(verified.faults, []);
    assert_eq!(view.check_projections().unwrap(), []);
    assert_eq!(view.examine_pages().unwrap(), Vec::<String>::new());
}

pub fn gate() -> tollgate_model::GateName {
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

/// A run with an output and a check. A blocked run has a failed contract as its reason.
pub fn run_event(name: &str, ruling: Ruling) -> RunEvent {
    let failure = ReasonKind::Failure {
        contract: "tollgate/pii".into(),
        kind: "out-of-fuel".into(),
        message: "no more fuel".into(),
        mode: EnforcementMode::Enforce,
        fail_open: false,
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
        author: Some("Ada Writer".parse().unwrap()),
        prompt: None,
        model: Some("acme/large".into()),
        edited_from: None,
        batch_line: None,
        checks: vec![ContractCheck {
            contract: "tollgate/pii".into(),
            determinism: Determinism::Deterministic,
            verdicts: Vec::new(),
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

pub fn line(batch: &str, key: &str, name: &str) -> EventKind {
    let line = Some(BatchLine { batch: batch.parse().unwrap(), key: key.into() });
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
