//! Starts compile processes, and ends them.

use std::ffi::OsString;
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::parts::{CompiledParts, KeptParts};
use super::protocol::{
    self, CompiledHeader, GREETING, JobHeader, RequestHeader, ResponseHeader, WorkerMessage,
};
use super::{CompileJob, CompiledContract};
use crate::engine::LoadError;
use crate::function_cache::EXPORT_BYTES_MAX;
use crate::settings::Settings;
use crate::wasm_config::Allocation;

/// Limit of the machine code that a compile process hands over in all: to configure the contract, and as templates, which
/// have its memories in them. It is several times what the largest contract known needs. The engine holds it in
/// memory, and other contracts in the cache have to go for it.
const CODE_BYTES_MAX: u64 = 1 << 30;
/// Messages that a compile process sends at most. Each kind is needed once.
const MESSAGES_MAX: usize = 8;
/// Limit of the text that is kept of a process's standard error.
const LAST_WORDS_BYTES_MAX: u64 = 4_096;
/// Words with which a program in Rust ends that is given no more memory.
const OUT_OF_MEMORY: &str = "memory allocation of ";

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
    /// The compile process needed more memory than [`Settings::compile_memory_bytes_max`].
    #[error(
        "compiling it takes more than {} MiB of memory, which is all that a compile process may use. What a contract \
         has in its memory once it is configured is compiled with it, and takes several times its size: let it keep \
         less there, for example by a smaller configuration, or by tables that it looks up", .memory_bytes_max >> 20
    )]
    Memory { memory_bytes_max: u64 },
    /// The compile process ended without an answer. It may have used more memory than it was given.
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

/// Compiles contracts in compile processes.
pub(crate) struct CompileProcesses<'e> {
    pub(crate) process: &'e CompileProcess,
    pub(crate) settings: &'e Settings,
    pub(crate) allocation: Allocation,
    pub(crate) parts: &'e KeptParts,
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
    images: Vec<u8>,
}

/// Machine code that a compile process still may hand over.
struct HandedOverCode {
    bytes_left: u64,
}

impl HandedOverCode {
    fn read(&mut self, from: &mut impl Read) -> io::Result<Vec<u8>> {
        let code = protocol::read_bytes(from, self.bytes_left)?;
        self.bytes_left -= code.len() as u64;
        Ok(code)
    }
}

/// Pipes to and from a compile process.
struct Pipes {
    input: ChildStdin,
    output: ChildStdout,
}

