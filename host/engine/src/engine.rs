//! The engine: loads contracts and makes their stores.

mod contract_code;

use std::sync::Arc;

use contract_code::ContractCode;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tollgate_model::{Capability, Digest, Failure};
use wasmtime::Store;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::bindings::{Boundary, BoundaryPre, StreamingPre};
use crate::cache::{Cache, CacheError};
use crate::capabilities::RunHost;
use crate::compile::CompileError;
use crate::compile::parts::PartsInMemory;
use crate::config::Config;
use crate::config_check::{ConfigMismatch, format_mismatches};
use crate::contract::{Contract, LoadedContract};
use crate::function_cache::FunctionCache;
use crate::grants::{GrantRequest, Grants, NotGrantedError};
use crate::inspect::InspectError;
use crate::limits::Limits;
use crate::prepare::PrepareError;
use crate::sandbox::Sandbox;
use crate::settings::{Knobs, Settings};
use crate::wasm_config::{self, Allocation, FUEL_PER_SLICE};

/// Loads and runs contracts. One is enough for a process. Cloning it is cheap.
#[derive(Clone)]
pub struct Engine(Arc<EngineState>);

struct EngineState {
    settings: Settings,
    wasm: wasmtime::Engine,
    linker: Linker<Sandbox>,
    allocation: Allocation,
    sandbox_slots: Arc<Semaphore>,
    cache: Option<Cache>,
    cache_problem: Option<CacheError>,
    compile_slots: Semaphore,
    functions: Arc<FunctionCache>,
    parts_in_memory: PartsInMemory,
}

/// This machine cannot run contracts, or not with these settings.
#[derive(Debug, thiserror::Error)]
#[error("the engine for contracts cannot be made")]
pub struct EngineError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A contract cannot be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The configuration does not fit the schema in the manifest.
    #[error("the configuration does not fit its schema{}", format_mismatches(.0))]
    InvalidConfig(Vec<ConfigMismatch>),
    /// The manifest's schema is not a JSON Schema, or validating would take too long.
    #[error("the configuration schema in the manifest is invalid: {0}")]
    InvalidSchema(String),
    /// It imports a capability that it is not granted.
    #[error("it asks for `{capability}` (\"{reason}\"), but {denied}")]
    NotGranted {
        /// Capability that it imports.
        capability: Capability,
        /// Reason that its manifest gives for it.
        reason: String,
        #[source]
        denied: NotGrantedError,
    },
    /// A limit exceeds the ceiling of this deployment.
    #[error("the limit `{limit}` is {requested}, but this host allows at most {ceiling}")]
    LimitAboveCeiling {
        /// Name of the field of [`Limits`].
        limit: &'static str,
        requested: usize,
        ceiling: usize,
    },
    /// It could not be configured or compiled.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// Compiling it exceeded a limit.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The host itself failed.
    #[error("the host failed to load it: {0}")]
    Host(String),
}

impl Engine {
    /// Makes an engine. A cache that cannot be used is not an error: see
    /// [`Engine::cache_problem`].
    pub fn new(settings: Settings) -> Result<Self, EngineError> {
        let unusable = |error: wasmtime::Error| EngineError(error.into());
        let functions = Arc::new(FunctionCache::of_many_contracts());
        let made = wasm_config::new_wasm_engine(&settings, functions.clone());
        let (wasm, allocation) = made.map_err(unusable)?;
        Self::with_wasm_engine(settings, wasm, allocation, functions).map_err(unusable)
    }

    /// Makes the engine of a compile process: its code runs in an engine with a pool, or in one
    /// without. It has no cache, and no pool itself.
    pub(crate) fn for_compiling(
        settings: Settings,
        pooled: bool,
        functions: Arc<FunctionCache>,
    ) -> Result<Self, EngineError> {
        let unusable = |error: wasmtime::Error| EngineError(error.into());
        let wasm = wasm_config::new_compile_engine(&settings, pooled, functions.clone());
        let wasm = wasm.map_err(unusable)?;
        Self::with_wasm_engine(settings, wasm, Allocation::OnDemand, functions).map_err(unusable)
    }

    fn with_wasm_engine(
        settings: Settings,
        wasm: wasmtime::Engine,
        allocation: Allocation,
        functions: Arc<FunctionCache>,
    ) -> wasmtime::Result<Self> {
        let sandboxes = allocation.sandboxes(&settings);
        let (cache, cache_problem) = match settings.cache.as_deref().map(Cache::open) {
            Some(Ok(cache)) => (Some(cache), None),
            Some(Err(problem)) => (None, Some(problem)),
            None => (None, None),
        };
        Ok(Self(Arc::new(EngineState {
            linker: new_linker(&wasm)?,
            wasm,
            allocation,
            sandbox_slots: Arc::new(Semaphore::new(sandboxes as usize)),
            cache,
            cache_problem,
            compile_slots: Semaphore::new(settings.compilations_max.max(1) as usize),
            functions,
            parts_in_memory: PartsInMemory::default(),
            settings,
        })))
    }

    /// Returns how sandboxes are allocated, which may be less than the settings ask for.
    pub fn allocation(&self) -> Allocation {
        self.0.allocation
    }

    /// Returns the error of opening the cache, if the settings name one that cannot be used.
    pub fn cache_problem(&self) -> Option<&CacheError> {
        self.0.cache_problem.as_ref()
    }

    pub(crate) fn knobs(&self) -> &Knobs {
        &self.0.settings.knobs
    }

