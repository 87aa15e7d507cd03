//! The host: a project with its ledger, its packages and an engine.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use tollgate_engine::{Engine, EngineError, Settings};
use tollgate_ledger::{Ledger, LedgerError, LedgerReader, VerificationReport};
use tollgate_model::{Digest, Gate, GateName};
use tollgate_packages::store::Store;
use tollgate_project::{LocalPackages, Project};
use tracing::Instrument;

use crate::clock::{Clock, SystemClock};
use crate::gate::releases::{find_active_release, read_active_release};
use crate::gate::{GateHandle, GateLoadError, GateOpenError, LoadedGate};
use crate::progress::{NoProgress, Progress};

/// Readers that are kept open for the next caller. More are opened when more are needed at once.
const IDLE_READERS_MAX: usize = 8;

/// The host of one project. Clones are the same host, and cloning is cheap. Many tasks share one.
#[derive(Clone)]
pub struct Host {
    pub(crate) shared: Arc<HostShared>,
}

pub(crate) struct HostShared {
    /// Empty until a gate is loaded, if the caller gave none. Hosts that read and steer never need one.
    engine: OnceLock<Engine>,
    pub(crate) project: Project,
    pub(crate) packages: LocalPackages,
    ledger: Option<Arc<dyn Ledger>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) progress: Arc<dyn Progress>,
    idle_readers: Mutex<Vec<Box<dyn LedgerReader>>>,
    /// The active releases as they were last read.
    active_releases: Mutex<KnownReleases>,
}

/// The active release of each gate.
#[derive(Default)]
struct KnownReleases {
    /// Version of the ledger's releases at which they were read. 0 if they were not.
    version: u64,
    releases: Arc<BTreeMap<GateName, Digest>>,
}

/// Settings of a host that is to be made.
pub struct HostBuilder {
    project: Project,
    ledger: Option<Arc<dyn Ledger>>,
    store: Option<Store>,
    engine: Option<Engine>,
    clock: Arc<dyn Clock>,
    progress: Arc<dyn Progress>,
}

impl HostBuilder {
    /// Sets the ledger. A host without one can try gates, but checks nothing.
    #[must_use]
    pub fn ledger(mut self, ledger: Arc<dyn Ledger>) -> Self {
        self.ledger = Some(ledger);
        self
    }

    /// Sets the store that packages are read from. Without one only the embedded standard contracts are found.
    #[must_use]
    pub fn package_store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Sets the engine. Hosts may share one. Without one the host makes its own, with no cache of compiled contracts
    /// and no compile process, when a gate is first loaded. Contracts by strangers need a compile process
    /// (`tollgate_engine::Settings::compile_process`).
    #[must_use]
    pub fn engine(mut self, engine: Engine) -> Self {
        self.engine = Some(engine);
        self
    }

    /// Sets the clock. The default is the clock of the machine.
    #[must_use]
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the receiver of the progress of long work. The default ignores it.
    #[must_use]
    pub fn progress(mut self, progress: impl Progress + 'static) -> Self {
        self.progress = Arc::new(progress);
        self
    }

    /// Makes the host.
    pub fn build(self) -> Host {
        let Self { project, ledger, store, engine, clock, progress } = self;
        let engine = engine.map(OnceLock::from).unwrap_or_default();
        let packages = LocalPackages::new(Some(project.clone()), store);
        let shared = HostShared {
            engine,
            project,
            packages,
            ledger,
            clock,
            progress,
            idle_readers: Mutex::default(),
            active_releases: Mutex::default(),
        };
        Host { shared: Arc::new(shared) }
    }
}

impl Host {
    /// Begins a host for a project.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// use tollgate::{Host, Project};
    /// use tollgate_ledger_sqlite::SqliteLedger;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let folder = tempfile::tempdir()?;
    /// # let folder = folder.path();
    /// # std::fs::write(folder.join("tollgate.toml"), "")?;
    /// let ledger = SqliteLedger::open(&folder.join("ledger.db"))?;
    /// let host = Host::builder(Project::open(folder)?).ledger(Arc::new(ledger)).build();
    /// assert_eq!(host.active_release(&"welcome-email".parse()?)?, None);
    /// host.close();
    /// # Ok(()) }
    /// ```
    pub fn builder(project: Project) -> HostBuilder {
        let (clock, progress) = (Arc::new(SystemClock), Arc::new(NoProgress));
        HostBuilder { project, ledger: None, store: None, engine: None, clock, progress }
    }

    /// Opens a gate. Fails if it has no active release, or if that one cannot be loaded.
    pub async fn gate(&self, name: &GateName) -> Result<GateHandle, GateOpenError> {
        GateHandle::open(self.shared.clone(), name).await
    }

    /// Returns the gate record of the active release, without loading its contracts. It blocks while it reads.
    pub fn active_gate(&self, gate: &GateName) -> Result<Gate, GateOpenError> {
        let (_, record) = self.shared.read(|reader| read_active_release(reader, gate))?;
        Ok(record)
    }

    /// Loads the active release of a gate.
    pub async fn load_active_gate(&self, gate: &GateName) -> Result<LoadedGate, GateOpenError> {
        self.shared.load_active_gate(gate).await
    }

