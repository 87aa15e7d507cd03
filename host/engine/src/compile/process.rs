//! Starts compile processes, and ends them.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;
use tollgate_model::Digest;

use super::protocol::{self, GREETING, RequestHeader, ResponseHeader};
use super::{CompileJob, CompiledContract};
use crate::engine::LoadError;
use crate::function_cache::FUNCTIONS_BYTES_MAX;
use crate::settings::Settings;
use crate::wasm_config::Allocation;

/// Limit of the machine code of a contract, several times that of the largest one known.
const CODE_BYTES_MAX: u64 = 1 << 30;
/// Limit of the text that is kept of a process's standard error.
const LAST_WORDS_BYTES_MAX: u64 = 4_096;

/// A program that compiles a contract and ends: it calls [`compile_worker::run`](super::worker::run).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileProcess {
    pub program: PathBuf,
    pub arguments: Vec<OsString>,
}

/// A contract could not be compiled within the limits.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    #[error("compiling it takes longer than {deadline_ms} ms")]
    Timeout { deadline_ms: u64 },
    #[error("compiling it takes more than {cpu_s_max} seconds of processor time")]
    ProcessorTime { cpu_s_max: u64 },
    /// The compile process ended without an answer, most often for want of memory.
    #[error(
        "compiling it takes more than {memory_bytes_max} bytes of memory, or ended its process in \
         another way: {reason}"
    )]
    Died { memory_bytes_max: u64, reason: String },
    /// The program was replaced by another version of it, or is that of another installation.
    #[error(
        "the compile process `{}` is of another version: it is `{found}`, but this program needs `{needed}`",
        program.display()
    )]
    OtherVersion { program: PathBuf, found: String, needed: &'static str },
    /// The program cannot be started, or does not answer as a compile process does.
    #[error("the compile process `{}` cannot be used: {reason}", program.display())]
    Unusable { program: PathBuf, reason: String },
}

/// Compiled functions by component, so that other configurations of it compile faster. A compile
/// process may have been taken over by its component, so what it compiled is used for that component
/// only, and only by other compile processes.
#[derive(Default)]
pub(crate) struct FunctionsByComponent(Mutex<HashMap<Digest, Arc<[u8]>>>);

impl FunctionsByComponent {
    fn get(&self, component: Digest) -> Option<Arc<[u8]>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&component).cloned()
    }

    fn insert(&self, component: Digest, functions: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.remove(&component);
        let bytes: usize = kept.values().map(|functions| functions.len()).sum();
        if bytes + functions.len() > FUNCTIONS_BYTES_MAX {
            kept.clear();
        }
        kept.insert(component, functions.into());
    }
}

/// Compiles contracts in compile processes.
pub(crate) struct CompileProcesses<'e> {
    pub(crate) process: &'e CompileProcess,
    pub(crate) settings: &'e Settings,
    pub(crate) allocation: Allocation,
    pub(crate) functions: &'e FunctionsByComponent,
}

/// Answer of a compile process, as far as it came.
enum Answer {
    /// The process ended before it greeted, or said something else.
    NoGreeting(io::Error),
    OtherGreeting(String),
    Greeted(io::Result<Response>),
}

/// Response of a compile process to its request.
struct Response {
    header: ResponseHeader,
    code: Vec<u8>,
    functions: Vec<u8>,
}

