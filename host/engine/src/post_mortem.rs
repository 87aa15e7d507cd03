//! What a sandbox died of.

use tollgate_model::Failure;
use wasmtime::{FrameInfo, Store, Trap, Val, WasmCoreDump};

use crate::limits::Limits;
use crate::sandbox::Sandbox;

/// Where the SDKs leave a panic's message: an exported global holds the address of its
/// length (four bytes, little-endian), and the message stands behind that.
const LAST_WORDS: &str = "tollgate-last-words";
const MEMORY: &str = "memory";
const LENGTH_BYTES: usize = 4;
const LAST_WORDS_BYTES_MAX: usize = 4096;
/// Deeper frames say nothing more; a full stack has thousands.
const FUNCTIONS_MAX: usize = 24;
/// Of the error that wasmtime has for it, only the text can be seen.
const TOO_MUCH_COPIED: &str = "fuel allocated for hostcalls has been exhausted";

/// What a sandbox was at when it came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It was being made.
    Start,
    /// The contract was called.
    Call,
}

/// Why a sandbox came to nothing.
pub(crate) fn examine(
    (stage, error): (Stage, wasmtime::Error),
    store: &mut Store<Sandbox>,
    limits: &Limits,
    fuel: u64,
) -> Failure {
    if let Some(reason) = store.data_mut().memory.refused.take() {
        return Failure::Memory { reason };
    }
    if let Some(reason) = store.data_mut().host.diverged.take() {
        return Failure::ReplayDiverged { reason };
    }
    if error.downcast_ref::<Trap>() == Some(&Trap::OutOfFuel) {
        return Failure::OutOfFuel { fuel };
    }
    // Without a dump the contract was not running. Either there was no room for it, or it
    // had returned, and what it returned cannot be read.
    let Some(dump) = error.downcast_ref::<WasmCoreDump>() else {
        let reason = error.root_cause().to_string();
        if stage == Stage::Start {
            return Failure::Host { reason: format!("there is no sandbox for it: {reason}") };
        }
        if reason.contains(TOO_MUCH_COPIED) {
            return Failure::ResultTooLarge { result_bytes_max: limits.result_bytes_max as u64 };
        }
        return Failure::InvalidResult { reason: format!("its result cannot be read: {reason}") };
    };
    let last_words = last_words(dump, store);
    let functions = functions(dump, last_words.is_none());
    let message = last_words.unwrap_or_else(|| match error.downcast_ref::<Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    });
    Failure::Trap { message, functions }
}

fn last_words(dump: &WasmCoreDump, store: &mut Store<Sandbox>) -> Option<String> {
    dump.instances().iter().find_map(|instance| {
        let global = instance.get_global(&mut *store, LAST_WORDS)?;
        let Val::I32(address) = global.get(&mut *store) else { return None };
        let memory = instance.get_memory(&mut *store, MEMORY)?.data(&*store);
        let buffer = memory.get(address as u32 as usize..)?;
        let (length, words) = buffer.split_first_chunk::<LENGTH_BYTES>()?;
        let length = u32::from_le_bytes(*length) as usize;
        let words = words.get(..length.min(LAST_WORDS_BYTES_MAX))?;
        (length > 0).then(|| String::from_utf8_lossy(words).into_owned())
    })
}

/// The contract's own functions, innermost first, without the machinery of panicking. A
/// function that has no name is a number, which is of use where there is nothing else.
fn functions(dump: &WasmCoreDump, also_nameless: bool) -> Vec<String> {
    let name = |frame: &FrameInfo| match frame.func_name() {
        Some(name) => Some(format!("{:#}", rustc_demangle::demangle(name))),
        None => also_nameless.then(|| format!("function {}", frame.func_index())),
    };
    let machinery = ["std::", "core::panicking", "__rust", "rust_panic", "__rustc"];
    let own = |name: &String| !machinery.iter().any(|prefix| name.starts_with(prefix));
    dump.frames().iter().filter_map(name).filter(own).take(FUNCTIONS_MAX).collect()
}