    /// Returns a host of the same ledger, engine and packages for a project that was read anew.
    pub fn with_project(&self, project: Project) -> Self {
        let shared = &self.shared;
        let packages = shared.packages.with_project(project.clone());
        let shared = HostShared {
            engine: shared.engine.clone(),
            project,
            packages,
            ledger: shared.ledger.clone(),
            clock: shared.clock.clone(),
            progress: shared.progress.clone(),
            idle_readers: Mutex::default(),
            active_releases: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Returns the clock of the host.
    pub fn clock(&self) -> Arc<dyn Clock> {
        self.shared.clock.clone()
    }

    /// Returns the time by the clock of the host, in milliseconds since 1970.
    pub fn now_ms(&self) -> u64 {
        self.shared.clock.now_ms()
    }

    pub fn project(&self) -> &Project {
        &self.shared.project
    }

    /// Returns the packages of the project on this machine.
    pub fn packages(&self) -> &LocalPackages {
        &self.shared.packages
    }

    /// Verifies the ledger. Signed checkpoints count for nothing here, because no key is known. It blocks while it reads.
    ///
    /// ```
    /// # include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/doc/project.rs"));
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let (_folder, host) = open_host()?;
    /// let report = host.verify_ledger()?;
    /// for fault in &report.faults {
    ///     println!("{fault}");
    /// }
    /// assert!(report.is_sound());
    /// # Ok(()) }
    /// ```
    pub fn verify_ledger(&self) -> Result<VerificationReport, LedgerError> {
        self.shared.read(|reader| reader.verify(&[], &|_, _| false))
    }

    /// Waits until everything that was handed to the ledger is recorded.
    pub fn close(&self) {
        // A reader that stays open would keep the database from removing its files beside the ledger.
        self.shared.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).clear();
        if let Some(ledger) = &self.shared.ledger {
            // On a thread of its own, because closing blocks, and callers may be in an async runtime.
            std::thread::scope(|scope| {
                scope.spawn(|| ledger.close());
            });
        }
    }
}

impl HostShared {
    /// Returns the ledger. A host without one is as one whose ledger is closed: it records nothing.
    pub(crate) fn ledger(&self) -> Result<&Arc<dyn Ledger>, LedgerError> {
        self.ledger.as_ref().ok_or(LedgerError::Closed)
    }

    /// Reads from the ledger with a reader that is open already, if there is one. It blocks while it reads.
    pub(crate) fn read<T, E: From<LedgerError>>(
        &self,
        read: impl FnOnce(&dyn LedgerReader) -> Result<T, E>,
    ) -> Result<T, E> {
        let reader = self.take_reader()?;
        let result = read(&*reader);
        self.return_reader(reader);
        result
    }

    /// Reads from the ledger, or returns `None` if nothing is recorded yet: the host has no ledger, or it is only made
    /// when something is recorded. It blocks while it reads.
    pub(crate) fn read_if_recorded<T, E: From<LedgerError>>(
        &self,
        read: impl FnOnce(&dyn LedgerReader) -> Result<T, E>,
    ) -> Result<Option<T>, E> {
        if self.ledger.is_none() {
            return Ok(None);
        }
        let reader = match self.take_reader() {
            Ok(reader) => reader,
            Err(LedgerError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let result = read(&*reader);
        self.return_reader(reader);
        result.map(Some)
    }

    fn take_reader(&self) -> Result<Box<dyn LedgerReader>, LedgerError> {
        let kept = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        match kept {
            Some(reader) => Ok(reader),
            None => self.ledger()?.open_reader(),
        }
    }

    fn return_reader(&self, reader: Box<dyn LedgerReader>) {
        let mut idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(reader);
        }
    }

    /// Returns the engine, and makes it if there is none yet. Fails if this machine cannot run it.
    pub(crate) fn engine(&self) -> Result<&Engine, EngineError> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let engine = Engine::new(Settings::default())?;
        // Of two that are made at once, one is kept.
        Ok(self.engine.get_or_init(|| engine))
    }

    /// Returns the digest of the release that is active at a gate. A ledger that is not made yet has none.
    pub(crate) fn active_release(&self, gate: &GateName) -> Result<Option<Digest>, LedgerError> {
        match self.read(|reader| find_active_release(reader, gate)) {
            Err(LedgerError::NotFound(_)) => Ok(None),
            found => found,
        }
    }

    /// Returns the active release of each gate. They are read only if they can have changed since they were last read.
    pub(crate) fn active_releases(&self) -> Result<Arc<BTreeMap<GateName, Digest>>, LedgerError> {
        let releases = self.read_if_recorded(|reader| {
            // The version is read first: releases that are newer than it are read again the next time.
            let version = reader.releases_version()?;
            let known = self.known_releases();
            if known.version == version {
                return Ok(known.releases.clone());
            }
            drop(known);
            let releases = Arc::new(reader.active_releases()?);
            *self.known_releases() = KnownReleases { version, releases: releases.clone() };
            Ok::<_, LedgerError>(releases)
        })?;
        Ok(releases.unwrap_or_default())
    }

    fn known_releases(&self) -> MutexGuard<'_, KnownReleases> {
        self.active_releases.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn load_active_gate(
        &self,
        gate: &GateName,
    ) -> Result<LoadedGate, GateOpenError> {
        let release = self.active_release(gate)?;
        let release =
            release.ok_or_else(|| GateOpenError::NoActiveRelease { gate: gate.clone() })?;
        self.load_release_of(gate, release).await
    }

    /// Loads a release of a gate from the ledger.
    pub(crate) async fn load_release_of(
        &self,
        gate: &GateName,
        release: Digest,
    ) -> Result<LoadedGate, GateOpenError> {
        self.progress.begin_step(&format!("loading gate `{gate}`"));
        let span = tracing::info_span!("load", gate = gate.as_str(), release = %release);
        let loaded = self.load_release(release).instrument(span).await;
        self.progress.end_step();
        loaded.map_err(|error| {
            let (gate, source) = (gate.clone(), Box::new(error));
            GateOpenError::Load { gate, release, source }
        })
    }

    async fn load_release(&self, release: Digest) -> Result<LoadedGate, GateLoadError> {
        let parts = self.read(|reader| LoadedGate::read_release(reader, release))?;
        LoadedGate::from_release(self.engine()?, &self.packages, parts).await
    }
}
