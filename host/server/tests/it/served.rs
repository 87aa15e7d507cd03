//! A server over the example project in a temporary folder, with tokens and a client. The project has two gates with the same
//! rules: `welcome-email`, and `offers`, which keeps only the digests of its outputs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;
use tollgate::ledger::{Ledger, LedgerEntry};
use tollgate::model::{
    Digest, Event, EventKind, LevelChangeReason, LevelEvent, LevelScheme, Share, TimeSpan,
};
use tollgate::{Clock, Host, PackageStore, Project};
use tollgate_govern::example::WELCOME_EMAIL;
use tollgate_ledger_sqlite::SqliteLedger;
use tollgate_packages::lock::LockFile;
use tollgate_packages::resolve::LockedVersions;
use tollgate_packages::source::PublishOptions;
use tollgate_packages::trust::SecretKey;
use tollgate_project::{KeyPurpose, ProjectPackages, RegistryAccess, files, open_package};
use tollgate_server::access::{Role, TokenRequest, TokenStore};
use tollgate_server::{RunningServer, ServerSettings};

/// Time at which tests begin. The clock of the server stands still until a test moves it.
pub const START_MS: u64 = 1_800_000_000_000;
/// Gate that keeps its outputs.
pub const GATE: &str = "welcome-email";
/// Gate that keeps only the digests of its outputs.
pub const OTHER_GATE: &str = "offers";

const WIT_VERSION: &str = "0.1.0";
/// Time in which all gates have to be ready. They load compiled contracts or compile them.
const READY_TIME_MAX: Duration = Duration::from_secs(120);
const POLL_INTERVAL: Duration = Duration::from_millis(20);

pub struct Served {
    pub server: RunningServer,
    pub ledger: SqliteLedger,
    pub now_ms: Arc<AtomicU64>,
    pub folder: TempDir,
    tokens: TokenStore,
    /// Token of the program that hands outputs in.
    mailer: String,
    client: reqwest::Client,
}

/// An answer of the server.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Value,
}

