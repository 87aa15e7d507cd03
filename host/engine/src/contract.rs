//! A loaded contract, and one judgement from the first check of the subject to the verdict.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tollgate_model::{
    Capability, Content, Digest, Failure, HostAnswer, Judgement, Manifest, Refusal, Report, RunLog,
    Subject,
};
use tracing::field::{Empty, display};
use tracing::{Instrument, Span, debug_span};
use wasmtime::Store;
use wasmtime::component::Instance;

use crate::bindings::{self, Boundary, BoundaryPre};
use crate::cache::CacheError;
use crate::capabilities::{AnswerSource, HostContext, RunHost};
use crate::config::Config;
use crate::deadline::with_deadline;
use crate::engine::Engine;
use crate::grants::Grants;
use crate::limits::Limits;
use crate::post_mortem::{Stage, explain_failure};
use crate::prepare::Preparation;
use crate::prompt_coverage;
use crate::report_check::check_report;
use crate::sandbox::Sandbox;

/// A contract that is ready to judge: configured, compiled, with its grants and limits.
/// Cloning it is cheap.
#[derive(Clone)]
pub struct Contract(Arc<LoadedContract>);

pub(crate) struct LoadedContract {
    pub(crate) engine: Engine,
    pub(crate) digest: Digest,
    pub(crate) manifest: Manifest,
    pub(crate) capabilities: Vec<Capability>,
    pub(crate) config: Config,
    pub(crate) preparation: Preparation,
    /// Number of functions that had to be compiled, or `None` if it comes from the cache.
    pub(crate) functions_compiled: Option<u64>,
    pub(crate) cache_problem: Option<CacheError>,
    pub(crate) instances: BoundaryPre<Sandbox>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) limits: Limits,
}

impl From<LoadedContract> for Contract {
    fn from(loaded: LoadedContract) -> Self {
        Self(Arc::new(loaded))
    }
}

impl Contract {
    pub(crate) fn loaded(&self) -> &LoadedContract {
        &self.0
    }

    /// Returns the digest of the component.
    pub fn digest(&self) -> Digest {
        self.0.digest
    }

    /// Returns the digest of the configuration.
    pub fn config_digest(&self) -> Digest {
        self.0.config.digest()
    }

    /// Returns the manifest that the component carries.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// Returns the capabilities that the component imports.
    pub fn capabilities(&self) -> &[Capability] {
        &self.0.capabilities
    }

    /// Returns how its configured state is restored for each judgement.
    pub fn preparation(&self) -> &Preparation {
        &self.0.preparation
    }

    /// Returns whether the compiled contract came from the cache on disk.
    pub fn was_cached(&self) -> bool {
        self.0.functions_compiled.is_none()
    }

    /// Returns the number of functions that had to be compiled for this load. Functions that were
    /// compiled before, for another configuration or script, are not among them.
    pub fn functions_compiled(&self) -> u64 {
        self.0.functions_compiled.unwrap_or_default()
    }

    /// Returns the error of writing the compiled contract to the cache, if there was one.
    pub fn cache_problem(&self) -> Option<&CacheError> {
        self.0.cache_problem.as_ref()
    }

    /// Judges a subject in a sandbox of its own.
    ///
    /// The future yields about every 50 µs of computing. Dropping it ends the sandbox.
    pub async fn judge(&self, subject: &Subject, live: HostContext) -> Judgement {
        let name = &self.manifest().contract.name;
        let span = debug_span!("judge", contract = %name, fuel = Empty, outcome = Empty);
        let judging = self.0.judge(subject, AnswerSource::Live(live));
        let judgement = judging.instrument(span.clone()).await;
        record_judgement(&span, &judgement);
        judgement
    }

    /// Judges a subject again with the host answers that were recorded the first time.
    pub async fn replay(&self, subject: &Subject, answers: Vec<HostAnswer>) -> Judgement {
        self.0.judge(subject, AnswerSource::Recorded(answers.into())).await
    }

