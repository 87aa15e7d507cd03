//! A project with one gate in a temporary folder, locked and released.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;
use tollgate::gate::LoadedGate;
use tollgate::ledger::{EventQuery, Ledger, PageCursor};
use tollgate::model::{Content, Digest, EventKind, RolloutStage, Subject};
use tollgate::{
    Actor, CheckOutcome, CheckedRun, Clock, GateHandle, Host, HostBuilder, PackageStore, Progress,
    Project, Submission,
};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_packages::lock::LockFile;
use tollgate_packages::registry::CredentialSettings;
use tollgate_packages::resolve::LockedVersions;
use tollgate_project::{ProjectPackages, RegistryAccess, files};

/// Time at which tests begin.
pub const START_MS: u64 = 1_800_000_000_000;
const WIT_VERSION: &str = "0.1.0";

pub struct Fixture {
    pub host: Host,
    pub now_ms: Arc<AtomicU64>,
    pub folder: TempDir,
}

struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Counts how often a host loads a gate.
#[derive(Clone, Default)]
pub struct LoadCounter(Arc<LoadCounts>);

#[derive(Default)]
struct LoadCounts {
    begun: AtomicUsize,
    running: AtomicUsize,
    most_at_once: AtomicUsize,
    is_slow: AtomicBool,
}

impl LoadCounter {
    /// Makes each load take longer from now on, so that others begin to wait for it.
    pub fn slow_down(&self) {
        self.0.is_slow.store(true, Ordering::SeqCst);
    }

    /// Returns how many loads have begun.
    pub fn begun(&self) -> usize {
        self.0.begun.load(Ordering::SeqCst)
    }

    /// Returns how many loads were running at once.
    pub fn most_at_once(&self) -> usize {
        self.0.most_at_once.load(Ordering::SeqCst)
    }
}

impl Progress for LoadCounter {
    fn begin_step(&self, _name: &str) {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        let running = self.0.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most_at_once.fetch_max(running, Ordering::SeqCst);
        if self.0.is_slow.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn end_step(&self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Fixture {
    /// Creates a project whose gate allows this many characters at most.
    pub async fn new(characters_max: u32) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("tollgate.toml"), b"").unwrap();
        let fixture_gate = gate(characters_max);
        files::write(&folder.path().join("gates/short.toml"), fixture_gate.as_bytes()).unwrap();
        lock(&folder).await;
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let host = open_host(&folder, &now_ms);
        host.publish_release("short", &actor(), None).await.unwrap();
        Self { host, now_ms, folder }
    }

    /// Opens another host of the same project, as another process would.
    pub fn open_again(&self) -> Host {
        open_host(&self.folder, &self.now_ms)
    }

    /// Opens another host of the same project with another ledger.
    pub fn open_with_ledger(&self, ledger: Arc<dyn Ledger>) -> Host {
        open_host_with_ledger(&self.folder, &self.now_ms, ledger)
    }

    /// Opens another host of the same project that counts what it loads, and opens the gate there.
    pub async fn open_counted(&self) -> (GateHandle, LoadCounter) {
        let counter = LoadCounter::default();
        let host = host_builder(&self.folder, &self.now_ms, Arc::new(self.ledger()));
        let host = host.progress(counter.clone()).build();
        (host.gate(&"short".parse().unwrap()).await.unwrap(), counter)
    }

    /// Changes the gate, locks it and loads it in another host. Nothing is published.
    pub async fn load_draft(&self, characters_max: u32) -> LoadedGate {
        self.change_gate(characters_max).await;
        self.open_again().load_locked_gate("short").await.unwrap()
    }

    pub async fn open_gate(&self) -> GateHandle {
        self.host.gate(&"short".parse().unwrap()).await.unwrap()
    }

    /// Changes the gate and locks it. Nothing is published.
    pub async fn change_gate(&self, characters_max: u32) {
        self.write_gate(&gate(characters_max)).await;
    }

    /// Adds lines to the file of the gate and locks it. Nothing is published.
    pub async fn add_to_gate(&self, lines: &str) {
        let path = self.folder.path().join("gates/short.toml");
        self.write_gate(&(files::read_text(&path).unwrap() + lines)).await;
    }

    /// Writes the file of the gate and locks it. Nothing is published.
    pub async fn write_gate(&self, text: &str) {
        let path = self.folder.path().join("gates/short.toml");
        files::write(&path, text.as_bytes()).unwrap();
        lock(&self.folder).await;
    }

    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.folder.path().join("ledger.db")).unwrap()
    }

    /// Returns how many runs are recorded.
    pub fn run_count(&self) -> usize {
        let query = EventQuery {
            gate: None,
            kind: Some("run".into()),
            page: PageCursor::Newest,
            limit: 10_000,
        };
        self.ledger().open_reader().unwrap().events(&query).unwrap().len()
    }
}

