//! A contract that is ready to judge: configured, compiled, granted and limited.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_model::{
    Capability, Digest, Failure, HostAnswer, Judgement, Manifest, Report, RunLog, Subject,
};
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::bindings::{self, Boundary, BoundaryPre};
use crate::cache::CacheError;
use crate::capabilities::{Host, Live, Source};
use crate::check::check;
use crate::config::Config;
use crate::coverage;
use crate::deadline::within;
use crate::engine::Engine;
use crate::grants::Grants;
use crate::limits::Limits;
use crate::post_mortem::{Stage, examine};
use crate::prepare::Preparation;
use crate::sandbox::Sandbox;

/// A contract that is ready to judge. Cloning it is cheap.
#[derive(Clone)]
pub struct Contract(Arc<Loaded>);

pub(crate) struct Loaded {
    pub(crate) engine: Engine,
    pub(crate) digest: Digest,
    pub(crate) manifest: Manifest,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) config: Config,
    pub(crate) preparation: Preparation,
    pub(crate) from_cache: bool,
    pub(crate) cache_problem: Option<CacheError>,
    pub(crate) instances: BoundaryPre<Sandbox>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: Limits,
}

impl From<Loaded> for Contract {
    fn from(loaded: Loaded) -> Self {
        Self(Arc::new(loaded))
    }
}

impl Contract {
    pub(crate) fn loaded(&self) -> &Loaded {
        &self.0
    }

    /// What identifies the component.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// What identifies its configuration.
    pub fn config_digest(&self) -> Digest {
        self.0.config.digest()
    }

    /// What it says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// What it imports.
    pub fn capabilities(&self) -> &[Capability] {
        &self.0.capabilities
    }

    /// What was done so that it starts fast.
    pub fn preparation(&self) -> &Preparation {
        &self.0.preparation
    }

    /// Whether it was ready on disk.
    pub fn was_cached(&self) -> bool {
        self.0.from_cache
    }

    /// Why what was compiled could not be kept on disk, if it could not.
    pub fn cache_problem(&self) -> Option<&CacheError> {
        self.0.cache_problem.as_ref()
    }

    /// Judges a subject in a sandbox of its own.
    ///
    /// The future gives way to other work about every 50 µs of computing, and dropping
    /// it takes the sandbox down.
    pub async fn judge(&self, subject: &Subject, live: Live) -> Judgement {
        self.0.judge(subject, Source::Live(live)).await
    }

    /// Judges a subject again, with the answers that the host gave then.
    pub async fn replay(&self, subject: &Subject, answers: Vec<HostAnswer>) -> Judgement {
        self.0.judge(subject, Source::Record(answers.into())).await
    }

    /// Judges one subject many times in a single sandbox, to measure what a sandbox of
    /// its own costs: nothing keeps one subject from the next here.
    #[doc(hidden)]
    pub async fn judge_without_isolation(&self, subject: &Subject, times: u32) -> Option<Duration> {
        let (mut store, fuel) = self.0.sandbox(subject, Source::Live(Live::default())).ok()?;
        let guest = self.0.start(&mut store).await.ok()?;
        let started = Instant::now();
        for _ in 0..times {
            self.0.engine.refuel(&mut store, fuel).ok()?;
            let judge = guest.tollgate_contract_judge();
            judge.call_judge(&mut store, bindings::subject(subject)).await.ok()?.ok()?;
        }
        Some(started.elapsed() / times)
    }
}

/// Why there is no report: the sandbox died, or the contract refused.
pub(crate) enum End {
    Died((Stage, wasmtime::Error)),
    Refused(tollgate_model::Refusal),
}

impl From<wasmtime::Error> for End {
    fn from(error: wasmtime::Error) -> Self {
        Self::Died((Stage::Call, error))
    }
}

impl From<bindings::types::Refusal> for End {
    fn from(refusal: bindings::types::Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl Loaded {
    async fn judge(&self, subject: &Subject, source: Source) -> Judgement {
        let started = Instant::now();
        let mut judgement = match self.admit(subject).await {
            Ok(_slot) => self.judge_in_sandbox(subject, source).await,
            Err(failure) => nothing(failure),
        };
        judgement.time_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        judgement
    }

    /// A full pool is an error in wasmtime, so nobody gets there without a slot.
    async fn admit(&self, subject: &Subject) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        coverage::check(&self.manifest.contract, subject.prompt.as_ref())?;
        self.limits.admits(subject)?;
        self.engine.slot().await
    }

    async fn judge_in_sandbox(&self, subject: &Subject, source: Source) -> Judgement {
        let (mut store, fuel) = match self.sandbox(subject, source) {
            Ok(sandbox) => sandbox,
            Err(failure) => return nothing(failure),
        };
        let ended = within(self.deadline(), self.call(&mut store, subject)).await;
        let verdict = self
            .settle(ended, &mut store, fuel)
            .and_then(|report| check(&report, subject, &self.manifest).map(|()| report));
        self.conclude(verdict, store, fuel)
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.limits.deadline_ms)
    }