    /// Loads a contract from the cache, or compiles it, which takes far longer. Must be called
    /// in a tokio runtime, and does not block its worker threads.
    pub async fn load(
        &self,
        component: Arc<[u8]>,
        config: Config,
        grants: Grants,
        limits: Limits,
    ) -> Result<Contract, LoadError> {
        let (engine, runtime) = (self.clone(), Handle::current());
        let load =
            move || runtime.block_on(engine.load_on_this_thread(component, config, grants, limits));
        let loaded = tokio::task::spawn_blocking(load).await;
        loaded.map_err(|error| LoadError::Host(error.to_string()))?
    }

    async fn load_on_this_thread(
        &self,
        component: Arc<[u8]>,
        config: Config,
        grants: Grants,
        limits: Limits,
    ) -> Result<Contract, LoadError> {
        self.check_ceilings(&limits)?;
        let digest = Digest::of(&component);
        let name = self.cache_name(digest, &config, &limits);
        let contract = match self.load_from_cache(digest, &name) {
            Some(contract) => contract,
            None => self.compile(component, &name, &config, &limits).await?,
        };
        let ContractCode { header: about, code, functions_compiled, cache_problem } = contract;
        for &capability in &about.capabilities {
            grants.check(GrantRequest::Capability(capability)).map_err(|denied| {
                LoadError::NotGranted {
                    capability,
                    reason: about
                        .manifest
                        .contract
                        .capabilities
                        .get(&capability)
                        .cloned()
                        .unwrap_or_default(),
                    denied,
                }
            })?;
        }
        let instances = self
            .link(&code, about.manifest.contract.stream)
            .map_err(|error| LoadError::Prepare(PrepareError::Unrunnable(format!("{error:#}"))))?;
        Ok(Contract::from(LoadedContract {
            engine: self.clone(),
            digest,
            manifest: about.manifest,
            capabilities: about.capabilities,
            config,
            preparation: about.preparation,
            functions_compiled,
            cache_problem,
            instances,
            grants: Arc::new(grants),
            limits,
        }))
    }

    fn check_ceilings(&self, limits: &Limits) -> Result<(), LoadError> {
        let settings = &self.0.settings;
        for (limit, wanted, ceiling) in [
            ("memory_bytes_max", limits.memory_bytes_max, settings.memory_bytes_ceiling),
            ("table_elements_max", limits.table_elements_max, settings.table_elements_ceiling),
        ] {
            if wanted > ceiling {
                return Err(LoadError::LimitAboveCeiling { limit, requested: wanted, ceiling });
            }
        }
        Ok(())
    }

    #[allow(unsafe_code)]
    pub(crate) fn load_code(&self, code: &[u8]) -> wasmtime::Result<Component> {
        // SAFETY: this process or its compile process compiled `code` just now, or the cache checked
        // its keyed hash, which shows that this host stored it after that. Images of memories were written
        // to it, and their places come from whoever compiled it. A component that takes over the compiler
        // can choose its own code: see `SECURITY.md`.
        unsafe { Component::deserialize(&self.0.wasm, code) }
    }

    fn link(&self, code: &[u8], stream: bool) -> wasmtime::Result<BoundaryPre<Sandbox>> {
        let component = self.load_code(code)?;
        let instances = self.0.linker.instantiate_pre(&component)?;
        if stream {
            StreamingPre::new(instances.clone())?;
        }
        BoundaryPre::new(instances)
    }

    /// Waits for a free sandbox.
    pub(crate) async fn acquire_slot(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let slot = self.0.sandbox_slots.acquire().await;
        slot.map_err(|error| Failure::Host { reason: error.to_string() })
    }

    /// Waits for free sandboxes that can be kept between calls. It gets all of them at once, because two callers that
    /// have some each would wait for each other for ever. Fails if the engine does not have so many.
    pub(crate) async fn acquire_owned_slots(
        &self,
        count: usize,
    ) -> Result<OwnedSemaphorePermit, Failure> {
        let sandboxes = self.0.allocation.sandboxes(&self.0.settings);
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        if count > sandboxes {
            let reason = format!("{count} sandboxes are needed at once, and there are {sandboxes}");
            return Err(Failure::Host { reason });
        }
        let slots = self.0.sandbox_slots.clone().acquire_many_owned(count).await;
        slots.map_err(|error| Failure::Host { reason: error.to_string() })
    }

    pub(crate) fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    pub(crate) fn functions(&self) -> &FunctionCache {
        &self.0.functions
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.0.cache.as_ref()
    }

    pub(crate) fn parts_in_memory(&self) -> &PartsInMemory {
        &self.0.parts_in_memory
    }

    pub(crate) fn linker(&self) -> &Linker<Sandbox> {
        &self.0.linker
    }

    /// Makes a store with every limit set.
    pub(crate) fn new_store(
        &self,
        limits: &Limits,
        host: RunHost,
        fuel: u64,
    ) -> wasmtime::Result<Store<Sandbox>> {
        let mut store = Store::new(&self.0.wasm, Sandbox::new(limits, host));
        store.limiter(|sandbox| &mut sandbox.memory);
        store.set_hostcall_fuel(limits.result_bytes_max);
        self.refuel(&mut store, fuel)?;
        if self.knobs().fuel {
            store.fuel_async_yield_interval(Some(FUEL_PER_SLICE))?;
        }
        if self.knobs().epochs {
            store.set_epoch_deadline(limits.deadline_ms);
        }
        Ok(store)
    }

    pub(crate) fn refuel(&self, store: &mut Store<Sandbox>, fuel: u64) -> wasmtime::Result<()> {
        if self.knobs().fuel { store.set_fuel(fuel) } else { Ok(()) }
    }
}

fn new_linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    Boundary::add_to_linker::<_, HasSelf<_>>(&mut linker, |sandbox| sandbox)?;
    Ok(linker)
}