    /// Judges one subject many times in a single sandbox, so that benchmarks can measure the
    /// cost of isolation. Nothing is isolated here: never use it for real subjects.
    #[doc(hidden)]
    pub async fn judge_without_isolation(&self, subject: &Subject, times: u32) -> Option<Duration> {
        let (mut store, fuel) =
            self.0.new_sandbox(subject, AnswerSource::Live(HostContext::default())).ok()?;
        let guest = self.0.instantiate(&mut store, fuel).await.ok()?;
        let started = Instant::now();
        for _ in 0..times {
            self.0.engine.refuel(&mut store, fuel).ok()?;
            let judge = guest.tollgate_contract_judge();
            judge.call_judge(&mut store, bindings::subject_to_wit(subject)).await.ok()?.ok()?;
        }
        Some(started.elapsed() / times)
    }
}

/// A call into a contract that returned no report.
pub(crate) enum CallError {
    Died((Stage, wasmtime::Error)),
    Refused(tollgate_model::Refusal),
}

impl From<wasmtime::Error> for CallError {
    fn from(error: wasmtime::Error) -> Self {
        Self::Died((Stage::Call, error))
    }
}

impl From<bindings::types::Refusal> for CallError {
    fn from(refusal: bindings::types::Refusal) -> Self {
        Self::Refused(refusal.into())
    }
}

impl LoadedContract {
    async fn judge(&self, subject: &Subject, source: AnswerSource) -> Judgement {
        let started = Instant::now();
        let mut judgement = match self.acquire_slot(subject).await {
            Ok(_slot) => self.judge_in_sandbox(subject, source).await,
            Err(failure) => failed_judgement(failure),
        };
        judgement.time_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        judgement
    }

