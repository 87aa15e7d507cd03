//! Explains why a call into a sandbox failed: turns wasmtime's errors into failures.

use tollgate_model::Failure;
use wasmtime::{FrameInfo, Store, Trap, Val, WasmCoreDump};

use crate::limits::Limits;
use crate::sandbox::Sandbox;

/// Exported global through which the SDKs leave a panic's message. It holds the address of the
/// message's length (four bytes, little-endian), which the message follows.
const LAST_WORDS_EXPORT: &str = "tollgate-last-words";
const MEMORY_EXPORT: &str = "memory";
const LENGTH_BYTES: usize = 4;
const LAST_WORDS_BYTES_MAX: usize = 4096;
/// Number of stack frames that are reported. A full stack has thousands, and deeper ones add
/// nothing.
const FRAMES_MAX: usize = 24;
/// Text of wasmtime's error for results that are too large to copy. wasmtime exports no type
/// for it.
const HOSTCALL_FUEL_EXHAUSTED: &str = "fuel allocated for hostcalls has been exhausted";

/// Stage of a sandbox at which it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Instantiating the component.
    Start,
    /// Calling `configure`, which has fuel of its own.
    Configure,
    /// Calling another exported function.
    Call,
}

/// Returns the failure for the error that ended a sandbox. `fuel` is the limit of what is not
/// configuring.
pub(crate) fn explain_failure(
    (stage, error): (Stage, wasmtime::Error),
    store: &mut Store<Sandbox>,
    limits: &Limits,
    fuel: u64,
) -> Failure {
    if let Some(reason) = store.data_mut().memory.refusal_reason.take() {
        return Failure::Memory { reason };
    }
    if let Some(reason) = store.data_mut().host.divergence.take() {
        return Failure::ReplayDiverged { reason };
    }
    if error.downcast_ref::<Trap>() == Some(&Trap::OutOfFuel) {
        let fuel = if stage == Stage::Configure { limits.configure_fuel } else { fuel };
        return Failure::OutOfFuel { fuel };
    }
    // Without a core dump the contract was not running: either it could not be instantiated, or
    // it had returned a result that cannot be read.
    let Some(dump) = error.downcast_ref::<WasmCoreDump>() else {
        let reason = error.root_cause().to_string();
        if stage == Stage::Start {
            return Failure::Host { reason: format!("no sandbox could be made for it: {reason}") };
        }
        if reason.contains(HOSTCALL_FUEL_EXHAUSTED) {
            return Failure::ResultTooLarge { result_bytes_max: limits.result_bytes_max as u64 };
        }
        return Failure::InvalidResult { reason: format!("its result cannot be read: {reason}") };
    };
    let last_words = read_last_words(dump, store);
    let functions = own_functions(dump, last_words.is_none());
    let message = last_words.unwrap_or_else(|| match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    });
    Failure::Trap { message, functions }
}

/// Reads the message that the contract left in its memory before the trap. Address and length
/// come from the contract, so nothing outside its memory is read.
fn read_last_words(dump: &WasmCoreDump, store: &mut Store<Sandbox>) -> Option<String> {
    dump.instances().iter().find_map(|instance| {
        let global = instance.get_global(&mut *store, LAST_WORDS_EXPORT)?;
        let Val::I32(address) = global.get(&mut *store) else { return None };
        let memory = instance.get_memory(&mut *store, MEMORY_EXPORT)?.data(&*store);
        let buffer = memory.get(address as u32 as usize..)?;
        let (length, words) = buffer.split_first_chunk::<LENGTH_BYTES>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let words = words.get(..length.min(LAST_WORDS_BYTES_MAX))?;
        (length > 0).then(|| String::from_utf8_lossy(words).into_owned())
    })
}

/// Returns the contract's functions on the stack, innermost first, without those of Rust's panic
/// machinery. Functions without a name are numbered, or left out unless `also_nameless`.
fn own_functions(dump: &WasmCoreDump, also_nameless: bool) -> Vec<String> {
    let function_name = |frame: &FrameInfo| match frame.func_name() {
        Some(name) => Some(format!("{:#}", rustc_demangle::demangle(name))),
        None => also_nameless.then(|| format!("function {}", frame.func_index())),
    };
    let panic_prefixes = ["std::", "core::panicking", "__rust", "rust_panic", "__rustc"];
    let is_own = |name: &String| !panic_prefixes.iter().any(|prefix| name.starts_with(prefix));
    dump.frames().iter().filter_map(function_name).filter(is_own).take(FRAMES_MAX).collect()
}
