//! One engine for all contracts of a process.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use tollgate_model::{Capability, Digest, Failure, Manifest};
use wasmtime::Store;
use wasmtime::component::{Component, HasSelf, Linker};

use crate::bindings::{Boundary, BoundaryPre, StreamingPre};
use crate::cache::{Cache, CacheError};
use crate::capabilities::Host;
use crate::config::Config;
use crate::contract::{Contract, Loaded};
use crate::grants::{Ask, Grants, NotGranted};
use crate::inspect::{InspectError, inspect};
use crate::limits::Limits;
use crate::prepare::{Preparation, PrepareError, prepare};
use crate::sandbox::Sandbox;
use crate::sandboxes::{self, Allocation, FUEL_PER_SLICE};
use crate::settings::{Knobs, Settings};

/// Part of every cached file's name: what is stored is laid out differently since.
const CACHE_LAYOUT: &str = "tollgate-cache-1";

/// Loads contracts, and runs them. Cloning it is cheap.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    settings: Settings,
    wasm: wasmtime::Engine,
    linker: Linker<Sandbox>,
    allocation: Allocation,
    slots: Arc<Semaphore>,
    cache: Option<Cache>,
    cache_problem: Option<CacheError>,
}

/// Why a contract cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The component is not one that this host runs.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// The configuration does not fit its schema.
    #[error("the configuration does not fit{}", list(.0))]
    Config(Vec<Misfit>),
    /// The schema itself is wrong.
    #[error("the configuration's schema in the manifest is wrong: {0}")]
    Schema(String),
    /// It asks for something that it is not granted.
    #[error("it asks for `{capability}`, because \"{reason}\", and {denied}")]
    NotGranted {
        /// What it asks for.
        capability: Capability,
        /// Why it says it needs it.
        reason: String,
        #[source]
        /// What the check said.
        denied: NotGranted,
    },
    /// A limit is above what this deployment gives anybody.
    #[error("the limit `{limit}` is {wanted}, and this host gives at most {ceiling}")]
    Ceiling {
        /// Which limit.
        limit: &'static str,
        /// What it is set to.
        wanted: usize,
        /// What it may be.
        ceiling: usize,
    },
    /// Configuring it failed.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// The host itself could not go on.
    #[error("the host cannot load it: {0}")]
    Host(String),
}

/// One way in which a configuration does not fit its schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where (RFC 6901).
    pub pointer: String,
    /// Why.
    pub reason: String,
}

fn list(misfits: &[Misfit]) -> String {
    let line = |misfit: &Misfit| match misfit.pointer.as_str() {
        "" => format!(": {}", misfit.reason),
        pointer => format!("\n  at `{pointer}`: {}", misfit.reason),
    };
    misfits.iter().map(line).collect()
}

/// What stands before the compiled code in a cached file.
#[derive(Serialize, Deserialize)]
struct About {
    manifest: Manifest,
    capabilities: Vec<Capability>,
    preparation: Preparation,
}

impl Engine {
    /// An engine with these settings. A cache that cannot be used is no error: see
    /// [`Engine::cache_problem`].
    pub fn new(settings: Settings) -> anyhow::Result<Self> {
        let (wasm, allocation) = sandboxes::engine(&settings)?;
        let sandboxes = match allocation {
            Allocation::Pooled { sandboxes } => sandboxes,
            Allocation::OnDemand => settings.sandboxes_max,
        };
        let (cache, cache_problem) = match settings.cache.as_deref().map(Cache::open) {
            Some(Ok(cache)) => (Some(cache), None),
            Some(Err(problem)) => (None, Some(problem)),
            None => (None, None),
        };
        Ok(Self(Arc::new(Inner {
            linker: linker(&wasm)?,
            wasm,
            allocation,
            slots: Arc::new(Semaphore::new(sandboxes as usize)),
            cache,
            cache_problem,
            settings,
        })))
    }

    /// Where sandboxes come from.
    pub fn allocation(&self) -> Allocation {
        self.0.allocation
    }

    /// Why nothing is kept on disk, if it should be and cannot.
    pub fn cache_problem(&self) -> Option<&CacheError> {
        self.0.cache_problem.as_ref()
    }

    pub(crate) fn knobs(&self) -> &Knobs {
        &self.0.settings.knobs
    }

    /// Makes a contract ready to judge: from the cache if it is there, else from its
    /// bytes, which takes the time of compiling it. Needs a tokio runtime, and leaves
    /// its threads free.
    pub async fn load(
        &self,
        component: Arc<[u8]>,
        config: Config,
        grants: Grants,
        limits: Limits,
    ) -> Result<Contract, LoadError> {
        let (engine, runtime) = (self.clone(), Handle::current());
        let load = move || runtime.block_on(engine.load_here(&component, config, grants, limits));
        let loaded = tokio::task::spawn_blocking(load).await;
        loaded.map_err(|error| LoadError::Host(error.to_string()))?
    }