struct TestClock(Arc<AtomicU64>);

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Served {
    /// Starts a server whose gates are released and at level 3, at which every output is held.
    pub async fn start() -> Self {
        Self::start_at_level(3).await
    }

    /// Starts a server whose gate `welcome-email` is at a level. At level 4 all its outputs are sampled for an audit.
    pub async fn start_at_level(level: u8) -> Self {
        Self::start_with_key(level, None).await
    }

    /// Starts a server that signs with a key, which its project trusts for checkpoints.
    pub async fn start_with_key(level: u8, key: Option<Arc<SecretKey>>) -> Self {
        Self::start_with(level, key, |_| {}).await
    }

    /// Starts a server with further settings.
    pub async fn start_with(
        level: u8,
        key: Option<Arc<SecretKey>>,
        adjust: impl FnOnce(&mut ServerSettings),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        write_project(&folder).await;
        if let Some(key) = &key {
            trust_for_checkpoints(&folder, key);
        }
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db")).unwrap();
        let now_ms = Arc::new(AtomicU64::new(START_MS));
        let host = open_host(&folder, &ledger, &now_ms);
        let sam = tollgate::Actor::new("Sam Reed".parse().unwrap());
        for gate in [GATE, OTHER_GATE] {
            host.publish_release(gate, &sam, None).await.unwrap();
        }
        let state_folder = folder.path().join("state");
        let tokens = TokenStore::new(&state_folder);
        // The server has tokens from the beginning, so it is never open to everybody.
        let mailer = create_token(&tokens, "the mailer", &[Role::Submit, Role::Read], &[], &[]);
        let address = "127.0.0.1:0".parse().unwrap();
        let mut settings = ServerSettings::new(address, state_folder, "Sam Reed".parse().unwrap());
        settings.signing = key;
        adjust(&mut settings);
        let server = tollgate_server::start(host, settings).await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let served = Self { server, ledger, now_ms, folder, tokens, mailer, client };
        if level != 3 {
            served.set_level(level).await;
        }
        served.wait_until_ready().await;
        served
    }

    /// Makes a token for all gates.
    pub fn token(&self, person: &str, roles: &[Role]) -> String {
        create_token(&self.tokens, person, roles, &[], &[])
    }

    /// Makes a token for some gates.
    pub fn token_for(&self, person: &str, roles: &[Role], gates: &[&str]) -> String {
        create_token(&self.tokens, person, roles, gates, &[])
    }

    /// Makes a token of a person who reviews in a role.
    pub fn token_of_reviewer(&self, person: &str, reviewer_role: &str) -> String {
        create_token(&self.tokens, person, &[Role::Review], &[], &[reviewer_role])
    }

    /// Revokes a token.
    pub fn revoke(&self, token: &str) {
        let id = token.split('_').nth(1).unwrap().parse().unwrap();
        let by = "Sam Reed".parse().unwrap();
        self.tokens.revoke(&id, &by, self.now_ms.load(Ordering::Relaxed)).unwrap();
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.ask(Method::GET, token, path, |request| request).await
    }

    pub async fn post(&self, token: &str, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, token, path, |request| request.json(&body)).await
    }

    /// Sends a request as the test makes it.
    pub async fn ask(
        &self,
        method: Method,
        token: &str,
        path: &str,
        to_request: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Answer {
        let answer = self.raw(method, token, path, to_request).await;
        let status = answer.status().as_u16();
        let body = answer.bytes().await.unwrap();
        Answer { status, body: serde_json::from_slice(&body).unwrap_or(Value::Null) }
    }

    /// Sends a request as the test makes it, and returns the whole answer.
    pub async fn raw(
        &self,
        method: Method,
        token: &str,
        path: &str,
        to_request: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> reqwest::Response {
        let address = format!("http://{}{path}", self.server.address());
        let request = self.client.request(method, address).bearer_auth(token);
        to_request(request).send().await.unwrap()
    }

    /// Has a gate check a text, and returns the result.
    pub async fn check(&self, gate: &str, text: &str) -> Value {
        let path = format!("/v1/gates/{gate}/check");
        self.post(&self.mailer, &path, output(text)).await.ok()
    }

    /// Has a gate check a text that is held, and returns the run.
    pub async fn hold(&self, gate: &str, text: &str) -> String {
        let result = self.check(gate, text).await;
        assert_eq!(result["decision"], "hold", "{result:#}");
        result["run"].as_str().unwrap().to_owned()
    }

    /// Changes the file of a gate and locks it. Nothing is published.
    pub async fn change_gate(&self, gate: &str, from: &str, to: &str) {
        let path = self.folder.path().join(format!("gates/{gate}.toml"));
        let text = files::read_text(&path).unwrap();
        assert!(text.contains(from), "the gate has no `{from}`");
        files::write(&path, text.replace(from, to).as_bytes()).unwrap();
        lock(&self.folder).await;
    }

    /// Records an event at the gate `welcome-email`, as another process would.
    pub async fn record(&self, kind: EventKind) {
        let at_ms = self.now_ms.load(Ordering::Relaxed);
        let event = Event { at_ms, gate: GATE.parse().unwrap(), kind };
        self.ledger.append(LedgerEntry::new(event).into()).await.unwrap();
    }

    async fn set_level(&self, level: u8) {
        let accepted_by = "Sam Reed".parse().unwrap();
        let reason =
            LevelChangeReason::Promoted { accepted_by, reviewed: 40, approval_rate: Share::ALL };
        let change = LevelEvent { scheme: LevelScheme::L0ToL5, from: 3, to: level, reason };
        self.record(EventKind::Level(change)).await;
    }

    async fn wait_until_ready(&self) {
        let start = Instant::now();
        loop {
            let gates = self.get(&self.mailer, "/v1/gates").await.ok();
            let states: Vec<_> = gates["gates"].as_array().unwrap().iter().collect();
            let is_ready = |gate: &&Value| gate["state"] == "ready";
            if states.len() == 2 && states.iter().all(is_ready) {
                return;
            }
            assert!(start.elapsed() < READY_TIME_MAX, "{gates:#}");
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }
}

impl Answer {
    /// Returns the document of a request that was done.
    pub fn ok(self) -> Value {
        assert_eq!(self.status, 200, "{:#}", self.body);
        self.body
    }

    /// Returns the problem of a request that was not done, which has this status and code.
    pub fn problem(self, status: u16, code: &str) -> Value {
        let found = (self.status, self.body["code"].as_str().unwrap_or_default());
        assert_eq!(found, (status, code), "{:#}", self.body);
        self.body
    }

    /// Returns the objections of the rules.
    pub fn objections(self) -> Vec<String> {
        let problem = self.problem(422, "refused-by-rules");
        let objections = problem["objections"].as_array().unwrap().iter();
        objections.map(|one| one.as_str().unwrap().to_owned()).collect()
    }
}

/// Returns an output that the gates can judge.
pub fn output(text: &str) -> Value {
    json!({
        "text": text,
        "prompt": "welcome-email@2.1.0",
        "context": {
            "channel": "email", "model": "acme/large", "confidence": 0.93, "campaign": "spring",
            "data-classes": ["contact"], "region": "eu", "cost": "0.01", "author": "Ada Writer",
        },
    })
}

/// Returns a complete checklist.
pub fn answers() -> Value {
    json!([
        {"item": "promises", "answer": "yes", "evidence": "the offer page"},
        {"item": "tone", "answer": "yes"},
    ])
}

fn create_token(
    tokens: &TokenStore,
    person: &str,
    roles: &[Role],
    gates: &[&str],
    reviewer_roles: &[&str],
) -> String {
    let request = TokenRequest {
        person: person.parse().unwrap(),
        roles: roles.iter().copied().collect(),
        gates: gates.iter().map(|gate| gate.parse().unwrap()).collect(),
        reviewer_roles: reviewer_roles.iter().map(|role| role.parse().unwrap()).collect(),
        lifetime: TimeSpan::from_days(30),
        created_by: "Sam Reed".parse().unwrap(),
    };
    tokens.create(request, START_MS).unwrap().text.reveal().to_owned()
}

fn open_host(folder: &TempDir, ledger: &SqliteLedger, now_ms: &Arc<AtomicU64>) -> Host {
    Host::builder(Project::open(folder.path()).unwrap())
        .ledger(Arc::new(ledger.clone()))
        .package_store(PackageStore::new(folder.path().join("store")))
        .clock(TestClock(now_ms.clone()))
        .build()
}

/// Has the project trust a key, which it names `server`.
fn trust_for_checkpoints(folder: &TempDir, key: &SecretKey) {
    let project = Project::open(folder.path()).unwrap();
    let public = key.public().to_pem().unwrap();
    files::write(&project.key_path("server"), public.as_bytes()).unwrap();
    project.add_trust(&KeyPurpose::Checkpoints, "server").unwrap();
}

async fn write_project(folder: &TempDir) {
    let example = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/newsletter"));
    for file in ["tollgate.toml", "prompts/welcome-email.prompt", "brand/voice.md"] {
        let bytes = std::fs::read(example.join(file)).unwrap();
        files::write(&folder.path().join(file), &bytes).unwrap();
    }
    std::fs::create_dir(folder.path().join("packages")).unwrap();
    publish(folder, &folder.path().join("prompts/welcome-email.prompt")).await;
    let voice = Digest::of(std::fs::read(folder.path().join("brand/voice.md")).unwrap());
    let gate = gate_record(&voice);
    let other = gate
        .replace("name = \"welcome-email\"", "name = \"offers\"")
        .replace("contents = \"full\"", "contents = \"digest\"");
    for (name, record) in [(GATE, gate), (OTHER_GATE, other)] {
        files::write(&folder.path().join(format!("gates/{name}.toml")), record.as_bytes()).unwrap();
    }
    lock(folder).await;
}

/// Returns the record of the example with one contract, which asks of a text that it is short.
fn gate_record(voice: &Digest) -> String {
    let mut text = WELCOME_EMAIL.to_owned();
    let agreed = text.find("digest = \"sha256:").unwrap();
    let end = text[agreed..].find('\n').unwrap() + agreed;
    text.replace_range(agreed..end, &format!("digest = \"{voice}\""));
    for (from, to) in [
        ("sample-share = 0.1", "sample-share = 1.0"),
        ("[\"politics\", \"health\", \"competitors\"]", "[]"),
        ("topics-judged-by", "# topics-judged-by"),
        ("contents = \"masked\"", "contents = \"full\""),
    ] {
        assert!(text.contains(from), "the example gate has no `{from}`");
        text = text.replace(from, to);
    }
    let start = text.find("[[contracts]]").unwrap();
    let end = text.find("# What the AI can do in each system").unwrap();
    let contract = "[[contracts]]\ncontract = \"tollgate/length@^1\"\nconfig = { characters = { max = 1000 } }\n\
                    on-fail = { error = \"hold\" }\n\n";
    text.replace_range(start..end, contract);
    text
}

async fn publish(folder: &TempDir, file: &Path) {
    let packages = open_packages(folder);
    let source = packages.find_source("packages").unwrap().source;
    let (package, _) = open_package(file).unwrap();
    source.publish(&package, &PublishOptions::default(), &()).await.unwrap();
}

async fn lock(folder: &TempDir) {
    let packages = open_packages(folder);
    let required = packages.read_requirements().unwrap();
    let any = LockedVersions { gates: BTreeMap::new(), updated: BTreeSet::new() };
    let wit = WIT_VERSION.parse().unwrap();
    let resolved = packages.catalogue.resolve(&required, &any, &wit).await.unwrap();
    let lock = packages.lock_resolved(&resolved, &LockFile::default()).unwrap();
    packages.fetch(&resolved.packages, &()).await.unwrap();
    packages.write_lock(&lock).unwrap();
}

fn open_packages(folder: &TempDir) -> ProjectPackages {
    let project = Project::open(folder.path()).unwrap();
    let store = PackageStore::new(folder.path().join("store"));
    ProjectPackages::open(Some(project), store, RegistryAccess::default()).unwrap()
}
