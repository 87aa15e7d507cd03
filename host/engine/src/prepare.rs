//! Configures a contract once and snapshots it.
//!
//! A contract compiles its patterns and schemas in `configure`. The configured memory becomes
//! part of a new component, from which every judgement starts. The contract's warm-up cases
//! are judged before the snapshot, so that lazily built state is already in it. The result
//! depends on the component and its configuration only. The code in which a component is configured does
//! not depend on the configuration, and is kept for others.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tollgate_model::{Failure, Refusal, WarmUp};
use wasmtime::Store;
use wasmtime::component::{Component, Instance};
use wasmtime_wizer::Wizer;

use crate::bindings::{self, Boundary};
use crate::capabilities::{AnswerSource, RunHost, test_fixture};
use crate::compile::CompileJob;
use crate::compile::parts::CompiledParts;
use crate::config::Config;
use crate::deadline::with_deadline;
use crate::engine::Engine;
use crate::grants::Grants;
use crate::limits::Limits;
use crate::post_mortem::{Stage, explain_failure};
use crate::sandbox::Sandbox;
use crate::snapshot::{SNAPSHOT_FUEL, take_snapshot};

/// Way in which the configured state of a contract is restored for each judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Preparation {
    /// Every judgement starts from a snapshot.
    Snapshot {
        /// Number of warm-up cases that were judged before the snapshot.
        warmed_up: usize,
    },
    /// The contract is configured again in every judgement.
    PerJudgement {
        /// Reason why no snapshot could be taken.
        reason: String,
    },
}

/// A contract could not be configured.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The contract refused its configuration.
    #[error("{0}")]
    Refused(Refusal),
    /// The contract trapped or exceeded a limit.
    #[error("it failed while it was configured ({kind}): {0}", kind = .0.kind())]
    Failed(Failure),
    /// wasmtime cannot compile or link the component.
    #[error("it cannot be run: {0}")]
    Unrunnable(String),
}

/// The snapshot, if one could be taken, and the kind of preparation.
pub(crate) type PreparedComponent = (Option<Vec<u8>>, Preparation);

/// Configures a contract in an ordinary sandbox, and takes a snapshot if possible.
pub(crate) async fn prepare(
    engine: &Engine,
    job: &CompileJob,
    parts: &dyn CompiledParts,
) -> Result<PreparedComponent, PrepareError> {
    let CompileJob { component, manifest, snapshot, config, limits } = job;
    let _slot = engine.acquire_slot().await.map_err(PrepareError::Failed)?;
    if let Err(reason) = snapshot {
        parts.load_functions(engine.wasm());
        let component = Component::new(engine.wasm(), component).map_err(unrunnable)?;
        configure(engine, &component, config, limits).await?;
        return Ok((None, Preparation::PerJudgement { reason: reason.clone() }));
    }
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(component).map_err(unrunnable)?;
    let component = load_configurator(engine, &instrumented, parts).map_err(unrunnable)?;

    let cases = if engine.knobs().warm_up { manifest.warm_up.as_slice() } else { &[] };
    let mut bench = configure(engine, &component, config, limits).await?;
    let mut warmed_up = 0;
    for case in cases {
        if bench.survives_case(engine, case, limits).await {
            warmed_up += 1;
        } else {
            // A case that the contract does not survive may have broken its state: start over
            // without warm-up.
            drop(bench);
            bench = configure(engine, &component, config, limits).await?;
            warmed_up = 0;
            break;
        }
    }
    let ConfiguredInstance { mut store, instance } = bench;
    engine.refuel(&mut store, SNAPSHOT_FUEL).map_err(unrunnable)?;
    // Taking the snapshot reads all of the memory through host calls, and grows each by a page.
    store.set_hostcall_fuel(usize::MAX);
    store.data_mut().memory.leave_room_for_snapshot();
    match take_snapshot(&wizer, &context, &mut store, instance).await {
        Ok(snapshot) => Ok((Some(snapshot), Preparation::Snapshot { warmed_up })),
        Err(reason) => Ok((None, Preparation::PerJudgement { reason })),
    }
}

