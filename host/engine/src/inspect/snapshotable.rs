//! Checks whether the configured state of a component can be snapshotted. The check rewrites
//! the component and runs none of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime_wizer::Wizer;

/// Returns the reason if a component cannot be snapshotted. The rewriter panics where it should
/// return an error, and a component must not crash the host, so panics are caught.
pub(super) fn check_snapshotable(component: &[u8]) -> Result<(), String> {
    let rewritten =
        catch_unwind(AssertUnwindSafe(|| Wizer::new().instrument_component(component).map(drop)));
    match rewritten {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("the component cannot be instrumented for a snapshot".into()),
    }
}
