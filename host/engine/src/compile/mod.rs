//! Compiles a contract, which checks its configuration, configures it and takes its snapshot first.
//!
//! Neither the compiler nor the memory of a contract that is being configured is bounded well enough
//! from inside the process, so a compile process does it, which is ended when it takes too long or too
//! much memory. Without one, a load that takes too long fails, but its thread goes on.

mod process;
mod protocol;
pub mod worker;

use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;
use tollgate_model::Manifest;

pub use process::{CompileError, CompileProcess};
pub(crate) use process::{CompileProcesses, FunctionsByComponent};

use crate::config::Config;
use crate::config_check::check_config;
use crate::engine::{Engine, LoadError};
use crate::limits::Limits;
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
    pub(crate) code: Vec<u8>,
}

/// Compiles in this process, however long it takes.
pub(crate) async fn compile_here(
    engine: &Engine,
    job: &CompileJob,
) -> Result<CompiledContract, LoadError> {
    check_config(&job.manifest.config_schema, &job.config)?;
    let (snapshot, preparation) = prepare(engine, job).await?;
    let component = snapshot.as_deref().unwrap_or(&job.component);
    let code = engine.wasm().precompile_component(component);
    let code = code.map_err(|error| PrepareError::Unrunnable(format!("{error:#}")))?;
    Ok(CompiledContract { preparation, code })
}

/// Compiles in this process, and fails after `deadline_ms`. The thread that compiles cannot be
/// stopped and goes on until it is done.
pub(crate) fn compile_on_a_thread(
    engine: Engine,
    job: CompileJob,
    deadline_ms: u64,
) -> Result<CompiledContract, LoadError> {
    let (sender, receiver) = mpsc::channel();
    let runtime = Handle::current();
    thread::spawn(move || {
        // Nobody waits for the result any more if this fails.
        let _ = sender.send(runtime.block_on(compile_here(&engine, &job)));
    });
    match receiver.recv_timeout(Duration::from_millis(deadline_ms)) {
        Ok(compiled) => compiled,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(CompileError::Timeout { deadline_ms }.into()),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            Err(LoadError::Host("the thread that compiled it panicked".into()))
        }
    }
}
