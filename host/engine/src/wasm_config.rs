//! Configuration of wasmtime: the features that guests may use, and how sandboxes are
//! allocated.
//!
//! Fuel is always counted, so that "too long" means the same on every machine. Every
//! `FUEL_PER_SLICE` units a contract also yields, so that other tasks run and the deadline is
//! checked. wasmtime charges fuel for each byte that bulk instructions move, so no single
//! instruction can run long. Epochs with a ticker would cost time in every loop and add
//! nothing.

use std::sync::Arc;

use wasmparser::WasmFeatures;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::function_cache::FunctionCache;
use crate::sandbox::SNAPSHOT_BYTES;
use crate::settings::Settings;

/// Fuel between two yields, about 50 µs of computing.
pub(crate) const FUEL_PER_SLICE: u64 = 1_000_000;
/// Python's libraries are modules of their own, forty with those that link them.
const CORE_INSTANCES_PER_CONTRACT_MAX: u32 = 64;
/// Adapters share the memory and the table of the main module, so few are needed.
const MEMORIES_PER_CONTRACT_MAX: u32 = 4;
const TABLES_PER_CONTRACT_MAX: u32 = 16;
/// Tables up to this size are cleared by writing zeros. Larger ones are unmapped, which takes a
/// system call. A table has eight bytes per function pointer.
const TABLE_KEEP_RESIDENT_BYTES: usize = 64 << 10;
/// Size of wasmtime's data about an instance; Python's is the largest known.
const INSTANCE_BYTES_MAX: usize = 2 << 20;
/// Reserve for growth without a pool. A memory that outgrows it is copied.
const GROWTH_BYTES: u64 = 1 << 20;
/// Host functions run on the stack of the contract that calls them.
const HOST_STACK_BYTES: usize = 512 << 10;

/// Way in which the memory of sandboxes is allocated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// From a pool of slots that are reset by copy-on-write.
    Pooled {
        /// Number of judgements that can run at once.
        sandboxes: u32,
    },
    /// Mapped for each judgement, which is slower but needs little address space.
    OnDemand,
}

impl Allocation {
    /// Returns the number of judgements that can run at once.
    pub(crate) fn sandboxes(self, settings: &Settings) -> u32 {
        match self {
            Self::Pooled { sandboxes } => sandboxes,
            Self::OnDemand => settings.sandboxes_max,
        }
    }
}

/// Returns the WebAssembly features that guests may use: standardised ones that behave the same
/// on every machine, without threads and without 64-bit memories.
pub(crate) fn wasm_features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::TAIL_CALL
}

/// Makes a wasmtime engine with the largest pool that fits into the address space.
pub(crate) fn new_wasm_engine(
    settings: &Settings,
    functions: Arc<FunctionCache>,
) -> wasmtime::Result<(wasmtime::Engine, Allocation)> {
    if settings.knobs.pooling {
        let mut sandboxes = settings.sandboxes_max;
        while sandboxes > 0 {
            let config = pooled_config(settings, sandboxes, functions.clone())?;
            if let Ok(engine) = wasmtime::Engine::new(&config) {
                return Ok((engine, Allocation::Pooled { sandboxes }));
            }
            sandboxes /= 4;
        }
    }
    let mut config = base_config(settings, functions)?;
    minimize_address_space(&mut config);
    Ok((wasmtime::Engine::new(&config)?, Allocation::OnDemand))
}

/// Makes a wasmtime engine whose code runs in an engine with a pool, or in one without, and which
/// has no pool itself.
pub(crate) fn new_compile_engine(
    settings: &Settings,
    pooled: bool,
    functions: Arc<FunctionCache>,
) -> wasmtime::Result<wasmtime::Engine> {
    let mut config = base_config(settings, functions)?;
    if !pooled {
        minimize_address_space(&mut config);
    }
    wasmtime::Engine::new(&config)
}

/// Reserves no address space for guard pages. Compiled code then checks bounds explicitly.
fn minimize_address_space(config: &mut Config) {
    config.memory_reservation(0).memory_guard_size(0).memory_reservation_for_growth(GROWTH_BYTES);
}

fn base_config(settings: &Settings, functions: Arc<FunctionCache>) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(wasm_features(), true)
        .concurrency_support(false)
        .consume_fuel(settings.knobs.fuel)
        .epoch_interruption(settings.knobs.epochs)
        // NaNs have many bit patterns, and machines differ in which one they compute.
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(settings.stack_bytes_max)
        .async_stack_size(settings.stack_bytes_max + HOST_STACK_BYTES)
        // The core dump gives access to the trapped instance and its last words.
        .coredump_on_trap(true)
        .generate_address_map(false)
        .enable_incremental_compilation(functions)?;
    Ok(config)
}

fn pooled_config(
    settings: &Settings,
    sandboxes: u32,
    functions: Arc<FunctionCache>,
) -> wasmtime::Result<Config> {
    let knobs = &settings.knobs;
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(sandboxes)
        .total_core_instances(sandboxes * CORE_INSTANCES_PER_CONTRACT_MAX)
        .total_memories(sandboxes * MEMORIES_PER_CONTRACT_MAX)
        .total_tables(sandboxes * TABLES_PER_CONTRACT_MAX)
        .total_stacks(sandboxes)
        .max_core_instances_per_component(CORE_INSTANCES_PER_CONTRACT_MAX)
        .max_memories_per_component(MEMORIES_PER_CONTRACT_MAX)
        .max_tables_per_component(TABLES_PER_CONTRACT_MAX)
        .max_memories_per_module(MEMORIES_PER_CONTRACT_MAX)
        .max_tables_per_module(TABLES_PER_CONTRACT_MAX)
        .max_component_instance_size(INSTANCE_BYTES_MAX)
        .max_core_instance_size(INSTANCE_BYTES_MAX)
        .max_memory_size(settings.memory_bytes_ceiling + SNAPSHOT_BYTES)
        .table_elements(settings.table_elements_ceiling)
        .max_unused_warm_slots(knobs.warm_slots_max)
        .linear_memory_keep_resident(knobs.memory_keep_resident_bytes)
        .table_keep_resident(TABLE_KEEP_RESIDENT_BYTES)
        .pagemap_scan(if knobs.pagemap_scan { Enabled::Auto } else { Enabled::No });
    let mut config = base_config(settings, functions)?;
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(config)
}