    /// What a call came to, or why it came to nothing.
    pub(crate) fn settle<T>(
        &self,
        ended: Option<Result<T, End>>,
        store: &mut Store<Sandbox>,
        fuel: u64,
    ) -> Result<T, Failure> {
        match ended {
            None => Err(Failure::Deadline { deadline_ms: self.limits.deadline_ms }),
            Some(Err(End::Refused(refusal))) => Err(Failure::Refused { refusal }),
            Some(Err(End::Died(error))) => Err(examine(error, store, &self.limits, fuel)),
            Some(Ok(value)) => Ok(value),
        }
    }

    /// The end of a sandbox, and what is kept of it.
    pub(crate) fn conclude(
        &self,
        verdict: Result<Report, Failure>,
        store: Store<Sandbox>,
        fuel: u64,
    ) -> Judgement {
        let fuel_used = fuel.saturating_sub(store.get_fuel().unwrap_or(fuel));
        let Sandbox { host, .. } = store.into_data();
        let verdict = verdict.and_then(|report| match host.unasked() {
            0 => Ok(report),
            more => Err(Failure::ReplayDiverged {
                reason: format!("the contract left {more} answers of the record unasked"),
            }),
        });
        Judgement { verdict, fuel_used, time_us: 0, answers: host.answers, log: host.log }
    }

    async fn call(&self, store: &mut Store<Sandbox>, subject: &Subject) -> Result<Report, End> {
        let guest = self.start(store).await?;
        let judge = guest.tollgate_contract_judge();
        Ok(judge.call_judge(&mut *store, bindings::subject(subject)).await??.into())
    }

    /// A fresh instance in its configured state.
    async fn start(&self, store: &mut Store<Sandbox>) -> Result<Boundary, End> {
        let guest = self.instances.instantiate_async(&mut *store).await;
        let guest = guest.map_err(|error| End::Died((Stage::Start, error)))?;
        self.configure(store, &guest).await?;
        Ok(guest)
    }

    /// The same for a contract that is asked for more than `judge`.
    pub(crate) async fn start_instance(&self, store: &mut Store<Sandbox>) -> Result<Instance, End> {
        let died = |error| End::Died((Stage::Start, error));
        let instances = self.instances.instance_pre();
        let instance = instances.instantiate_async(&mut *store).await.map_err(died)?;
        let guest = Boundary::new(&mut *store, &instance).map_err(died)?;
        self.configure(store, &guest).await?;
        Ok(instance)
    }

    /// Where a snapshot could not be taken.
    async fn configure(&self, store: &mut Store<Sandbox>, guest: &Boundary) -> Result<(), End> {
        if let Preparation::PerJudgement { .. } = self.preparation {
            let judge = guest.tollgate_contract_judge();
            let source = std::mem::replace(&mut store.data_mut().host.source, Source::Nobody);
            judge.call_configure(&mut *store, self.config.text()).await??;
            store.data_mut().host.source = source;
        }
        Ok(())
    }

    pub(crate) fn sandbox(
        &self,
        subject: &Subject,
        source: Source,
    ) -> Result<(Store<Sandbox>, u64), Failure> {
        let mut fuel = self.limits.fuel_for(subject);
        if let Preparation::PerJudgement { .. } = self.preparation {
            fuel = fuel.saturating_add(self.limits.configure_fuel);
        }
        let host = Host::new(&self.limits, self.grants.clone(), source);
        let store = self.engine.store(&self.limits, host, fuel).map_err(out_of_order)?;
        Ok((store, fuel))
    }
}

/// What went wrong is nothing that the contract did.
pub(crate) fn out_of_order(error: wasmtime::Error) -> Failure {
    Failure::Host { reason: format!("{error:#}") }
}

pub(crate) fn nothing(failure: Failure) -> Judgement {
    Judgement {
        verdict: Err(failure),
        fuel_used: 0,
        time_us: 0,
        answers: Vec::new(),
        log: RunLog::default(),
    }
}