impl CompileProcesses<'_> {
    /// Compiles in a process of its own. Blocks until that has ended.
    pub(crate) fn compile(
        &self,
        component: Digest,
        job: &CompileJob,
    ) -> Result<CompiledContract, LoadError> {
        let known = self.functions.get(component);
        let response = self.run(job, known.as_deref().unwrap_or_default())?;
        // A component that refuses one configuration is often loaded with another.
        if !response.functions.is_empty() {
            self.functions.insert(component, response.functions);
        }
        let preparation = response.header.result?;
        Ok(CompiledContract { preparation, code: response.code })
    }

    fn run(&self, job: &CompileJob, functions: &[u8]) -> Result<Response, CompileError> {
        let mut child = self.spawn().map_err(|error| self.unusable(error))?;
        let (Some(stdin), Some(mut stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(self.unusable(io::ErrorKind::BrokenPipe));
        };
        let deadline_ms = self.settings.compile_deadline_ms;
        thread::scope(|scope| {
            // Standard input stays open until the end: the process ends when it is closed.
            let writer = scope.spawn(move || self.write_request(stdin, job, functions));
            let last_words = scope.spawn(move || read_last_words(stderr));
            let (sender, receiver) = mpsc::channel();
            scope.spawn(move || sender.send(read_answer(&mut stdout)));
            let answer = receiver.recv_timeout(Duration::from_millis(deadline_ms));
            let status = end(&mut child);
            drop(writer.join());
            let last_words = last_words.join().unwrap_or_default();
            match answer {
                Err(_) => Err(CompileError::Timeout { deadline_ms }),
                Ok(Answer::NoGreeting(error)) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    let reason = describe_end(&error, status, &last_words);
                    Err(self.unusable(format!("it ended before it answered: {reason}")))
                }
                Ok(Answer::NoGreeting(error)) => Err(self.unusable(error)),
                Ok(Answer::OtherGreeting(found)) => {
                    let program = self.process.program.clone();
                    Err(CompileError::OtherVersion { program, found, needed: GREETING })
                }
                Ok(Answer::Greeted(Ok(response))) => Ok(response),
                Ok(Answer::Greeted(Err(error))) => {
                    Err(self.explain_end(error, status, &last_words))
                }
            }
        })
    }

    fn spawn(&self) -> io::Result<Child> {
        Command::new(&self.process.program)
            .args(&self.process.arguments)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
    }

    /// Writes the request, and returns the open pipe. An error shows in the missing answer.
    fn write_request(&self, stdin: ChildStdin, job: &CompileJob, functions: &[u8]) -> ChildStdin {
        let request = RequestHeader {
            memory_bytes_max: self.settings.compile_memory_bytes_max,
            cpu_s_max: self.settings.compile_cpu_s_max,
            pooled: matches!(self.allocation, Allocation::Pooled { .. }),
            memory_bytes_ceiling: self.settings.memory_bytes_ceiling,
            table_elements_ceiling: self.settings.table_elements_ceiling,
            stack_bytes_max: self.settings.stack_bytes_max,
            knobs: self.settings.knobs.clone(),
            limits: job.limits.clone(),
            manifest: job.manifest.clone(),
            no_snapshot: job.snapshot.as_ref().err().cloned(),
            config: job.config.text().to_string(),
            component_bytes: job.component.len() as u64,
            functions_bytes: functions.len() as u64,
        };
        let mut pipe = stdin;
        let _ = protocol::write_header(&mut pipe, &request)
            .and_then(|()| pipe.write_all(&job.component))
            .and_then(|()| pipe.write_all(functions));
        pipe
    }

    fn unusable(&self, reason: impl ToString) -> CompileError {
        let program = self.process.program.clone();
        CompileError::Unusable { program, reason: reason.to_string() }
    }

    /// Returns the error for a response that is missing or cannot be read.
    fn explain_end(
        &self,
        error: io::Error,
        status: Option<ExitStatus>,
        last_words: &str,
    ) -> CompileError {
        if error.kind() != io::ErrorKind::UnexpectedEof {
            return self.unusable(error);
        }
        if status.and_then(|status| status.signal()) == Some(Signal::XCPU.as_raw()) {
            return CompileError::ProcessorTime { cpu_s_max: self.settings.compile_cpu_s_max };
        }
        let reason = describe_end(&error, status, last_words);
        let memory_bytes_max = self.settings.compile_memory_bytes_max;
        CompileError::Died { memory_bytes_max, reason }
    }
}

/// Describes how a process ended that did not answer.
fn describe_end(error: &io::Error, status: Option<ExitStatus>, last_words: &str) -> String {
    let status = status.map_or_else(|| error.to_string(), |status| status.to_string());
    match last_words {
        "" => status,
        last_words => format!("{status}: {last_words}"),
    }
}

fn read_answer(stdout: &mut impl Read) -> Answer {
    match protocol::read_header::<String>(stdout) {
        Ok(greeting) if greeting == GREETING => Answer::Greeted(read_response(stdout)),
        Ok(greeting) => Answer::OtherGreeting(greeting),
        Err(error) => Answer::NoGreeting(error),
    }
}

fn read_response(stdout: &mut impl Read) -> io::Result<Response> {
    let header: ResponseHeader = protocol::read_header(stdout)?;
    let code = protocol::read_bytes(stdout, header.code_bytes, CODE_BYTES_MAX)?;
    let functions =
        protocol::read_bytes(stdout, header.functions_bytes, FUNCTIONS_BYTES_MAX as u64)?;
    Ok(Response { header, code, functions })
}

fn read_last_words(mut stderr: impl Read) -> String {
    let mut words = Vec::new();
    let _ = stderr.by_ref().take(LAST_WORDS_BYTES_MAX).read_to_end(&mut words);
    // A process that writes more must not wait for a reader.
    let _ = io::copy(&mut stderr, &mut io::sink());
    let words = String::from_utf8_lossy(&words);
    // Rust's advice on backtraces is for who can set the environment.
    let lines = words.lines().filter(|line| !line.starts_with("note: "));
    lines.collect::<Vec<_>>().join(" ").trim().to_owned()
}

/// Ends the process, if it has not ended itself, and returns how it ended.
fn end(child: &mut Child) -> Option<ExitStatus> {
    // Fails if it has ended, and then there is nothing to do.
    let _ = child.kill();
    child.wait().ok()
}
