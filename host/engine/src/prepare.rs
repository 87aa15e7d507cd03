//! Configure once, snapshot, compile.
//!
//! A contract compiles its patterns and schemas in `configure`. Here that happens once:
//! the configured memory becomes part of a new component, and every judgement starts
//! from it. The contract's own cases are judged before the snapshot is taken, always
//! the same ones, so that what is built on first use is built already. What comes out
//! depends on the component and its configuration and on nothing else.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tollgate_model::{Failure, Refusal, WarmUp};
use wasmtime::Store;
use wasmtime::component::{Component, Instance};
use wasmtime_wizer::{WasmtimeWizerComponent, Wizer};

use crate::bindings::{self, Boundary};
use crate::capabilities::{Host, Source, world};
use crate::config::Config;
use crate::deadline::within;
use crate::engine::Engine;
use crate::grants::Grants;
use crate::inspect::Inspection;
use crate::limits::Limits;
use crate::post_mortem::{Stage, examine};
use crate::sandbox::Sandbox;

/// What was done so that a contract starts fast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "kind")]
pub enum Preparation {
    /// Its configured state was kept, and every judgement starts from it.
    Snapshot {
        /// How many of its own cases were judged before.
        warmed_up: usize,
    },
    /// It is configured anew in every judgement.
    PerJudgement {
        /// Why its state cannot be kept.
        reason: String,
    },
}

/// Why a contract could not be prepared.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// It does not accept its configuration.
    #[error("{0}")]
    Refused(Refusal),
    /// It failed while it was configured.
    #[error("it failed while it was configured ({kind}): {0}", kind = .0.kind())]
    Failed(Failure),
    /// The sandbox does not take it.
    #[error("it cannot be run: {0}")]
    Unrunnable(String),
}

/// A component whose every instance is configured, or the reason why there is none.
pub(crate) type Prepared = (Option<Vec<u8>>, Preparation);

/// Configures a contract in a sandbox as any other, and keeps what that makes of it.
pub(crate) async fn prepare(
    engine: &Engine,
    component: &[u8],
    inspection: &Inspection,
    config: &Config,
    limits: &Limits,
) -> Result<Prepared, PrepareError> {
    let _slot = engine.slot().await.map_err(PrepareError::Failed)?;
    if let Err(reason) = &inspection.snapshot {
        let component = Component::new(engine.wasm(), component).map_err(unrunnable)?;
        configure(engine, &component, config, limits).await?;
        return Ok((None, Preparation::PerJudgement { reason: reason.clone() }));
    }
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument_component(component).map_err(unrunnable)?;
    let component = Component::new(engine.wasm(), &instrumented).map_err(unrunnable)?;

    let cases = if engine.knobs().warm_up { inspection.manifest.warm_up.as_slice() } else { &[] };
    let mut bench = configure(engine, &component, config, limits).await?;
    let mut warmed_up = 0;
    for case in cases {
        if bench.judge(engine, case, limits).await {
            warmed_up += 1;
        } else {
            // A case that it does not survive warms nothing: start over without any.
            drop(bench);
            bench = configure(engine, &component, config, limits).await?;
            warmed_up = 0;
            break;
        }
    }
    let Bench { mut store, instance } = bench;
    engine.refuel(&mut store, limits.configure_fuel).map_err(unrunnable)?;
    // All of the memory is read through the boundary now, several times over.
    store.set_hostcall_fuel(usize::MAX);
    let mut configured = WasmtimeWizerComponent { store: &mut store, instance };
    match wizer.snapshot_component(&context, &mut configured).await {
        Ok(snapshot) => Ok((Some(snapshot), Preparation::Snapshot { warmed_up })),
        Err(error) => Ok((None, Preparation::PerJudgement { reason: format!("{error:#}") })),
    }
}

async fn configure(
    engine: &Engine,
    component: &Component,
    config: &Config,
    limits: &Limits,
) -> Result<Bench, PrepareError> {
    let fuel = limits.configure_fuel;
    let deadline_ms = limits.configure_deadline_ms;
    let host = Host::new(limits, Arc::new(Grants::none()), Source::Nobody);
    let mut store = engine.store(limits, host, fuel).map_err(unrunnable)?;
    let instances = engine.linker().instantiate_pre(component).map_err(unrunnable)?;
    let call = async {
        let instance = instances.instantiate_async(&mut store).await;
        let instance = instance.map_err(|error| End::Died((Stage::Start, error)))?;
        let guest = Boundary::new(&mut store, &instance).map_err(End::Unfit)?;
        let judge = guest.tollgate_contract_judge();
        let accepted = judge.call_configure(&mut store, config.text()).await;
        accepted.map_err(|error| End::Died((Stage::Call, error)))?.map_err(End::Refused)?;
        Ok(instance)
    };
    let failed = |failure| Err(PrepareError::Failed(failure));
    match within(Duration::from_millis(deadline_ms), call).await {
        None => failed(Failure::Deadline { deadline_ms }),
        Some(Ok(instance)) => Ok(Bench { store, instance }),
        Some(Err(End::Unfit(error))) => Err(unrunnable(error)),
        Some(Err(End::Refused(refusal))) => Err(PrepareError::Refused(refusal.into())),
        Some(Err(End::Died(error))) => failed(examine(error, &mut store, limits, fuel)),
    }
}

fn unrunnable(error: wasmtime::Error) -> PrepareError {
    PrepareError::Unrunnable(format!("{error:#}"))
}

/// Why a contract is not configured.
enum End {
    /// Its functions are not of the types that the WIT gives them.
    Unfit(wasmtime::Error),
    Died((Stage, wasmtime::Error)),
    Refused(bindings::types::Refusal),
}

/// A configured instance that is not yet a snapshot.
struct Bench {
    store: Store<Sandbox>,
    instance: Instance,
}

impl Bench {
    /// Whether it survives judging its own case. What it says does not matter.
    async fn judge(&mut self, engine: &Engine, case: &WarmUp, limits: &Limits) -> bool {
        let (grants, live) = world(&case.given);
        self.store.data_mut().host = Host::new(limits, Arc::new(grants), Source::Live(live));
        if engine.refuel(&mut self.store, limits.fuel_for(&case.subject)).is_err() {
            return false;
        }
        let Ok(guest) = Boundary::new(&mut self.store, &self.instance) else { return false };
        let judge = guest.tollgate_contract_judge();
        let call = judge.call_judge(&mut self.store, bindings::subject(&case.subject));
        let time = Duration::from_millis(limits.deadline_ms);
        matches!(within(time, call).await, Some(Ok(_)))
    }
}