/// Returns the component with the functions that the snapshotter added, compiled.
fn load_configurator(
    engine: &Engine,
    instrumented: &[u8],
    parts: &dyn CompiledParts,
) -> wasmtime::Result<Component> {
    if let Some(Ok(component)) = parts.load_configurator().map(|code| engine.load_code(&code)) {
        return Ok(component);
    }
    parts.load_functions(engine.wasm());
    let code = engine.wasm().precompile_component(instrumented)?;
    parts.store_configurator(&code);
    engine.load_code(&code)
}

async fn configure(
    engine: &Engine,
    component: &Component,
    config: &Config,
    limits: &Limits,
) -> Result<ConfiguredInstance, PrepareError> {
    let fuel = limits.configure_fuel;
    let deadline_ms = limits.configure_deadline_ms;
    let host = RunHost::new(limits, Arc::new(Grants::none()), AnswerSource::Closed);
    let mut store = engine.new_store(limits, host, fuel).map_err(unrunnable)?;
    let instances = engine.linker().instantiate_pre(component).map_err(unrunnable)?;
    let call = async {
        let instance = instances.instantiate_async(&mut store).await;
        let instance = instance.map_err(|error| ConfigureError::Died((Stage::Start, error)))?;
        let guest = Boundary::new(&mut store, &instance).map_err(ConfigureError::WrongTypes)?;
        let judge = guest.tollgate_contract_judge();
        let accepted = judge.call_configure(&mut store, config.text()).await;
        accepted
            .map_err(|error| ConfigureError::Died((Stage::Configure, error)))?
            .map_err(ConfigureError::Refused)?;
        Ok(instance)
    };
    let failed = |failure| Err(PrepareError::Failed(failure));
    match with_deadline(Duration::from_millis(deadline_ms), call).await {
        None => failed(Failure::Deadline { deadline_ms }),
        Some(Ok(instance)) => Ok(ConfiguredInstance { store, instance }),
        Some(Err(ConfigureError::WrongTypes(error))) => Err(unrunnable(error)),
        Some(Err(ConfigureError::Refused(refusal))) => Err(PrepareError::Refused(refusal.into())),
        Some(Err(ConfigureError::Died(error))) => {
            failed(explain_failure(error, &mut store, limits, fuel))
        }
    }
}

fn unrunnable(error: wasmtime::Error) -> PrepareError {
    PrepareError::Unrunnable(format!("{error:#}"))
}

/// Configuring an instance failed.
enum ConfigureError {
    /// Its exported functions have other types than in the WIT.
    WrongTypes(wasmtime::Error),
    Died((Stage, wasmtime::Error)),
    Refused(bindings::types::Refusal),
}

/// A configured instance that is not yet a snapshot.
struct ConfiguredInstance {
    store: Store<Sandbox>,
    instance: Instance,
}

impl ConfiguredInstance {
    /// Judges a warm-up case, and returns whether the instance survived. The report does not
    /// matter.
    async fn survives_case(&mut self, engine: &Engine, case: &WarmUp, limits: &Limits) -> bool {
        let (grants, context) = test_fixture(&case.given);
        self.store.data_mut().host =
            RunHost::new(limits, Arc::new(grants), AnswerSource::Live(context));
        if engine.refuel(&mut self.store, limits.fuel_for(&case.subject)).is_err() {
            return false;
        }
        let Ok(guest) = Boundary::new(&mut self.store, &self.instance) else { return false };
        let judge = guest.tollgate_contract_judge();
        let call = judge.call_judge(&mut self.store, bindings::subject_to_wit(&case.subject));
        let time = Duration::from_millis(limits.deadline_ms);
        matches!(with_deadline(time, call).await, Some(Ok(_)))
    }
}
