//! Settings of a deployment, and the tuning knobs that the benchmarks compare.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::compile::CompileProcess;

/// Further judgements wait for a free sandbox. Each sandbox reserves address space, not memory,
/// and a judgement takes microseconds.
const SANDBOXES_MAX: u32 = 128;
/// Upper bound of `memory_bytes_max`, whatever a gate asks for.
const MEMORY_BYTES_CEILING: usize = 512 << 20;
/// Upper bound of `table_elements_max`, whatever a gate asks for.
const TABLE_ELEMENTS_CEILING: usize = 200_000;
/// Native stack of one contract. Deep recursion traps when it is used up.
const STACK_BYTES_MAX: usize = 1 << 20;
/// Processor time for compiling and configuring one contract, of all threads together. CPython takes
/// between a fifth and a third of it.
const COMPILE_CPU_S_MAX: u64 = 120;
/// Wall-clock backstop behind `COMPILE_CPU_S_MAX`, for overloaded machines.
const COMPILE_DEADLINE_MS: u64 = 300_000;
/// Memory for compiling one contract. CPython takes 540 MB, and its compiled functions up to 192 MiB.
const COMPILE_MEMORY_BYTES_MAX: u64 = 3 << 29;
/// Contracts that are compiled at once. The compiler itself uses every processor.
const COMPILATIONS_MAX: u32 = 2;

/// Settings for running contracts on this deployment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Folder for compiled contracts, or `None` to compile on every start.
    pub cache: Option<PathBuf>,
    /// Number of judgements that can run at once.
    pub sandboxes_max: u32,
    /// Upper bound of [`Limits::memory_bytes_max`](crate::Limits::memory_bytes_max).
    pub memory_bytes_ceiling: usize,
    /// Upper bound of [`Limits::table_elements_max`](crate::Limits::table_elements_max).
    pub table_elements_ceiling: usize,
    /// Size of a contract's native stack.
    pub stack_bytes_max: usize,
    /// Program that compiles contracts which are not in the cache. Without one they are compiled in
    /// this process, where a hostile component can use as much memory as it likes, and where a
    /// compilation that exceeds the deadline fails but goes on.
    pub compile_process: Option<CompileProcess>,
    /// Wall-clock time for compiling and configuring one contract.
    pub compile_deadline_ms: u64,
    /// Processor time of a compile process, in seconds.
    pub compile_cpu_s_max: u64,
    /// Memory of a compile process.
    pub compile_memory_bytes_max: u64,
    /// Number of contracts that are compiled at once; further ones wait.
    pub compilations_max: u32,
    #[doc(hidden)]
    pub knobs: Knobs,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cache: None,
            sandboxes_max: SANDBOXES_MAX,
            memory_bytes_ceiling: MEMORY_BYTES_CEILING,
            table_elements_ceiling: TABLE_ELEMENTS_CEILING,
            stack_bytes_max: STACK_BYTES_MAX,
            compile_process: None,
            compile_deadline_ms: COMPILE_DEADLINE_MS,
            compile_cpu_s_max: COMPILE_CPU_S_MAX,
            compile_memory_bytes_max: COMPILE_MEMORY_BYTES_MAX,
            compilations_max: COMPILATIONS_MAX,
            knobs: Knobs::default(),
        }
    }
}

/// Tuning knobs for the benchmarks, which found the defaults. Never change them in a deployment:
/// without fuel, judgements are unbounded.
#[doc(hidden)]
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Knobs {
    pub fuel: bool,
    pub epochs: bool,
    pub pooling: bool,
    pub snapshot: bool,
    pub warm_up: bool,
    /// Bytes of a used memory that are reset by copying instead of unmapping.
    pub memory_keep_resident_bytes: usize,
    /// Ask the kernel for the written pages, and reset only those.
    pub pagemap_scan: bool,
    /// Number of unused pool slots that keep the image of their last contract.
    pub warm_slots_max: u32,
}

impl Default for Knobs {
    fn default() -> Self {
        Self {
            fuel: true,
            epochs: false,
            pooling: true,
            snapshot: true,
            warm_up: true,
            memory_keep_resident_bytes: 16 << 20,
            pagemap_scan: true,
            warm_slots_max: SANDBOXES_MAX,
        }
    }
}
