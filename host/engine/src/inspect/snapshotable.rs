//! Whether a component's configured state can be kept. Asking costs a rewrite of the
//! component and runs nothing.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime_wizer::Wizer;

/// The rewriter asserts where it should refuse; a component must not take the host down.
pub(super) fn check(component: &[u8]) -> Result<(), String> {
    let rewritten =
        catch_unwind(AssertUnwindSafe(|| Wizer::new().instrument_component(component).map(drop)));
    match rewritten {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("it cannot be rewritten".into()),
    }
}
