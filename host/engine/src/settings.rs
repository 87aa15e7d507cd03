//! Settings of a deployment, and the tuning knobs that the benchmarks compare.

use std::path::PathBuf;

/// Further judgements wait for a free sandbox. Each sandbox reserves address space, not memory,
/// and a judgement takes microseconds.
const SANDBOXES_MAX: u32 = 128;
/// Upper bound of `memory_bytes_max`, whatever a gate asks for.
const MEMORY_BYTES_CEILING: usize = 512 << 20;
/// Upper bound of `table_elements_max`, whatever a gate asks for.
const TABLE_ELEMENTS_CEILING: usize = 200_000;
/// Native stack of one contract. Deep recursion traps when it is used up.
const STACK_BYTES_MAX: usize = 1 << 20;

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
            knobs: Knobs::default(),
        }
    }
}

/// Tuning knobs for the benchmarks, which found the defaults. Never change them in a deployment:
/// without fuel, judgements are unbounded.
#[doc(hidden)]
#[derive(Clone, Debug)]
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
