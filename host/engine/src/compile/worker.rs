//! The compile process: compiles one contract within its limits, and ends.
//!
//! An engine starts it ([`CompileProcess`](crate::CompileProcess)), writes a request to its standard
//! input and reads the answer from its standard output. It gets no environment and opens no file. A
//! component that finds a hole in the compiler finds itself in this process; what the process answers
//! is run in sandboxes like any contract, as code of this contract only.

use std::io::{self, Read, Write};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::level_keys::level_keys;
use super::parts::CompiledParts;
use super::protocol::{
    self, CompileRefusal, CompiledHeader, GREETING, JobHeader, RequestHeader, ResponseHeader,
    WorkerMessage,
};
use super::{CompileJob, CompiledContract, compile_here};
use crate::config::Config;
use crate::engine::{Engine, LoadError};
use crate::function_cache::{EXPORT_BYTES_MAX, FunctionCache};
use crate::inspect::COMPONENT_BYTES_MAX;
use crate::memory_images::ImagePlace;
use crate::settings::Settings;

/// Parts of the input that are read ahead. Each is as large as a pipe of the system.
const INPUT_PARTS_AHEAD: usize = 4;
const INPUT_PART_BYTES: usize = 64 << 10;
/// Limit of a configurator. The engine accepts no larger one.
const CONFIGURATOR_BYTES_MAX: u64 = 1 << 30;

/// Answers one request. A program that embeds the engine calls it early in `main` when it was started
/// as its own compile process, before it writes to standard output or starts threads.
pub fn run() -> io::Result<()> {
    answer(EngineInput::open(), io::stdout())
}

fn answer(mut input: EngineInput, mut output: io::Stdout) -> io::Result<()> {
    protocol::write_header(&mut output, &GREETING)?;
    output.flush()?;
    let request: RequestHeader = protocol::read_header(&mut input)?;
    limit_resources(&request)?;
    let code = protocol::read_bytes(&mut input, COMPONENT_BYTES_MAX as u64)?;
    let functions = Arc::new(FunctionCache::of_one_contract());
    let pipes = EnginePipes { pipes: Mutex::new((input, output)), functions: functions.clone() };
    let engine = new_engine(request, functions);
    if !code.is_empty() {
        // Nothing else of the component is here yet, so its functions depend on nothing else.
        if let Ok(engine) = &engine {
            level_keys(engine.wasm());
            // A component that cannot be compiled without its state shares what could be compiled of it.
            let _ = engine.wasm().precompile_component(&code);
        }
        drop(code);
        pipes.send_functions()?;
    }
    let (job, component) = pipes.receive_job()?;
    let compiled = engine.and_then(|engine| compile(&engine, job, component, &pipes));
    pipes.send_response(compiled)
}

fn new_engine(request: RequestHeader, functions: Arc<FunctionCache>) -> Result<Engine, LoadError> {
    let settings = Settings {
        sandboxes_max: 1,
        memory_bytes_ceiling: request.memory_bytes_ceiling,
        table_elements_ceiling: request.table_elements_ceiling,
        stack_bytes_max: request.stack_bytes_max,
        knobs: request.knobs,
        ..Settings::default()
    };
    Engine::for_compiling(settings, request.pooled, functions).map_err(|error| host_error(&error))
}

