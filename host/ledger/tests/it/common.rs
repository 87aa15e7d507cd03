//! A ledger in a folder of its own, and events to put into it.

use std::path::PathBuf;

use tempfile::TempDir;
use tollgate_ledger::{Appended, Entry, Error, Expect, Ledger, View};
use tollgate_model::{
    Act, BatchLine, Cause, Checked, Claim, Content, Decision, Determinism, Digest, Effect, Event,
    Kept, LevelChange, LevelReason, Mode, Reason, ReviewEvent, Ruling, RunEvent, Scheme, Subject,
    What,
};

pub const DAY_MS: u64 = 24 * 60 * 60 * 1000;

pub struct World {
    pub folder: TempDir,
    pub ledger: Ledger,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(&folder.path().join("ledger.db")).unwrap();
        Self { folder, ledger }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("ledger.db")
    }

    pub fn append(&self, at_ms: u64, what: What) -> Appended {
        self.ledger.append_blocking(vec![entry(at_ms, what)]).unwrap()
    }

    pub fn append_expecting(
        &self,
        at_ms: u64,
        what: What,
        run: Digest,
        state: u64,
    ) -> Result<Appended, Error> {
        let expect = Some(Expect { run, state });
        self.ledger.append_blocking(vec![Entry { expect, ..entry(at_ms, what) }])
    }

    pub fn view(&self) -> View {
        self.ledger.view().unwrap()
    }

    /// Chain, contents, projections and pages: all in order.
    pub fn assert_sound(&self) {
        assert_sound(&self.view());
    }
}

pub fn assert_sound(view: &View) {
    let verified = view.verify(&[], |_, _| true).unwrap();
    assert_eq!(verified.faults, []);
    assert_eq!(view.check().unwrap(), []);
    assert_eq!(view.examine_pages().unwrap(), Vec::<String>::new());
}

pub fn gate() -> tollgate_model::GateName {
    "welcome-email".parse().unwrap()
}

pub fn event(at_ms: u64, what: What) -> Event {
    Event { at_ms, gate: gate(), what }
}

pub fn entry(at_ms: u64, what: What) -> Entry {
    Entry::of(event(at_ms, what))
}

pub fn subject(text: &str) -> Subject {
    Subject::new(Content::Text(text.into()))
}

/// A run with an output, a check and a reason.
pub fn run_event(name: &str, ruling: Ruling) -> RunEvent {
    let failure = Cause::Failure {
        contract: "tollgate/pii".into(),
        kind: "out-of-fuel".into(),
        message: "no more fuel".into(),
        mode: Mode::Enforce,
        fail_open: false,
    };
    let reasons = match ruling {
        Ruling::Block => vec![Reason { effect: Effect::Block, lifted: false, cause: failure }],
        _ => Vec::new(),
    };
    RunEvent {
        run: Digest::of(name),
        release: Digest::of("release"),
        subject: Digest::of(format!("output of {name}")),
        output: Some(Digest::of(name)),
        content: Kept::Full(Box::new(subject(&format!("Welcome, {name}!")))),
        author: Some("Ada Writer".parse().unwrap()),
        prompt: None,
        model: Some("acme/large".into()),
        edited_from: None,
        line: None,
        checks: vec![Checked {
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

pub fn run(name: &str, ruling: Ruling) -> What {
    What::Run(Box::new(run_event(name, ruling)))
}

/// Decided again, after people approved.
pub fn approved_run(name: &str) -> What {
    let mut event = run_event(name, Ruling::Allow);
    let by = vec!["Kim Osei".parse().unwrap()];
    let cause = Cause::Approved { by };
    event.decision.reasons.push(Reason { effect: Effect::Note, lifted: false, cause });
    What::Run(Box::new(event))
}

pub fn line(batch: &str, key: &str, name: &str) -> What {
    let line = Some(BatchLine { batch: batch.parse().unwrap(), key: key.into() });
    What::Run(Box::new(RunEvent { line, ..run_event(name, Ruling::Allow) }))
}

pub fn review(name: &str, by: &str, act: Act) -> What {
    What::Review(ReviewEvent {
        run: Digest::of(name),
        subject: Digest::of(format!("output of {name}")),
        by: by.parse().unwrap(),
        role: None,
        act,
        answers: Vec::new(),
        time_ms: Some(1_000),
    })
}

pub fn claim(name: &str, by: &str, until_ms: u64) -> What {
    What::Claim(Claim { run: Digest::of(name), by: by.parse().unwrap(), until_ms })
}

pub fn level(to: u8) -> What {
    let reason = LevelReason::Lowered {
        by: "Dana Hill".parse().unwrap(),
        because: "a try".parse().unwrap(),
    };
    What::Level(LevelChange { scheme: Scheme::L0ToL5, from: 3, to, reason })
}
