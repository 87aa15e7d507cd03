//! The example project, at a level at which people see exceptions only, with contracts that tests choose.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use tempfile::TempDir;
use tollgate::gate::LoadedGate;
use tollgate::ledger::{EventQuery, Ledger, LedgerEntry, PageCursor};
use tollgate::model::{
    Content, Digest, Event, EventKind, GateName, IncidentEvent, JsonText, LevelChangeReason,
    LevelEvent, LevelScheme, RunEvent, Share, Subject,
};
use tollgate::{
    CheckedRun, GateHandle, Host, LocalPackages, PackageStore, Project, StreamSubmission,
    Submission,
};
use tollgate_govern::example::{WELCOME_EMAIL, WELCOME_EMAIL_FILE};
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_packages::source::PublishOptions;
use tollgate_project::{ProjectPackages, RegistryAccess, files, open_package};

use super::fixture::{START_MS, actor, decided, lock, open_host};

const GATE: &str = "welcome-email";

/// Judges texts while they are written, and reports each exclamation mark as an error.
pub const MARKS: &str = "[[contracts]]\ncontract = \"hostile/hasty@^1\"\n";
/// Answers a text `lookup claims KEY` with what the table has.
pub const CLAIMS: &str = "[[contracts]]\ncontract = \"hostile/curious@^1\"\n\
    grants = [\"log\", \"clock\", \"lookup\", \"prompt-text\"]\ntables = { claims = \"tables/claims.csv\" }\n";
/// Judges whole texts only.
pub const LENGTH: &str =
    "[[contracts]]\ncontract = \"tollgate/length@^1\"\nconfig = { characters = { max = 1000 } }\n";

/// Path of the brand voice document of the example.
pub const BRAND_VOICE: &str = "brand/voice.md";

pub struct Newsletter {
    pub host: Host,
    folder: TempDir,
}

impl Newsletter {
    /// Creates the project with a gate that has these contracts and this level.
    pub async fn new(contracts: &str, level: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let example = repository().join("examples/newsletter");
        for file in ["tollgate.toml", "prompts/welcome-email.prompt", BRAND_VOICE] {
            let bytes = std::fs::read(example.join(file)).unwrap();
            files::write(&folder.path().join(file), &bytes).unwrap();
        }
        let table = folder.path().join("tables/claims.csv");
        files::write(&table, b"claim,by\nbest,legal\n").unwrap();
        std::fs::create_dir(folder.path().join("packages")).unwrap();
        publish(&folder, &folder.path().join("prompts/welcome-email.prompt")).await;
        for guest in ["curious", "hasty", "hostile"] {
            publish(&folder, &built_guest(guest)).await;
        }
        let host = open_host(&folder, &Arc::new(AtomicU64::new(START_MS)));
        let newsletter = Self { host, folder };
        newsletter.release(contracts).await;
        newsletter.set_level(level).await;
        newsletter
    }

    /// Writes the gate with these contracts and the brand voice document as it is now, and publishes a release of it.
    pub async fn release(&self, contracts: &str) {
        self.write_gate(contracts).await;
        // Another host knows the new lock file.
        self.open_again().publish_release(GATE, &actor(), None).await.unwrap();
    }

    /// Writes the gate with these contracts and the brand voice document as it is now, and loads it. Nothing is
    /// published.
    pub async fn load_draft(&self, contracts: &str) -> LoadedGate {
        self.write_gate(contracts).await;
        self.open_again().load_locked_gate(GATE).await.unwrap()
    }

    async fn write_gate(&self, contracts: &str) {
        let gate = agree_on_brand_voice(&gate(contracts), &self.folder.path().join(BRAND_VOICE));
        self.write(WELCOME_EMAIL_FILE, &gate);
        lock(&self.folder).await;
    }

    /// Removes a file of the project.
    pub fn remove(&self, file: &str) {
        std::fs::remove_file(self.folder.path().join(file)).unwrap();
    }

    /// Publishes a release that records outputs without personal data.
    pub async fn mask_contents(&self) {
        let path = self.folder.path().join(WELCOME_EMAIL_FILE);
        let gate = files::read_text(&path).unwrap();
        let (full, masked) = ("contents = \"full\"", "contents = \"masked\"");
        assert!(gate.contains(full));
        files::write(&path, gate.replace(full, masked).as_bytes()).unwrap();
        self.open_again().publish_release(GATE, &actor(), None).await.unwrap();
    }

    /// Opens another host of the same project, as another process would.
    pub fn open_again(&self) -> Host {
        open_host(&self.folder, &Arc::new(AtomicU64::new(START_MS)))
    }

    /// Returns the packages of the project on this machine.
    pub fn packages(&self) -> LocalPackages {
        let store = PackageStore::new(self.folder.path().join("store"));
        LocalPackages::new(Some(Project::open(self.folder.path()).unwrap()), Some(store))
    }

    /// Writes a file of the project.
    pub fn write(&self, file: &str, text: &str) {
        files::write(&self.folder.path().join(file), text.as_bytes()).unwrap();
    }

    pub async fn open_gate(&self) -> GateHandle {
        self.host.gate(&gate_name()).await.unwrap()
    }

