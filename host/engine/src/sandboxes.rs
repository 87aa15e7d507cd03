//! How wasmtime is set up: which features guests may use, where sandboxes come from.
//!
//! Fuel is always counted, so that "too long" means the same on every machine. Every
//! `FUEL_PER_SLICE` units a contract also steps aside: other work of the runtime goes
//! on, and the clock is looked at. wasmtime charges fuel for each byte that the bulk
//! instructions move, so no instruction can hide from it, and a second instrument
//! (epochs and a ticker) would cost time in every loop and add nothing.

use std::sync::Arc;

use wasmparser::WasmFeatures;
use wasmtime::{Config, Enabled, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::functions::Functions;
use crate::settings::Settings;

/// About 50 µs of computing.
pub(crate) const FUEL_PER_SLICE: u64 = 1_000_000;
/// Python's own libraries are modules, forty with what links them.
const CORE_INSTANCES_PER_CONTRACT_MAX: u32 = 64;
/// Adapters share the memory and the table of the main module.
const MEMORIES_PER_CONTRACT_MAX: u32 = 4;
const TABLES_PER_CONTRACT_MAX: u32 = 16;
/// Tables up to this size are cleared by writing zeros, larger ones by unmapping them,
/// which is a call into the kernel. A table has eight bytes for each function pointer.
const TABLE_KEEP_RESIDENT_BYTES: usize = 64 << 10;
/// The records that wasmtime keeps of an instance; Python's is the largest known.
const INSTANCE_BYTES_MAX: usize = 2 << 20;
/// A memory that outgrows what is set aside for it is copied.
const GROWTH_BYTES: u64 = 1 << 20;
/// Host functions run on the stack of the contract that calls them.
const HOST_STACK_BYTES: usize = 512 << 10;

/// Where sandboxes come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allocation {
    /// From a pool of slots that are made ready again by copy-on-write.
    Pooled {
        /// How many judgements run at once.
        sandboxes: u32,
    },
    /// Mapped for each judgement: slower, but it needs little address space.
    OnDemand,
}

/// What a guest may use: settled proposals that are the same on every machine, and
/// nothing that shares or reaches beyond 4 GiB.
pub(crate) fn features() -> WasmFeatures {
    WasmFeatures::WASM2
        | WasmFeatures::COMPONENT_MODEL
        | WasmFeatures::EXTENDED_CONST
        | WasmFeatures::MULTI_MEMORY
        | WasmFeatures::TAIL_CALL
}

/// An engine with the largest pool that fits into the address space.
pub(crate) fn engine(settings: &Settings) -> wasmtime::Result<(wasmtime::Engine, Allocation)> {
    if settings.knobs.pooling {
        let mut sandboxes = settings.sandboxes_max;
        while sandboxes > 0 {
            if let Ok(engine) = wasmtime::Engine::new(&pooled(settings, sandboxes)?) {
                return Ok((engine, Allocation::Pooled { sandboxes }));
            }
            sandboxes /= 4;
        }
    }
    let mut config = common(settings)?;
    in_little_space(&mut config);
    Ok((wasmtime::Engine::new(&config)?, Allocation::OnDemand))
}

/// The contract checks its bounds itself, so no address space is set aside for guards.
fn in_little_space(config: &mut Config) {
    config.memory_reservation(0).memory_guard_size(0).memory_reservation_for_growth(GROWTH_BYTES);
}

fn common(settings: &Settings) -> wasmtime::Result<Config> {
    let mut config = Config::new();
    config
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(features(), true)
        .concurrency_support(false)
        .consume_fuel(settings.knobs.fuel)
        .epoch_interruption(settings.knobs.epochs)
        // A NaN has many spellings, and machines differ in which they make.
        .cranelift_nan_canonicalization(true)
        .max_wasm_stack(settings.stack_bytes_max)
        .async_stack_size(settings.stack_bytes_max + HOST_STACK_BYTES)
        // The dead instance is asked for its last words.
        .coredump_on_trap(true)
        .generate_address_map(false)
        .enable_incremental_compilation(Arc::new(Functions::default()))?;
    Ok(config)
}

fn pooled(settings: &Settings, sandboxes: u32) -> wasmtime::Result<Config> {
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
        .max_memory_size(settings.memory_bytes_ceiling)
        .table_elements(settings.table_elements_ceiling)
        .max_unused_warm_slots(knobs.warm_slots_max)
        .linear_memory_keep_resident(knobs.memory_keep_resident_bytes)
        .table_keep_resident(TABLE_KEEP_RESIDENT_BYTES)
        .pagemap_scan(if knobs.pagemap_scan { Enabled::Auto } else { Enabled::No });
    let mut config = common(settings)?;
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Ok(config)
}
