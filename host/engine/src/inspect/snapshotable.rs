//! Checks whether the configured state of a component can be snapshotted. The check rewrites
//! the component and runs none of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmparser::{Parser, Payload};
use wasmtime_wizer::Wizer;

/// Returns the reason if a component cannot be snapshotted. The rewriter panics where it should
/// return an error, and a component must not crash the host, so panics are caught.
pub(super) fn check_snapshotable(component: &[u8]) -> Result<(), String> {
    check_state_is_exported(component)?;
    let rewritten =
        catch_unwind(AssertUnwindSafe(|| Wizer::new().instrument_component(component).map(drop)));
    match rewritten {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(format!("{error:#}")),
        Err(_) => Err("the component cannot be instrumented for a snapshot".into()),
    }
}

/// State of a module, as far as it has been read.
#[derive(Default)]
struct ModuleState {
    has_state: bool,
    has_exports: bool,
}

/// Fails if a module has memories or variables and no export section. The rewriter adds to that
/// section what it reads; without one it forgets the state, and panics later.
fn check_state_is_exported(component: &[u8]) -> Result<(), String> {
    // Components are on the stack as well, and have no state.
    let mut open = vec![ModuleState::default()];
    for payload in Parser::new(0).parse_all(component) {
        let payload = payload.map_err(|error| error.to_string())?;
        match payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                open.push(ModuleState::default());
            }
            Payload::End(_) => close(&mut open)?,
            Payload::MemorySection(_) => set(&mut open, |module| module.has_state = true),
            Payload::GlobalSection(globals) => {
                let mut globals = globals.into_iter().flatten();
                if globals.any(|global| global.ty.mutable) {
                    set(&mut open, |module| module.has_state = true);
                }
            }
            Payload::ExportSection(_) => set(&mut open, |module| module.has_exports = true),
            _ => {}
        }
    }
    Ok(())
}

fn close(open: &mut Vec<ModuleState>) -> Result<(), String> {
    match open.pop() {
        Some(module) if module.has_state && !module.has_exports => {
            Err("a module with state has no export section".into())
        }
        _ => Ok(()),
    }
}

fn set(open: &mut [ModuleState], change: impl FnOnce(&mut ModuleState)) {
    if let Some(module) = open.last_mut() {
        change(module);
    }
}
