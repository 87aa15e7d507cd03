//! The code of a contract: from the cache, or compiled as far as it was not compiled before.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tollgate_model::{Capability, Digest, Manifest};

use super::{Engine, LoadError};
use crate::cache::CacheError;
use crate::code_identity::strip_state;
use crate::compile::packed::{pack, unpack};
use crate::compile::parts::KeptParts;
use crate::compile::{CompileJob, CompileProcesses, CompiledContract, compile_on_a_thread};
use crate::config::Config;
use crate::inspect::{InspectError, Inspection, inspect};
use crate::limits::Limits;
use crate::prepare::Preparation;
use crate::settings::Knobs;

/// Part of every cached file's name. Change it with the layout of the files, so that old ones
/// are not found.
const CACHE_LAYOUT: &str = "tollgate-cache-2";

/// Header of a contract's file in the cache. Behind it are the contents of the contract's memories.
#[derive(Serialize, Deserialize)]
pub(super) struct CacheHeader {
    pub(super) manifest: Manifest,
    pub(super) capabilities: Vec<Capability>,
    pub(super) preparation: Preparation,
    /// Name of the template that has its code.
    template: String,
}

/// Result of inspecting a component. It is kept, because validating a large one takes longer than configuring it.
#[derive(Serialize, Deserialize)]
struct KnownInspection {
    manifest: Manifest,
    capabilities: Vec<Capability>,
    snapshot: Result<(), String>,
}

/// A contract with its code, from the cache or compiled.
pub(super) struct ContractCode {
    pub(super) header: CacheHeader,
    pub(super) code: Vec<u8>,
    /// Number of functions that had to be compiled, or `None` if it comes from the cache.
    pub(super) functions_compiled: Option<u64>,
    pub(super) cache_problem: Option<CacheError>,
}

impl Engine {
    pub(super) fn load_from_cache(&self, digest: Digest, name: &str) -> Option<ContractCode> {
        let (header, images) = unpack::<CacheHeader>(self.0.cache.as_ref()?.load(name)?)?;
        let parts = KeptParts::new(self.clone(), digest, None);
        let code = parts.load_template(&header.template)?.complete(&images)?;
        Some(ContractCode { header, code, functions_compiled: None, cache_problem: None })
    }

    /// Compiles what of the contract was not compiled before, and keeps it under `name`.
    pub(super) async fn compile(
        &self,
        component: Arc<[u8]>,
        name: &str,
        config: &Config,
        limits: &Limits,
    ) -> Result<ContractCode, LoadError> {
        let slot = self.0.compile_slots.acquire().await;
        let _slot = slot.map_err(|error| LoadError::Host(error.to_string()))?;
        let digest = Digest::of(&component);
        let (inspection, new_inspection) = self.inspect_once(&component, digest)?;
        let KnownInspection { manifest, capabilities, snapshot } = inspection;
        let snapshot = match self.knobs().snapshot {
            true => snapshot,
            false => Err("snapshots are turned off".into()),
        };
        let (config, limits) = (config.clone(), limits.clone());
        let mut job = CompileJob { component, manifest, snapshot, config, limits };
        let (parts, compiled) = self.compile_parts(digest, &job)?;
        let template = parts.take_template(&compiled.template).ok_or_else(|| {
            LoadError::Host("the compile process named code that it did not compile".into())
        })?;
        // The snapshot is taken, so the warm-up cases would only enlarge the cached file.
        job.manifest.warm_up.clear();
        let header = CacheHeader {
            manifest: job.manifest,
            capabilities,
            preparation: compiled.preparation,
            template: compiled.template,
        };
        let problem = self.store_in_cache(name, &header, &compiled.images);
        let code = template.complete(&compiled.images).ok_or_else(|| {
            LoadError::Host("the contents of its memories do not fit its code".into())
        })?;
        let cache_problem = parts.take_problem().or(problem);
        // A full disk keeps nothing of a contract, not only its smallest part.
        if let (Some(inspection), None) = (new_inspection, &cache_problem) {
            parts.store_inspection(inspection);
        }
        let functions_compiled = Some(compiled.functions_compiled);
        Ok(ContractCode { header, code, functions_compiled, cache_problem })
    }

