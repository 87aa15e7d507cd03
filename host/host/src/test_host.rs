//! A host for tests: a project with the example gate, a ledger in a temporary folder, and a clock that tests set.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_govern::promotion::LEAST_REVIEW_MS_DEFAULT;
use tollgate_ledger::{Ledger, LedgerEntry};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_model::{
    Content, Decision, Digest, Event, EventKind, GateName, JsonText, NonBlankString,
    RetainedContent, ReviewAction, ReviewEvent, Ruling, RunEvent, Subject,
};
use tollgate_project::{PROJECT_FILE, Project, files};

use crate::{Actor, Clock, Host};

/// Time at which tests begin.
pub(crate) const START_MS: u64 = 1_800_000_000_000;

pub(crate) struct TestHost {
    pub(crate) host: Host,
    pub(crate) ledger: SqliteLedger,
    pub(crate) project: Project,
    pub(crate) now_ms: Arc<AtomicU64>,
    _folder: TempDir,
}

struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl TestHost {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join(PROJECT_FILE), b"").unwrap();
        files::write(&folder.path().join(WELCOME_EMAIL_FILE), WELCOME_EMAIL.as_bytes()).unwrap();
        let farewell = folder.path().join("gates/farewell.toml");
        files::write(&farewell, b"task = \"Say farewell\"\n").unwrap();
        let project = Project::open(folder.path()).unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let host = Self::build(&project, Arc::new(ledger.clone()), &now_ms);
        Self { host, ledger, project, now_ms, _folder: folder }
    }

    /// Returns a host of the same project and clock with another ledger.
    pub(crate) fn with_ledger(&self, ledger: Arc<dyn Ledger>) -> Host {
        Self::build(&self.project, ledger, &self.now_ms)
    }

    fn build(project: &Project, ledger: Arc<dyn Ledger>, now_ms: &Arc<AtomicU64>) -> Host {
        let clock = TestClock(now_ms.clone());
        Host::builder(project.clone()).ledger(ledger).clock(clock).build()
    }

    /// Records an event at the example gate one millisecond later than the one before.
    pub(crate) async fn record(&self, kind: EventKind) {
        let at_ms = self.now_ms.fetch_add(1, Ordering::Relaxed) + 1;
        self.ledger.append(entry(at_ms, kind).into()).await.unwrap();
    }

    /// Records a run that was decided like this, and returns its digest.
    pub(crate) async fn record_run(&self, output: &str, ruling: Ruling) -> Digest {
        let run = run(output, ruling);
        let digest = run.run;
        self.record(EventKind::Run(Box::new(run))).await;
        digest
    }

    /// Records a run that was held and that a reviewer approved unchanged, after having looked at it.
    pub(crate) async fn record_approved_run(&self, output: &str) {
        let digest = self.record_run(output, Ruling::Hold).await;
        self.now_ms.fetch_add(LEAST_REVIEW_MS_DEFAULT, Ordering::Relaxed);
        let review = ReviewEvent {
            run: digest,
            subject: run(output, Ruling::Hold).subject,
            by: "Kim Osei".parse().unwrap(),
            role: None,
            action: ReviewAction::Approve,
            answers: Vec::new(),
            time_ms: None,
        };
        self.record(EventKind::Review(review)).await;
        self.record_run(output, Ruling::Allow).await;
    }
}

pub(crate) fn actor(name: &str) -> Actor {
    Actor::new(name.parse().unwrap())
}

pub(crate) fn text(text: &str) -> NonBlankString {
    text.parse().unwrap()
}

pub(crate) fn gate_name() -> GateName {
    "welcome-email".parse().unwrap()
}

pub(crate) fn entry(at_ms: u64, kind: EventKind) -> LedgerEntry {
    LedgerEntry::new(Event { at_ms, gate: gate_name(), kind })
}

/// Returns a run that no contract judged, with its output kept in full.
pub(crate) fn run(output: &str, ruling: Ruling) -> RunEvent {
    let context = JsonText::parse("{}".to_owned()).unwrap();
    let subject = Subject { context, ..Subject::new(Content::Text(output.into())) };
    RunEvent {
        run: Digest::of(format!("run of {output}")),
        release: Digest::of("release"),
        subject: Digest::of(output),
        output: None,
        content: RetainedContent::Full(Box::new(subject)),
        output_id: None,
        submitted_by: None,
        author: None,
        prompt: None,
        model: None,
        edited_from: None,
        batch_line: None,
        checks: Vec::new(),
        decision: Decision {
            ruling,
            would_be: None,
            reasons: Vec::new(),
            audit: false,
            undo_until_ms: None,
            cost: None,
        },
        owner: None,
        cost: None,
        time_us: 1,
        early_text: None,
    }
}