    async fn load_here(
        &self,
        component: &[u8],
        config: Config,
        grants: Grants,
        limits: Limits,
    ) -> Result<Contract, LoadError> {
        self.check_ceilings(&limits)?;
        let digest = Digest::of(component);
        let name = self.cache_name(digest, &config);
        let stored = self.0.cache.as_ref().and_then(|cache| cache.load(&name));
        let cached = stored.as_deref().and_then(unpack);
        let from_cache = cached.is_some();
        let built;
        let (about, code, cache_problem) = match cached {
            Some((about, code)) => (about, code, None),
            None => {
                let (about, code) = self.build(component, &config, &limits).await?;
                built = code;
                let problem = self.keep(&name, &about, &built);
                (about, built.as_slice(), problem)
            }
        };
        for &capability in &about.capabilities {
            grants.check(Ask::Capability(capability)).map_err(|denied| LoadError::NotGranted {
                capability,
                reason: about
                    .manifest
                    .contract
                    .capabilities
                    .get(&capability)
                    .cloned()
                    .unwrap_or_default(),
                denied,
            })?;
        }
        let instances = self
            .link(code, about.manifest.contract.stream)
            .map_err(|error| LoadError::Prepare(PrepareError::Unrunnable(format!("{error:#}"))))?;
        Ok(Contract::from(Loaded {
            engine: self.clone(),
            digest,
            manifest: about.manifest,
            capabilities: about.capabilities,
            config,
            preparation: about.preparation,
            from_cache,
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
                return Err(LoadError::Ceiling { limit, wanted, ceiling });
            }
        }
        Ok(())
    }

    async fn build(
        &self,
        component: &[u8],
        config: &Config,
        limits: &Limits,
    ) -> Result<(About, Vec<u8>), LoadError> {
        let mut inspection = inspect(component)?;
        fit(&inspection.manifest.config_schema, config)?;
        if !self.knobs().snapshot {
            inspection.snapshot = Err("snapshots are turned off".into());
        }
        let (snapshot, preparation) = prepare(self, component, &inspection, config, limits).await?;
        let code = self.0.wasm.precompile_component(snapshot.as_deref().unwrap_or(component));
        let code = code.map_err(|error| PrepareError::Unrunnable(format!("{error:#}")))?;
        // The cases have done what they are for.
        inspection.manifest.warm_up.clear();
        let about = About {
            manifest: inspection.manifest,
            capabilities: inspection.capabilities.into_iter().collect(),
            preparation,
        };
        Ok((about, code))
    }

    /// Keeps what was compiled for the next start. A full disk costs that some time, and
    /// this judgement nothing.
    fn keep(&self, name: &str, about: &About, code: &[u8]) -> Option<CacheError> {
        let cache = self.0.cache.as_ref()?;
        cache.store(name, &pack(about, code).ok()?).err()
    }

    /// What a compiled contract depends on: its bytes, its configuration, the engine
    /// and all of its settings.
    fn cache_name(&self, digest: Digest, config: &Config) -> String {
        let mut hasher = NameHasher::default();
        hasher.0.update(CACHE_LAYOUT.as_bytes());
        hasher.0.update(digest.as_bytes());
        hasher.0.update(config.digest().as_bytes());
        let Knobs { snapshot, warm_up, .. } = self.knobs();
        hasher.0.update(&[u8::from(*snapshot), u8::from(*warm_up)]);
        std::hash::Hash::hash(&self.0.wasm.precompile_compatibility_hash(), &mut hasher);
        hasher.0.finalize().to_hex().to_string()
    }

    #[allow(unsafe_code)]
    fn link(&self, code: &[u8], stream: bool) -> wasmtime::Result<BoundaryPre<Sandbox>> {
        // SAFETY: `code` is what this process compiled a moment ago, or what the cache
        // vouches for: its keyed hash says that this host compiled it.
        let component = unsafe { Component::deserialize(&self.0.wasm, code) }?;
        let instances = self.0.linker.instantiate_pre(&component)?;
        if stream {
            StreamingPre::new(instances.clone())?;
        }
        BoundaryPre::new(instances)
    }

    pub(crate) async fn slot(&self) -> Result<SemaphorePermit<'_>, Failure> {
        let slot = self.0.slots.acquire().await;
        slot.map_err(|error| Failure::Host { reason: error.to_string() })
    }

    /// A slot for what is held between calls.
    pub(crate) async fn slot_for_long(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let slot = self.0.slots.clone().acquire_owned().await;
        slot.map_err(|error| Failure::Host { reason: error.to_string() })
    }

    pub(crate) fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    pub(crate) fn linker(&self) -> &Linker<Sandbox> {
        &self.0.linker
    }

    /// A store with every limit set.
    pub(crate) fn store(
        &self,
        limits: &Limits,
        host: Host,
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

fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<Sandbox>> {
    let mut linker = Linker::new(engine);
    Boundary::add_to_linker::<_, HasSelf<_>>(&mut linker, |sandbox| sandbox)?;
    Ok(linker)
}

/// The schema comes with the component, so it may be hostile: patterns are matched in
/// linear time, and nothing is fetched.
fn fit(schema: &serde_json::Value, config: &Config) -> Result<(), LoadError> {
    let validator = jsonschema::options()
        .with_pattern_options(jsonschema::PatternOptions::regex())
        .build(schema)
        .map_err(|error| LoadError::Schema(error.to_string()))?;
    let misfit = |error: jsonschema::ValidationError<'_>| Misfit {
        pointer: error.instance_path().to_string(),
        reason: error.to_string(),
    };
    let misfits: Vec<_> = validator.iter_errors(config.value()).map(misfit).collect();
    if misfits.is_empty() { Ok(()) } else { Err(LoadError::Config(misfits)) }
}

fn pack(about: &About, code: &[u8]) -> serde_json::Result<Vec<u8>> {
    let about = serde_json::to_vec(about)?;
    let mut packed = (about.len() as u64).to_le_bytes().to_vec();
    packed.extend_from_slice(&about);
    packed.extend_from_slice(code);
    Ok(packed)
}

fn unpack(packed: &[u8]) -> Option<(About, &[u8])> {
    let (length, rest) = packed.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let about = serde_json::from_slice(rest.get(..length)?).ok()?;
    Some((about, rest.get(length..)?))
}

/// Feeds what wasmtime hashes into BLAKE3, which is the same in every process.
#[derive(Default)]
struct NameHasher(blake3::Hasher);

impl std::hash::Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
