//! Compiles a contract, which checks its configuration, configures it and takes its snapshot first.
//!
//! Neither the compiler nor the memory of a contract that is being configured is bounded well enough
//! from inside the process, so a compile process does it, which is ended when it takes too long or too
//! much memory. Without one, a load that takes too long fails, but its thread goes on.
//!
//! Compiled code is kept in parts, so only what is new is compiled.

mod level_keys;
pub(crate) mod packed;
pub(crate) mod parts;
mod process;
mod protocol;
pub mod worker;

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tollgate_model::Manifest;

use parts::{CompiledParts, KeptParts};
pub(crate) use process::CompileProcesses;
pub use process::{CompileError, CompileProcess};

use crate::config::Config;
use crate::config_check::check_config;
use crate::engine::{Engine, LoadError};
use crate::limits::Limits;
use crate::memory_images::{SeparatedSnapshot, separate_memories};
use crate::prepare::{Preparation, PrepareError, prepare};

/// Everything that a compiled contract depends on, besides the engine's settings.
#[derive(Clone)]
pub(crate) struct CompileJob {
    pub(crate) component: Arc<[u8]>,
    pub(crate) manifest: Manifest,
    /// Reason if no snapshot can be taken.
    pub(crate) snapshot: Result<(), String>,
    pub(crate) config: Config,
    pub(crate) limits: Limits,
}

/// A contract's machine code, with its configured state if a snapshot could be taken.
pub(crate) struct CompiledContract {
    pub(crate) preparation: Preparation,
    /// Name of the template that has its code.
    pub(crate) template: String,
    /// Contents of its memories, one after the other.
    pub(crate) images: Vec<u8>,
    /// Number of functions that had to be compiled.
    pub(crate) functions_compiled: u64,
}

/// Compiles in this process, however long it takes.
pub(crate) async fn compile_here(
    engine: &Engine,
    job: &CompileJob,
    parts: &dyn CompiledParts,
) -> Result<CompiledContract, LoadError> {
    let compiled_before = engine.functions().count_compiled();
    check_config(&job.manifest.config_schema, &job.config)?;
    let (snapshot, preparation) = prepare(engine, job, parts).await?;
    let component = snapshot.as_deref().unwrap_or(&job.component);
    let memory_bytes_max = job.limits.memory_bytes_max as u64;
    let separated = snapshot.as_deref().and_then(|snapshot| {
        let separated = separate_memories(snapshot, memory_bytes_max).ok()?;
        compile_template(engine, parts, separated).ok()?
    });
    let (template, images) = match separated {
        Some(compiled) => compiled,
        // Its code is compiled with its memories in it, and used for this configuration only.
        None => {
            let whole = SeparatedSnapshot::whole(component.into());
            let compiled = compile_template(engine, parts, whole)
                .map_err(|error| PrepareError::Unrunnable(format!("{error:#}")))?;
            compiled.ok_or_else(|| LoadError::Host("its code has no place for memories".into()))?
        }
    };
    let functions_compiled = engine.functions().count_compiled() - compiled_before;
    Ok(CompiledContract { preparation, template, images, functions_compiled })
}

/// Compiles a snapshot, unless that was done before. Returns the name of its template and its images, or
/// `None` if the compiler did not leave the images as they are.
fn compile_template(
    engine: &Engine,
    parts: &dyn CompiledParts,
    snapshot: SeparatedSnapshot,
) -> wasmtime::Result<Option<(String, Vec<u8>)>> {
    let name = blake3::hash(&snapshot.component).to_hex().to_string();
    if !parts.has_template(&name) {
        parts.load_functions(engine.wasm());
        let code = engine.wasm().precompile_component(&snapshot.component)?;
        let Some(places) = snapshot.find_image_places(&code) else { return Ok(None) };
        parts.store_template(&name, &places, code);
    }
    Ok(Some((name, snapshot.images.concat())))
}

/// Compiles in this process, and fails after `deadline_ms`. The thread that compiles cannot be
/// stopped and goes on until it is done.
pub(crate) fn compile_on_a_thread(
    engine: Engine,
    job: CompileJob,
    parts: Arc<KeptParts>,
    deadline_ms: u64,
) -> Result<CompiledContract, LoadError> {
    let (sender, receiver) = mpsc::channel();
    let runtime = Handle::current();
    thread::spawn(move || {
        // Nobody waits for the result any more if this fails.
        let _ = sender.send(runtime.block_on(compile_here(&engine, &job, &*parts)));
    });
    match receiver.recv_timeout(Duration::from_millis(deadline_ms)) {
        Ok(compiled) => compiled,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(CompileError::Timeout { deadline_ms }.into()),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(LoadError::Host("the thread that compiled it panicked".into()))
        }
    }
}