impl CompileProcesses<'_> {
    /// Compiles in a process of its own. Blocks until that has ended. `code` is the component without its
    /// state if functions are kept for it and are not known yet.
    pub(crate) fn compile(
        &self,
        job: &CompileJob,
        code: Option<&[u8]>,
    ) -> Result<CompiledContract, LoadError> {
        let Response { header, images } = self.run(job, code.unwrap_or_default())?;
        let CompiledHeader { preparation, template } = header.result?;
        let functions_compiled = header.functions_compiled;
        Ok(CompiledContract { preparation, template, images, functions_compiled })
    }

    fn run(&self, job: &CompileJob, code: &[u8]) -> Result<Response, CompileError> {
        let mut child = self.spawn().map_err(|error| self.unusable(error))?;
        let (Some(input), Some(output), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(self.unusable(io::ErrorKind::BrokenPipe));
        };
        let deadline_ms = self.settings.compile_deadline_ms;
        thread::scope(|scope| {
            let last_words = scope.spawn(move || read_last_words(stderr));
            let (sender, receiver) = mpsc::channel();
            // Standard input stays open until the end: the process ends when it is closed.
            scope.spawn(move || sender.send(self.converse(Pipes { input, output }, job, code)));
            let answer = receiver.recv_timeout(Duration::from_millis(deadline_ms));
            let status = end(&mut child);
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

    fn converse(&self, mut pipes: Pipes, job: &CompileJob, code: &[u8]) -> Answer {
        match protocol::read_header::<String>(&mut pipes.output) {
            Ok(greeting) if greeting == GREETING => {
                Answer::Greeted(self.exchange_messages(&mut pipes, job, code))
            }
            Ok(greeting) => Answer::OtherGreeting(greeting),
            Err(error) => Answer::NoGreeting(error),
        }
    }

    fn exchange_messages(
        &self,
        pipes: &mut Pipes,
        job: &CompileJob,
        code: &[u8],
    ) -> io::Result<Response> {
        pipes.write(&self.request(), code)?;
        let mut handed_over = HandedOverCode { bytes_left: CODE_BYTES_MAX };
        let mut job_is_sent = code.is_empty();
        if job_is_sent {
            pipes.write(&job_header(job), &job.component)?;
        }
        for _ in 0..MESSAGES_MAX {
            match protocol::read_header(&mut pipes.output)? {
                // Whoever has read the job may have been taken over by it.
                WorkerMessage::Functions if job_is_sent => {
                    return Err(io::Error::other("it compiled functions that are not asked for"));
                }
                WorkerMessage::Functions => {
                    let functions = pipes.read(EXPORT_BYTES_MAX as u64)?;
                    if !functions.is_empty() {
                        self.parts.store_exported_functions(functions);
                    }
                    job_is_sent = true;
                    pipes.write(&job_header(job), &job.component)?;
                }
                WorkerMessage::AskFunctions => {
                    pipes.answer(&self.parts.load_exported_functions().unwrap_or_default())?;
                }
                WorkerMessage::AskConfigurator => {
                    pipes.answer(&self.parts.load_configurator().unwrap_or_default())?;
                }
                WorkerMessage::AskTemplate { name } => {
                    let known: &[u8] = if self.parts.has_template(&name) { &[1] } else { &[] };
                    pipes.answer(known)?;
                }
                WorkerMessage::Configurator => {
                    self.parts.store_configurator(&handed_over.read(&mut pipes.output)?);
                }
                WorkerMessage::Template { name, places } => {
                    let code = handed_over.read(&mut pipes.output)?;
                    self.parts.store_template(&name, &places, code);
                }
                WorkerMessage::Response(header) => {
                    let images = pipes.read(self.settings.memory_bytes_ceiling as u64)?;
                    return Ok(Response { header, images });
                }
            }
        }
        Err(io::Error::other("it sends too many messages"))
    }

    fn request(&self) -> RequestHeader {
        RequestHeader {
            memory_bytes_max: self.settings.compile_memory_bytes_max,
            cpu_s_max: self.settings.compile_cpu_s_max,
            pooled: matches!(self.allocation, Allocation::Pooled { .. }),
            memory_bytes_ceiling: self.settings.memory_bytes_ceiling,
            table_elements_ceiling: self.settings.table_elements_ceiling,
            stack_bytes_max: self.settings.stack_bytes_max,
            knobs: self.settings.knobs.clone(),
        }
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
        let memory_bytes_max = self.settings.compile_memory_bytes_max;
        if last_words.contains(OUT_OF_MEMORY) {
            return CompileError::Memory { memory_bytes_max };
        }
        let reason = describe_end(&error, status, last_words);
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

fn job_header(job: &CompileJob) -> JobHeader {
    JobHeader {
        limits: job.limits.clone(),
        manifest: job.manifest.clone(),
        no_snapshot: job.snapshot.as_ref().err().cloned(),
        config: job.config.text().to_string(),
    }
}

impl Pipes {
    fn write(&mut self, header: &impl serde::Serialize, bytes: &[u8]) -> io::Result<()> {
        let written = protocol::write_header(&mut self.input, header);
        written.map_err(as_end)?;
        self.answer(bytes)
    }

    fn answer(&mut self, bytes: &[u8]) -> io::Result<()> {
        protocol::write_bytes(&mut self.input, bytes).map_err(as_end)
    }

    fn read(&mut self, bytes_max: u64) -> io::Result<Vec<u8>> {
        protocol::read_bytes(&mut self.output, bytes_max)
    }
}

/// Returns the error of reading from a process that does not read any more: it has ended.
fn as_end(_: io::Error) -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_code_that_a_process_hands_over_has_one_limit() {
        let mut said = Vec::new();
        for code in [&[1; 6][..], &[2; 4], &[3; 1]] {
            protocol::write_bytes(&mut said, code).unwrap();
        }
        let mut output = said.as_slice();
        let mut handed_over = HandedOverCode { bytes_left: 10 };
        assert_eq!(handed_over.read(&mut output).unwrap(), [1; 6]);
        assert_eq!(handed_over.read(&mut output).unwrap(), [2; 4]);
        let error = handed_over.read(&mut output).unwrap_err().to_string();
        assert_eq!(error, "1 bytes are announced, but the limit is 0");
    }
}
