//! One moment for the whole run: a contract cannot measure time with it.

use tollgate_model::{Capability, HostAnswer};

use crate::bindings::host::clock;
use crate::grants::Ask;
use crate::sandbox::Sandbox;

impl clock::Host for Sandbox {
    fn now(&mut self) -> wasmtime::Result<u64> {
        let answer = self.host.answer(
            Ask::Capability(Capability::Clock),
            0,
            |live, _| HostAnswer::Clock { now_ms: live.now_ms },
            |answer| matches!(answer, HostAnswer::Clock { .. }),
        )?;
        match answer {
            HostAnswer::Clock { now_ms } => Ok(now_ms),
            _ => wasmtime::bail!("the clock answered something else"),
        }
    }
}