    /// Inspects a component, unless this version did that before. Returns the inspection, and what has to be
    /// kept if it is new.
    fn inspect_once(
        &self,
        component: &[u8],
        digest: Digest,
    ) -> Result<(KnownInspection, Option<Vec<u8>>), InspectError> {
        let parts = KeptParts::new(self.clone(), digest, None);
        if let Some(known) =
            parts.load_inspection().and_then(|known| serde_json::from_slice(&known).ok())
        {
            return Ok((known, None));
        }
        let Inspection { manifest, capabilities, snapshot, .. } = inspect(component)?;
        let capabilities = capabilities.into_iter().collect();
        let known = KnownInspection { manifest, capabilities, snapshot };
        let new = serde_json::to_vec(&known).ok();
        Ok((known, new))
    }

    fn compile_parts(
        &self,
        digest: Digest,
        job: &CompileJob,
    ) -> Result<(Arc<KeptParts>, CompiledContract), LoadError> {
        let settings = &self.0.settings;
        let Some(process) = &settings.compile_process else {
            let parts = Arc::new(KeptParts::new(self.clone(), digest, None));
            let (deadline_ms, job) = (settings.compile_deadline_ms, job.clone());
            let compiled = compile_on_a_thread(self.clone(), job, parts.clone(), deadline_ms)?;
            return Ok((parts, compiled));
        };
        // A component whose code cannot be told from its state shares functions with no other.
        let code = strip_state(&job.component).ok();
        let parts = KeptParts::new(self.clone(), digest, code.as_deref().map(Digest::of));
        let code = code.filter(|_| !parts.has_functions());
        let allocation = self.0.allocation;
        let compiled = CompileProcesses { process, settings, allocation, parts: &parts }
            .compile(job, code.as_deref())?;
        Ok((Arc::new(parts), compiled))
    }

    /// Writes a compiled contract to the cache. An error, such as a full disk, is returned to
    /// be reported and does not stop the load.
    fn store_in_cache(
        &self,
        name: &str,
        header: &CacheHeader,
        images: &[u8],
    ) -> Option<CacheError> {
        let cache = self.0.cache.as_ref()?;
        cache.store(name, &pack(header, images).ok()?).err()
    }

    /// Returns the name of the cached file: a hash of everything that the compiled code depends
    /// on, which is component, configuration, wasmtime version and settings. The limit of memory is one of these,
    /// because memories are rounded up as far as it allows.
    pub(super) fn cache_name(&self, digest: Digest, config: &Config, limits: &Limits) -> String {
        let Knobs { snapshot, warm_up, .. } = self.knobs();
        let knobs = [u8::from(*snapshot), u8::from(*warm_up)];
        let memory_bytes_max = (limits.memory_bytes_max as u64).to_le_bytes();
        let config = config.digest();
        self.part_name(&[
            b"contract",
            digest.as_bytes(),
            config.as_bytes(),
            &knobs,
            &memory_bytes_max,
        ])
    }

    /// Returns the name of a part of compiled contracts: a hash of its kind, what it is compiled from, and
    /// wasmtime's version and settings.
    pub(crate) fn part_name(&self, origin: &[&[u8]]) -> String {
        let mut hasher = NameHasher::default();
        hasher.0.update(CACHE_LAYOUT.as_bytes());
        for part in origin {
            hasher.0.update(&(part.len() as u64).to_le_bytes());
            hasher.0.update(part);
        }
        std::hash::Hash::hash(&self.0.wasm.precompile_compatibility_hash(), &mut hasher);
        hasher.0.finalize().to_hex().to_string()
    }
}

/// Collects what wasmtime hashes in BLAKE3, because a `DefaultHasher` may differ between builds.
#[derive(Default)]
struct NameHasher(blake3::Hasher);

impl std::hash::Hasher for NameHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Not used: the name comes from the BLAKE3 state.
    fn finish(&self) -> u64 {
        0
    }
}
