//! What the host keeps for one sandbox: how much it may take, and what it asked.

use wasmtime::ResourceLimiter;

use crate::bindings::types;
use crate::capabilities::Host;
use crate::limits::Limits;

/// The state of a store. It lives as long as one judgement.
pub(crate) struct Sandbox {
    pub(crate) host: Host,
    pub(crate) memory: MemoryLimiter,
}

impl Sandbox {
    pub(crate) fn new(limits: &Limits, host: Host) -> Self {
        let memory = MemoryLimiter {
            memory_bytes: Budget::of(limits.memory_bytes_max),
            table_elements: Budget::of(limits.table_elements_max),
            refused: None,
        };
        Self { host, memory }
    }
}

/// The types interface has no functions; the linker asks for it all the same.
impl types::Host for Sandbox {}

/// Counts what all memories and tables of a sandbox take together, refuses growth
/// beyond the limits, and remembers that it did.
pub(crate) struct MemoryLimiter {
    memory_bytes: Budget,
    table_elements: Budget,
    /// Why the sandbox died, if it died of this.
    pub(crate) refused: Option<String>,
}

struct Budget {
    left: usize,
    max: usize,
}

impl Budget {
    fn of(max: usize) -> Self {
        Self { left: max, max }
    }

    fn take(&mut self, current: usize, desired: usize) -> bool {
        let left = self.left.checked_sub(desired.saturating_sub(current));
        left.map(|left| self.left = left).is_some()
    }
}

impl MemoryLimiter {
    /// An error stops the contract at once. Answering "no" instead would leave it to
    /// the contract what it makes of that, and the reader to guess.
    fn refuse(&mut self, reason: String) -> wasmtime::Result<bool> {
        self.refused = Some(reason.clone());
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
        self.refuse(format!("wanted {desired} bytes of memory, and may have {max} in all"))
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
        self.refuse(format!("wanted a table of {desired} elements, and may have {max} in all"))
    }

    fn memory_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refuse(format!("the memory could not grow: {error}")).map(drop)
    }

    fn table_grow_failed(&mut self, error: wasmtime::Error) -> wasmtime::Result<()> {
        self.refuse(format!("the table could not grow: {error}")).map(drop)
    }
}