pub fn actor() -> Actor {
    Actor::new("Sam Reed".parse().unwrap())
}

pub fn submission(text: &str) -> Submission {
    Submission::new(Subject::new(Content::Text(text.into())))
}

pub async fn check(gate: &GateHandle, text: &str) -> CheckedRun {
    decided(gate.check(submission(text), &actor()).await.unwrap())
}

/// Returns the run of an output that was decided now.
pub fn decided(outcome: CheckOutcome) -> CheckedRun {
    match outcome {
        CheckOutcome::Decided(run) => *run,
        other => panic!("{other:?}"),
    }
}

/// Returns whether the contract reported the text as too long.
pub fn is_too_long(run: &CheckedRun) -> bool {
    run.decision.reasons.iter().any(|reason| reason.kind.to_string().contains("tollgate/length"))
}

pub fn gate(characters_max: u32) -> String {
    format!(
        "[[contracts]]\ncontract = \"tollgate/length@^1\"\nconfig = {{ characters = {{ max = {characters_max} }} }}\n"
    )
}

pub fn open_host(folder: &TempDir, now_ms: &Arc<AtomicU64>) -> Host {
    let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
    open_host_with_ledger(folder, now_ms, Arc::new(ledger))
}

fn open_host_with_ledger(
    folder: &TempDir,
    now_ms: &Arc<AtomicU64>,
    ledger: Arc<dyn Ledger>,
) -> Host {
    host_builder(folder, now_ms, ledger).build()
}

fn host_builder(folder: &TempDir, now_ms: &Arc<AtomicU64>, ledger: Arc<dyn Ledger>) -> HostBuilder {
    Host::builder(Project::open(folder.path()).unwrap())
        .ledger(ledger)
        .package_store(PackageStore::new(folder.path().join("store")))
        .clock(TestClock(now_ms.clone()))
}

/// Asserts that each run in a ledger of one gate was decided by the release that was active at its place in the chain, and
/// returns the release of each run.
pub fn assert_decided_by_active(ledger: &SqliteLedger) -> BTreeMap<Digest, Digest> {
    let reader = ledger.open_reader().unwrap();
    assert!(reader.verify(&[], &|_, _| false).unwrap().is_sound());
    let (mut active, mut decided, mut after) = (Vec::new(), BTreeMap::new(), 0);
    loop {
        let page = PageCursor::After(after);
        let query = EventQuery { gate: None, kind: None, page, limit: 1_000 };
        let events = reader.events(&query).unwrap();
        let Some(last) = events.last() else { return decided };
        after = last.seq;
        for event in events {
            match event.event.kind {
                EventKind::Rollout(rollout) if rollout.stage == RolloutStage::Full => {
                    active.retain(|release| *release != rollout.release);
                    active.push(rollout.release);
                }
                EventKind::Rollback(rollback) => {
                    active.retain(|release| Some(*release) != rollback.release);
                }
                EventKind::Run(run) => {
                    assert_eq!(Some(&run.release), active.last(), "event {}", event.seq);
                    assert_eq!(decided.insert(run.run, run.release), None, "recorded twice");
                }
                _ => {}
            }
        }
    }
}

pub async fn lock(folder: &TempDir) {
    let project = Project::open(folder.path()).unwrap();
    let store = PackageStore::new(folder.path().join("store"));
    let credentials = CredentialSettings::default();
    let access = RegistryAccess { offline: true, credentials };
    let packages = ProjectPackages::open(Some(project), store, access).unwrap();
    let required = packages.read_requirements().unwrap();
    let any = LockedVersions { gates: BTreeMap::new(), updated: BTreeSet::new() };
    let wit = WIT_VERSION.parse().unwrap();
    let resolved = packages.catalogue.resolve(&required, &any, &wit).await.unwrap();
    let lock = packages.lock_resolved(&resolved, &LockFile::default()).unwrap();
    packages.fetch(&resolved.packages, &()).await.unwrap();
    packages.write_lock(&lock).unwrap();
}
