//! How this deployment runs contracts, and the knobs that the benchmarks turn.

use std::path::PathBuf;

/// More judgements than this wait for a sandbox. Each reserves address space, not
/// memory, and a judgement takes microseconds.
const SANDBOXES_MAX: u32 = 128;
/// What no limit of a gate can raise.
const MEMORY_BYTES_CEILING: usize = 512 << 20;
/// What no limit of a gate can raise.
const TABLE_ELEMENTS_CEILING: usize = 200_000;
/// A native stack for one contract: deep recursion traps here.
const STACK_BYTES_MAX: usize = 1 << 20;

/// How this deployment runs contracts.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where compiled contracts are kept; nowhere, if there is none.
    pub cache: Option<PathBuf>,
    /// How many judgements run at once.
    pub sandboxes_max: u32,
    /// The most memory that any gate can give to a judgement.
    pub memory_bytes_ceiling: usize,
    /// The largest tables that any gate can give to a judgement.
    pub table_elements_ceiling: usize,
    /// How deep contracts may recurse.
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

/// What the benchmarks turn to find the best setting; the defaults are what they found.
/// A host that judges for others leaves them alone: without fuel nothing is bounded.
#[doc(hidden)]
#[derive(Clone, Debug)]
pub struct Knobs {
    pub fuel: bool,
    pub epochs: bool,
    pub pooling: bool,
    pub snapshot: bool,
    pub warm_up: bool,
    /// How much of a used memory is put back by copying instead of unmapping.
    pub memory_keep_resident_bytes: usize,
    /// Ask the kernel which pages were written, and put back only those.
    pub pagemap_scan: bool,
    /// How many unused slots keep the image of the contract that was there last.
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