    /// Records a level as if people had accepted it.
    pub async fn set_level(&self, level: u8) {
        let accepted_by = "Sam Reed".parse().unwrap();
        let reason =
            LevelChangeReason::Promoted { accepted_by, reviewed: 40, approval_rate: Share::ALL };
        let change = LevelEvent { scheme: LevelScheme::L0ToL5, from: 4, to: level, reason };
        self.record(EventKind::Level(change)).await;
    }

    /// Records an incident, which demotes the gate.
    pub async fn record_incident(&self) {
        let (description, by) = ("a wrong name".parse().unwrap(), "Sam Reed".parse().unwrap());
        self.record(EventKind::Incident(IncidentEvent { description, by, run: None })).await;
    }

    async fn record(&self, kind: EventKind) {
        let event = Event { at_ms: START_MS, gate: GATE.parse().unwrap(), kind };
        self.ledger().append(LedgerEntry::new(event).into()).await.unwrap();
    }

    /// Returns all recorded runs.
    pub fn runs(&self) -> Vec<RunEvent> {
        let kind = Some("run".into());
        let query = EventQuery { gate: None, kind, page: PageCursor::Newest, limit: 1_000 };
        let events = self.ledger().open_reader().unwrap().events(&query).unwrap();
        let run = |kind| match kind {
            EventKind::Run(run) => *run,
            other => panic!("{other:?}"),
        };
        events.into_iter().map(|stored| run(stored.event.kind)).collect()
    }

    /// Waits until this many runs are recorded, also in the background, and returns them.
    pub async fn wait_for_runs(&self, count: usize) -> Vec<RunEvent> {
        for _ in 0..200 {
            if self.runs().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let runs = self.runs();
        assert_eq!(runs.len(), count);
        runs
    }

    pub fn ledger(&self) -> SqliteLedger {
        SqliteLedger::open(&self.folder.path().join("ledger.db")).unwrap()
    }
}

pub fn gate_name() -> GateName {
    GATE.parse().unwrap()
}

/// Returns a text that the gate's prompt wrote.
pub fn subject(gate: &GateHandle, text: &str) -> Subject {
    let content = Content::Text(text.into());
    Subject { content, prompt: gate.prompt(), context: context() }
}

/// Checks a text that the gate's prompt wrote.
pub async fn check(gate: &GateHandle, text: &str) -> CheckedRun {
    decided(gate.check(Submission::new(subject(gate, text)), &actor()).await.unwrap())
}

/// Returns the submission of a text that the gate's prompt is going to write.
pub fn stream_submission(gate: &GateHandle) -> StreamSubmission {
    StreamSubmission::new(context()).with_prompt(gate.prompt().unwrap())
}

fn context() -> JsonText {
    let context = r#"{"channel": "email", "model": "acme/large", "confidence": 0.93,
        "campaign": "spring", "data-classes": ["contact"], "region": "eu", "cost": "0.01",
        "author": "Ada Writer"}"#;
    JsonText::parse(context).unwrap()
}

/// Returns the record with the digest of the brand voice document as it is now.
fn agree_on_brand_voice(record: &str, document: &Path) -> String {
    let gate = tollgate_govern::read::read(WELCOME_EMAIL_FILE, record).unwrap();
    let agreed = gate.guardrails.brand_voice.unwrap().digest;
    let actual = Digest::of(std::fs::read(document).unwrap());
    record.replace(&agreed.to_string(), &actual.to_string())
}

/// Returns the example gate with other contracts, at which people may come to see exceptions only.
fn gate(contracts: &str) -> String {
    let mut text = WELCOME_EMAIL.to_owned();
    for (from, to) in [
        ("highest = 4", "highest = 5"),
        ("pattern = \"over-the-loop\"", "pattern = \"on-the-loop\""),
        ("reputational-risk = { value = 3", "reputational-risk = { value = 1"),
        ("cost-efficiency = { value = 3", "cost-efficiency = { value = 1"),
        ("[\"politics\", \"health\", \"competitors\"]", "[]"),
        ("topics-judged-by", "# topics-judged-by"),
        ("contents = \"masked\"", "contents = \"full\""),
    ] {
        assert!(text.contains(from), "the example gate has no `{from}`");
        text = text.replace(from, to);
    }
    let start = text.find("[[contracts]]").unwrap();
    let end = text.find("# What the AI can do in each system").unwrap();
    text.replace_range(start..end, &format!("{contracts}\n"));
    text
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// Returns the component of a guest that `cargo xtask build` has built.
pub fn built_guest(name: &str) -> std::path::PathBuf {
    let dist = repository().join(format!("tests/guests/{name}/dist"));
    let mut built = std::fs::read_dir(&dist).into_iter().flatten().flatten();
    let Some(file) = built.next() else {
        panic!("`{}` is empty: run `cargo xtask build` first", dist.display())
    };
    file.path()
}

async fn publish(folder: &TempDir, file: &Path) {
    let project = Project::open(folder.path()).unwrap();
    let store = PackageStore::new(folder.path().join("store"));
    let packages = ProjectPackages::open(Some(project), store, RegistryAccess::default()).unwrap();
    let source = packages.find_source("packages").unwrap().source;
    let (package, _) = open_package(file).unwrap();
    source.publish(&package, &PublishOptions::default(), &()).await.unwrap();
}
