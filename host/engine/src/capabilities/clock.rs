//! The `clock` capability: one moment for the whole run, so a contract cannot measure time.

use tollgate_model::{Capability, HostAnswer};

use crate::bindings::host::clock;
use crate::grants::GrantRequest;
use crate::sandbox::Sandbox;

impl clock::Host for Sandbox {
    fn now(&mut self) -> wasmtime::Result<u64> {
        let answer = self.host.answer(
            GrantRequest::Capability(Capability::Clock),
            0,
            |context, _| HostAnswer::Clock { now_ms: context.now_ms },
            |answer| matches!(answer, HostAnswer::Clock { .. }),
        )?;
        match answer {
            HostAnswer::Clock { now_ms } => Ok(now_ms),
            _ => wasmtime::bail!("`clock` got the answer to another call"),
        }
    }
}
