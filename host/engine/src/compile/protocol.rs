//! Messages between an engine and its compile process: a header in JSON, and for most of them bytes. Both
//! have their length before them.
//!
//! The process greets, so that an engine of another version knows why they do not understand each other.
//! The engine sends the request, with the code of the component without its state if its functions are not
//! known yet, and the process answers with these functions. Only then does the engine send the job, which has
//! all that comes from the contract's author. So no functions that others use depend on that. The
//! process asks for parts, hands over new ones, and ends with its response.

use std::io::{self, Read, Write};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tollgate_model::{Failure, Manifest, Refusal};

use crate::config_check::ConfigMismatch;
use crate::engine::LoadError;
use crate::limits::Limits;
use crate::memory_images::ImagePlace;
use crate::prepare::{Preparation, PrepareError};
use crate::settings::Knobs;

/// Greeting of a compile process. Change its number with the messages. It has the version of the engine as well,
/// because another one compiles to other code.
pub(super) const GREETING: &str =
    concat!("tollgate-engine ", env!("CARGO_PKG_VERSION"), ", compile protocol 4");
/// The configuration is the largest part of a header, and may have several files in it.
const HEADER_BYTES_MAX: u64 = 256 << 20;

/// Request of an engine. Behind it is the component's code without its state, or nothing if its functions are
/// known.
#[derive(Serialize, Deserialize)]
pub(super) struct RequestHeader {
    /// Memory that the process may use for itself.
    pub(super) memory_bytes_max: u64,
    /// Processor time that it may use.
    pub(super) cpu_s_max: u64,
    /// Whether the engine allocates from a pool, for which code is compiled differently.
    pub(super) pooled: bool,
    pub(super) memory_bytes_ceiling: usize,
    pub(super) table_elements_ceiling: usize,
    pub(super) stack_bytes_max: usize,
    pub(super) knobs: Knobs,
}

/// Header of a job. An engine sends it after the functions of the code, and the component after it.
#[derive(Serialize, Deserialize)]
pub(super) struct JobHeader {
    pub(super) limits: Limits,
    pub(super) manifest: Manifest,
    /// Reason if no snapshot can be taken.
    pub(super) no_snapshot: Option<String>,
    /// Configuration in canonical JSON.
    pub(super) config: String,
}

/// Message of a compile process after its greeting. Questions are answered with bytes, which are none if
/// there is no such part.
#[derive(Serialize, Deserialize)]
pub(super) enum WorkerMessage {
    /// Functions of the code in the request are behind it. It comes before the job is sent, or never.
    Functions,
    /// Asks for functions that were compiled before.
    AskFunctions,
    AskConfigurator,
    /// Asks for one byte if there is a template of this name.
    AskTemplate {
        name: String,
    },
    /// A new configurator is behind it.
    Configurator,
    /// The code of a new template is behind it.
    Template {
        name: String,
        places: Vec<ImagePlace>,
    },
    /// The images of the contract's memories are behind it. It is the last message.
    Response(ResponseHeader),
}

#[derive(Serialize, Deserialize)]
pub(super) struct ResponseHeader {
    pub(super) result: Result<CompiledHeader, CompileRefusal>,
    /// Number of functions that had to be compiled.
    pub(super) functions_compiled: u64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CompiledHeader {
    pub(super) preparation: Preparation,
    /// Name of the template that the images belong to.
    pub(super) template: String,
}

/// Every error that compiling can end with.
#[derive(Serialize, Deserialize)]
pub(super) enum CompileRefusal {
    InvalidConfig(Vec<ConfigMismatch>),
    InvalidSchema(String),
    Refused(Refusal),
    Failed(Failure),
    Unrunnable(String),
    Host(String),
}

impl From<LoadError> for CompileRefusal {
    fn from(error: LoadError) -> Self {
        match error {
            LoadError::InvalidConfig(mismatches) => Self::InvalidConfig(mismatches),
            LoadError::InvalidSchema(reason) => Self::InvalidSchema(reason),
            LoadError::Prepare(PrepareError::Refused(refusal)) => Self::Refused(refusal),
            LoadError::Prepare(PrepareError::Failed(failure)) => Self::Failed(failure),
            LoadError::Prepare(PrepareError::Unrunnable(reason)) => Self::Unrunnable(reason),
            other => Self::Host(other.to_string()),
        }
    }
}

impl From<CompileRefusal> for LoadError {
    fn from(refusal: CompileRefusal) -> Self {
        match refusal {
            CompileRefusal::InvalidConfig(mismatches) => Self::InvalidConfig(mismatches),
            CompileRefusal::InvalidSchema(reason) => Self::InvalidSchema(reason),
            CompileRefusal::Refused(refusal) => PrepareError::Refused(refusal).into(),
            CompileRefusal::Failed(failure) => PrepareError::Failed(failure).into(),
            CompileRefusal::Unrunnable(reason) => PrepareError::Unrunnable(reason).into(),
            CompileRefusal::Host(reason) => Self::Host(reason),
        }
    }
}

pub(super) fn write_header(to: &mut impl Write, header: &impl Serialize) -> io::Result<()> {
    write_bytes(to, &serde_json::to_vec(header)?)
}

pub(super) fn read_header<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<T> {
    Ok(serde_json::from_slice(&read_bytes(from, HEADER_BYTES_MAX)?)?)
}

/// Writes bytes with their length before them.
pub(super) fn write_bytes(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)
}

/// Reads bytes with their length before them, or fails if these are more than `max`.
pub(super) fn read_bytes(from: &mut impl Read, max: u64) -> io::Result<Vec<u8>> {
    let mut length = [0; 8];
    from.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > max {
        return Err(io::Error::other(format!(
            "{length} bytes are announced, but the limit is {max}"
        )));
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}