fn compile(
    engine: &Engine,
    job: JobHeader,
    component: Arc<[u8]>,
    pipes: &EnginePipes,
) -> Result<CompiledContract, LoadError> {
    let config = serde_json::from_str(&job.config).map_err(|error| host_error(&error))?;
    let config = Config::from_resolved(config).map_err(|error| host_error(&error))?;
    let job = CompileJob {
        component,
        manifest: job.manifest,
        snapshot: job.no_snapshot.map_or(Ok(()), Err),
        config,
        limits: job.limits,
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.map_err(|error| host_error(&error))?.block_on(compile_here(engine, &job, pipes))
}

fn host_error(error: &dyn std::error::Error) -> LoadError {
    LoadError::Host(error.to_string())
}

/// Conversation with the engine that started this process.
struct EnginePipes {
    pipes: Mutex<(EngineInput, io::Stdout)>,
    functions: Arc<FunctionCache>,
}

impl EnginePipes {
    fn lock(&self) -> MutexGuard<'_, (EngineInput, io::Stdout)> {
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receive_job(&self) -> io::Result<(JobHeader, Arc<[u8]>)> {
        let (input, _) = &mut *self.lock();
        let job = protocol::read_header(input)?;
        let component = protocol::read_bytes(input, COMPONENT_BYTES_MAX as u64)?;
        Ok((job, component.into()))
    }

    fn send(&self, message: &WorkerMessage, bytes: Option<&[u8]>) -> io::Result<()> {
        let (_, output) = &mut *self.lock();
        protocol::write_header(output, message)?;
        if let Some(bytes) = bytes {
            protocol::write_bytes(output, bytes)?;
        }
        output.flush()
    }

    /// Returns the answer to a question, or `None` if it is empty. After an error the process goes on and
    /// compiles, because it ends soon if the engine has.
    fn ask(&self, question: &WorkerMessage, bytes_max: u64) -> Option<Vec<u8>> {
        self.send(question, None).ok()?;
        let (input, _) = &mut *self.lock();
        let answer = protocol::read_bytes(input, bytes_max).ok()?;
        (!answer.is_empty()).then_some(answer)
    }

    /// Sends the functions that were compiled so far, and keeps them for what is compiled next.
    fn send_functions(&self) -> io::Result<()> {
        let functions = self.functions.export();
        self.send(&WorkerMessage::Functions, Some(&functions))?;
        self.functions.load(functions);
        Ok(())
    }

    fn send_response(&self, compiled: Result<CompiledContract, LoadError>) -> io::Result<()> {
        let (result, images) = match compiled {
            Ok(CompiledContract { preparation, template, images, .. }) => {
                (Ok(CompiledHeader { preparation, template }), images)
            }
            Err(error) => (Err(CompileRefusal::from(error)), Vec::new()),
        };
        let functions_compiled = self.functions.count_compiled();
        let response = ResponseHeader { result, functions_compiled };
        self.send(&WorkerMessage::Response(response), Some(&images))
    }
}

impl CompiledParts for EnginePipes {
    fn load_functions(&self, engine: &wasmtime::Engine) {
        if !self.functions.is_loaded() {
            level_keys(engine);
            let functions = self.ask(&WorkerMessage::AskFunctions, EXPORT_BYTES_MAX as u64);
            self.functions.load(functions.unwrap_or_default());
        }
    }

    fn load_configurator(&self) -> Option<Vec<u8>> {
        self.ask(&WorkerMessage::AskConfigurator, CONFIGURATOR_BYTES_MAX)
    }

    fn store_configurator(&self, code: &[u8]) {
        // An error shows when the response is sent.
        let _ = self.send(&WorkerMessage::Configurator, Some(code));
    }

    fn has_template(&self, name: &str) -> bool {
        self.ask(&WorkerMessage::AskTemplate { name: name.to_owned() }, 1).is_some()
    }

    fn store_template(&self, name: &str, places: &[ImagePlace], code: Vec<u8>) {
        let message = WorkerMessage::Template { name: name.to_owned(), places: places.to_vec() };
        let _ = self.send(&message, Some(&code));
    }
}

/// Standard input, which a thread reads. It ends this process when the engine's end is closed, which the
/// system does when the engine's process dies.
struct EngineInput {
    parts: Receiver<Vec<u8>>,
    part: Vec<u8>,
    /// Number of bytes of `part` that were read.
    read: usize,
}

impl EngineInput {
    fn open() -> Self {
        let (sender, parts) = sync_channel(INPUT_PARTS_AHEAD);
        thread::spawn(move || {
            let mut stdin = io::stdin().lock();
            loop {
                let mut part = vec![0; INPUT_PART_BYTES];
                match stdin.read(&mut part) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Ok(length @ 1..) => {
                        part.truncate(length);
                        if sender.send(part).is_err() {
                            return;
                        }
                    }
                    _ => std::process::exit(1),
                }
            }
        });
        Self { parts, part: Vec::new(), read: 0 }
    }
}

impl Read for EngineInput {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.read == self.part.len() {
            let Ok(part) = self.parts.recv() else { return Ok(0) };
            (self.part, self.read) = (part, 0);
        }
        let mut rest = self.part.get(self.read..).unwrap_or_default();
        let length = rest.read(buffer)?;
        self.read += length;
        Ok(length)
    }
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
