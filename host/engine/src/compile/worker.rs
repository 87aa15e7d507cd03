//! The compile process: compiles one contract within its limits, and ends.
//!
//! An engine starts it ([`CompileProcess`](crate::CompileProcess)), writes a request to its standard
//! input and reads the answer from its standard output. It gets no environment and opens no file. A
//! component that finds a hole in the compiler finds itself in this process; what the process answers
//! is run in sandboxes like any contract, as code of this contract only.

use std::io::{self, Read, Write};
use std::sync::Arc;
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::protocol::{self, CompileRefusal, GREETING, RequestHeader, ResponseHeader};
use super::{CompileJob, CompiledContract, compile_here};
use crate::config::Config;
use crate::engine::{Engine, LoadError};
use crate::function_cache::{FUNCTIONS_BYTES_MAX, FunctionCache};
use crate::inspect::COMPONENT_BYTES_MAX;
use crate::settings::Settings;

/// Answers one request. A program that embeds the engine calls it early in `main` when it was started
/// as its own compile process, before it writes to standard output or starts threads.
pub fn run() -> io::Result<()> {
    answer(&mut io::stdin().lock(), &mut io::stdout().lock())
}

fn answer(input: &mut impl Read, output: &mut impl Write) -> io::Result<()> {
    protocol::write_header(output, &GREETING)?;
    output.flush()?;
    let request: RequestHeader = protocol::read_header(input)?;
    limit_resources(&request)?;
    let component =
        protocol::read_bytes(input, request.component_bytes, COMPONENT_BYTES_MAX as u64)?;
    let cache = Arc::new(FunctionCache::default());
    cache.import(&protocol::read_bytes(
        input,
        request.functions_bytes,
        FUNCTIONS_BYTES_MAX as u64,
    )?);
    end_with_parent();

    let (result, code) = match compile(request, component.into(), cache.clone()) {
        Ok(CompiledContract { preparation, code }) => (Ok(preparation), code),
        Err(error) => (Err(CompileRefusal::from(error)), Vec::new()),
    };
    let functions = if cache.has_new() { cache.export_used() } else { Vec::new() };
    let (code_bytes, functions_bytes) = (code.len() as u64, functions.len() as u64);
    protocol::write_header(output, &ResponseHeader { result, code_bytes, functions_bytes })?;
    output.write_all(&code)?;
    output.write_all(&functions)?;
    output.flush()
}

fn compile(
    request: RequestHeader,
    component: Arc<[u8]>,
    functions: Arc<FunctionCache>,
) -> Result<CompiledContract, LoadError> {
    let host = |error: &dyn std::error::Error| LoadError::Host(error.to_string());
    let settings = Settings {
        sandboxes_max: 1,
        memory_bytes_ceiling: request.memory_bytes_ceiling,
        table_elements_ceiling: request.table_elements_ceiling,
        stack_bytes_max: request.stack_bytes_max,
        knobs: request.knobs,
        ..Settings::default()
    };
    let engine =
        Engine::for_compiling(settings, request.pooled, functions).map_err(|error| host(&error))?;
    let config = serde_json::from_str(&request.config).map_err(|error| host(&error))?;
    let config = Config::from_resolved(config).map_err(|error| host(&error))?;
    let job = CompileJob {
        component,
        manifest: request.manifest,
        snapshot: request.no_snapshot.map_or(Ok(()), Err),
        config,
        limits: request.limits,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.map_err(|error| host(&error))?.block_on(compile_here(&engine, &job))
}

/// Limits the memory and processor time of this process, and keeps it from leaving a core dump.
///
/// The limit of memory is on memory that can be written, not on address space: wasmtime reserves gigabytes of
/// address space for each memory of a contract and makes only a part of it usable.
fn limit_resources(request: &RequestHeader) -> io::Result<()> {
    for (resource, wanted, leeway) in [
        (Resource::Data, request.memory_bytes_max, 0),
        // The first second above the limit ends the process with a signal that says so.
        (Resource::Cpu, request.cpu_s_max, 1),
        (Resource::Core, 0, 0),
    ] {
        // A limit of the user's may be lower, and cannot be raised.
        let possible = |limit: u64| getrlimit(resource).maximum.map_or(limit, |max| limit.min(max));
        let (current, maximum) = (possible(wanted), possible(wanted.saturating_add(leeway)));
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

/// Ends this process when the engine's end of standard input is closed, which the system does when
/// the engine's process dies.
fn end_with_parent() {
    thread::spawn(|| {
        let mut rest = [0; 64];
        // `run` holds the lock, so this reads past it.
        let stdin = io::stdin();
        loop {
            match rustix::io::read(&stdin, &mut rest) {
                Ok(1..) | Err(rustix::io::Errno::INTR) => {}
                _ => std::process::exit(1),
            }
        }
    });
}
