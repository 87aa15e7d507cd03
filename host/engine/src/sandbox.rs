//! State of one sandbox: its memory limits and the host's side of the run.

use wasmtime::ResourceLimiter;

use crate::bindings::types;
use crate::capabilities::RunHost;
use crate::limits::Limits;

/// Memory for taking a snapshot, which grows every memory by a page, on top of any limit. A contract
/// has few memories.
pub(crate) const SNAPSHOT_BYTES: usize = 16 << 16;

/// State of a wasmtime store. It lives for one judgement.
pub(crate) struct Sandbox {
    pub(crate) host: RunHost,
    pub(crate) memory: MemoryLimiter,
}

impl Sandbox {
    pub(crate) fn new(limits: &Limits, host: RunHost) -> Self {
        let memory = MemoryLimiter {
            memory_bytes: GrowthBudget::of(limits.memory_bytes_max),
            table_elements: GrowthBudget::of(limits.table_elements_max),
            refusal_reason: None,
        };
        Self { host, memory }
    }
}

/// Required by the linker, although the `types` interface has no functions.
impl types::Host for Sandbox {}

/// Counts the memories and tables of a sandbox together, and refuses growth beyond the limits.
pub(crate) struct MemoryLimiter {
    memory_bytes: GrowthBudget,
    table_elements: GrowthBudget,
    /// Set when growth was refused, so that the failure can say so.
    pub(crate) refusal_reason: Option<String>,
}

struct GrowthBudget {
    left: usize,
    max: usize,
}

impl GrowthBudget {
    fn of(max: usize) -> Self {
        Self { left: max, max }
    }

    /// Takes the growth from `current` to `desired`, or returns `false` if too little is left.
    fn take(&mut self, current: usize, desired: usize) -> bool {
        let left = self.left.checked_sub(desired.saturating_sub(current));
        left.map(|left| self.left = left).is_some()
    }
}

impl MemoryLimiter {
    /// Gives memory on top of the limit for taking a snapshot, after which the sandbox is not used
    /// any more.
    pub(crate) fn leave_room_for_snapshot(&mut self) {
        self.memory_bytes.left += SNAPSHOT_BYTES;
    }

    /// Stops the contract at once. Letting `memory.grow` return -1 instead would leave the
    /// reaction to the contract, and its failure would not name the limit.
    fn refuse(&mut self, reason: String) -> wasmtime::Result<bool> {
        self.refusal_reason = Some(reason.clone());
        Err(wasmtime::Error::msg(reason))
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.memory_bytes.take(current, desired) {
            return Ok(true);
        }
        let max = self.memory_bytes.max;
        self.refuse(format!("requested {desired} bytes of memory, but may have {max} in all"))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if self.table_elements.take(current, desired) {
            return Ok(true);
        }
        let max = self.table_elements.max;
        self.refuse(format!("requested a table of {desired} elements, but may have {max} in all"))
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refuse(format!("the memory could not grow: {error}")).map(drop)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refuse(format!("the table could not grow: {error}")).map(drop)
    }
}