    /// Checks the subject and waits for a free sandbox. Without a slot, wasmtime would fail
    /// on a full pool instead of waiting.
    async fn acquire_slot(
        &self,
        subject: &Subject,
    ) -> Result<tokio::sync::SemaphorePermit<'_>, Failure> {
        refuse_invalid_json(subject)?;
        prompt_coverage::check_prompt(&self.manifest.contract, subject.prompt.as_ref())?;
        self.limits.check_subject_size(subject)?;
        self.engine.acquire_slot().await
    }

    async fn judge_in_sandbox(&self, subject: &Subject, source: AnswerSource) -> Judgement {
        let (mut store, fuel) = match self.new_sandbox(subject, source) {
            Ok(sandbox) => sandbox,
            Err(failure) => return failed_judgement(failure),
        };
        let ended =
            with_deadline(self.deadline(), self.call_judge(&mut store, subject, fuel)).await;
        let verdict = self
            .call_result(ended, &mut store, fuel)
            .and_then(|report| check_report(&report, subject, &self.manifest).map(|()| report));
        self.finish_judgement(verdict, store, fuel)
    }

    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_millis(self.limits.deadline_ms)
    }

    /// Turns the end of a call into its value or a failure. `None` means that the deadline
    /// passed.
    pub(crate) fn call_result<T>(
        &self,
        ended: Option<Result<T, CallError>>,
        store: &mut Store<Sandbox>,
        fuel: u64,
    ) -> Result<T, Failure> {
        match ended {
            None => Err(Failure::Deadline { deadline_ms: self.limits.deadline_ms }),
            Some(Err(CallError::Refused(refusal))) => Err(Failure::Refused { refusal }),
            Some(Err(CallError::Died(error))) => {
                Err(explain_failure(error, store, &self.limits, fuel))
            }
            Some(Ok(value)) => Ok(value),
        }
    }

    /// Ends a sandbox and collects the judgement: verdict, fuel, host answers and log.
    pub(crate) fn finish_judgement(
        &self,
        verdict: Result<Report, Failure>,
        store: Store<Sandbox>,
        fuel: u64,
    ) -> Judgement {
        let fuel_used = fuel.saturating_sub(store.get_fuel().unwrap_or(fuel));
        let Sandbox { host, .. } = store.into_data();
        let verdict = verdict.and_then(|report| match host.unused_answers() {
            0 => Ok(report),
            unused => Err(Failure::ReplayDiverged {
                reason: format!("the contract did not use {unused} of the recorded answers"),
            }),
        });
        Judgement { verdict, fuel_used, time_us: 0, answers: host.answers, log: host.log }
    }

    async fn call_judge(
        &self,
        store: &mut Store<Sandbox>,
        subject: &Subject,
        fuel: u64,
    ) -> Result<Report, CallError> {
        let guest = self.instantiate(store, fuel).await?;
        let judge = guest.tollgate_contract_judge();
        Ok(judge.call_judge(&mut *store, bindings::subject_to_wit(subject)).await??.into())
    }

    /// Makes a fresh instance in its configured state, with `fuel` for what follows.
    async fn instantiate(
        &self,
        store: &mut Store<Sandbox>,
        fuel: u64,
    ) -> Result<Boundary, CallError> {
        let guest = self.instances.instantiate_async(&mut *store).await;
        let guest = guest.map_err(|error| CallError::Died((Stage::Start, error)))?;
        self.configure_without_snapshot(store, &guest, fuel).await?;
        Ok(guest)
    }

    /// Makes a fresh configured instance without typed exports, for contracts that are called
    /// through more than `judge`.
    pub(crate) async fn instantiate_untyped(
        &self,
        store: &mut Store<Sandbox>,
        fuel: u64,
    ) -> Result<Instance, CallError> {
        let died = |error| CallError::Died((Stage::Start, error));
        let instances = self.instances.instance_pre();
        let instance = instances.instantiate_async(&mut *store).await.map_err(died)?;
        let guest = Boundary::new(&mut *store, &instance).map_err(died)?;
        self.configure_without_snapshot(store, &guest, fuel).await?;
        Ok(instance)
    }

    /// Configures the instance if its snapshot could not be taken, and then gives it `fuel`.
    /// Capabilities are closed meanwhile.
    async fn configure_without_snapshot(
        &self,
        store: &mut Store<Sandbox>,
        guest: &Boundary,
        fuel: u64,
    ) -> Result<(), CallError> {
        if let Preparation::PerJudgement { .. } = self.preparation {
            let judge = guest.tollgate_contract_judge();
            let source = std::mem::replace(&mut store.data_mut().host.source, AnswerSource::Closed);
            let configured = judge.call_configure(&mut *store, self.config.text()).await;
            // A judgement has the same fuel with and without a snapshot: what configuring left over
            // is not for judging.
            self.engine.refuel(store, fuel)?;
            configured.map_err(|error| CallError::Died((Stage::Configure, error)))??;
            store.data_mut().host.source = source;
        }
        Ok(())
    }

    /// Makes the store of a sandbox, and returns it with the fuel for judging. Without a snapshot,
    /// the store has the fuel for configuring first.
    pub(crate) fn new_sandbox(
        &self,
        subject: &Subject,
        source: AnswerSource,
    ) -> Result<(Store<Sandbox>, u64), Failure> {
        let fuel = self.limits.fuel_for(subject);
        let first_fuel = match self.preparation {
            Preparation::PerJudgement { .. } => self.limits.configure_fuel,
            Preparation::Snapshot { .. } => fuel,
        };
        let host = RunHost::new(&self.limits, self.grants.clone(), source);
        let store = self.engine.new_store(&self.limits, host, first_fuel).map_err(host_failure)?;
        Ok((store, fuel))
    }
}

/// Returns the failure for an error of the host itself, which is never the contract's fault.
pub(crate) fn host_failure(error: wasmtime::Error) -> Failure {
    Failure::Host { reason: format!("{error:#}") }
}

/// Records the fuel and the kind of outcome of a judgement, and nothing that quotes the subject.
fn record_judgement(span: &Span, judgement: &Judgement) {
    span.record("fuel", judgement.fuel_used);
    match &judgement.verdict {
        Ok(report) => span.record("outcome", display(report.outcome)),
        Err(failure) => span.record("outcome", failure.kind()),
    };
}

/// Refuses what should be JSON and is not: no contract says what such an output means.
fn refuse_invalid_json(subject: &Subject) -> Result<(), Failure> {
    let Content::InvalidJson(_) = subject.content else { return Ok(()) };
    let reason = "the subject should be JSON and is not".into();
    Err(Failure::Refused { refusal: Refusal::NotApplicable { reason } })
}

/// Returns the judgement of a subject that no sandbox was made for.
pub(crate) fn failed_judgement(failure: Failure) -> Judgement {
    Judgement {
        verdict: Err(failure),
        fuel_used: 0,
        time_us: 0,
        answers: Vec::new(),
        log: RunLog::default(),
    }
}
